// Sets a company up by the link of the first run, with a passkey of Chromium's virtual device and no password, signs out
// and signs in with it.
//   node owner.mjs ORIGIN LINK PASSWORD FOLDER
// Ends with 1 after naming what is wrong.
import { mkdirSync } from "node:fs";
import { inaccessible, launch, picture } from "./chromium.mjs";

const [origin, link, password, folder] = process.argv.slice(2);
const faults = [];
const fault = (what) => faults.push(what);
mkdirSync(folder, { recursive: true });

const browser = await launch();
const open = async (options) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, reducedMotion: "reduce", ...options });
  // What browsers offer where the name is typed the virtual device answers by itself; here it is the button that is pressed.
  await context.addInitScript(() => {
    if (globalThis.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("pageerror", (error) => fault(`script: ${error.message}`));
  return page;
};
const look = async (page, what) => {
  await picture(page, `${folder}/${what}.png`);
  for (const wrong of await inaccessible(page)) fault(`${what}: ${wrong}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) fault(`${what}: ${wide} pixels too wide`);
};
const instead = (page) => page.getByRole("button", { name: "Take a passkey instead" });
const fill = async (page, owner) => {
  await page.goto(origin + link);
  await page.getByLabel("What is your company called?").fill("Acme Bikes");
  await page.getByLabel("Username of the brand").fill("acme");
  await page.getByLabel("Your own username").fill(owner);
  await page.getByLabel("Your e-mail address").fill("olga@acme.example");
  await instead(page).click();
};

try {
  // Without script the page says what is missing, and the password is asked for there.
  const plain = await open({ javaScriptEnabled: false });
  await fill(plain, "olga");
  if (!(await plain.getByText("at the word of a script").isVisible())) fault("without script nothing is said");
  if (await plain.getByRole("button", { name: "Make the passkey" }).isVisible()) fault("without script a passkey is offered");
  await plain.getByLabel(/^A password/).fill(password);
  await plain.context().close();

  const page = await open();
  const device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true,
      hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  const kept = async () => (await device.send("WebAuthn.getCredentials", { authenticatorId })).credentials;

  // What is wrong is said before the device makes anything.
  await fill(page, "acme");
  await page.locator("[role=alert]", { hasText: "need different ones" }).waitFor();
  await look(page, "refused");
  await page.getByLabel("Your own username").fill("olga");
  await instead(page).click();
  await page.getByLabel("What you call it").waitFor();
  await look(page, "passkey");
  if ((await kept()).length > 0) fault("the device made a passkey unasked");
  await page.getByLabel("What you call it").fill("Laptop at work");
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await page.getByRole("heading", { name: "Your company is open" }).waitFor();
  await page.getByText("guildhall account password olga").waitFor();
  await look(page, "open");
  const made = await kept();
  if (made.length !== 1 || !made[0].isResidentCredential || made[0].rpId !== "localhost") fault(`the device keeps ${JSON.stringify(made)}`);

  // Signed in already; out, and in again with nothing else.
  const until = Date.now() + 60_000;
  while (!(await fetch(`${origin}/readyz`).then((answer) => answer.ok, () => false))) {
    if (Date.now() > until) throw new Error("the company's server does not come");
    await page.waitForTimeout(200);
  }
  await page.goto(`${origin}/account/passkeys`);
  if (!(await page.locator(".ends b").allTextContents()).includes("Laptop at work")) fault("the passkey is not in the list");
  await look(page, "passkeys");
  // Another one is added with the one that is there, by nothing else.
  await page.getByRole("button", { name: "Go on with a passkey you have" }).click();
  await page.getByRole("heading", { name: "A new passkey" }).waitFor();
  await page.goto(`${origin}/account`);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.waitForURL(`${origin}/`);
  await page.goto(`${origin}/sign-in`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL(/\/(home|account)$/);
  await page.goto(`${origin}/account`);
  if (!(await page.locator("main").textContent()).includes("@olga@")) fault("somebody else is signed in");
} catch (error) {
  fault(error.stack ?? String(error));
} finally {
  await browser.close();
}

for (const line of faults) console.error(line);
process.exit(faults.length > 0 ? 1 : 0);
