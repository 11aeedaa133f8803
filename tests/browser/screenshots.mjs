// Pictures of every screen, from what happens in the demo: on a phone and on a desk, by day and by night.
//   node screenshots.mjs FOLDER [NAME…] < what `guildhall demo --json` says
// With FIRST_RUN, the link of a house that nobody set up yet, that is shown too.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { launch } from "./chromium.mjs";
import { code } from "./code.mjs";

const [folder, ...only] = process.argv.slice(2);
const QUALITY = 62;
const { houses, password, threads } = JSON.parse(readFileSync(0, "utf8"));
const { origin, brand: handle } = houses[0];
mkdirSync(folder, { recursive: true });

const MODES = [
  ["desktop-light", { viewport: { width: 1280, height: 800 }, colorScheme: "light" }],
  ["desktop-dark", { viewport: { width: 1280, height: 800 }, colorScheme: "dark" }],
  ["phone-light", { viewport: { width: 360, height: 740 }, deviceScaleFactor: 1.5, colorScheme: "light", hasTouch: true }],
  ["phone-dark", { viewport: { width: 360, height: 740 }, deviceScaleFactor: 1.5, colorScheme: "dark", hasTouch: true }],
];

const browser = await launch();
const open = async (options) => (await browser.newContext({ locale: "en", reducedMotion: "reduce", ...options })).newPage();

async function signIn(page, name) {
  await page.goto(`${origin}/home`);
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(password);
  await page.locator("main form button").last().click();
  await page.waitForURL(`${origin}/home`);
  await page.locator("h1").waitFor();
}

/** As the page asks: with what it knows and the browser's cookie. */
const ask = (page, method, path, json, more = {}) =>
  page.evaluate(async ([method, path, json, more]) => {
    const { form_token: token, identities } = JSON.parse(document.getElementById("told").textContent);
    const headers = { "guildhall-form-token": token, "guildhall-as": identities[0].id, "content-type": "application/json", ...more };
    await fetch("/home/enter", { method: "POST", headers, body: JSON.stringify({ form_token: token, act_as: identities[0].id }) });
    const answer = await fetch(path, { method, headers, body: json && JSON.stringify(json) });
    return { status: answer.status, body: await answer.json(), identities };
  }, [method, path, json, more]);

// What the demo has none of: drafts that wait and one that goes out later, a list, something kept and liked, a hashtag, a
// filter, a direct letter, a copy that waits for consent, a report, an invitation, and a rule.
const mette = await open({});
await signIn(mette, "mette");
const { identities } = await ask(mette, "GET", "/api/v1/accounts/verify_credentials");
const brand = identities.find((one) => one.brand);
const people = Object.fromEntries((await ask(mette, "GET", "/api/guildhall/v1/accounts")).body.map((one) => [one.username, one]));
await ask(mette, "PUT", `/api/guildhall/v1/actors/${brand.id}/grants/ana`, { role: "contributor" });
const ana = await open({});
await signIn(ana, "ana");
const policy = `/api/guildhall/v1/actors/${brand.id}/policy`;
const { version } = (await ask(mette, "GET", policy)).body;
await ask(mette, "PATCH", policy, { min_approvals: 1 }, { "if-match": `"${version}"` });
const soon = new Date(Date.now() + 26 * 3600 * 1000).toISOString();
await ask(mette, "POST", "/api/v1/statuses", { status: "The open day begins at ten. I bring the cake.", scheduled_at: soon, guildhall_audience: "public" });
const draft = async (body, audience = "public") => {
  const made = await ask(ana, "POST", `/api/guildhall/v1/actors/${brand.id}/drafts`, { body, audience, language: "en" });
  return made.body;
};
const waiting = await draft("Heron 2 riders: the tensioner arm of the Heron 3 fits, the bolt does not. The step washer LF-0417 is listed now, 40 cents, with the torque: 9 Nm, dry.");
if (waiting.id) await ask(ana, "POST", `/api/guildhall/v1/drafts/${waiting.id}/submit`, {});
await draft("On Saturday the workshop is open from ten. Bring your bike, and whoever rides with you.");
const later = await draft("Next week the Heron 4 frames arrive. We show how they are welded, live from the hall, at four.");
const step = async (who, verb, more = {}) => {
  const { version } = (await ask(mette, "GET", `/api/guildhall/v1/drafts/${later.id}`)).body;
  await ask(who, "POST", `/api/guildhall/v1/drafts/${later.id}/${verb}`, more, { "if-match": `"${version}"` });
};
await step(ana, "submit");
await step(mette, "approve");
await step(mette, "schedule", { scheduled_at: new Date(Date.now() + 40 * 3600 * 1000).toISOString() });
const list = (await ask(mette, "POST", "/api/v1/lists", { title: "Riders who help others" })).body;
const inside = (await ask(mette, "GET", "/api/v1/timelines/home?guildhall_part=outside")).body;
const thread = inside.find((one) => one.replies_count > 0) ?? inside[0];
await ask(mette, "POST", `/api/v1/statuses/${thread.id}/bookmark`, {});
await ask(mette, "POST", `/api/v1/lists/${list.id}/accounts`, { account_ids: [thread.account.id] });
const support = (await ask(mette, "POST", "/api/guildhall/v1/teams", { name: "Support", kind: "department", members: ["ana", "mette"] })).body;
await ask(mette, "POST", "/api/guildhall/v1/certificates", { account: "ana", role: "responder", note: "Read ten answers together" });
for (const one of inside.slice(0, 2)) await ask(mette, "POST", `/api/v1/statuses/${one.id}/favourite`);
await ask(mette, "POST", "/api/v1/tags/heron/follow");
const filter = (await ask(mette, "POST", "/api/v2/filters", { title: "Football", context: ["home"], filter_action: "warn", keywords_attributes: [{ keyword: "football", whole_word: true }] })).body;
await ask(mette, "POST", "/api/v1/statuses", { status: "@jonas The key to the hall hangs behind the door.", guildhall_audience: "direct" });
await ask(ana, "POST", "/api/v1/statuses", { status: "@mette Lena begins on Monday. Who shows her the hall?", guildhall_audience: "direct" });
const early = (await ask(mette, "POST", "/api/v1/statuses", { status: "The frames of the Heron 4 come on Tuesday, two weeks early. @ana can you tell the riders?", guildhall_audience: "company" })).body;
await ask(ana, "POST", `/api/guildhall/v1/posts/${early.id}/publish-copy`, { body: "The frames of the Heron 4 come on Tuesday.", audience: "public" });
const invited = (await ask(mette, "POST", "/api/guildhall/v1/invitations", { kind: "employee", email: "lena@larkfield.example" })).body;
const stranger = inside.map((one) => one.reblog ?? one).find((one) => one.account.acct.includes("@")) ?? thread;
await ask(ana, "POST", "/api/v1/reports", { account_id: stranger.account.id, status_ids: [stranger.id], category: "other", comment: "Is that really their own shop?" });
const report = (await ask(mette, "GET", "/api/v1/admin/reports")).body[0];
const own = (await ask(mette, "GET", `/api/v1/accounts/${identities[0].id}/statuses`)).body.find((one) => one.guildhall.audience === "public");
const { uri: face } = (await ask(mette, "GET", `/api/v1/accounts/${brand.id}`)).body;
const host = new URL(houses[1].origin).host;
// Whoever writes for a brand is told once that its page names them: Mette has heard it.
await mette.goto(`${origin}/home`);
await mette.getByRole("button", { name: "That is all right" }).click();
const app = await mette.evaluate(async () => {
  const wish = { client_name: "Saddlebag", website: "https://saddlebag.example", redirect_uris: "urn:ietf:wg:oauth:2.0:oob", scopes: "read write" };
  const answer = await fetch("/api/v1/apps", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(wish) });
  return answer.json();
});
const consent = new URLSearchParams({ response_type: "code", client_id: app.client_id, redirect_uri: "urn:ietf:wg:oauth:2.0:oob", scope: "read write" });
if (!people.ana || !waiting.id || !later.id) console.error("screenshots: there is no draft to show", waiting);

const band = async (page) => {
  await page.locator("#words").fill("The first snow is on the saddles. Who rode here today?");
  await page.locator("summary.band").click();
  await page.getByRole("radio", { name: /^Everyone on the internet/ }).check();
  await page.locator("summary.band").click();
  await page.mouse.move(0, 0);
};
const menu = async (page) => page.locator(".entry .dots > summary").first().click();
const receipts = async (page) => {
  await page.locator("details.receipts > summary").click();
  await page.locator("details.receipts h2").first().waitFor();
};
const keys = async (page) => page.keyboard.press("?");
const secret = async (page) => {
  await page.locator("#password").fill(password);
  await page.locator("main form button").first().click();
  await page.locator("svg.qr").waitFor();
};
// Whoever has an account elsewhere is led there at once: the page is seen as long as that server has not answered.
const ownServer = async (page) => {
  await page.route(`${houses[1].origin}/**`, (route) => route.fulfill({ status: 204 }));
  await page.locator("#address").fill(`@${houses[1].brand}@${host}`);
  await page.locator("main form button").first().click();
  await page.locator("[data-worked]").waitFor();
};
const to = (what) => async (page) => page.locator(what).first().evaluate((heading) => heading.scrollIntoView());
const screens = [
  ["home", "/home"], ["home-outside", "/home?tab=outside", to("main .tabs")], ["thread", `/home/posts/${thread.id}`], ["post-menu", `/home/posts/${thread.id}`, menu],
  ["write", "/home/write", band], ["answer", `/home/write?to=${thread.id}`], ["news", "/home/notifications"], ["conversations", "/home/conversations"],
  ["search", "/home/search?q=Heron"], ["person", `/home/people/${brand.id}`], ["more", "/home/more"], ["kept", "/home/bookmarks"], ["liked", "/home/bookmarks?tab=liked"],
  ["lists", "/home/lists"], ["list", `/home/lists/${list.id}?change`], ["tags", "/home/tags"], ["tag", "/home/tags/heron"],
  ["you", "/home/you"], ["your-page", "/home/you/profile"], ["filters", "/home/you/filters"], ["filter", `/home/you/filters/${filter.id}`], ["muted-and-blocked", "/home/you/people"],
  ["who-asks-to-follow", "/home/you/requests"], ["who-tells-you", "/home/you/notices"], ["news-on-a-device", "/home/you/push"], ["keys", "/home/keys"],
  ["drafts", "/home/review"], ["review", `/home/review/${waiting.id}`], ["scheduled", `/home/review/${later.id}`], ["calendar", "/home/review/calendar", to("nav.tabs")], ["calendar-month", `/home/review/calendar?month=${soon.slice(0, 7)}`, to("nav.tabs")],
  ["copies", "/home/copies"], ["copy-new", `/home/copies/new?of=${early.id}`], ["look-again", "/home/copies/again"],
  ["company", "/home/company"], ["company-look", "/home/company/look"], ["people", "/home/company/people"], ["teams", "/home/company/teams"], ["team", `/home/company/teams/${support.id}`], ["certificates", "/home/company/certificates"],
  ["brand", `/home/company/brands/${brand.id}`], ["figures", `/home/company/brands/${brand.id}/figures`], ["servers", "/home/company/servers"], ["server", `/home/company/servers/${encodeURIComponent(host)}`],
  ["doctor", "/home/company/doctor"], ["reports", "/home/company/reports"], ["report", `/home/company/reports/${report.id}`], ["audit", "/home/company/audit"], ["set-up", "/home/setup"],
  ["brands", "/home/company/brands"], ["filter-new", "/home/you/filters/new"], ["key-help", "/home", keys], ["deliveries", `/home/posts/${own.id}`, receipts],
  ["account", "/account"], ["account-password", "/account/password"], ["account-passkeys", "/account/passkeys"], ["account-second-step", "/account/second-step", secret],
  ["app-asks", `/oauth/authorize?${consent}`],
];
// As somebody sees them who has no account.
const street = [
  ["public-front", "/"], ["public-brand", `/@${handle}`], ["public-person", "/@mette"], ["public-thread", threads.tensioner ?? "/"], ["public-article", threads.article ?? "/"],
  ["public-hashtag", "/tags/heron"], ["public-about", "/about"], ["public-privacy", "/legal/privacy"], ["public-follow", `/interact?to=follow&uri=${encodeURIComponent(face)}`],
  ["public-interact", `/authorize_interaction?intent=follow&uri=${encodeURIComponent(face)}`], ["public-go", `/interact?to=follow&uri=${encodeURIComponent(face)}`, ownServer],
  ["public-nothing-here", "/there-is-nothing"], ["sign-in", "/sign-in"], ["sign-in-forgotten", "/sign-in/forgotten"], ["sign-up", "/sign-up"], ["invitation", invited.link],
];
// On the bad day.
const badDay = [["crisis-home", "/home"], ["crisis", "/home/company", to("#crisis")]];
const badDayOutside = [["crisis-public", `/@${handle}`]];
const state = await mette.context().storageState();
let bytes = 0;
let count = 0;
const wanted = ([name]) => only.length === 0 || only.includes(name);
async function shoot(page, session, file) {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(500);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  const picture = Buffer.from(data, "base64");
  bytes += picture.length;
  count += 1;
  writeFileSync(`${folder}/${file}.webp`, picture);
}
async function take(screens, storageState) {
  for (const [mode, options] of MODES) {
    const page = await open({ ...options, storageState });
    const session = await page.context().newCDPSession(page);
    for (const [name, path, act] of screens.filter(wanted)) {
      await page.goto(path.startsWith("http") ? path : origin + path);
      await page.locator("h1").first().waitFor({ state: "attached" });
      await page.waitForFunction(() => !document.querySelector(".shapes"));
      await act?.(page);
      await shoot(page, session, `${name}-${mode}`);
    }
    await page.context().close();
  }
}
// What is shown once only, as the answer to a form: the same page becomes a phone and a desktop, by day and by night.
async function takeHere(page, name) {
  if (!wanted([name])) return;
  const session = await page.context().newCDPSession(page);
  for (const [mode, { viewport, colorScheme, deviceScaleFactor = 1 }] of MODES) {
    await session.send("Emulation.setDeviceMetricsOverride", { ...viewport, deviceScaleFactor, mobile: false });
    await page.emulateMedia({ colorScheme });
    await shoot(page, session, `${name}-${mode}`);
  }
  await session.send("Emulation.clearDeviceMetricsOverride");
  await session.detach();
}
await take(screens, state);
// Signing in with a second step: its recovery codes are shown once, and its code is asked from then on.
const idris = await open({});
await signIn(idris, "idris");
await idris.goto(`${origin}/account/second-step`);
await secret(idris);
await idris.locator("#code").fill(code(await idris.locator("#secret").inputValue()));
await idris.locator("main form button").last().click();
await idris.locator("#codes").waitFor();
await takeHere(idris, "account-recovery-codes");
const again = await open({});
await again.goto(`${origin}/sign-in`);
await again.locator("#name").fill("idris");
await again.locator("#password").fill(password);
await again.locator("main form button").last().click();
await again.locator("#code").waitFor();
await takeHere(again, "sign-in-code");
await ask(mette, "PUT", "/api/guildhall/v1/registrations", { registrations: "approval" });
await take(street);
await ask(mette, "POST", "/api/guildhall/v1/crisis", {
  reason: "Somebody writes in our name who is not one of us.",
  statement: "Somebody got into our account this morning. What was said at nine is not from us. We speak again at noon, here.",
});
await take(badDay, state);
await take(badDayOutside);
const { FIRST_RUN: link } = process.env;
if (link) {
  await take([["first-run", link]]);
  const olga = await open({});
  await olga.goto(link);
  await olga.getByLabel("What is your company called?").fill("Acme Bikes");
  await olga.getByLabel("Username of the brand").fill("acme");
  await olga.getByLabel("Your own username").fill("olga");
  await olga.getByLabel("Your e-mail address").fill("olga@acme.example");
  await olga.getByLabel(/^A password/).fill(password);
  await olga.getByRole("button", { name: "Open the company" }).click();
  await olga.getByRole("link", { name: /^Go on/ }).waitFor();
  await takeHere(olga, "set-up-open");
  await olga.getByRole("link", { name: /^Go on/ }).click();
  // One question after the other, as they come to whoever skips the one before.
  const { href: guide } = new URL("/home/setup", link);
  const colour = (page) => page.getByLabel("Colour", { exact: true }).fill("#2f7d4f");
  const looked = (page) => page.getByText(/^(Not everybody can find|Everybody can find|Nothing keeps others from finding) you/).waitFor({ timeout: 60_000 });
  const questions = [["look", colour], ["check", looked], ["people"], ["post"]];
  for (const [index, [name, act]] of questions.entries()) {
    await olga.getByText(`Question ${index + 1} of 4`).waitFor();
    if (name === "check") await looked(olga);
    await take([[`set-up-${name}`, guide, act]], await olga.context().storageState());
    await olga.getByRole("button", { name: name === "check" ? /^(Skip this|Go on)$/ : "Skip this", exact: true }).click();
  }
  await olga.getByRole("heading", { name: "Your house is open" }).waitFor();
  await take([["set-up-done", guide]], await olga.context().storageState());
}
await browser.close();
console.error(`screenshots: ${count} pictures, ${Math.round(bytes / 1000)} kB in ${folder}`);
