// Makes a passkey with the virtual device of Chromium, signs in with it to let an app in, and removes it.
//   node passkey.mjs ORIGIN NAME PASSWORD FOLDER ASKED
// ASKED is the path at which an app asks to be let in. Ends with 1 after naming what is wrong.
import { mkdirSync } from "node:fs";
import { inaccessible, launch, picture } from "./chromium.mjs";

const [origin, name, password, folder, asked] = process.argv.slice(2);
const faults = [];
const fault = (what) => faults.push(what);
mkdirSync(folder, { recursive: true });

const browser = await launch();
const open = async (options) => {
  const context = await browser.newContext(options);
  // What browsers offer where the name is typed the virtual device answers by itself, at once and again and again: here
  // it is the button that is pressed.
  await context.addInitScript(() => {
    if (globalThis.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("console", (message) => {
    // Refused forms, and on the front page the faces of people whose servers are none.
    if (["error", "warning"].includes(message.type()) && !/status of (404|422)/.test(message.text())) fault(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => fault(`script: ${error.message}`));
  return page;
};
const signIn = async (page) => {
  await page.goto(`${origin}/sign-in?then=%2Faccount`);
  await page.locator("#name").fill(name);
  await page.locator("#password").fill(password);
  await page.locator("main form button").click();
  await page.waitForURL("**/account");
};
const signOut = async (page) => {
  await page.goto(`${origin}/account`);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.waitForURL(`${origin}/`);
};
const begin = async (page) => {
  await page.goto(`${origin}/account/passkeys`);
  await page.locator("#password").fill(password);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.locator("#passkey[data-asks=new]").waitFor({ state: "attached" });
};
// Pictures of a page on a phone and on a desk, by day and by night; nothing is too wide, and axe finds nothing.
const look = async (page, what) => {
  for (const [width, height] of [[360, 740], [1280, 800]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await picture(page, `${folder}/${what}-${width}-${colorScheme}.png`);
      for (const wrong of await inaccessible(page)) fault(`${what} ${width} ${colorScheme}: ${wrong}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) fault(`${what} ${width}: ${wide} pixels too wide`);
  }
};
const offer = (page) => page.getByRole("button", { name: "Sign in with a passkey" });

try {
  const page = await open();
  const device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true,
      hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: false,
    },
  });
  // A finger is on the device while something is done there, and not before.
  const touch = async (what) => {
    await device.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: true });
    await what();
    await device.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: false });
  };
  const kept = async () => (await device.send("WebAuthn.getCredentials", { authenticatorId })).credentials;

  // Made with the keyboard alone.
  await signIn(page);
  await look(page, "account-without-passkeys");
  await begin(page);
  await look(page, "passkey-new");
  await page.locator("#name").fill("Laptop at work");
  await touch(async () => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/account\/passkeys\?added=/u);
  });
  await page.getByRole("status").filter({ hasText: "The passkey is there." }).waitFor();
  if (!(await page.locator(".ends b").allTextContents()).includes("Laptop at work")) fault("the new passkey is not in the list");
  const [made] = await kept();
  if (!made?.isResidentCredential || made.rpId !== "localhost") fault(`the device keeps ${JSON.stringify(made)}`);
  // The same device makes no second one.
  await begin(page);
  // On a page that comes back no answer is left: each counts once.
  const left = await page.evaluate(() => {
    const answer = document.getElementById("passkey").elements.namedItem("answer");
    answer.value = "{}";
    window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    return answer.value;
  });
  if (left !== "") fault(`the page that comes back has the answer ${left}`);
  await touch(async () => {
    await page.getByRole("button", { name: "Make the passkey" }).click();
    await page.locator("#passkey-told", { hasText: "has a passkey for your account already" }).waitFor();
  });
  await page.goto(`${origin}/account/passkeys`);
  await page.getByText("Rename", { exact: false }).first().click();
  await look(page, "passkeys-with-one");

  // Signs in with it for an app, by keyboard.
  await signOut(page);
  await page.goto(origin + asked);
  await page.waitForURL("**/sign-in?**");
  await look(page, "sign-in-with-passkey");
  await touch(async () => {
    await offer(page).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === "/oauth/authorize");
  });
  if (!(await page.locator("button[value=allow]").isVisible())) fault("no consent is asked for");
  if (!(await page.locator("main").textContent()).includes(`@${name}@`)) fault("somebody else is signed in");

  // Who shows the wrong finger is told so, stays, and can try again.
  await signOut(page);
  await page.goto(`${origin}/sign-in`);
  await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await touch(async () => {
    await offer(page).click();
    await page.locator("#passkey-told", { hasText: "No passkey was chosen" }).waitFor();
  });
  await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await touch(async () => {
    await offer(page).click();
    await page.waitForURL(/\/(home|account)$/);
  });

  // Removed: the device still has it, and it opens nothing.
  await page.goto(`${origin}/account/passkeys`);
  await page.getByRole("button", { name: "Remove it" }).click();
  await page.getByText("You have none yet.").waitFor();
  await signOut(page);
  await page.goto(`${origin}/sign-in`);
  await touch(async () => {
    await offer(page).click();
    await page.locator("[role=alert]", { hasText: "not known here any more" }).waitFor();
  });
  await look(page, "sign-in-removed-passkey");
  await page.goto(`${origin}/account`);
  if (!page.url().includes("/sign-in")) fault("a removed passkey signed in");
  await page.context().close();

  // Without script the password signs in as before, and the page says what is missing.
  const plain = await open({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  await plain.goto(`${origin}/sign-in`);
  if (await offer(plain).isVisible()) fault("without script a passkey is offered");
  await signIn(plain);
  await begin(plain);
  if (!(await plain.getByText("at the word of a script").isVisible())) fault("without script nothing is said");
  await picture(plain, `${folder}/passkey-without-script.png`);
} catch (error) {
  fault(error.stack ?? String(error));
} finally {
  await browser.close();
}

for (const line of faults) console.error(line);
process.exit(faults.length > 0 ? 1 : 0);
