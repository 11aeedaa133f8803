// The sheet of the company's colour, which the page had when it began.

/** Takes the sheet that new pages get, once it is there; where that fails the next page has it. */
export async function repaint(colour: string): Promise<void> {
  const old = document.head.querySelector<HTMLLinkElement>('link[href*="/assets/colour-"]');
  if (!old) return;
  try {
    const page = await (await fetch(location.pathname, { cache: 'no-store' })).text();
    const href = /\/assets\/colour-[\w-]+\.css/.exec(page)?.[0];
    if (!href || href === old.getAttribute('href')) return;
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = href;
    sheet.addEventListener('load', () => old.remove());
    old.after(sheet);
    document.head.querySelector('meta[name="theme-color"]')?.setAttribute('content', colour);
  } catch {
    // It is saved, and only not seen yet.
  }
}
