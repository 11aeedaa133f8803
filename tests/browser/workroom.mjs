// Uses the workroom as people do: signs in, writes, loses a page, has a draft approved, and looks at every screen.
//   node workroom.mjs ORIGIN PASSWORD FOLDER
// Ends with 1 after naming everything that is wrong.
import { mkdirSync } from "node:fs";
import { picture } from "./chromium.mjs";
import { room } from "./room.mjs";

const [origin, password, folder] = process.argv.slice(2);
const FIRST_LOAD = 250_000;
mkdirSync(folder, { recursive: true });
const { browser, at, accessible, look, fault, walk } = await room(origin, password);

await walk(async () => {
  // What comes over the wire for the first screen.
  const ana = await at("anaf");
  const session = await ana.context().newCDPSession(ana);
  await session.send("Network.enable");
  await session.send("Network.clearBrowserCache");
  let bytes = 0;
  session.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await ana.goto(`${origin}/home`);
  await ana.locator("h1 span").waitFor();
  await ana.waitForTimeout(500);
  if (bytes === 0 || bytes > FIRST_LOAD) fault("first load", `${bytes} bytes`);

  // A post for everybody. Whoever chose colleagues before, and goes wider, is asked once more.
  await ana.locator("nav.rail").getByRole("link", { name: "Write" }).click();
  await ana.locator("#words").fill("The first snow is on the saddles");
  await ana.locator("summary.band").click();
  await ana.getByRole("radio", { name: /^Everyone on the internet/ }).check();
  // The page goes away, and the words stay.
  await ana.reload();
  if ((await ana.locator("#words").inputValue()) !== "The first snow is on the saddles") fault("kept words", "they are gone after a reload");
  if (!(await ana.locator("summary.band b").textContent())?.startsWith("Everyone")) fault("kept words", "their readers are others after a reload");
  await ana.locator("summary.band").click();
  await ana.getByRole("radio", { name: /^Only .* staff/ }).check();
  await ana.getByRole("radio", { name: /^Everyone on the internet/ }).check();
  await ana.getByRole("button", { name: "Publish to everyone" }).click();
  await ana.getByText("More people will read this than before.").waitFor();
  await ana.getByRole("button", { name: "Publish to everyone" }).click();
  await ana.locator("#done").waitFor();
  await ana.getByRole("link", { name: "Look at it" }).click();
  await ana.locator("article.here").getByText("The first snow is on the saddles").waitFor();
  const there = await ana.locator("article.here").getByRole("link", { name: "Public page" }).getAttribute("href");
  const open = await (await fetch(there, { headers: { accept: "text/html" } })).text();
  if (!open.includes("The first snow is on the saddles")) fault("public page", "the post is not on it");

  // Below it one leaves a note for colleagues, which stays inside: not one press leads it out.
  await ana.getByRole("link", { name: "Note for colleagues" }).click();
  await ana.getByRole("heading", { name: "Note inside, on the post of Ana Ferreira" }).waitFor();
  await ana.locator(".band b", { hasText: /^Only .* staff/ }).waitFor();
  await accessible(ana, "letter-note");
  if ((await ana.locator("input[name=audience][value=public]").count()) > 0) fault("note", "it can go out");
  await ana.locator("#words").fill("The grit is behind the workshop");
  await ana.getByRole("button", { name: /^Post to/ }).click();
  await ana.getByText("Your colleagues can read it.").waitFor();
  await ana.getByRole("link", { name: "Look at it" }).click();
  await ana.locator("article.here").getByText("The grit is behind the workshop").waitFor();
  const noted = await (await fetch(there, { headers: { accept: "text/html" } })).text();
  if (noted.includes("The grit is behind")) fault("note", "it is on the public page");

  // A post for colleagues has no public page. What is typed is Markdown, and looks before it is sent as it does then.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("#words").fill("Tea is **ready**\nand @mette knows it");
  await ana.getByRole("button", { name: "Preview" }).click();
  const preview = ana.locator("section", { has: ana.getByRole("heading", { name: "Preview" }) });
  await preview.locator("strong", { hasText: "ready" }).waitFor();
  await preview.locator("br").waitFor({ state: "attached" });
  await preview.getByRole("link", { name: "@mette" }).click();
  if (!ana.url().endsWith("/home/write")) fault("preview", "a press in it leaves the letter");
  await accessible(ana, "letter-preview");
  await ana.locator("#words").fill("");
  await preview.getByText("Nothing is written yet.").waitFor();
  await ana.locator("#words").fill("Cake in the kitchen, for us");
  await ana.locator("summary.band").click();
  await ana.getByRole("radio", { name: /^Only .* staff/ }).check();
  await ana.getByRole("button", { name: /^Post to/ }).click();
  await ana.getByText("Your colleagues can read it.").waitFor();
  const outside = await (await fetch(`${origin}/@anaf`, { headers: { accept: "text/html" } })).text();
  if (outside.includes("Cake in the kitchen")) fault("inside", "what is for colleagues is on the public page");

  // A colleague hears it as it happens, answers, and Ana is told.
  const mette = await at("mette");
  await mette.getByText("Cake in the kitchen, for us").waitFor();

  // As the brand: a contributor hands in, an approver says what to change, then yes.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("summary.band").click();
  await ana.getByRole("radio", { name: /^Everyone on the internet/ }).check();
  await ana.locator("label.pick", { hasText: /As Larkfield/ }).click();
  await ana.locator("#words").fill("Our website says sixty kilometres");
  // What waits for approval takes no time before.
  await ana.getByRole("button", { name: "Later" }).click();
  await ana.getByText("The time is chosen on the page of the draft, once it is approved. An approval counts for").waitFor();
  await ana.getByRole("button", { name: "Later" }).click();
  // Whoever writes looks after the answers, until they name a colleague; who that is stays with the draft.
  await ana.locator("summary", { hasText: "Who answers: Ana Ferreira" }).click();
  await ana.getByLabel("Who looks after the answers?").selectOption("mette");
  await ana.locator("summary", { hasText: "Who answers: Mette Skov" }).waitFor();
  await accessible(ana, "letter-answers");
  await ana.getByText(/Saved as a draft/).waitFor();
  await ana.getByRole("button", { name: "Hand in for approval" }).click();
  if (await ana.getByText("More people will read this than before.").isVisible()) await ana.getByRole("button", { name: "Hand in for approval" }).click();
  await ana.getByText("It is handed in.").waitFor();
  await ana.getByRole("link", { name: "Look at it" }).click();
  await ana.waitForURL(/\/home\/review\/\d+/);
  const draft = ana.url();

  // She is elsewhere when it comes back: who looks at a draft has seen it.
  await ana.goto(`${origin}/home/bookmarks`);
  await mette.goto(`${origin}/home/review`);
  await mette.getByRole("heading", { name: "One draft waits for you." }).waitFor();
  await mette.getByRole("link", { name: "Read it" }).first().click();
  await mette.getByText("Who answers: Mette Skov").waitFor();
  await mette.getByRole("button", { name: "Ask for changes" }).click();
  await mette.getByRole("alert").waitFor();
  await mette.locator("#comment").fill("Say the number for winter too");
  await mette.getByRole("button", { name: "Ask for changes" }).click();
  await mette.getByText("It went back to the author.").waitFor();

  // Ana hears it as it happens: a number at Drafts until she opened it, and a line among the news that leads there.
  await ana.goto(`${origin}/home`);
  const drafts = ana.locator("nav.rail").getByRole("link", { name: "Drafts" });
  await drafts.getByText("1 waits for you").waitFor();
  await ana.locator(".note", { hasText: "Changes are asked for in a draft of yours" }).getByRole("link", { name: /Our website says sixty kilometres/ }).waitFor();
  await ana.goto(`${origin}/home/notifications`);
  await ana.getByRole("link", { name: "Mette Skov asked for changes in your draft" }).click();
  await ana.waitForURL(draft);
  await ana.getByText("Say the number for winter too").waitFor();
  await drafts.getByText("1 waits for you").waitFor({ state: "detached" });
  await ana.getByRole("link", { name: "Go on writing" }).click();
  await ana.locator("#words").fill("Our website says sixty kilometres, in winter it is forty");
  await ana.getByRole("button", { name: "Hand in for approval" }).click();
  await ana.getByText("It is handed in.").waitFor();

  await mette.goto(draft);
  await mette.locator("ins", { hasText: "winter" }).first().waitFor();
  await mette.getByRole("button", { name: "Approve exactly this" }).click();
  await mette.locator("#said").getByText("Approved.").waitFor();

  // Whoever wants to change it now is told first what that takes back, and no key changes anything before.
  await ana.goto(`${origin}/home/write?draft=${draft.split("/").at(-1)}`);
  await ana.getByText("Mette Skov has said yes to this text.").waitFor();
  await accessible(ana, "guarded");
  await ana.locator("#words").press("z");
  if (!(await ana.evaluate(() => document.activeElement?.id === "guarded"))) fault("guarded", "the first key does not lead to what follows");
  if ((await ana.locator("#words").inputValue()).includes("z")) fault("guarded", "a key changed an approved text unasked");
  await ana.getByRole("link", { name: "Leave it as it is" }).click();
  await ana.waitForURL(draft);
  // She changes it after all, while it is being published: that comes too late, and one note says what happened.
  await ana.getByText("If you change anything, that yes no longer counts.").waitFor();
  await ana.getByRole("link", { name: "Go on writing" }).click();
  const later = ana.waitForResponse((answer) => answer.request().method() === "PATCH" && /\/drafts\/\d+$/.test(answer.url()));
  await ana.locator("#words").fill("Our website says sixty kilometres, in winter it is forty at best");
  await later;
  mette.expected = /status of 409/;
  await mette.getByRole("button", { name: "Publish now" }).click();
  await mette.locator("#said").getByText("What you wanted to do was not done.").waitFor();
  await mette.locator("ins", { hasText: "best" }).waitFor();
  if (!(await mette.evaluate(() => document.activeElement?.id === "said"))) fault("meanwhile", "the keyboard does not go on where it says what happened");
  if ((await mette.locator("#said").getByText("Approved.").count()) > 0) fault("meanwhile", "what is over is said beside what is");
  await accessible(mette, "meanwhile");
  mette.expected = undefined;
  await ana.getByRole("button", { name: "Hand in for approval" }).click();
  await ana.getByText("It is handed in.").waitFor();
  await mette.goto(draft);
  // A double click says yes and publishes nothing, wherever what publishes comes to stand.
  await mette.evaluate(() => {
    const hasty = new MutationObserver(() => {
      const there = [...document.querySelectorAll(".judge button")].find((one) => one.textContent.includes("Publish now"));
      if (!there) return;
      hasty.disconnect();
      for (const wait of [0, 150, 300]) setTimeout(() => there.click(), wait);
    });
    hasty.observe(document.body, { subtree: true, childList: true });
  });
  await mette.getByRole("button", { name: "Approve exactly this" }).dblclick();
  await mette.locator("#said").getByText("Approved.").waitFor();
  await mette.getByText("That came right after your last press, so nothing was done.").waitFor();
  await accessible(mette, "too-soon");
  if ((await (await fetch(`${origin}/@brand`, { headers: { accept: "text/html" } })).text()).includes("in winter it is forty")) fault("twice", "a double click on the yes published the draft");
  await mette.getByRole("button", { name: "Publish now" }).click();
  await mette.locator("#said").getByText("It is out.").waitFor();
  const brand = await (await fetch(`${origin}/@brand`, { headers: { accept: "text/html" } })).text();
  if (!brand.includes("in winter it is forty")) fault("brand", "what was approved is not on its page");
  // Beside Home the brand's meter says the same as its public page.
  await ana.goto(`${origin}/home`);
  const meter = ana.getByRole("region", { name: "Talking, not broadcasting" });
  await meter.getByText("Larkfield").waitFor();
  const metered = await meter.locator(".meter > span").allTextContents();
  if (metered.length !== 2 || !metered.every((words) => brand.includes(words))) fault("meter", `says “${metered.join("”, “")}”, and the public page does not`);

  // A brand asks: the choices and how long it asks are in the draft, are read before the yes, and people vote.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("label.pick", { hasText: /As Larkfield/ }).click();
  await ana.getByRole("region", { name: "Talking, not broadcasting" }).waitFor();
  await ana.locator("#words").fill("Which colour shall the next bike have?");
  await ana.getByRole("button", { name: "Poll", exact: true }).click();
  await ana.locator("#choice-0").fill("Red");
  await ana.locator("#choice-1").fill("Blue");
  await ana.getByRole("button", { name: "One more choice" }).click();
  await ana.locator("#choice-2").waitFor();
  await ana.keyboard.type("Green");
  if ((await ana.locator("#choice-2").inputValue()) !== "Green") fault("poll", "the keyboard is not at the choice that came");
  await ana.getByLabel("The poll is open for").selectOption({ label: "3 days" });
  await accessible(ana, "letter-poll");
  await ana.getByRole("button", { name: "Hand in for approval" }).click();
  await ana.getByText("It is handed in.").waitFor();
  await ana.getByRole("link", { name: "Look at it" }).click();
  await ana.waitForURL(/\/home\/review\/\d+/);
  await mette.goto(ana.url());
  for (const choice of ["Red", "Blue", "Green"]) await mette.locator(".pane li").getByText(choice, { exact: true }).waitFor();
  await mette.getByText(/The poll is open for\s+3 days/).waitFor();
  await mette.getByRole("button", { name: "Approve exactly this" }).click();
  await mette.locator("#said").getByText("Approved.").waitFor();
  // Whoever wrote it may not publish it: it waits for those who may, and says so.
  await mette.getByText("Waits for you to publish it").waitFor();
  const publishing = mette.waitForResponse((answer) => answer.request().method() === "POST" && /\/drafts\/\d+\/publish$/.test(answer.url()));
  await mette.getByRole("button", { name: "Publish now" }).click();
  const { post: asked } = await (await publishing).json();
  await ana.goto(`${origin}/home/posts/${asked.id}`);
  const ballot = ana.locator("article.here form.ballot");
  await ballot.getByRole("radio", { name: "Green" }).check();
  await ballot.getByRole("button", { name: "Vote" }).press("Enter");
  await ballot.locator(".result", { hasText: "Green" }).getByText("100 %").waitFor();
  if (!(await ballot.evaluate((place) => place === document.activeElement))) fault("vote", "the keyboard is not at the result");
  await accessible(ana, "poll-voted");

  // For whomever it was: the brand takes it out, and as oneself it is back inside, with its words and without a draft.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("summary.band").click();
  await ana.getByRole("radio", { name: /^Only .* staff/ }).check();
  await ana.locator("summary.band").click();
  await ana.locator("#words").fill("For us, or for everybody");
  await ana.locator("label.pick", { hasText: /As Larkfield/ }).click();
  await ana.getByText(/speaks to people outside/).waitFor();
  await ana.locator("summary.band b", { hasText: "Everyone on the internet" }).waitFor();
  await ana.getByText(/Saved as a draft/).waitFor();
  await accessible(ana, "letter-brand");
  const left = ana.waitForResponse((answer) => answer.request().method() === "DELETE" && /\/drafts\/\d+$/.test(answer.url()));
  await ana.locator("label.pick", { hasText: /As yourself/ }).click();
  await left;
  await ana.getByText(/^Back inside/).waitFor();
  await ana.locator("summary.band b", { hasText: "staff" }).waitFor();
  if ((await ana.locator("#words").inputValue()) !== "For us, or for everybody") fault("as whom", "the words are lost");
  // Emptied by hand in one window, it still stands in another.
  const still = await ana.context().newPage();
  await still.goto(`${origin}/home/write`);
  await still.waitForFunction(() => document.querySelector("#words")?.value === "For us, or for everybody");
  await still.evaluate(() => {
    window.heard = new Promise((ready) => addEventListener("storage", (event) => event.newValue === null && ready()));
  });
  await ana.locator("#words").fill("");
  await still.evaluate(() => window.heard);
  if ((await still.locator("#words").inputValue()) !== "For us, or for everybody") fault("emptied by hand", "another window is empty too");
  await still.close();
  await ana.locator("#words").fill("For us, or for everybody");
  await ana.getByRole("button", { name: "Throw away" }).click();

  // Thrown away, a draft is none for anybody any more, in another window neither; brought back, it is one again.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("label.pick", { hasText: /As Larkfield/ }).click();
  await ana.locator("#words").fill("Not to be said");
  await ana.getByText(/Saved as a draft/).waitFor();
  const beside = await ana.context().newPage();
  await beside.goto(`${origin}/home/write`);
  await beside.waitForFunction(() => document.querySelector("#words")?.value === "Not to be said");
  const discarded = () => ana.waitForResponse((answer) => answer.request().method() === "DELETE" && /\/drafts\/\d+$/.test(answer.url()));
  const gone = discarded();
  await ana.getByRole("button", { name: "Throw away" }).click();
  await gone;
  await ana.getByText("Thrown away.").waitFor();
  await beside.waitForFunction(() => document.querySelector("#words")?.value === "");
  await beside.getByText(/thrown away in another window/).waitFor();
  await beside.goto(`${origin}/home/review`);
  await beside.locator("main h1").waitFor();
  await beside.waitForFunction(() => !document.querySelector(".shapes"));
  if ((await beside.getByText("Not to be said").count()) > 0) fault("thrown away", "it is among the drafts");
  await beside.close();
  await ana.getByRole("button", { name: "Bring it back" }).click();
  await ana.getByText(/Saved as a draft/).waitFor();
  if ((await ana.locator("#words").inputValue()) !== "Not to be said") fault("brought back", "the words are lost");
  // What a window hears late of an earlier letter does not take the one that lies there now.
  const stays = await ana.evaluate(() => {
    const key = Object.keys(localStorage).find((one) => localStorage.getItem(one).includes("Not to be said"));
    const oldValue = localStorage.getItem(key);
    dispatchEvent(new StorageEvent("storage", { key, oldValue, newValue: null, storageArea: localStorage }));
    return localStorage.getItem(key) === oldValue;
  });
  if (!stays || (await ana.locator("#words").inputValue()) !== "Not to be said") fault("heard late", "it took the letter of now");
  // Where the server cannot be asked, what was thrown away lies beside what was written meanwhile.
  ana.expected = /status of 401|ERR_FAILED/;
  let written;
  const meanwhile = new Promise((ready) => (written = ready));
  await ana.route(/\/drafts\/\d+$/, (route) => meanwhile.then(() => route.abort()), { times: 1 });
  await ana.getByRole("button", { name: "Throw away" }).click();
  await ana.locator("#words").fill("Written meanwhile");
  written();
  await ana.getByText("Another text of this draft").waitFor();
  const exchanged = ana.waitForResponse((answer) => answer.request().method() === "PATCH" && /Not to be said/.test(answer.request().postData() ?? ""));
  await ana.getByRole("button", { name: "Exchange the two" }).click();
  await exchanged;
  if ((await ana.locator("#words").inputValue()) !== "Not to be said") fault("not thrown away", "the words did not come back");
  await ana.getByRole("button", { name: "Throw the other one away" }).click();
  ana.expected = /status of 401/;
  // From its own page it is thrown away as well, once that was asked, and Write knows nothing of it any more.
  await ana.goto(`${origin}/home/review`);
  const unfinished = await ana.locator("article.task", { hasText: "Not to be said" }).getByRole("link", { name: "Go on writing" }).getAttribute("href");
  await ana.goto(`${origin}${unfinished.replace("write?draft=", "review/")}`);
  await ana.getByRole("button", { name: "Throw away" }).click();
  await ana.getByText("Throw this draft away?").waitFor();
  await accessible(ana, "draft-throw-away");
  await ana.locator("form.sure").getByRole("button", { name: "Throw away" }).click();
  await ana.getByText("Thrown away.").waitFor();
  await ana.goto(`${origin}/home/write`);
  await ana.locator("#words").waitFor();
  if ((await ana.locator("#words").inputValue()) !== "") fault("thrown away", "Write still has the words");

  // Two write in one draft: each sees the other, and who is later compares both texts and loses neither.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("label.pick", { hasText: /As Larkfield/ }).click();
  const saved = (page, method) => page.waitForResponse((answer) => answer.request().method() === method && /\/drafts(\/\d+)?$/.test(answer.url()));
  const begun = saved(ana, "POST");
  await ana.locator("#words").fill("The workshop is open on Saturday from ten");
  const { id: shared } = await (await begun).json();
  await mette.goto(`${origin}/home/review/${shared}`);
  await mette.getByText("Ana Ferreira is writing here").waitFor();
  await mette.goto(`${origin}/home/write?draft=${shared}`);
  await mette.getByRole("heading", { name: "Change Ana Ferreira’s draft" }).waitFor();
  await mette.getByText("Whoever changes the text cannot approve it any more").waitFor();
  await mette.getByText("Ana Ferreira is writing here").waitFor();
  const first = saved(mette, "PATCH");
  await mette.locator("#words").fill("The workshop is open on Sunday from ten");
  await first;
  ana.expected = /status of 40[19]/;
  await ana.locator("#words").fill("The workshop is open on Saturday from nine");
  const collision = ana.locator("section", { has: ana.locator("#collision") });
  await collision.locator("del", { hasText: "Sunday" }).waitFor();
  await collision.locator("ins", { hasText: "nine" }).waitFor();
  // Before one is chosen nothing is handed in: the press leads to the choice.
  await ana.locator(".send .main").click();
  await collision.getByText("Choose first which text stays.").waitFor();
  if (!(await ana.locator("#collision").evaluate((place) => place === document.activeElement))) fault("collision", "the keyboard is not at the choice");
  await accessible(ana, "letter-collision");
  await collision.getByRole("button", { name: "Take theirs" }).click();
  if ((await ana.locator("#words").inputValue()) !== "The workshop is open on Sunday from ten") fault("collision", "their words were not taken");
  await ana.reload();
  const own = saved(ana, "PATCH");
  await ana.getByRole("button", { name: "Exchange the two" }).click();
  await own;
  if ((await ana.locator("#words").inputValue()) !== "The workshop is open on Saturday from nine") fault("collision", "her own words did not come back");
  await ana.getByRole("button", { name: "Throw the other one away" }).click();
  await ana.getByRole("button", { name: "Throw away" }).click();
  await ana.getByText(/^Thrown away here/).waitFor();
  // Where their changes do not touch each other, both are taken together.
  mette.expected = /status of 409/;
  await mette.locator("#words").fill("Our workshop is open on Sunday from ten");
  await mette.getByRole("button", { name: "Take both together" }).click();
  if ((await mette.locator("#words").inputValue()) !== "Our workshop is open on Saturday from nine") fault("collision", "both were not put together");
  mette.expected = undefined;
  // What she changed of it is dropped again, and it says so.
  await mette.getByRole("button", { name: "Leave it as it was" }).click();
  await mette.getByText("Your changes are dropped.").waitFor();
  if ((await mette.locator("#words").inputValue()) !== "The workshop is open on Saturday from nine") fault("as it was", "her changes are still there");
  ana.expected = /status of 401/;

  // What was written to a brand is answered as the brand, and as oneself where one wishes so.
  const asMette = (method, path, body) =>
    mette.evaluate(async ([method, path, body]) => {
      const { form_token: token, identities } = JSON.parse(document.getElementById("told").textContent);
      const headers = { "guildhall-form-token": token, "guildhall-as": identities[0].id, "content-type": "application/json" };
      return (await fetch(path, { method, headers, body })).json();
    }, [method, path, body && JSON.stringify(body)]);
  const question = await asMette("POST", "/api/v1/statuses", { status: "@brand Do you mend wheels?", visibility: "public" });
  await ana.goto(`${origin}/home/write?to=${question.id}`);
  const asLarkfield = ana.locator("label.pick", { hasText: /As Larkfield/ });
  await asLarkfield.waitFor();
  if (!(await asLarkfield.locator("input").isChecked())) fault("answer", "does not begin as the brand that was asked");
  if ((await ana.locator("#words").inputValue()) !== "@mette ") fault("answer", "the brand does not name whom it answers, and nobody else");
  await ana.locator("label.pick", { hasText: /As yourself/ }).click();
  if ((await ana.locator("#words").inputValue()) !== "@mette @brand ") fault("answer", "oneself does not name the brand that was asked");
  await ana.getByRole("button", { name: "Throw away" }).click();
  await ana.goto(`${origin}/home/keys`);
  await asMette("DELETE", `/api/v1/statuses/${question.id}`);

  // The company: somebody is invited, comes, writes for the brand, and publishes from then on.
  await mette.locator("nav.rail").getByRole("link", { name: "Company" }).click();
  await mette.getByRole("link", { name: /^People\b/ }).click();
  await mette.getByLabel("What may they do for Larkfield?").selectOption("contributor");
  await mette.getByRole("button", { name: "Make the link" }).click();
  const link = await mette.locator("#link").inputValue();
  if (!link.startsWith(`${origin}/invitations/`)) fault("invitation", `the link is ${link}`);
  const stranger = await (await browser.newContext({ locale: "en", serviceWorkers: "block" })).newPage();
  await stranger.goto(link);
  await stranger.locator("#username").fill("nils");
  await stranger.locator("#display-name").fill("Nils Berg");
  await stranger.locator("#email").fill("nils@mail.example");
  await stranger.locator("#password").fill(password);
  await stranger.getByRole("button", { name: "Make the account" }).click();
  await stranger.waitForURL((url) => !url.pathname.startsWith("/invitations/"));
  await stranger.goto(`${origin}/home/company`);
  await stranger.getByRole("link", { name: "Larkfield" }).last().click();
  await stranger.getByText("Your role lets you look at this, not change it.").first().waitFor();
  await stranger.context().close();
  await mette.reload();
  await mette.locator("li.login", { hasText: "@nils" }).waitFor();
  await mette.goto(`${origin}/home/company`);
  await mette.locator("article.task").getByRole("link").first().click();
  await mette.waitForURL(/company\/brands/);
  const brandPlace = mette.url().slice(`${origin}/home`.length);
  mette.expected = /status of 403/;
  await mette.getByLabel("Role of Nils Berg").selectOption("approver");
  await mette.getByRole("button", { name: /^Give this role/ }).click();
  await mette.locator("li.login", { hasText: "@nils" }).getByText("@nils came by your invitation, so somebody else").waitFor();
  mette.expected = undefined;
  await mette.getByLabel("Role of Nils Berg").selectOption("publisher");
  await mette.getByRole("button", { name: /^Give this role/ }).click();
  await mette.getByText("Nils Berg is now a publisher.").waitFor();
  // Taking it away is asked once more, and Nils keeps it.
  await mette.getByRole("button", { name: "Take the role away: Nils Berg" }).click();
  await mette.getByText("Take the role of Nils Berg away?").waitFor();
  await accessible(mette, "take-role");
  await mette.locator("form.sure").getByRole("button").first().click();
  await mette.getByRole("button", { name: "Take the role away: Nils Berg" }).waitFor();
  // As many yeses as there are people to say them are too few for what one of them writes: it is said before it is saved.
  await mette.locator("label.pick", { hasText: "3 colleagues" }).click();
  await mette.getByText("waits until one more person approves").waitFor();
  // Stronger rules count at once, weaker ones when a second person agrees.
  await mette.locator("label.pick", { hasText: "2 colleagues" }).click();
  if ((await mette.getByText("waits until one more person approves").count()) > 0) fault("rules", "three people are too few for two yeses");
  await mette.getByRole("button", { name: "Save the rules" }).click();
  await mette.getByText("The rules are saved.").waitFor();
  await mette.locator("label.pick", { hasText: "1 colleague" }).click();
  await mette.locator("#reason").fill("Two were one too many for us");
  await mette.getByRole("button", { name: "Save the rules" }).click();
  await mette.getByText("The rules stay as they are until a second").waitFor();
  if ((await mette.getByRole("button", { name: "I agree" }).count()) > 0) fault("rules", "whoever wishes weaker rules is asked to agree");
  const jonas = await at("jonas");
  await jonas.goto(mette.url());
  await jonas.getByText("Two were one too many for us").waitFor();
  await jonas.getByRole("button", { name: "I agree" }).click();
  await jonas.getByText("The rules are saved.").waitFor();
  // What silences everybody is asked once more.
  await mette.locator("label.pick", { hasText: "Only listens" }).click();
  await mette.getByRole("button", { name: "Set how far it reaches" }).click();
  await mette.locator("form.sure").getByText(/^From now on nothing of .+ leaves the house\?/).waitFor();
  await accessible(mette, "silence");
  await mette.locator("form.sure").getByRole("button", { name: "Only listen" }).click();
  await mette.getByText("That counts from now on.").waitFor();
  // Whoever writes is told before the first word.
  await ana.goto(`${origin}/home/write?as=${new URL(mette.url()).pathname.split("/").at(-1)}`);
  await ana.getByText("At present nothing goes out.").waitFor();
  await accessible(ana, "letter-silent");
  await mette.locator("label.pick", { hasText: "Only answers" }).click();
  await mette.getByRole("button", { name: "Set how far it reaches" }).click();
  await mette.getByText("That counts from now on.").waitFor();
  await mette.locator("label.pick", { hasText: "Posts and answers in the open leave the house" }).click();
  await mette.getByRole("button", { name: "Set how far it reaches" }).click();
  await mette.locator("form:has(input[name=rung]) button:disabled").waitFor();

  // The bad day, and its end.
  await mette.goto(`${origin}/home/company`);
  await mette.getByRole("button", { name: "Begin crisis mode" }).click();
  await mette.locator("#crisis-reason").fill("A battery caught fire in a shop");
  await mette.locator("#statement").fill("We are looking into it, and speak again at six.");
  await mette.getByRole("button", { name: "Begin crisis mode" }).click();
  await mette.getByText("Crisis mode is on.").waitFor();
  const front = await (await fetch(origin, { headers: { accept: "text/html" } })).text();
  if (!front.includes("speak again at six")) fault("crisis", "the statement is not on the front page");
  await picture(mette, `${folder}/crisis-desktop.png`);
  await accessible(mette, "crisis");
  await mette.getByRole("button", { name: "Ask to end it" }).click();
  await mette.getByText("Say why in 15 to 1,000 characters; this has 0.").waitFor();
  await mette.locator("#end-reason").fill("Everybody is well, and it is out");
  await mette.getByRole("button", { name: "Ask to end it" }).click();
  await mette.getByText(/@mette asks to end it/).waitFor();
  // Whoever may agree is told on every screen, and led to the answer; whoever may not reads what holds for them.
  await jonas.goto(`${origin}/home/notifications`);
  await jonas.locator(".note.top").getByText(/@mette asks to end it\. Your yes is needed until/).waitFor();
  await accessible(jonas, "crisis-asked");
  await jonas.getByRole("link", { name: "Read it and answer" }).click();
  await jonas.waitForFunction(() => document.activeElement?.id === "crisis");
  await jonas.getByText("Inside, and as yourself, you write as ever.").waitFor();
  await ana.goto(`${origin}/home/notifications`);
  await ana.getByRole("link", { name: "What holds now, and what you may do" }).click();
  await ana.waitForFunction(() => document.activeElement?.id === "crisis");
  await ana.getByText("What you write for a brand needs the yes of a second person before it goes out.").waitFor();
  await jonas.getByRole("button", { name: "Agree: end it" }).click();
  await jonas.getByText("Crisis mode is over.").waitFor();
  await jonas.context().close();
  await mette.reload();
  await mette.getByRole("button", { name: "Begin crisis mode" }).waitFor();
  const company = mette.url().slice(`${origin}/home`.length);

  // By keyboard alone, from Home to a letter.
  await mette.goto(`${origin}/home`);
  await mette.locator("h1 span").waitFor();
  await mette.keyboard.press("Tab");
  if (!(await mette.evaluate(() => document.activeElement?.classList.contains("skip")))) fault("keyboard", "the first stop does not skip to the content");

  // Lost connection while writing.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("#words").waitFor();
  ana.expected = /ERR_INTERNET_DISCONNECTED/;
  await ana.context().setOffline(true);
  await ana.locator("#words").fill("Written on the train");
  await ana.getByText("You are offline.").waitFor();
  await ana.locator(".send .btn.main").click();
  if (await ana.getByText("More people will read this than before.").isVisible()) await ana.locator(".send .btn.main").click();
  await ana.getByText("It was not sent. Your words are safe here.").waitFor();
  await ana.context().setOffline(false);
  await ana.locator(".send .btn.main").click();
  await ana.locator("#done").waitFor();

  // Every screen.
  const post = new URL(there).pathname.split("/").at(-1);
  const screens = [["home", ""], ["outside", "?tab=outside"], ["thread", `/posts/${post}`], ["write", "/write"], ["answer", `/write?to=${post}`], ["news", "/notifications"], ["drafts", "/review"], ["draft", draft.slice(`${origin}/home`.length)], ["you", "/you"], ["company", company], ["people", "/company/people"], ["brand", brandPlace]];
  await look("mette", screens, folder);

  // Out.
  await ana.goto(`${origin}/home/you`);
  // The stream ends with the token, and may try once more before the page is gone.
  ana.expected = /status of (401|403)/;
  await ana.getByRole("button", { name: "Sign out" }).click();
  await ana.waitForURL(`${origin}/`);
  await ana.goto(`${origin}/home`);
  if (!ana.url().includes("/sign-in?then=%2Fhome")) fault("sign-out", `still at ${ana.url()}`);
});
