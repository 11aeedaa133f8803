// What the journeys through the workroom share: a browser that reaches one server only, people at their own screens,
// and a look at a screen as axe-core and a narrow window see it.
import { inaccessible, launch, onlyTo, picture, slowDown, slower, tellWhere } from "./chromium.mjs";
import { wrongNames } from "./names.mjs";

export async function room(origin, password, ...others) {
  const faults = [];
  const fault = (where, what) => faults.push(`${where}: ${what}`);
  const browser = await launch();

  // Somebody at their own screen, who is not signed in. Only addresses of `origin` and of the others are ever reached.
  async function fresh(name, options = {}) {
    const context = await browser.newContext({ locale: "en", viewport: { width: 1280, height: 900 }, serviceWorkers: "block", ...options });
    const page = await context.newPage();
    await tellWhere(page);
    await slowDown(page);
    page.on("console", (message) => {
      if (message.text().includes("Service Worker registration blocked by Playwright")) return;
      if (["error", "warning"].includes(message.type()) && !page.expected?.test(message.text())) fault(name, `console: ${message.text()}`);
    });
    page.on("pageerror", (error) => fault(name, `script: ${error.message}`));
    onlyTo([origin, ...others], page, (what) => fault(name, what));
    return page;
  }

  // The same, signed in.
  async function at(name, { on = origin, ...options } = {}) {
    const page = await fresh(name, options);
    // Before anything is known of anybody, the way leads over signing in and back.
    page.expected = /status of 401/;
    await page.goto(`${on}/home`);
    await page.locator("#name").fill(name);
    await page.locator("#password").fill(password);
    await page.locator("main form button").last().click();
    await page.waitForURL(`${on}/home`);
    await page.locator("h1").waitFor();
    return page;
  }

  // Where pages are slow they are used, and not looked at.
  async function accessible(page, name) {
    if (slower > 1) return;
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) fault(name, `is ${wide} pixels too wide`);
    for (const wrong of [...(await inaccessible(page)), ...(await wrongNames(page))]) fault(name, wrong);
  }

  // Every screen, on a phone and on a desk, by day, by night and from right to left.
  async function look(who, screens, folder) {
    if (slower > 1) return;
    for (const [kind, options] of [
      ["phone-light", { viewport: { width: 360, height: 740 }, colorScheme: "light", hasTouch: true }],
      ["phone-dark-ar", { viewport: { width: 360, height: 740 }, colorScheme: "dark", locale: "ar" }],
      ["desktop-dark-de", { colorScheme: "dark", locale: "de", reducedMotion: "reduce" }],
      ["desktop-light-ar", { colorScheme: "light", locale: "ar" }],
    ]) {
      const page = await at(who, options);
      for (const [name, path] of screens) {
        await page.goto(`${origin}/home${path}`);
        await page.locator("main h1").waitFor();
        await page.waitForFunction(() => !document.querySelector(".shapes"));
        if (options.locale === "ar" && (await page.evaluate(() => document.documentElement.dir)) !== "rtl") fault(name, "is not written from right to left");
        await picture(page, `${folder}/${name}-${kind}.png`);
        await accessible(page, `${name}-${kind}`);
      }
      await page.context().close();
    }
  }

  // Goes through the journey, and ends with 1 after naming everything that was wrong.
  async function walk(journey) {
    try {
      await journey();
    } catch (error) {
      fault("journey", error.stack ?? String(error));
    } finally {
      await browser.close();
    }
    for (const line of faults) console.error(line);
    process.exit(faults.length > 0 ? 1 : 0);
  }

  return { browser, fresh, at, accessible, look, fault, walk };
}
