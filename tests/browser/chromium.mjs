// Chromium as every journey needs it: it finds this machine and no other, and what a page asks for elsewhere is named.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// By a rule of the browser and not by looking at each request, which takes as long as all the rest and turns off its cache.
const ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1";

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", ONLY_HERE],
});

/** A picture of a whole page for whoever wants to look at it: where GUILDHALL_TEST_PICTURES is set. */
export const picture = (page, path) => (process.env.GUILDHALL_TEST_PICTURES ? page.screenshot({ path, fullPage: true }) : undefined);

/** Lets what a page says on its console end with where it was said. */
export const tellWhere = (page) => page.addInitScript(() => {
  for (const kind of ["warn", "error"]) {
    const say = console[kind];
    console[kind] = (...said) => say(...said, new Error(kind).stack);
  }
});

/** How many times slower pages compute: where GUILDHALL_TEST_SLOWER is set. */
export const slower = Number(process.env.GUILDHALL_TEST_SLOWER ?? 1);
/** Lets a page compute as slow as that. */
export async function slowDown(page) {
  if (slower > 1) await (await page.context().newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: slower });
}

/** Tells of each request of a page that leads elsewhere than to these origins. */
export function onlyTo(origins, page, tell) {
  const fine = [...origins.map((one) => `${one}/`), "blob:", "data:"];
  page.on("request", (request) => {
    if (!fine.some((one) => request.url().startsWith(one))) tell(`asked for ${request.url()}`);
  });
}

/** What axe-core finds wrong in a page. */
export async function inaccessible(page) {
  // A colour on its way from one to the other is neither.
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running" || one.effect?.getTiming().iterations === Infinity));
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`).slice(0, 3).join(" | ")}`);
}
