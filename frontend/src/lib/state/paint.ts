// How the company looks, which the page was told when it began, as it changes.

import type { Company } from '#lib/api/company.ts';
import { known } from '#lib/api/mastodon.ts';
import { ofAccount } from '#lib/faces.ts';
import { brands, own, told } from '#lib/told.ts';
import { acting } from './acting.svelte.ts';

/** The frame shows it as it is from now on; its logo may have become the picture of a brand that had none. */
export async function showAnew({ name: called, colour, logo }: Company): Promise<void> {
  Object.assign(told.company, { name: called, colour, logo });
  void repaint(colour);
  const bare = brands.filter((one) => one.picture === null).map((one) => one.id);
  try {
    for (const one of logo ? await known(own.id, bare) : []) {
      const { name, picture } = ofAccount(one);
      acting.renamed(one.id, { name, picture });
    }
  } catch {
    // It is saved, and the next page has it.
  }
}

/** Takes the sheet that new pages get, once it is there; where that fails the next page has it. */
async function repaint(colour: string): Promise<void> {
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
