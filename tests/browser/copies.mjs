// What was said inside, for everybody: a copy in other words, those who are in it agree or do not, an inside post that
// is looked at again, and the same said in both places.
//   node copies.mjs ORIGIN PASSWORD FOLDER
// Ends with 1 after naming everything that is wrong.
import { mkdirSync } from "node:fs";
import { room } from "./room.mjs";

const [origin, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { at, accessible, look, fault, walk } = await room(origin, password);

/** Writes to whom the choice is called so, and answers with the address of the post. */
async function write(page, whom, words, button, more = async () => {}) {
  await page.goto(`${origin}/home/write`);
  await page.locator("summary.band").click();
  await page.getByRole("radio", { name: whom }).check();
  await page.locator("#words").fill(words);
  await more();
  await page.getByRole("button", { name: button }).click();
  if (await page.getByText("More people will read this than before.").isVisible()) await page.getByRole("button", { name: button }).click();
  await page.locator("#done").waitFor();
  await page.getByRole("link", { name: "Look at it" }).click();
  await page.locator("article.here").waitFor();
  return page.url();
}

/** Asks for a copy of the post on the screen. */
async function ask(page, words) {
  await page.locator("#copy-words").fill(words);
  await page.getByRole("button", { name: "Ask for this copy" }).click();
  await page.locator("#asked").waitFor();
}

const card = (page, words) => page.locator("main article.letter", { hasText: words }).first();

await walk(async () => {
  const ana = await at("anaf");
  const mette = await at("mette");
  const jonas = await at("jonas");

  // Inside, with a reason; the day to look at it again is there without a word.
  const inside = await write(ana, /^Only .* staff/, "The long frame cracked in the test, and Jonas Holm found out why", /^Post to /, async () => {
    await ana.getByText("Stays inside:").click();
    await ana.getByLabel("Why it stays inside").selectOption("draft_thinking");
    await accessible(ana, "write-inside");
  });
  const source = new URL(inside).pathname.split("/").at(-1);
  await ana.locator("article.here").getByText(/thought aloud · looked at again on/).waitFor();

  // A colleague begins a copy from the menu, with an empty letter that survives a reload.
  await mette.goto(inside);
  await mette.locator("article.here details.dots > summary").click();
  await mette.getByRole("link", { name: "Publish a copy…" }).click();
  await mette.locator("#copy-words").waitFor();
  if ((await mette.locator("#copy-words").inputValue()) !== "") fault("copy", "the letter begins with words");
  await mette.getByRole("button", { name: "Ask for this copy" }).click();
  await mette.locator("#copy-wrong").waitFor();
  await mette.locator("#copy-words").fill("The long frame held, once Jonas Holm");
  await mette.reload();
  await mette.getByText("Your words are kept in this browser.").waitFor();
  if (!(await mette.locator("#copy-words").inputValue()).includes("once Jonas")) fault("copy", "the words did not survive");
  await accessible(mette, "copy-new");
  await ask(mette, "The long frame held in the test once Jonas Holm knew why");
  await mette.getByText("It waits for consent.").waitFor();
  await mette.locator("ins", { hasText: "held" }).waitFor();
  await mette.locator("del", { hasText: "cracked" }).waitFor();
  for (const name of ["Ana Ferreira", "Jonas Holm"]) await mette.locator("article.letter li", { hasText: name }).getByText("asked").waitFor();
  await accessible(mette, "copy-asked");

  // Home says that something waits, and so does More.
  await ana.goto(`${origin}/home`);
  await ana.locator(".note", { hasText: "Somebody asks you to agree to a copy of an internal post." }).getByRole("link", { name: "Read and answer" }).waitFor();
  await accessible(ana, "copies-at-home");
  await ana.goto(`${origin}/home/more`);
  await ana.getByRole("link", { name: /^Copies of inside posts\s\(1\)/ }).waitFor();
  // News lead those who are asked there. One agrees to exactly this, the other does not: then it is over.
  await ana.goto(`${origin}/home/notifications`);
  await ana.getByRole("link", { name: /consent to a copy/ }).first().click();
  await ana.waitForURL(`${origin}/home/copies`);
  await card(ana, "once Jonas Holm knew").getByText("The long frame cracked in the test").first().waitFor();
  await accessible(ana, "copies-waiting");
  await look("anaf", [["copies-asked", "/copies"]], folder);
  await card(ana, "once Jonas Holm knew").getByRole("button", { name: "Agree to exactly this text" }).click();
  await ana.getByText("You agreed to exactly this text.").waitFor();
  await card(ana, "once Jonas Holm knew").getByText("Mette Skov asks for it.").waitFor();
  if ((await card(ana, "once Jonas Holm knew").getByRole("button", { name: "Change the text" }).count()) > 0) fault("copies", "who is asked may change the text");

  // Whoever asked writes it another way, with words that survive a reload: then Ana is asked once more.
  await mette.goto(`${origin}/home/copies`);
  await card(mette, "once Jonas Holm knew").getByText("You asked for it.").waitFor();
  await card(mette, "once Jonas Holm knew").getByRole("button", { name: "Change the text" }).click();
  await mette.getByText("Already agreed: Ana Ferreira.").waitFor();
  await mette.getByRole("button", { name: "Ask anew with this text" }).click();
  await mette.getByText("Nothing is changed yet.").waitFor();
  const changing = mette.getByLabel("What everybody may read");
  await changing.fill("The long frame held in the test once Jonas Holm knew the reason");
  await accessible(mette, "copy-change");
  await mette.reload();
  await card(mette, "once Jonas Holm knew").getByRole("button", { name: "Change the text" }).click();
  if (!(await changing.inputValue()).endsWith("knew the reason")) fault("copies", "changed words did not survive a reload");
  await mette.getByRole("button", { name: "Ask anew with this text" }).click();
  await mette.getByText("The text is changed. Everybody who must agree is asked anew.").waitFor();
  await card(mette, "knew the reason").locator("li", { hasText: "Ana Ferreira" }).getByText("asked").waitFor();
  await ana.goto(`${origin}/home/copies`);
  await card(ana, "knew the reason").getByRole("button", { name: "Agree to exactly this text" }).click();
  await ana.getByText("You agreed to exactly this text.").waitFor();
  await jonas.goto(`${origin}/home/copies`);
  await card(jonas, "once Jonas Holm knew").getByRole("button", { name: "Do not agree" }).click();
  await jonas.locator("form.sure").getByRole("button", { name: "Do not agree" }).click();
  await card(jonas, "once Jonas Holm knew").getByText("Not agreed to").waitFor();

  // Without his name only the author is asked; with her word it is out, and each side leads to the other.
  await mette.goto(`${origin}/home/copies`);
  await card(mette, "once Jonas Holm knew").getByRole("link", { name: "Write another copy" }).click();
  await ask(mette, "Our long frame holds: we found a crack in the test and mended it");
  await mette.getByText(/^No longer named: .*Jonas Holm/).waitFor();
  await ana.goto(`${origin}/home/copies`);
  await card(ana, "Our long frame holds").getByRole("button", { name: "Agree to exactly this text" }).click();
  await card(ana, "Our long frame holds").getByRole("link", { name: "Read the copy" }).click();
  await ana.locator("article.here", { hasText: "Our long frame holds" }).getByRole("link", { name: /^The same inside/ }).click();
  await ana.waitForURL(`${origin}/home/posts/${source}`);
  await ana.locator("article.here").getByRole("link", { name: "The same out in the open" }).waitFor();

  // Of one's own, what goes out with the press is called so.
  await ana.goto(`${origin}/home/copies/new?of=${source}`);
  await ana.getByRole("button", { name: "Publish this copy to everyone" }).waitFor();
  await ana.getByText("The original is yours: the copy goes out as soon as you press.").waitFor();
  await ana.getByRole("radio", { name: /As Larkfield/ }).check();
  await ana.getByRole("button", { name: "Ask for this copy" }).waitFor();
  await accessible(ana, "copy-own");

  // What one asked for is taken back.
  await mette.goto(`${origin}/home/copies/new?of=${source}`);
  await ask(mette, "A third way to say it");
  await mette.getByRole("button", { name: "Withdraw" }).click();
  await mette.locator("form.sure").getByRole("button", { name: "Withdraw" }).click();
  await mette.locator("article.letter").getByText("Withdrawn").waitFor();

  // As the brand it becomes a draft when its author has agreed.
  await mette.goto(`${origin}/home/copies/new?of=${source}`);
  await mette.locator("#copy-words").waitFor();
  await mette.getByRole("radio", { name: /As Larkfield/ }).check();
  await ask(mette, "Larkfield mends what cracks");
  await ana.goto(`${origin}/home/copies`);
  await card(ana, "mends what cracks").getByRole("button", { name: "Agree to exactly this text" }).click();
  await card(ana, "mends what cracks").getByText("Draft of the brand").waitFor();
  await mette.goto(`${origin}/home/copies`);
  await card(mette, "mends what cracks").getByRole("link", { name: "To the draft" }).click();
  await mette.waitForURL(/\/home\/review\/\d+/);
  await mette.getByText("Larkfield mends what cracks").waitFor();

  // One text for everybody, and a word more for colleagues.
  await write(mette, /^Everyone on the internet/, "The spring catalogue is here", "Publish to everyone", async () => {
    await mette.getByText("Also inside").click();
    await mette.getByLabel("What only they read").fill("Thank you for the long nights");
    await accessible(mette, "write-both");
  });
  if ((await mette.locator("main").getByText("Thank you for the long nights").count()) > 0) fault("both", "the comment for inside is in the open");
  await mette.locator("article.here").getByRole("link", { name: /^The same inside/ }).click();
  await mette.locator("article.here", { hasText: "Thank you for the long nights" }).waitFor();

  // The day of two inside posts comes: one stays, the other goes.
  const soon = (words) =>
    ana.evaluate(async (words) => {
      const told = JSON.parse(document.getElementById("told").textContent);
      const headers = { "content-type": "application/json", "guildhall-form-token": told.form_token, "guildhall-as": told.identities[0].id };
      const body = JSON.stringify({ status: words, guildhall_audience: "company", guildhall_review_at: new Date(Date.now() + 2000).toISOString() });
      const answer = await fetch("/api/v1/statuses", { method: "POST", headers, body });
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    }, words);
  await soon("Prices for the spring, as I think them");
  await soon("Who takes the stand in May?");
  const row = (words) => ana.locator("main article.line", { hasText: words });
  for (let tries = 0; tries < 60; tries += 1) {
    await ana.goto(`${origin}/home/copies/again`);
    await ana.waitForFunction(() => !document.querySelector(".shapes"));
    if ((await ana.locator("main article.line").count()) === 2) break;
    await ana.waitForTimeout(500);
  }
  await look("anaf", [["again", "/copies/again"], ["news-again", "/notifications"]], folder);
  await row("Prices for the spring").getByRole("link", { name: "Publish a copy…" }).waitFor();
  await row("Prices for the spring").getByRole("button", { name: "Keep it inside" }).click();
  await row("Prices for the spring").getByLabel("Why it stays inside").selectOption("unreleased");
  await accessible(ana, "again-keep");
  await row("Prices for the spring").locator("form.sure").getByRole("button", { name: "Keep it inside" }).click();
  await row("Prices for the spring").getByText(/^It stays inside\. You are asked again on/).waitFor();
  await row("Who takes the stand").getByRole("button", { name: "Delete" }).click();
  await row("Who takes the stand").locator("form.sure").getByRole("button", { name: "Delete" }).click();
  await row("Who takes the stand").getByText("The post is deleted.").waitFor();
  await ana.reload();
  await ana.getByText("Nothing waits to be looked at again.").waitFor();

  // Pictures: those of the original, and those that go with the copy, with their descriptions.
  const send = (page, path, body, picture = "") =>
    page.evaluate(
      async ([path, body, picture]) => {
        const told = JSON.parse(document.getElementById("told").textContent);
        const headers = { "guildhall-form-token": told.form_token, "guildhall-as": told.identities[0].id };
        const ask = async (path, init) => {
          const answer = await fetch(path, { method: "POST", ...init });
          if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
          return answer.json();
        };
        const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 200 });
        canvas.getContext("2d").fillRect(40, 40, 240, 120);
        const form = new FormData();
        form.append("file", await new Promise((done) => canvas.toBlob(done, "image/png")), "rack.png");
        form.append("description", picture);
        const { id } = await ask("/api/v2/media", { headers, body: form });
        return ask(path, { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify({ ...body, media_ids: [id], media: [id] }) });
      },
      [path, body, picture],
    );
  const rack = await send(ana, "/api/v1/statuses", { status: "The new rack, as it is welded", guildhall_audience: "company" }, "The rack on the bench");
  await send(mette, `/api/guildhall/v1/posts/${rack.id}/publish-copy`, { body: "Our new rack" }, "The rack on a bike");
  await ana.goto(`${origin}/home/copies`);
  await card(ana, "Our new rack").getByAltText("The rack on the bench").waitFor();
  await card(ana, "Our new rack").getByAltText("The rack on a bike").waitFor();
  await accessible(ana, "copies-pictures");

  await look("mette", [["copies", "/copies"], ["copy-new", `/copies/new?of=${source}`], ["review-ways", "/review"], ["more-ways", "/more"]], folder);
});
