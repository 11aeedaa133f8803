// Looks at pages as people do: on a phone and on a desk, by day and by night, by keyboard, without script.
//   node check.mjs [--only-look] [--as NAME:PASSWORD] ORIGIN FOLDER NAME=PATH...
// FOLDER is for pictures, where somebody wants them.
// Ends with 1 after naming everything that is wrong.
import { mkdirSync } from "node:fs";
import { inaccessible, launch, onlyTo, picture } from "./chromium.mjs";
import { wrongNames } from "./names.mjs";

const words = process.argv.slice(2);
const onlyLook = words[0] === "--only-look";
if (onlyLook) words.shift();
// Who is signed in, if somebody is.
const person = words[0] === "--as" ? words.splice(0, 2)[1].split(/:(.*)/s).slice(0, 2) : null;
const [origin, folder, ...named] = words;
const pages = named.map((page) => page.split(/=(.*)/s).slice(0, 2));
// What the console says of pages that are errors.
const expected = /status of (403|404|410|422)/;
const faults = [];
const fault = (where, what) => faults.push(`${where}: ${what}`);
mkdirSync(folder, { recursive: true });

const browser = await launch();

// A page that tells what goes wrong in it. Only addresses of `origin` are ever reached.
async function open(options, where) {
  // axe comes past the policy of the page; what the page itself does is told by the console all the same.
  const context = await browser.newContext({ ...options, serviceWorkers: "block" });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !where.expected?.test(message.text())) {
      fault(where.name, `console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => fault(where.name, `script: ${error.message}`));
  onlyTo([origin], page, (what) => fault(where.name, what));
  if (person) await signIn(page);
  return page;
}

async function signIn(page) {
  await page.goto(`${origin}/sign-in?then=%2Faccount`);
  await page.locator("#name").fill(person[0]);
  await page.locator("#password").fill(person[1]);
  await page.locator("main form button").click();
  await page.waitForURL("**/account");
}

async function overflow(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) fault(name, `is ${wide} pixels too wide`);
}

// Every stop of the keyboard shows where it is.
async function keyboard(page, name) {
  const stops = new Set();
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      const style = getComputedStyle(at);
      const box = at.getBoundingClientRect();
      const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
      const all = [...document.querySelectorAll("*")];
      return { number: all.indexOf(at), what: at.outerHTML.slice(0, 90), seen, inside };
    });
    if (!stop || stops.has(stop.number)) break;
    stops.add(stop.number);
    if (!stop.seen) fault(name, `no focus to be seen on ${stop.what}`);
    if (!stop.inside) fault(name, `focus out of sight on ${stop.what}`);
  }
  if (stops.size < 3) fault(name, `only ${stops.size} stops of the keyboard`);
}

async function accessible(page, name) {
  for (const wrong of [...(await inaccessible(page)), ...(await wrongNames(page))]) fault(name, wrong);
}

// What stands by itself and is pressed has 24 pixels each way (WCAG 2.2, 2.5.8); what stands in a sentence is as tall as it.
async function targets(page, name) {
  const small = await page.evaluate(() => {
    const alone = (at) => !at.closest("p, dd, .words, .human, .skip");
    const pressed = [...document.querySelectorAll("a, button, summary, select, textarea, input:not([type=hidden])")];
    return pressed.filter(alone).flatMap((at) => {
      const { width, height } = at.closest("label")?.getBoundingClientRect() ?? at.getBoundingClientRect();
      const seen = width > 1 && height > 1;
      return seen && (width < 24 || height < 24) ? [`${Math.round(width)}×${Math.round(height)} ${at.outerHTML.slice(0, 120)}`] : [];
    });
  });
  if (small.length > 0) fault(name, `too small to be pressed: ${small.slice(0, 3).join(" | ")}`);
}

// The form works without script: a wrong address is explained.
async function withoutScript(page) {
  await page.goto(origin + pages[0][1]);
  await page.locator("input[name=address]").first().fill("kim");
  await page.locator("input[name=address]").first().press("Enter");
  await page.waitForURL("**/interact");
  if (!(await page.locator("[role=alert]").isVisible())) fault("form without script", "a wrong address is not explained");
}

// An address that led nowhere is not remembered; how one is that did, `visitor.mjs` sees. Nobody gets a cookie for it.
async function forgotten() {
  const name = "forgotten";
  const page = await open({ viewport: { width: 360, height: 740 } }, { name, expected });
  const field = page.locator("input[name=address]").first();
  const type = async (address) => {
    await page.goto(origin + pages[0][1]);
    await field.fill(address);
    await field.press("Enter");
    await page.waitForURL("**/interact");
  };
  await type("kim");
  await page.goto(origin + pages[1][1]);
  if ((await field.inputValue()) !== "") fault(name, "the field holds an address that led nowhere");
  // What is said of a long address stays on a narrow screen.
  await type(`@kim@${"a".repeat(250)}.example`);
  if (!(await page.locator("[role=alert]").isVisible())) fault(name, "a long address is not explained");
  await overflow(page, "error of a long address");
  if ((await page.context().cookies()).length > 0) fault(name, "there are cookies");
  await page.context().close();
}

try {
  for (const [width, height] of [[360, 740], [1280, 800]]) {
    const where = { name: "", expected };
    const page = await open({ viewport: { width, height }, reducedMotion: "reduce" }, where);
    for (const [name, path] of pages) {
      for (const scheme of ["light", "dark"]) {
        where.name = `${name} ${width} ${scheme}`;
        await page.emulateMedia({ colorScheme: scheme });
        if (scheme === "light") await page.goto(origin + path, { waitUntil: "load" });
        await page.evaluate(() => document.fonts.ready);
        await overflow(page, where.name);
        await picture(page, `${folder}/${name}-${width}-${scheme}.png`);
        await accessible(page, where.name);
        if (scheme === "light") await targets(page, where.name);
      }
      if (width === 1280) await keyboard(page, where.name);
    }
    await page.context().close();
  }

  // As narrow as a page may become, and mirrored.
  const narrow = { name: "", expected };
  const small = await open({ viewport: { width: 320, height: 640 } }, narrow);
  for (const [name, path] of pages) {
    narrow.name = `${name} 320`;
    await small.goto(origin + path);
    await overflow(small, narrow.name);
    await small.evaluate(() => { document.documentElement.dir = "rtl"; });
    await overflow(small, `${narrow.name} mirrored`);
  }
  await small.context().close();

  // In the other languages: nothing is too wide where words are long, and from right to left it is a page as well.
  for (const [locale, width] of [["de-AT", 320], ["ar-EG", 360]]) {
    const tag = locale.slice(0, 2);
    const other = { name: "", expected };
    const page = await open({ viewport: { width, height: 740 }, locale }, other);
    for (const [name, path] of pages) {
      other.name = `${name} ${tag}`;
      await page.goto(origin + path);
      await overflow(page, other.name);
      const speaks = await page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dir}`);
      if (speaks !== (tag === "ar" ? "ar rtl" : `${tag} ltr`)) fault(other.name, `is in ${speaks}`);
      if (tag === "ar") await accessible(page, other.name);
      await picture(page, `${folder}/${name}-${width}-${tag}.png`);
    }
    await page.context().close();
  }

  // Without script everything is there and can be sent.
  const plain = { name: "without script", expected };
  const bare = await open({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } }, plain);
  for (const [name, path] of pages) {
    plain.name = `${name} without script`;
    await bare.goto(origin + path);
    if (!(await bare.locator("main h1, header h1").first().isVisible())) fault(plain.name, "has no heading");
  }
  if (!onlyLook) await withoutScript(bare);
  await bare.context().close();
  if (!onlyLook) await forgotten();
} catch (error) {
  fault("the check", error.stack ?? String(error));
} finally {
  await browser.close();
}

for (const line of faults.slice(0, 60)) console.error(line);
console.log(`${pages.length} pages, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
