// What people do for themselves in the workroom: look for somebody and follow, lists, kept posts, filters, letters
// between two, their own page, and the keys.
//   node own.mjs ORIGIN PASSWORD FOLDER
// Ends with 1 after naming everything that is wrong.
import { mkdirSync } from "node:fs";
import { room } from "./room.mjs";

const [origin, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { at, accessible, look, fault, walk } = await room(origin, password);
const host = new URL(origin).host;
/** A picture of one pixel. */
const PIXEL = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");

/** Writes to everybody, and answers with the address of the post. */
async function publish(page, words) {
  await page.goto(`${origin}/home/write`);
  await page.locator("summary.band").click();
  await page.getByRole("radio", { name: /^Everyone on the internet/ }).check();
  await page.locator("#words").fill(words);
  await page.getByRole("button", { name: "Publish to everyone" }).click();
  if (await page.getByText("More people will read this than before.").isVisible()) await page.getByRole("button", { name: "Publish to everyone" }).click();
  await page.locator("#done").waitFor();
  await page.getByRole("link", { name: "Look at it" }).click();
  await page.locator("article.here").waitFor();
  return page.url();
}

/** The name of a button that says whom it concerns to those who hear it alone. */
const of = (verb, whom) => new RegExp(`^${verb}\\W+${whom}`);

/** Opens the menu of a post and presses what is called so. */
async function menu(page, article, name) {
  await article.locator("details.dots > summary").click();
  await article.locator("details.dots").getByText(name, { exact: true }).click();
}

await walk(async () => {
  const ana = await at("anaf");
  const mette = await at("mette");
  const said = await publish(ana, "Deep snow on the hill this morning #longtail");
  const post = new URL(said).pathname.split("/").at(-1);

  // Somebody is found by a part of the name, from every screen, and followed where they are found.
  await mette.goto(`${origin}/home/notifications`);
  await mette.locator("header.bar").getByRole("link", { name: "Search" }).click();
  await mette.locator("#q").fill("anaf");
  await mette.keyboard.press("Enter");
  await mette.getByRole("button", { name: of("Follow", "Ana Ferreira") }).click();
  await mette.getByRole("button", { name: of("Unfollow", "Ana Ferreira") }).waitFor();
  await mette.reload();
  await mette.getByRole("button", { name: of("Unfollow", "Ana Ferreira") }).waitFor();
  // By the whole address, and by the address of a post.
  await mette.locator("#q").fill(`@anaf@${host}`);
  await mette.keyboard.press("Enter");
  await mette.waitForURL(/q=%40anaf/);
  await mette.locator("main .line", { hasText: "Ana Ferreira" }).waitFor();
  await mette.locator("#q").fill(`${origin}/@anaf/${post}`);
  await mette.keyboard.press("Enter");
  await mette.waitForURL(/q=http/);
  await mette.locator("main article.entry", { hasText: "Deep snow" }).waitFor();
  await mette.locator("#q").fill("nobody is called like this");
  await mette.keyboard.press("Enter");
  await mette.locator(".nothing", { hasText: "Nothing was found" }).waitFor();
  // A hashtag is followed, and stands among those that are.
  await mette.goto(`${origin}/home/search?q=longtail&type=hashtags`);
  await mette.getByRole("link", { name: "#longtail" }).click();
  await mette.locator("article.entry", { hasText: "Deep snow" }).waitFor();
  await mette.getByRole("button", { name: "Follow this hashtag" }).click();
  await mette.getByRole("button", { name: "Unfollow" }).waitFor();
  await mette.goto(`${origin}/home/tags`);
  await mette.getByRole("link", { name: "#longtail" }).waitFor();

  // A list is made, filled and read; its name changes.
  await mette.goto(`${origin}/home/lists`);
  await mette.getByText("You have no list yet.").waitFor();
  await mette.getByLabel("What it is called").fill("Riders");
  await mette.getByRole("button", { name: "Make a list" }).click();
  await mette.waitForURL(/\/home\/lists\/\d+\?change/);
  const list = new URL(mette.url()).pathname.slice("/home".length);
  await mette.getByLabel("Add somebody whom you follow").fill("ana");
  await mette.getByRole("button", { name: of("Add", "Ana Ferreira") }).click();
  await mette.getByRole("button", { name: of("Take out", "Ana Ferreira") }).waitFor();
  await mette.getByLabel("What it is called").fill("People on long bikes");
  await mette.getByLabel("Which answers stand in it").selectOption("none");
  await mette.getByText("Keep what they say out of Home").click();
  await mette.getByRole("button", { name: "Save the list" }).click();
  await mette.getByText("The list is saved.").waitFor();
  await mette.goto(`${origin}/home${list}`);
  await mette.getByRole("heading", { name: "People on long bikes" }).waitFor();
  await mette.getByText("1 person").waitFor();
  await publish(ana, "The second run was better");
  // It comes by itself, and waits above.
  await mette.getByRole("button", { name: "1 new post" }).click();
  await mette.locator("article.entry", { hasText: "The second run was better" }).waitFor();
  // Only in the list, not in Home.
  await mette.goto(`${origin}/home?tab=outside`);
  await mette.waitForFunction(() => !document.querySelector(".shapes"));
  if ((await mette.locator("article.entry", { hasText: "The second run" }).count()) > 0) fault("list", "what is for the list alone is in Home");
  await mette.goto(`${origin}/home${list}?change`);
  await mette.getByText("Keep what they say out of Home").click();
  await mette.getByRole("button", { name: "Save the list" }).click();
  await mette.getByText("The list is saved.").waitFor();

  // Kept, and found again.
  await mette.goto(`${origin}/home/posts/${post}`);
  // It is shown at once: whoever goes on at once waits until the server has it.
  const kept = mette.waitForResponse((answer) => answer.url().endsWith("/bookmark"));
  await mette.locator("article.here").getByRole("button", { name: "Keep" }).click();
  await mette.locator("article.here").getByRole("button", { name: "Kept" }).waitFor();
  await kept;
  await mette.goto(`${origin}/home/bookmarks`);
  await mette.locator("article.entry", { hasText: "Deep snow" }).waitFor();

  // A filter hides it behind a warning, and lets one look all the same; then it leaves it out.
  await mette.goto(`${origin}/home/you/filters/new`);
  await mette.getByRole("button", { name: "Save" }).click();
  await mette.getByText("Give it a name").waitFor();
  await mette.getByLabel("What it is called").fill("Winter");
  await mette.getByLabel("Word 1", { exact: true }).fill("snow");
  await mette.getByRole("button", { name: "Save" }).click();
  await mette.getByText("The filter is saved.").waitFor();
  await mette.waitForURL(/filters\/\d+/);
  const filter = new URL(mette.url()).pathname.slice("/home".length);
  await mette.goto(`${origin}/home${list}`);
  const veiled = mette.locator("article.entry", { hasText: "Matches your filter “Winter”." });
  await veiled.waitFor();
  if (await mette.getByText("Deep snow on the hill").isVisible()) fault("filter", "what it hides is seen");
  await veiled.getByRole("button", { name: "Show it" }).click();
  await mette.getByText("Deep snow on the hill").waitFor();
  await mette.goto(`${origin}/home${filter}`);
  await mette.getByText("Leave it out").click();
  await mette.getByRole("button", { name: "One more word" }).click();
  await mette.getByLabel("Word 2", { exact: true }).fill("sleet");
  await mette.getByRole("button", { name: "Save" }).click();
  await mette.getByText("The filter is saved.").waitFor();
  await mette.goto(`${origin}/home${list}`);
  await mette.locator("article.entry", { hasText: "The second run" }).waitFor();
  if ((await mette.getByText(/Deep snow|Matches your filter/).count()) > 0) fault("filter", "what it leaves out is there");
  await mette.goto(`${origin}/home${filter}`);
  await mette.getByRole("button", { name: "Delete" }).click();
  await mette.locator("form.sure").getByRole("button", { name: "Delete" }).click();
  await mette.getByText("You have no filters.").waitFor();

  // A letter between two: it comes while one looks, and the answer is for the same two.
  await mette.goto(`${origin}/home/conversations`);
  await mette.getByText("You have no conversations yet.").waitFor();
  await ana.goto(`${origin}/home/search?q=mette&type=accounts`);
  await ana.getByRole("link", { name: "Mette Skov" }).click();
  await ana.getByRole("link", { name: "Write to Mette Skov" }).click();
  await ana.locator("summary.band b", { hasText: "Only you and" }).waitFor();
  await ana.locator("#words").press("End");
  await ana.locator("#words").pressSequentially("Can I take Friday off?");
  await ana.keyboard.press("Control+Enter");
  await ana.locator("#done").waitFor();
  const talk = mette.locator("article.talk", { hasText: "Can I take Friday off?" });
  await talk.getByText("Not read yet").waitFor();
  await accessible(mette, "conversations");
  await talk.getByRole("link", { name: /^Answer/ }).click();
  await mette.locator("summary.band b", { hasText: "Only you and @anaf" }).waitFor();
  await mette.locator("#words").press("End");
  await mette.locator("#words").pressSequentially("Of course");
  await mette.getByRole("button", { name: "Send to them only" }).click();
  await mette.locator("#done", { hasText: /Sent\. Only @/ }).waitFor();
  await mette.goto(`${origin}/home/conversations`);
  await mette.locator("article.talk", { hasText: "Of course" }).waitFor();
  if ((await mette.getByText("Not read yet").count()) > 0) fault("conversation", "it is new after it was answered");
  await ana.goto(`${origin}/home/conversations`);
  await ana.locator("article.talk", { hasText: "Of course" }).getByRole("link", { name: /^Read it/ }).click();
  await ana.locator("article.entry", { hasText: "Can I take Friday off?" }).waitFor();
  await ana.locator("article.here", { hasText: "Of course" }).waitFor();

  // One's own page, with a picture.
  await ana.goto(`${origin}/home/you/profile`);
  await ana.locator("#name").fill("Ana of the Hill");
  await ana.locator("#note").fill("I ride a long bike in deep snow.");
  await ana.getByLabel("Name of line 1").fill("House");
  await ana.getByLabel("Content of line 1").fill("Havnegade 4");
  await ana.getByLabel("Picture: Choose a picture", { exact: true }).setInputFiles({ name: "ana.png", mimeType: "image/png", buffer: PIXEL });
  await ana.getByText("Chosen: ana.png").waitFor();
  // Left out, it is not chosen any more, and the keyboard is at the field.
  await ana.getByRole("button", { name: "Leave it out" }).press("Enter");
  await ana.waitForFunction(() => document.querySelector("#avatar-chosen")?.textContent === "" && document.activeElement?.id === "avatar");
  await ana.getByLabel("Picture: Choose a picture", { exact: true }).setInputFiles({ name: "ana.png", mimeType: "image/png", buffer: PIXEL });
  await ana.getByText("Chosen: ana.png").waitFor();
  await ana.getByText("I say yes to each follower").click();
  await ana.getByRole("button", { name: "Save" }).click();
  await ana.getByText("Saved.").waitFor();
  await ana.locator(".acting > summary", { hasText: "Ana of the Hill" }).waitFor();
  const open = await (await fetch(`${origin}/@anaf`, { headers: { accept: "text/html" } })).text();
  for (const wanted of ["Ana of the Hill", "deep snow", "Havnegade 4"]) if (!open.includes(wanted)) fault("profile", `“${wanted}” is not on the public page`);

  // In which language letters come is said as it is, also where the workroom speaks another.
  await ana.evaluate(() => {
    const { form_token: token, identities } = JSON.parse(document.getElementById("told").textContent);
    const headers = { "content-type": "application/json", "guildhall-form-token": token, "guildhall-as": identities[0].id };
    // What this browser chose comes before it.
    localStorage.setItem("guildhall.language", "en");
    return fetch("/api/guildhall/v1/me", { method: "PATCH", headers, body: JSON.stringify({ letter_language: "de" }) });
  });
  await ana.goto(`${origin}/home/you`);
  await ana.getByText("Letters to you come in German.").waitFor();
  await accessible(ana, "language of letters");
  await ana.getByRole("button", { name: "Letters in English too" }).click();
  await ana.getByText("Letters to you come in it, too.").waitFor();

  // Who asks to follow stands there, and is let in.
  const jonas = await at("jonas");
  await jonas.goto(`${origin}/home/search?q=anaf&type=accounts`);
  await jonas.getByRole("button", { name: of("Follow", "Ana of the Hill") }).click();
  await jonas.getByRole("button", { name: of("Unfollow", "Ana of the Hill") }).waitFor();
  await ana.goto(`${origin}/home/you/requests`);
  await ana.getByRole("button", { name: of("Yes", "Jonas Holm") }).click();
  await ana.getByText("Nobody asks to follow you.").waitFor();

  // What one wrote is changed, pinned, written anew and deleted.
  await ana.goto(said);
  const here = ana.locator("article.here");
  await menu(ana, here, "Pin to my page");
  await here.getByText("It stands at the top of your page.").waitFor();
  await menu(ana, here, "Change the words");
  if ((await ana.locator("#words").inputValue()) !== "Deep snow on the hill this morning #longtail") fault("change", "it does not begin with its words");
  await ana.locator("#words").fill("Deep snow on the hill all day #longtail");
  // A slow press reaches the button, though the hashtags that are suggested above it go meanwhile.
  await ana.getByRole("option", { name: "#longtail" }).waitFor();
  await ana.getByRole("button", { name: "Save the change" }).click({ delay: 200 });
  await ana.locator("#done").waitFor();
  await ana.goto(said);
  await here.getByText("all day").waitFor();
  await here.getByText("edited").waitFor();
  await menu(ana, here, "Delete and write anew");
  await here.getByRole("button", { name: "Delete and write anew" }).click();
  await ana.waitForURL(/write\?anew=/);
  await ana.waitForFunction(() => document.querySelector("#words")?.value.includes("all day"));
  await ana.locator("summary.band b", { hasText: "Everyone on the internet" }).waitFor();
  await ana.getByRole("button", { name: "Publish to everyone" }).click();
  await ana.locator("#done").waitFor();
  await ana.getByRole("link", { name: "Look at it" }).click();
  await here.getByText("all day").waitFor();
  await menu(ana, here, "Delete");
  await here.locator("form.sure").getByRole("button", { name: "Delete", exact: true }).click();
  await ana.getByText("The post is deleted.").waitFor();

  // What an app wrote as plain text is that when it is written anew: no sign in it becomes emphasis.
  const plain = "Rub *twice* and _rinse_";
  const typed = await ana.evaluate(async (status) => {
    const { form_token: token, identities } = JSON.parse(document.getElementById("told").textContent);
    const headers = { "content-type": "application/json", "guildhall-form-token": token, "guildhall-as": identities[0].id };
    const body = JSON.stringify({ status, content_type: "text/plain", visibility: "public" });
    return (await fetch("/api/v1/statuses", { method: "POST", headers, body })).json();
  }, plain);
  await ana.goto(`${origin}/home/posts/${typed.id}`);
  await menu(ana, here, "Delete and write anew");
  await here.getByRole("button", { name: "Delete and write anew" }).click();
  await ana.waitForURL(/write\?anew=/);
  await ana.waitForFunction((words) => document.querySelector("#words")?.value === words, plain);
  await ana.getByRole("button", { name: "Publish to everyone" }).click();
  await ana.locator("#done").waitFor();
  await ana.getByRole("link", { name: "Look at it" }).click();
  await here.getByText(plain).waitFor();
  if ((await here.locator(".words").locator("em, strong").count()) > 0) fault("anew", "plain text became something else");
  await menu(ana, here, "Delete");
  await here.locator("form.sure").getByRole("button", { name: "Delete", exact: true }).click();
  await ana.getByText("The post is deleted.").waitFor();

  // Not hearing somebody for a day, and hearing them again.
  const second = await publish(ana, "Whoever mutes me does not read this");
  await mette.goto(second);
  await menu(mette, mette.locator("article.here"), "Mute Ana of the Hill");
  await mette.getByLabel("For how long").selectOption("86400");
  await mette.locator("form.sure").getByRole("button", { name: "Mute Ana of the Hill" }).click();
  await mette.getByText("You do not hear Ana of the Hill any more.").waitFor();
  await mette.goto(`${origin}/home/you/people`);
  await mette.locator(".line", { hasText: "Until" }).waitFor();
  await mette.getByRole("button", { name: of("Hear again", "Ana of the Hill") }).click();
  await mette.getByText("You have muted nobody.").waitFor();
  // The moderators are told of a post.
  await mette.goto(second);
  await menu(mette, mette.locator("article.here"), "Report Ana of the Hill");
  await mette.getByLabel("What should they know?").fill("It is only a try");
  await accessible(mette, "report");
  await mette.getByRole("button", { name: "Send the report" }).click();
  await mette.getByText("Thank you. Your report is with").waitFor();
  // A server is not heard any more.
  await mette.goto(`${origin}/home/you/people?tab=domains`);
  await mette.getByLabel("Name of the server").fill("spam.example");
  await mette.getByRole("button", { name: "Block this server" }).click();
  await mette.getByRole("button", { name: of("Block no longer", "spam.example") }).waitFor();
  // By whom one is told at once.
  await mette.goto(`${origin}/home/you/notices`);
  await mette.getByLabel("New accounts").selectOption("filter");
  await mette.getByRole("button", { name: "Save" }).click();
  await mette.getByText("Saved.").waitFor();
  await mette.reload();
  await mette.waitForFunction(() => document.querySelector("#for_new_accounts")?.value === "filter");
  // How one hears somebody.
  await jonas.goto(`${origin}/home/search?q=anaf&type=accounts`);
  await jonas.getByRole("link", { name: "Ana of the Hill" }).click();
  await jonas.locator(".menu-of-person summary").click();
  await jonas.getByText("Hide what they share").click();
  await jonas.getByText("Saved.").waitFor();
  await jonas.locator(".menu-of-person summary").click();
  await jonas.getByText("Show what they share").waitFor();
  await jonas.context().close();

  // A name is suggested while one writes, and taken by the keyboard.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("#words").fill("");
  await ana.locator("#words").pressSequentially("Thanks, @jon");
  await ana.getByRole("option", { name: /Jonas Holm/ }).waitFor();
  await accessible(ana, "suggestions");
  await ana.keyboard.press("ArrowDown");
  await ana.keyboard.press("Enter");
  await ana.waitForFunction(() => document.querySelector("#words")?.value === "Thanks, @jonas ");
  // What must be seen in a picture.
  await ana.locator("input[type=file]").setInputFiles({ name: "hill.png", mimeType: "image/png", buffer: PIXEL });
  await ana.getByText("What must be seen").click();
  const slider = ana.getByRole("slider", { name: "What must be seen" });
  await slider.press("ArrowLeft");
  if ((await slider.getAttribute("aria-valuenow")) !== "45") fault("focal point", `it is at ${await slider.getAttribute("aria-valuenow")}`);
  await accessible(ana, "focal point");
  await ana.getByRole("button", { name: "Throw away" }).click();

  // What somebody said is quoted.
  await mette.goto(second);
  await menu(mette, mette.locator("article.here"), "Quote it");
  await mette.getByText("You quote Ana of the Hill").waitFor();

  // Where clocks are put on, the next minute there is counts, and the letter says so; where they are put back, the first
  // of the two. The zone has its name.
  const berlin = await at("mette", { timezoneId: "Europe/Berlin" });
  const year = new Date().getFullYear() + 1;
  const lastSunday = (month) => `${year}-${month}-${31 - new Date(`${year}-${month}-31T12:00Z`).getUTCDay()}`;
  await berlin.goto(`${origin}/home/write`);
  await berlin.locator("#words").fill("Clocks are put on tonight");
  await berlin.getByRole("button", { name: "Later" }).click();
  await berlin.locator("#at").fill(`${lastSunday("10")}T02:30`);
  await berlin.getByText("That time comes twice on that day, because clocks are put back. The first one is meant.").waitFor();
  await berlin.locator("#at").fill(`${lastSunday("03")}T02:30`);
  await berlin.getByText("Central European Time").waitFor();
  await berlin.getByText(/Clocks jump over that time on that day.*3:00/).waitFor();
  await berlin.locator("#at").fill(`${lastSunday("03")}T03:30`);
  await berlin.getByText(/Clocks jump over/).waitFor({ state: "detached" });
  await berlin.locator("#at").fill(`${lastSunday("03")}T02:30`);
  const timed = berlin.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/v1/statuses"));
  await berlin.locator(".send .main").click();
  const { scheduled_at: goesOut } = (await timed).postDataJSON();
  if (goesOut !== `${lastSunday("03")}T01:00:00.000Z`) fault("clocks", `02:30 on the night they are put on is sent as ${goesOut}`);
  await berlin.locator("#done").waitFor();
  await berlin.context().close();

  // Whoever signs out with an unfinished letter is asked what becomes of it: left here, it comes back with them.
  for (const [locale, many, stay, leave, throwAway] of [
    ["en", "1 unfinished letter is kept in this browser.", "Stay signed in", "Leave here and sign out", "Throw away and sign out"],
    ["de", "1 unfertiger Text liegt in diesem Browser.", "Angemeldet bleiben", "Hier lassen und abmelden", "Wegwerfen und abmelden"],
    ["ar", "في هذا المتصفح رسالة لم تكتمل.", "ابقَ داخلًا", "اتركها هنا واخرج", "ارمها واخرج"],
  ]) {
    const jonas = await at("jonas", { locale, viewport: { width: 360, height: 740 } });
    const signOut = jonas.locator('form[action="/sign-out"]');
    // The stream ends with the token, and may try once more before the page is gone.
    jonas.expected = /status of (401|403)/;
    await jonas.goto(`${origin}/home/write`);
    await jonas.locator("#words").fill("Half a thought");
    await jonas.goto(`${origin}/home/more`);
    await signOut.getByRole("button").click();
    await signOut.getByText(many).waitFor();
    await accessible(jonas, `signing out, ${locale}`);
    // Back, nothing has happened, and the keyboard is where it was.
    await signOut.getByRole("button", { name: stay }).click();
    await signOut.getByText(many).waitFor({ state: "detached" });
    await jonas.keyboard.press("Enter");
    await signOut.getByRole("button", { name: leave }).click();
    await jonas.waitForURL(`${origin}/`);
    await jonas.goto(`${origin}/home/write`);
    await jonas.locator("#name").fill("jonas");
    await jonas.locator("#password").fill(password);
    await jonas.locator("main form button").last().click();
    await jonas.locator("#words").waitFor();
    if ((await jonas.locator("#words").inputValue()) !== "Half a thought") fault(`signing out, ${locale}`, "what was left did not come back");
    await jonas.goto(`${origin}/home/you`);
    await signOut.getByRole("button").click();
    await signOut.getByRole("button", { name: throwAway }).click();
    await jonas.waitForURL(`${origin}/`);
    const left = await jonas.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("guildhall.letter.")));
    if (left.length > 0) fault(`signing out, ${locale}`, `${left.join(", ")} is still here`);
    await jonas.context().close();
  }

  // Single keys, and what they do.
  await mette.goto(`${origin}/home/bookmarks`);
  await mette.locator("h1").waitFor();
  await mette.keyboard.press("?");
  await mette.getByRole("dialog", { name: "Keys" }).waitFor();
  await accessible(mette, "keys");
  await mette.keyboard.press("Escape");
  await mette.getByRole("dialog").waitFor({ state: "detached" });
  // A machine that is busy may take too long between the two: then they are pressed again, a few times at most.
  for (let turn = 1; ; turn += 1) {
    await mette.keyboard.press("g");
    await mette.keyboard.press("h");
    const there = mette.waitForURL(/\/home\/?$/, { timeout: turn < 4 ? 5000 : 30_000 });
    if (await there.then(() => true, (error) => (turn < 4 ? false : Promise.reject(error)))) break;
  }
  await mette.keyboard.press("/");
  await mette.waitForFunction(() => document.activeElement?.id === "q");

  await look("mette", [["search", "/search"], ["found", "/search?q=ana"], ["more", "/more"], ["lists", "/lists"], ["list", `${list}`], ["list-change", `${list}?change`], ["kept", "/bookmarks"], ["hashtags", "/tags"], ["hashtag", "/tags/longtail"], ["conversations", "/conversations"], ["profile", "/you/profile"], ["filters", "/you/filters"], ["filter", "/you/filters/new"], ["muted", "/you/people"], ["servers", "/you/people?tab=domains"], ["requests", "/you/requests"], ["notices", "/you/notices"], ["keys", "/keys"]], folder);
});
