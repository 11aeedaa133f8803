// From the link of the first run to posts of the brand on another company's server, with nothing but a browser: the
// owner on a phone, a colleague, and a customer elsewhere.
//   node setup.mjs ORIGIN LINK ELSEWHERE PASSWORD FOLDER
// Ends with 1 after naming everything that is wrong.
import { mkdirSync } from "node:fs";
import { picture } from "./chromium.mjs";
import { room } from "./room.mjs";

const [origin, link, elsewhere, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { fresh, at, accessible, fault, walk } = await room(origin, password, elsewhere);
const LOGO = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");

await walk(async () => {
  const olga = await fresh("olga", { viewport: { width: 360, height: 740 }, hasTouch: true });
  const shows = async (name) => {
    await picture(olga, `${folder}/${name}-phone.png`);
    await accessible(olga, name);
  };

  // The company and its owner.
  await olga.goto(`${origin}${link}`);
  await olga.getByLabel("What is your company called?").fill("Acme Bikes");
  await olga.getByLabel("Username of the brand").fill("acme");
  await olga.getByLabel("Your own username").fill("olga");
  await olga.getByLabel("Your e-mail address").fill("olga@acme.example");
  await olga.getByLabel(/^A password/).fill(password);
  await shows("company");
  await olga.getByRole("button", { name: "Open the company" }).click();
  await olga.getByRole("heading", { name: "Your company is open" }).waitFor();
  await shows("open");
  await olga.getByRole("link", { name: /^Go on/ }).click();

  // Nobody had to sign in. Colour and logo are seen before they are saved.
  await olga.getByText("Question 1 of 4").waitFor();
  // What is no colour is said at its field, to which the button leads.
  const colour = olga.getByLabel("Colour", { exact: true });
  await colour.fill("rot");
  await olga.getByRole("button", { name: "Go on" }).click();
  await olga.locator("#company-colour-wrong").getByText("Six digits or letters after a #, such as #7a1f3d.").waitFor();
  await olga.waitForFunction(() => document.activeElement?.id === "company-colour" && document.activeElement.ariaInvalid === "true");
  await accessible(olga, "colour-wrong");
  await colour.fill("#f2572b");
  if ((await olga.locator("#company-colour-wrong").count()) > 0) fault("colour", "a refusal stays beside what is a colour");
  // What is no logo here is refused as it is chosen, and only the last refusal stands.
  const logo = olga.getByLabel("Logo: Choose a picture", { exact: true });
  await logo.setInputFiles({ name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>") });
  await olga.getByText("logo.svg is not taken here. Choose a PNG, JPEG, or WebP.").waitFor();
  await logo.setInputFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.alloc(90 * 1024) });
  await olga.getByText("notes.png is no picture that we can read. Choose another one.").waitFor();
  if ((await olga.getByText(/logo\.svg|^Chosen/).count()) > 0) fault("logo", "is said to be chosen, or an old refusal stays");
  await shows("look-refused");
  // A picture with more bytes is made smaller before it is sent.
  const noise = await olga.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 700, height: 500 });
    const pen = canvas.getContext("2d");
    const pixels = pen.createImageData(700, 500);
    for (let at = 0; at < pixels.data.length; at += 1) pixels.data[at] = at % 4 === 3 ? 255 : Math.random() * 256;
    pen.putImageData(pixels, 0, 0);
    return canvas.toDataURL("image/png").split(",")[1];
  });
  await logo.setInputFiles({ name: "large.png", mimeType: "image/png", buffer: Buffer.from(noise, "base64") });
  await olga.getByText("Chosen: large.png").waitFor();
  await olga.waitForFunction(() => ((wide) => wide > 0 && wide <= 512)(document.querySelector(".stands img")?.naturalWidth));
  await logo.setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: LOGO });
  await olga.getByText("Chosen: logo.png").waitFor();
  if ((await olga.locator("#company-logo-wrong").count()) > 0) fault("logo", "a refusal stays beside what is taken");
  await olga.locator(".sample img").first().waitFor();
  for (const place of [".sample .front", ".stands"]) {
    await olga.waitForFunction((place) => getComputedStyle(document.querySelector(place)).backgroundColor === "rgb(242, 87, 43)", place);
  }
  await shows("look");
  await olga.getByRole("button", { name: "Go on" }).click();

  // Whoever comes back goes on where they were, and the pages of the company look as they said.
  await olga.getByText("Question 2 of 4").waitFor();
  await olga.goto(`${origin}/home`);
  await olga.getByText("3 questions of the set-up are left.").waitFor();
  await olga.getByRole("link", { name: "Go on with the set-up" }).click();
  await olga.getByText("Question 2 of 4").waitFor();
  const front = await (await fetch(origin, { headers: { accept: "text/html" } })).text();
  if (!front.includes("colour-f2572b-") || !/\/assets\/logo-\w+\.png/.test(front)) fault("look", "the front page has another colour or no logo");
  await olga.getByText(/^(Not everybody can find|Everybody can find|Nothing keeps others from finding) you/).waitFor({ timeout: 60_000 });
  await shows("check");
  await olga.getByRole("button", { name: "Go on" }).click();

  // A colleague is invited and comes.
  await olga.getByText("Question 3 of 4").waitFor();
  await olga.getByLabel("What may they do for Acme Bikes?").selectOption("contributor");
  await olga.getByRole("button", { name: "Make the link" }).click();
  await olga.locator("#link").waitFor();
  const invitation = await olga.locator("#link").inputValue();
  await shows("people");
  await olga.getByRole("button", { name: "Go on" }).click();
  const nils = await fresh("nils");
  await nils.goto(invitation);
  await nils.locator("#username").fill("nils");
  await nils.locator("#display-name").fill("Nils Berg");
  await nils.locator("#email").fill("nils@acme.example");
  await nils.locator("#password").fill(password);
  await nils.getByRole("button", { name: "Make the account" }).click();
  await nils.waitForURL((url) => !url.pathname.startsWith("/invitations/"));

  // A customer elsewhere follows the brand.
  const kim = await at("kim", { on: elsewhere });
  await kim.goto(`${elsewhere}/home/search?q=${encodeURIComponent(`@acme@${new URL(origin).host}`)}`);
  await kim.locator("main").getByRole("link", { name: "Acme Bikes" }).first().click();
  await kim.getByRole("button", { name: "Follow", exact: true }).first().click();
  await kim.getByRole("button", { name: /Following|Requested|Unfollow/ }).first().waitFor();
  const hears = async (words) => {
    const until = Date.now() + 30_000;
    while (Date.now() < until) {
      await kim.goto(`${elsewhere}/home?tab=outside`);
      await kim.locator("h1 span").waitFor();
      if ((await kim.getByText(words).count()) > 0) return;
      await kim.waitForTimeout(500);
    }
    fault("kim", `never heard “${words}”`);
  };

  // The first post, in the words that are there already.
  await olga.getByText("Question 4 of 4").waitFor();
  await shows("post");
  await olga.getByRole("button", { name: "Use this text" }).click();
  await olga.waitForURL(/\/home\/write/);
  await olga.locator("#words").waitFor();
  if (!(await olga.locator("#words").inputValue()).startsWith("Hello! This is Acme Bikes.")) fault("post", "the words are not there");
  await olga.locator("summary.band").click();
  await olga.getByRole("radio", { name: /^Everyone on the internet/ }).check();
  await shows("write");
  const publish = olga.getByRole("button", { name: "Publish to everyone" });
  await publish.click();
  if (await olga.getByText("More people will read this than before.").isVisible()) await publish.click();
  await olga.locator("#done").waitFor();
  await hears("Hello! This is Acme Bikes.");
  // From what is out a way leads to the end of the set-up.
  await olga.getByRole("link", { name: "Finish the set-up" }).click();
  await olga.getByRole("heading", { name: "Your house is open" }).waitFor();
  await shows("done");
  // Whoever wrote for the brand goes on as themselves.
  if ((await olga.locator("header .acting .addr").first().innerText()) !== "@olga") fault("done", "the set-up ends as the brand");

  // From now on a second person agrees before the brand speaks: Nils writes, Olga says yes.
  await olga.goto(`${origin}/home/company`);
  await olga.locator("article.task").getByRole("link").first().click();
  await olga.locator("label.pick", { hasText: "1 colleague" }).click();
  await olga.getByLabel("The name under a post").selectOption("name_link");
  await olga.getByRole("button", { name: "Save the rules" }).click();
  await olga.getByText("The rules are saved.").waitFor();
  await nils.goto(`${origin}/home/write`);
  await nils.locator("summary.band").click();
  await nils.getByRole("radio", { name: /^Everyone on the internet/ }).check();
  await nils.locator("label.pick", { hasText: /As Acme Bikes/ }).click();
  await nils.locator("#words").fill("Our website says sixty kilometres, in winter it is forty");
  const hand = nils.getByRole("button", { name: "Hand in for approval" });
  await hand.click();
  if (await nils.getByText("More people will read this than before.").isVisible()) await hand.click();
  await nils.getByText("It is handed in.").waitFor();
  await olga.goto(`${origin}/home/review`);
  await olga.getByRole("link", { name: "Read it" }).first().click();
  await olga.getByRole("button", { name: "Approve exactly this" }).click();
  await olga.locator("#said").getByText("Approved.").waitFor();
  await olga.getByRole("button", { name: "Publish now" }).click();
  await olga.locator("#said").getByText("It is out.").waitFor();
  await hears("in winter it is forty");
  if ((await kim.getByText("Nils Berg").count()) === 0) fault("kim", "is not told who wrote for the brand");
});
