// Running the house in the workroom: other servers and what was given up, the doctor, a report, the calendar, and who
// did what. The server knows `bikes.example`, which does not answer, and has one piece of work that was given up.
//   node house.mjs ORIGIN PASSWORD FOLDER
// Ends with 1 after naming everything that is wrong.
import { mkdirSync } from "node:fs";
import { room } from "./room.mjs";

const [origin, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { at, accessible, look, fault, walk } = await room(origin, password);

await walk(async () => {
  const ana = await at("anaf");
  const mette = await at("mette");

  // Who does not run the house is offered none of it, and given none of it.
  await ana.goto(`${origin}/home/company`);
  await ana.locator("#brands").waitFor();
  for (const name of ["Other servers", "Reports", "Who did what"]) {
    if ((await ana.locator("main").getByRole("link", { name }).count()) > 0) fault("rights", `“${name}” is offered to everybody`);
  }
  for (const path of ["servers", "doctor", "reports", "audit"]) {
    await ana.goto(`${origin}/home/company/${path}`);
    await ana.locator("main [role=alert]").waitFor();
  }

  // A server that does not answer is found among those that do not, and limited with a reason.
  await mette.goto(`${origin}/home/company`);
  await mette.getByRole("link", { name: "Other servers" }).click();
  // How sending went, in plots with a row for each of four weeks' days.
  await mette.locator("figcaption b", { hasText: /^Arrived/ }).waitFor();
  await mette.getByText("The rows behind it").click();
  await mette.locator("main table tbody tr").nth(27).waitFor();
  await mette.getByRole("link", { name: "Does not answer" }).click();
  await mette.locator("article", { hasText: "bikes.example" }).getByText("The server answered 503.").waitFor();
  await mette.getByLabel("Name of a server").fill("bikes.example");
  await mette.keyboard.press("Enter");
  await mette.getByRole("heading", { name: "bikes.example", level: 1 }).waitFor();
  await mette.getByText("The last try did not work.").waitFor();
  await mette.getByRole("button", { name: "Limit this server" }).click();
  await mette.getByLabel("Why").fill("Much advertising");
  await accessible(mette, "server-limit");
  await mette.locator("form.sure").getByRole("button", { name: "Limit this server" }).click();
  await mette.getByText("bikes.example is limited.").waitFor();
  await mette.getByText("Much advertising").waitFor();
  await mette.getByRole("button", { name: "End the limit" }).click();
  await mette.getByText("bikes.example is not limited any more.").waitFor();
  mette.expected = /status of 404/;
  await mette.goto(`${origin}/home/company/servers/nobody.example`);
  await mette.getByText("We do not know nobody.example.").waitFor();
  mette.expected = undefined;
  // What was given up is tried again.
  await mette.goto(`${origin}/home/company/servers`);
  await mette.locator("section", { hasText: "Work that was given up" }).getByRole("button", { name: /^Try again/ }).first().click();
  await mette.getByText("1 piece of work is tried again.").waitFor();

  // The doctor says what is not well and what to do.
  await mette.getByRole("link", { name: "Doctor" }).click();
  await mette.locator("article.trouble").first().waitFor({ timeout: 60_000 });
  await mette.getByText("What to do").first().waitFor();
  await mette.getByRole("button", { name: "Look again" }).waitFor();
  // Where it did not look because of another check, that is called as it is everywhere.
  if ((await mette.getByText(/because [a-z_]+ failed/).count()) > 0) fault("doctor", "a check is named by its id");
  await accessible(mette, "doctor-done");

  // A post says who got it.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("summary.band").click();
  await ana.getByRole("radio", { name: /^Everyone on the internet/ }).check();
  await ana.locator("#words").fill("Cheap saddles, only today");
  await ana.getByRole("button", { name: "Publish to everyone" }).click();
  if (await ana.getByText("More people will read this than before.").isVisible()) await ana.getByRole("button", { name: "Publish to everyone" }).click();
  await ana.locator("#done").waitFor();
  await ana.getByRole("link", { name: "Look at it" }).click();
  await ana.locator("article.here").waitFor();
  const post = ana.url();
  await ana.getByText("Who got it").click();
  await ana.locator("details.receipts").getByText(/No other server was sent this post|^Waits|^Arrived|^Given up/).first().waitFor();
  await accessible(ana, "receipts");

  // A colleague reports it; who handles reports takes it, ends it, and opens it again.
  const jonas = await at("jonas");
  await jonas.goto(post);
  await jonas.locator("article.here details.dots > summary").click();
  await jonas.locator("article.here details.dots").getByText(/^Report /).click();
  await jonas.getByLabel("What should they know?").fill("She sells saddles again");
  await jonas.getByRole("button", { name: "Send the report" }).click();
  await jonas.getByText("Thank you. Your report is with").waitFor();
  await mette.goto(`${origin}/home/company/reports`);
  await mette.locator("article", { hasText: "She sells saddles again" }).getByRole("link", { name: /^Read it/ }).first().click();
  await mette.getByRole("heading", { name: /^About Ana/, level: 1 }).waitFor();
  await mette.getByText("Cheap saddles, only today").waitFor();
  const report = new URL(mette.url()).pathname.slice("/home".length);
  await mette.getByRole("button", { name: "I am on it" }).click();
  await mette.getByText("You are on it.").waitFor();
  await mette.getByRole("button", { name: "Limit", exact: true }).click();
  await mette.getByLabel("Why").fill("Advertising");
  await accessible(mette, "report-limit");
  await mette.locator("form.sure").getByRole("button", { name: "Limit" }).click();
  await mette.getByText(/^Ana \S+ is limited\.$/).waitFor();
  await mette.getByRole("button", { name: "End the limit" }).click();
  await mette.getByText(/is not limited any more\.$/).waitFor();
  await mette.getByRole("button", { name: "It is done" }).click();
  await mette.getByRole("button", { name: "Open it again" }).waitFor();
  await mette.goto(`${origin}/home/company/reports?tab=done`);
  await mette.locator("article", { hasText: "She sells saddles again" }).first().waitFor();
  await mette.goto(`${origin}/home${report}`);
  await mette.getByRole("button", { name: "Open it again" }).click();
  await mette.getByText("It is open again.").waitFor();

  // What goes out later stands in the calendar, on its day, and leads to the draft.
  const call = (page, path, method, body, headers = {}) =>
    page.evaluate(
      async ([path, method, body, headers]) => {
        const told = JSON.parse(document.getElementById("told").textContent);
        const answer = await fetch(path, { method, headers: { "content-type": "application/json", "guildhall-form-token": told.form_token, "guildhall-as": told.identities[0].id, ...headers }, body: JSON.stringify(body) });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
      },
      [path, method, body, headers],
    );
  const brand = await mette.evaluate(() => JSON.parse(document.getElementById("told").textContent).identities[1].id);
  const root = "/api/guildhall/v1";
  const written = await call(ana, `${root}/actors/${brand}/drafts`, "POST", { body: "The winter bike goes out later", audience: "public" });
  const handed = await call(ana, `${root}/drafts/${written.id}/submit`, "POST", {}, { "if-match": `"${written.version}"` });
  const agreed = await call(mette, `${root}/drafts/${written.id}/approve`, "POST", {}, { "if-match": `"${handed.version}"` });
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  await call(mette, `${root}/drafts/${written.id}/schedule`, "POST", { scheduled_at: soon }, { "if-match": `"${agreed.version}"` });
  await mette.goto(`${origin}/home/review`);
  await mette.getByRole("link", { name: "Calendar" }).click();
  await mette.getByRole("link", { name: /^All that is ahead/ }).click();
  await mette.locator(".day").locator(`a[href$="/review/${written.id}"]`).click();
  await mette.waitForURL(`${origin}/home/review/${written.id}`);
  await mette.goto(`${origin}/home/review/calendar`);
  await mette.locator(".day").nth(6).waitFor();
  await mette.getByRole("link", { name: "Next week" }).click();
  await mette.waitForURL(/week=\d{4}-\d\d-\d\d/);
  // Its month is a table of whole weeks, with the draft on its day; on a phone the day leads to the list below.
  const { month, day } = await mette.evaluate((soon) => {
    const [at, two] = [new Date(soon), (value) => String(value).padStart(2, "0")];
    const month = `${at.getFullYear()}-${two(at.getMonth() + 1)}`;
    return { month, day: `${month}-${two(at.getDate())}` };
  }, soon);
  await mette.goto(`${origin}/home/review/calendar?month=${month}`);
  const cell = mette.locator("table.month td", { has: mette.locator(`time[datetime="${day}"]`) });
  await cell.getByRole("link", { name: /The winter bike goes out later/ }).waitFor();
  if ((await mette.locator("table.month tbody td").count()) % 7 !== 0 || (await mette.locator("table.month th").count()) !== 7) fault("month", "is not made of whole weeks");
  if ((await mette.getByRole("columnheader", { name: "Monday" }).count()) !== 1) fault("month", "does not name its days");
  // What is out stands on its day, and leads to the post; what stayed inside is not in it.
  const say = (status, audience) => call(mette, "/api/v1/statuses", "POST", { status, guildhall_audience: audience });
  const out = await say("The saddles are here", "public");
  await say("The saddles cost us more", "company");
  await mette.reload();
  await mette.locator(`table.month td a.out[href$="/posts/${out.id}"]`).waitFor();
  if ((await mette.getByText("The saddles cost us more").count()) > 0) fault("month", "shows what stayed inside");
  await mette.setViewportSize({ width: 360, height: 740 });
  await cell.getByRole("link", { name: /: \d+ posts?$/ }).click();
  await mette.waitForURL(new RegExp(`#on-${day}$`));
  await mette.locator(`#on-${day}`).getByText("The winter bike goes out later", { exact: true }).waitFor();
  await mette.setViewportSize({ width: 1280, height: 900 });
  await cell.getByRole("link", { name: /The winter bike goes out later/ }).click();
  await mette.waitForURL(`${origin}/home/review/${written.id}`);
  // Its time is taken back, and the calendar knows; then it gets another one.
  await mette.getByRole("button", { name: "Take the time back" }).click();
  await mette.getByText("It has no time any more. It stays approved.").waitFor();
  await mette.goto(`${origin}/home/review/calendar?month=${month}`);
  await mette.locator("table.month").waitFor();
  if ((await cell.getByRole("link", { name: /The winter bike goes out later/ }).count()) !== 0) fault("calendar", "shows a draft that has no time any more");
  await call(mette, `${root}/drafts/${written.id}/schedule`, "POST", { scheduled_at: soon });
  await mette.reload();
  await cell.getByRole("link", { name: /The winter bike goes out later/ }).waitFor();
  await mette.getByRole("link", { name: "Next month" }).click();
  await mette.waitForURL(/month=\d{4}-\d\d$/);
  // It goes back month by month, and to years in which nobody was here yet: nothing is there, and nothing is wrong.
  await mette.goto(`${origin}/home/review/calendar?month=${month}`);
  const [year, number] = month.split("-").map(Number);
  for (const back of [1, 2, 3]) {
    await mette.getByRole("link", { name: "Month before" }).click();
    const before = new Date(Date.UTC(year, number - 1 - back, 1)).toISOString().slice(0, 7);
    await mette.waitForURL(new RegExp(`month=${before}$`));
  }
  for (const [query, days] of [["month=2003-02", 35], ["month=1969-12", 35], ["week=1987-06-15", 0]]) {
    await mette.goto(`${origin}/home/review/calendar?${query}`);
    await mette.getByText("That is all there is.").waitFor();
    if ((await mette.locator("table.month tbody td").count()) !== days) fault("calendar", `${query} is not made of ${days} days`);
    if ((await mette.locator("main a.out, main .day a[href*='/posts/'], main [role=alert]").count()) > 0) fault("calendar", `${query} has something on its days`);
  }
  await mette.goto(`${origin}/home/review/calendar?month=2003-02`);
  await mette.getByRole("link", { name: "Month before" }).click();
  await mette.waitForURL(/month=2003-01$/);

  // Who did it stands in the log.
  await mette.goto(`${origin}/home/company/audit`);
  await mette.locator(".act", { hasText: "gave a draft a time" }).filter({ hasText: "Mette" }).first().waitFor();
  const limited = mette.locator(".act", { hasText: "A server was limited" }).first();
  await limited.locator(".human", { hasText: "Much advertising" }).waitFor();
  await limited.locator("summary").click();
  await limited.getByText("server.limited").waitFor();
  await accessible(mette, "audit-open");

  await look("mette", [["company-ways", "/company"], ["servers", "/company/servers"], ["server", "/company/servers/bikes.example"], ["doctor", "/company/doctor"], ["reports", "/company/reports"], ["report-open", report], ["calendar", "/review/calendar"], ["calendar-month", `/review/calendar?month=${month}`], ["calendar-ahead", "/review/calendar?view=ahead"], ["audit", "/company/audit"]], folder);
});
