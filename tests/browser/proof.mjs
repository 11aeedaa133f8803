// Every screen of the workroom, measured: what it asks for, that nothing moves while it loads, that it holds at 200 % of
// its size, and that each stop of the keyboard is seen. Then work by keyboard alone, and a server that begins anew.
//   node proof.mjs ORIGIN PASSWORD
// Ends with 1 after naming everything that is wrong.
import { room } from "./room.mjs";

const [origin, password] = process.argv.slice(2);
const { at, fault, walk } = await room(origin, password);

/** How many stops of the keyboard are looked at on one screen. */
const STOPS = 70;

// Before anything of the page: what moves by itself is written down.
function watch() {
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      if (one.hadRecentInput) continue;
      const moved = one.sources.map(({ node, previousRect: was, currentRect: is }) => `${(node?.outerHTML ?? node?.textContent ?? "").slice(0, 80)} ${was.y}+${was.height}→${is.y}+${is.height}`);
      globalThis.shifts.push(`${one.value.toFixed(4)} ${moved.join(" | ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}

/** The element at which the keyboard is, as eyes find it: its name, and why it cannot be seen. */
function stop() {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const shown = here.matches("input") ? (here.closest("label") ?? here) : here;
  const box = shown.getBoundingClientRect();
  const name = (here.getAttribute("aria-label") ?? here.labels?.[0]?.textContent ?? here.textContent ?? here.id).trim().replace(/\s+/g, " ").slice(0, 80);
  const middle = [Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 1), Math.min(Math.max(box.y + Math.min(box.height, 40) / 2, 1), innerHeight - 1)];
  const top = document.elementFromPoint(...middle);
  const styles = [here, shown].map((one) => getComputedStyle(one));
  const ring = styles.some((one) => (one.outlineStyle !== "none" && parseFloat(one.outlineWidth) > 0) || one.boxShadow !== "none");
  const wrong = box.bottom <= 0 || box.top >= innerHeight ? "is out of sight"
    : !(top && (shown.contains(top) || top.contains(shown))) ? `lies below ${top?.outerHTML.slice(0, 80)}`
      : !ring ? "shows no sign of the keyboard" : "";
  return { name, wrong };
}

/** Tab after tab to a stop with this name, or that matches; each one on the way must be seen. */
async function reach(page, what, name, selector = "*") {
  // Past the end it goes on from the top.
  for (let turn = 0; turn < 2 * STOPS; turn += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(stop);
    if (here?.wrong) fault(`keyboard, on the way to ${what}`, `“${here.name}” ${here.wrong}`);
    if (here && name.test(here.name) && (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector))) return;
  }
  throw new Error(`The keyboard does not come to ${what}.`);
}

/** To a place in the rail, from the top of the page. */
async function go(page, name) {
  await page.evaluate(() => document.activeElement?.blur());
  await reach(page, name, new RegExp(`^${name}`), "nav.rail a");
  await page.keyboard.press("Enter");
}

await walk(async () => {
  const mette = await at("mette", { reducedMotion: "reduce" });
  const known = await mette.evaluate(async () => {
    const { form_token: token, identities } = JSON.parse(document.getElementById("told").textContent);
    const headers = { "guildhall-form-token": token, "guildhall-as": identities[0].id, "content-type": "application/json" };
    const ask = async (path) => (await fetch(path, { headers })).json();
    const make = async (path, body) => (await (await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).json()).id;
    const posts = await ask("/api/v1/timelines/home?guildhall_part=inside");
    const list = await make("/api/v1/lists", { title: "Workshop" });
    const team = await make("/api/guildhall/v1/teams", { name: "Support", kind: "department", members: ["anaf", "jonas"] });
    await make("/api/guildhall/v1/certificates", { account: "anaf", role: "responder", note: "Read ten answers" });
    return { own: identities[0].id, brand: identities[1].id, post: posts[0].id, list, team };
  });

  // Each screen, and how many questions to the server it may have: two more than it has, for a stream that begins anew and counts what is new.
  const screens = [
    ["home", "", 10], ["outside", "?tab=outside", 9], ["thread", `/posts/${known.post}`, 6], ["write", "/write", 5], ["answer", `/write?to=${known.post}`, 6],
    ["news", "/notifications", 6], ["conversations", "/conversations", 5], ["search", "/search?q=Jonas", 6], ["person", `/people/${known.brand}`, 8],
    ["more", "/more", 4], ["bookmarks", "/bookmarks", 6], ["lists", "/lists", 5], ["list", `/lists/${known.list}`, 8], ["tags", "/tags", 5], ["tag", "/tags/heron", 7],
    ["you", "/you", 6], ["profile", "/you/profile", 5], ["filters", "/you/filters", 5], ["filter", "/you/filters/new", 4], ["people", "/you/people", 5],
    ["requests", "/you/requests", 5], ["notices", "/you/notices", 6], ["push", "/you/push", 4], ["keys", "/keys", 4],
    ["drafts", "/review", 5], ["copies", "/copies", 6], ["copy", `/copies/new?of=${known.post}`, 6], ["again", "/copies/again", 6], ["calendar", "/review/calendar", 12], ["month", "/review/calendar?month=2026-12", 12], ["ahead", "/review/calendar?view=ahead", 10],
    ["company", "/company", 6], ["logins", "/company/people", 9], ["teams", "/company/teams", 6], ["team", `/company/teams/${known.team}`, 6], ["certificates", "/company/certificates", 5], ["brands", "/company/brands", 4], ["brand", `/company/brands/${known.brand}`, 7], ["servers", "/company/servers", 8],
    ["server", "/company/servers/bikes.example", 6], ["doctor", "/company/doctor", 5], ["reports", "/company/reports", 5], ["audit", "/company/audit", 7],
  ];

  await mette.addInitScript(watch);
  let asked = [];
  mette.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/") || pathname === "/home/enter") asked.push(`${request.method()} ${pathname}`);
  });
  for (const [name, path, most] of screens) {
    for (const [kind, width, height] of [["desk", 1280, 900], ["phone", 360, 740]]) {
      await mette.setViewportSize({ width, height });
      asked = [];
      await mette.goto(`${origin}/home${path}`);
      await mette.locator("main h1").waitFor();
      await mette.waitForFunction(() => !document.querySelector(".shapes"));
      await mette.waitForTimeout(700);
      if (asked.length > most) fault(name, `asks ${asked.length} questions, ${most} at most: ${asked.join(", ")}`);
      if (process.env.SHOW) console.log(name, kind, asked.length, asked.join(", "));
      for (const shift of await mette.evaluate(() => globalThis.shifts)) fault(`${name}, ${kind}`, `something moved while it loaded: ${shift}`);
      const moving = await mette.evaluate(() => document.getAnimations().filter((one) => one.playState === "running" && Number(one.effect?.getComputedTiming().duration) > 20).length);
      if (moving > 0) fault(`${name}, ${kind}`, `${moving} things move, although somebody asked for rest`);
    }
    // At 200 %: the window has half as many pixels.
    await mette.setViewportSize({ width: 640, height: 450 });
    const wide = await mette.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) fault(`${name}, 200 %`, `is ${wide} pixels too wide`);
    await mette.evaluate(() => (document.activeElement?.blur(), scrollTo(0, 0)));
    const seen = new Set();
    for (let turn = 0; turn < STOPS; turn += 1) {
      await mette.keyboard.press("Tab");
      const here = await mette.evaluate(stop);
      // Past the last one lies the browser's own bar.
      if (!here) break;
      if (here.wrong && !seen.has(here.name)) fault(`${name}, 200 %, keyboard`, `“${here.name}” ${here.wrong}`);
      seen.add(here.name);
    }
    if (seen.size < 8) fault(`${name}, keyboard`, `only ${seen.size} stops: ${[...seen].join(", ")}`);
  }
  await mette.context().close();

  // By keyboard alone: Ana writes as the brand, Mette reads it and says yes.
  const ana = await at("anaf");
  await ana.goto(`${origin}/home`);
  await ana.locator("h1 span").waitFor();
  await ana.keyboard.press("Tab");
  await ana.keyboard.press("Enter");
  await reach(ana, "Home, skipped to the content", /Inside|Answer/);
  await go(ana, "Write");
  await ana.locator("h1", { hasText: "Write something" }).waitFor();
  await reach(ana, "the readers", /^Readers/, "summary.band");
  await ana.keyboard.press("Enter");
  await reach(ana, "a choice of readers", /./, "input[name=audience]");
  // From whichever it is: to the first of them, which is everybody.
  for (let turn = 0; turn < 8 && !(await ana.getByRole("radio", { name: /^Everyone on the internet/ }).isChecked()); turn += 1) await ana.keyboard.press("ArrowUp");
  await reach(ana, "as whom", /./, "input[name=as]");
  await ana.keyboard.press("ArrowDown");
  await reach(ana, "the words", /./, "#words");
  await ana.keyboard.type("Our saddles are warm in winter");
  await ana.getByText(/Saved as a draft/).waitFor();
  await reach(ana, "handing in", /^Hand in for approval/);
  await ana.keyboard.press("Enter");
  if (await ana.getByText("More people will read this than before.").isVisible()) await ana.keyboard.press("Enter");
  await ana.locator("#done").waitFor();
  if ((await ana.evaluate(() => document.activeElement?.id)) !== "done") fault("keyboard", "after handing in it is not where the answer stands");
  await reach(ana, "looking at it", /^Look at it/);
  await ana.keyboard.press("Enter");
  await ana.waitForURL(/\/home\/review\/\d+/);

  const reader = await at("mette");
  await go(reader, "Drafts");
  await reader.getByRole("heading", { name: /waits? for you/ }).waitFor();
  await reach(reader, "the draft", /^Read it/);
  await reader.keyboard.press("Enter");
  await reader.waitForURL(/\/home\/review\/\d+/);
  await reader.getByText("Our saddles are warm in winter").waitFor();
  await reach(reader, "saying yes", /^Approve exactly this/);
  await reader.keyboard.press("Enter");
  await reader.locator("#said").getByText("Approved.").waitFor();
  if (!(await reader.evaluate(() => document.activeElement && document.activeElement !== document.body))) fault("keyboard", "after the yes it is nowhere");
  await reader.locator("button:not([aria-disabled=true])", { hasText: "Publish now" }).waitFor();
  await reach(reader, "publishing", /^Publish now/);
  await reader.keyboard.press("Enter");
  await reader.locator("#said").getByText("It is out.").waitFor();

  // Menus: opened, closed by Escape, and back where one was.
  await reader.goto(`${origin}/home`);
  await reader.locator("article.entry").first().waitFor();
  await reach(reader, "the menu of a post", /./, "article.entry .dots > summary");
  await reader.keyboard.press("Enter");
  await reader.locator(".dots[open] li").first().waitFor();
  await reader.keyboard.press("Tab");
  await reader.keyboard.press("Escape");
  await reader.locator(".dots[open]").waitFor({ state: "detached" });
  if (!(await reader.evaluate(() => document.activeElement?.matches(".dots:not([open]) > summary")))) fault("keyboard", "Escape does not close the menu and go back to it");
  // With a finger beside it: it closes, and what lies there is not pressed.
  await reader.keyboard.press("Enter");
  await reader.locator(".dots[open] li").first().waitFor();
  const there = reader.url();
  const link = await reader.locator("nav.rail a", { hasText: "Drafts" }).boundingBox();
  await reader.mouse.click(link.x + 5, link.y + 5);
  await reader.waitForTimeout(300);
  if (reader.url() !== there || (await reader.locator(".dots[open]").count()) > 0) fault("menu", "a press beside it does more than to close it");
  await reader.context().close();

  // The server is away while somebody writes for a brand, and comes back.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("summary.band").click();
  await ana.getByRole("radio", { name: /^Everyone on the internet/ }).check();
  await ana.locator("label.pick", { hasText: /As Larkfield/ }).click();
  await ana.locator("#words").fill("Before the server began anew");
  await ana.getByText(/Saved as a draft/).waitFor();
  ana.expected = /status of 502|ERR_FAILED|ERR_CONNECTION/;
  await ana.route("**", (route) => route.abort("connectionrefused"));
  await ana.locator("#words").fill("Before the server began anew, and after it");
  await ana.getByText(/Kept in this browser/).waitFor();
  await ana.waitForTimeout(2500);
  await ana.locator(".send .btn.main").click();
  if (await ana.getByText("More people will read this than before.").isVisible()) await ana.locator(".send .btn.main").click();
  await ana.getByText("Your words are safe here.").waitFor();
  await ana.unroute("**");
  await ana.reload();
  if ((await ana.locator("#words").inputValue()) !== "Before the server began anew, and after it") fault("server away", "the last words are gone after a reload");
  ana.expected = undefined;
  await ana.locator(".send .btn.main").click();
  if (await ana.getByText("More people will read this than before.").isVisible()) await ana.locator(".send .btn.main").click();
  await ana.locator("#done").waitFor();
});
