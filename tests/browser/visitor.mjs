// A customer without an account here: reads the pages of a brand, follows it and answers it from their own server. The
// first is on a phone and signed in nowhere, the second sits at a desk, reads German and is signed in at home.
//   node visitor.mjs ORIGIN BRAND POST ELSEWHERE FIRST SECOND PASSWORD FOLDER
// BRAND is the name of the brand, POST the address of a public post of it, FIRST and SECOND are people at ELSEWHERE.
// Ends with 1 after naming everything that is wrong.
import { mkdirSync } from "node:fs";
import { picture } from "./chromium.mjs";
import { room } from "./room.mjs";

const [origin, brand, post, elsewhere, first, second, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { fresh, at, accessible, fault, walk } = await room(origin, password, elsewhere);
const host = (address) => new URL(address).host;
const front = `${origin}/@${brand}`;

// What is seen on the public pages here by somebody who was not there before: a browser keeps them for a minute, and
// does not where requests are looked at.
const reader = await fresh("reader", { javaScriptEnabled: false });
await reader.route("**/*", (route) => route.continue());
async function seen(page, shows, what) {
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    await reader.goto(page);
    if (await shows()) return;
    await reader.waitForTimeout(500);
  }
  fault("reader", `never saw ${what} on ${page}`);
}
const followers = async () => Number.parseInt(await reader.locator("section[aria-labelledby=n] p").innerText(), 10) || 0;

await walk(async () => {
  await reader.goto(front);
  const before = await followers();
  const shows = async (page, name) => {
    await picture(page, `${folder}/${name}.png`);
    await accessible(page, name);
  };
  /** Who they are must have been remembered by this browser, and by no cookie. */
  const known = async (page, field, name) => {
    const value = await field.inputValue();
    if (value !== `@${name}@${host(elsewhere)}`) fault(name, `the field holds “${value}”`);
    const ours = (await page.context().cookies()).filter((cookie) => cookie.name === `guildhall-${new URL(origin).port}`);
    if (ours.length > 0) fault(name, "got a cookie without an account");
  };

  // Kim reads what the brand writes, on a phone, and follows it with nothing but an address.
  const kim = await fresh("kim", { viewport: { width: 360, height: 740 }, hasTouch: true });
  await kim.goto(front);
  await shows(kim, "brand-phone");
  await kim.getByRole("link", { name: /^Follow / }).click();
  const field = kim.locator("#own-follow");
  if (!(await field.evaluate((at) => at.getBoundingClientRect().bottom <= innerHeight && at.getBoundingClientRect().top >= 0))) fault("kim", "was not led to the field");
  await field.fill(`@${first}@${host(elsewhere)}`);
  await kim.getByRole("button", { name: "Follow", exact: true }).click();
  // Our form leads to the page of their own server that says what it is about.
  await kim.waitForURL((url) => url.origin === elsewhere && url.pathname === "/authorize_interaction" && url.searchParams.get("intent") === "follow");
  await shows(kim, "follow-phone");
  // At home nobody is signed in: the way leads over that, and goes on.
  await kim.getByRole("link", { name: "Go on in the workroom" }).click();
  await kim.locator("#name").fill(first);
  await shows(kim, "sign-in-phone");
  await kim.locator("#password").fill(password);
  await kim.locator("main form button").last().click();
  await kim.waitForURL(`${elsewhere}/home/people/*`);
  await kim.locator("header .addr", { hasText: `@${brand}@${host(origin)}` }).waitFor();
  await shows(kim, "person-phone");
  await kim.getByRole("button", { name: "Follow", exact: true }).click();
  await kim.getByRole("button", { name: "Unfollow", exact: true }).waitFor();
  await seen(front, async () => (await followers()) === before + 1, "one follower more");

  // A post of the brand is answered in the same way; nothing has to be typed or signed in again.
  await kim.goto(post);
  const answers = kim.locator("#own-answer");
  await known(kim, answers, first);
  await kim.getByRole("button", { name: "Open it there" }).click();
  await kim.waitForURL(`${elsewhere}/home/write?to=*`);
  await kim.locator("#words").fill("I ride mine in the snow, and it does not squeak.");
  await shows(kim, "write-phone");
  await kim.getByRole("button", { name: /^Publish/ }).click();
  await kim.locator("#done").waitFor();
  await seen(post, () => reader.getByText("and it does not squeak").first().isVisible(), "Kim's answer");

  // Lea sits at a desk and is signed in at home: she writes to the house from its front page, and is there at once.
  const lea = await at(second, { on: elsewhere, locale: "de" });
  await lea.goto(origin);
  await lea.locator("#ask").fill(`@${second}@${host(elsewhere)}`);
  await lea.locator("#ask").press("Enter");
  await lea.waitForURL(`${elsewhere}/home/write?name=*`);
  await lea.locator("#words").waitFor();
  const begun = await lea.locator("#words").inputValue();
  if (!begun.startsWith(`@${brand}@${host(origin)}`)) fault("lea", `the letter begins with “${begun}”`);
  await shows(lea, "ask-desk-de");
  // So she is when she follows, and when she answers what she found among the posts of the brand.
  await lea.goto(front);
  await known(lea, lea.locator("#own-follow"), second);
  await lea.getByRole("button", { name: "Folgen", exact: true }).click();
  await lea.waitForURL(`${elsewhere}/home/people/*`);
  await lea.getByRole("button", { name: "Folgen", exact: true }).click();
  await lea.getByRole("button", { name: "Nicht mehr folgen", exact: true }).waitFor();
  await seen(front, async () => (await followers()) === before + 2, "two followers more");
  await lea.goto(post);
  await lea.locator(`.acts a[href*="to=answer"]`).first().click();
  await lea.waitForURL(`${origin}/interact?*`);
  await known(lea, lea.locator("#address"), second);
  await shows(lea, "interact-desk-de");
  await lea.locator("#address").press("Enter");
  await lea.waitForURL(`${elsewhere}/home/write?to=*`);
  await lea.locator("#words").fill("Meines steht im Regen.");
  await lea.getByRole("button", { name: "Für alle veröffentlichen" }).click();
  await lea.locator("#done").waitFor();
  await seen(post, () => reader.getByText("Meines steht im Regen.").first().isVisible(), "Lea's answer");

  // An address that leads nowhere does not take the place of one that did.
  kim.expected = /status of 422/;
  await kim.goto(front);
  await field.fill("@kim@kunde");
  await field.press("Enter");
  await kim.locator("[role=alert]").waitFor();
  await kim.goto(front);
  await known(kim, field, first);
});
