// Lets apps in as a person does: an app of the web that forwards what it gets, and one that waits in another window.
//   node let-in.mjs ORIGIN NAME PASSWORD FOLDER
// Ends with 1 after naming what is wrong.
import { createServer } from "node:http";
import { mkdirSync } from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import { code } from "./code.mjs";
import { launch, picture } from "./chromium.mjs";

const [origin, name, password, folder] = process.argv.slice(2);
const faults = [];
const fault = (what) => faults.push(what);
mkdirSync(folder, { recursive: true });

// The app's own site: `/cb` forwards to another host, as many apps do, and `/app` opens us in a window.
const site = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (url.pathname === "/cb") {
    response.writeHead(302, { location: `http://127.0.0.1:${site.address().port}/done${url.search}` });
    return response.end();
  }
  response.writeHead(200, { "content-type": "text/html" });
  return response.end(`<!doctype html><link rel="icon" href="data:,"><title>app</title><h1>${url.pathname}</h1>`);
});
await new Promise((ready) => site.listen(0, ready));
const back = `http://localhost:${site.address().port}/cb`;

const post = async (path, fields) => {
  const answer = await fetch(origin + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(fields) });
  return answer.json();
};
const app = await post("/api/v1/apps", { client_name: "Forwarder", redirect_uris: back, scopes: "read write" });
const verifier = randomBytes(32).toString("base64url");
const ask = new URLSearchParams({
  response_type: "code", client_id: app.client_id, redirect_uri: back, scope: "read write", state: "mine",
  code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256",
});
const address = `${origin}/oauth/authorize?${ask}`;

const browser = await launch();
const listen = (page) => page.on("console", (message) => {
  if (["error", "warning"].includes(message.type()) && !/status of 422/.test(message.text())) fault(`console: ${message.text()}`);
});
const signIn = async (page, secret) => {
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(secret);
  await page.locator("main form button").click();
};
const as = async (token) => (await fetch(`${origin}/api/v1/accounts/verify_credentials`, { headers: { authorization: `Bearer ${token}` } })).json();
const exchange = (url) => post("/oauth/token", {
  grant_type: "authorization_code", client_id: app.client_id, client_secret: app.client_secret,
  redirect_uri: back, code: url.searchParams.get("code"), code_verifier: verifier,
});

try {
  // Without script, by way of a wrong password, as the brand, through a site that forwards.
  const plain = await browser.newContext({ javaScriptEnabled: false });
  const page = await plain.newPage();
  listen(page);
  await page.goto(address);
  await signIn(page, "not this one at all");
  if (!(await page.locator("[role=alert]").isVisible())) fault("a wrong password is not explained");
  await picture(page, `${folder}/wrong.png`);
  await signIn(page, password);
  await page.locator("label.choice", { hasText: "@brand@" }).click();
  await page.locator("button[value=allow]").click();
  await page.waitForURL("**/done?**");
  const url = new URL(page.url());
  if (url.hostname !== "127.0.0.1" || url.searchParams.get("state") !== "mine") fault(`arrived at ${url}`);
  const token = await exchange(url);
  const me = await as(token.access_token);
  if (me.username !== "brand") fault(`the app acts as ${JSON.stringify(me.username)}`);
  // Cancel.
  await page.goto(address);
  await page.locator("button[value=deny]").click();
  await page.waitForURL("**/done?**");
  if (new URL(page.url()).searchParams.get("error") !== "access_denied") fault(`cancelled, and arrived at ${page.url()}`);

  // The second step, turned on and used.
  await page.goto(`${origin}/account/second-step`);
  await page.locator("#password").fill(password);
  await page.locator("main form button").click();
  await picture(page, `${folder}/secret.png`);
  const secret = await page.locator("#secret").inputValue();
  await page.locator("#code").fill(code(secret));
  await page.locator("main form button").click();
  const recovery = (await page.locator(".codes li").allTextContents()).map((text) => text.trim());
  if (recovery.length !== 10) fault(`${recovery.length} recovery codes`);
  await picture(page, `${folder}/recovery.png`);
  await plain.close();

  // In a window that an app opened, which must still know that app afterwards.
  const scripted = await browser.newContext();
  const opener = await scripted.newPage();
  await opener.goto(`http://127.0.0.1:${site.address().port}/app`);
  const [popup] = await Promise.all([opener.waitForEvent("popup"), opener.evaluate((there) => { window.open(there); }, address)]);
  listen(popup);
  await signIn(popup, password);
  await popup.waitForURL("**/sign-in/code?**");
  await picture(popup, `${folder}/code-due.png`);
  await popup.locator("#code").fill(recovery[0]);
  await popup.locator("main form button").click();
  await popup.locator("button[value=allow]").click();
  await popup.waitForURL("**/done?**");
  if (!(await popup.evaluate(() => window.opener !== null && window.opener.location.pathname === "/app"))) {
    fault("the window forgot who opened it");
  }
  const second = await as((await exchange(new URL(popup.url()))).access_token);
  if (second.username !== name) fault(`the second app acts as ${JSON.stringify(second.username)}`);
  await popup.goto(`${origin}/account`);
  await picture(popup, `${folder}/account-with-apps.png`);
  await scripted.close();
} catch (error) {
  fault(error.stack ?? String(error));
} finally {
  await browser.close();
  site.close();
}

for (const line of faults) console.error(line);
process.exit(faults.length > 0 ? 1 : 0);
