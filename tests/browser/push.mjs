// News while the workroom is closed: begun by a press, without words of the house on a locked screen, ended by signing
// out; and what the service worker keeps, which is nothing of anybody.
//   node push.mjs ORIGIN PASSWORD
// Ends with 1 after naming everything that is wrong.
import { room } from "./room.mjs";

const [origin, password] = process.argv.slice(2);
const SECRET = "The spring colours are a secret";
const { at, accessible, fault, walk } = await room(origin, password);

// A browser without a way to its maker's service: the place at which it is told is made up, its keys are not.
function withoutService() {
  globalThis.asked = 0;
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => ((globalThis.asked += 1), ask());
  const KEY = "journey.subscription";
  const encoded = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const given = (json) => json && ({ endpoint: json.endpoint, toJSON: () => json, unsubscribe: async () => (localStorage.removeItem(KEY), true) });
  PushManager.prototype.getSubscription = async () => given(JSON.parse(localStorage.getItem(KEY)));
  PushManager.prototype.subscribe = async (options) => {
    if (!options.userVisibleOnly || !options.applicationServerKey) throw new Error("without the key of the server");
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const p256dh = encoded(await crypto.subtle.exportKey("raw", pair.publicKey));
    const json = { endpoint: `https://push.example/${crypto.randomUUID()}`, keys: { p256dh, auth: encoded(crypto.getRandomValues(new Uint8Array(16))) } };
    localStorage.setItem(KEY, JSON.stringify(json));
    return given(json);
  };
}

await walk(async () => {
  // Somebody writes to Ana.
  const mette = await at("mette");
  await mette.goto(`${origin}/home/write?text=${encodeURIComponent("@anaf the snow is here")}`);
  await mette.locator("#words").waitFor();
  await mette.locator(".send .btn.main").click();
  await mette.locator("#done, [role=alert]").first().waitFor();
  if ((await mette.locator("#done").count()) === 0) await mette.locator(".send .btn.main").click();
  await mette.locator("#done").waitFor();

  const ana = await at("anaf", { serviceWorkers: "allow", permissions: ["notifications"] });
  await ana.addInitScript(withoutService);
  await ana.goto(`${origin}/home/you/push`);
  await ana.getByText("This device does not tell you.").waitFor();
  if ((await ana.evaluate(() => globalThis.asked)) !== 0) fault("asking", "the browser is asked before anybody pressed");
  await accessible(ana, "push-off");
  await ana.getByRole("button", { name: "Tell me on this device" }).click();
  await ana.getByText("This device tells you.", { exact: true }).waitFor();
  await ana.getByLabel("Likes and shares").check();
  await ana.reload();
  await ana.getByText("This device tells you.", { exact: true }).waitFor();
  if (!(await ana.getByLabel("Likes and shares").isChecked())) fault("choices", "likes are forgotten after a reload");
  if (await ana.getByLabel("Polls that are over").isChecked()) fault("choices", "polls were never chosen");
  await accessible(ana, "push-on");
  // Where a kind came to a group after it was chosen, the server hears of it.
  const alerts = (change) =>
    ana.evaluate(async (change) => {
      const { form_token: token, identities } = JSON.parse(document.getElementById("told").textContent);
      const headers = { "content-type": "application/json", "guildhall-form-token": token, "guildhall-as": identities[0].id };
      const path = "/api/v1/push/subscription";
      const { alerts } = await (await fetch(path, { headers })).json();
      if (!change) return alerts;
      const body = JSON.stringify({ data: { alerts: { ...alerts, ...change }, policy: "all" } });
      return (await (await fetch(path, { method: "PUT", headers, body })).json()).alerts;
    }, change);
  if ((await alerts({ "guildhall.role": false }))["guildhall.role"]) fault("kinds", "one cannot be taken out");
  await ana.reload();
  await ana.getByText("This device tells you.", { exact: true }).waitFor();
  if (!(await alerts())["guildhall.role"]) fault("kinds", "a new one of a chosen group is not told of");

  // What a message shows. It comes to the worker as the server sends it.
  const session = await ana.context().newCDPSession(ana);
  const registered = new Promise((found) => session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => registrations[0] && found(registrations[0].registrationId)));
  await session.send("ServiceWorker.enable");
  const registrationId = await registered;
  const arrives = async (id) => {
    const data = JSON.stringify({ notification_id: id, notification_type: "mention", title: "Mette Skov mentioned you", body: SECRET });
    await session.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
  };
  const shown = () => ana.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((one) => `${one.title}: ${one.body}`));
  const until = async (wanted) => {
    for (let turn = 0; turn < 300; turn += 1) {
      const found = await shown();
      if (found.some((text) => text.includes(wanted))) return found.join(" | ");
      await ana.waitForTimeout(100);
    }
    throw new Error(`“${wanted}” is not shown: ${(await shown()).join(" | ")}`);
  };
  // What comes before the worker is there is lost.
  await ana.evaluate(async () => void (await navigator.serviceWorker.ready));
  await arrives(1);
  const plain = await until("Somebody wrote to you.");
  if (plain.includes(SECRET) || plain.includes("Mette")) fault("locked screen", `it shows ${plain}`);
  await ana.getByLabel(/^Who, and the first words/).check();
  await ana.waitForFunction(async () => (await (await caches.match("/home"))?.json())?.shows === "all");
  await arrives(2);
  await until(SECRET);

  // A press leads to what was written.
  const news = await ana.evaluate(async () => {
    const { form_token: token, identities } = JSON.parse(document.getElementById("told").textContent);
    const answer = await fetch("/api/v1/notifications?types[]=mention", { headers: { "guildhall-form-token": token, "guildhall-as": identities[0].id } });
    return answer.json();
  });
  await ana.goto(`${origin}/home/go?notification=${news[0].id}`);
  await ana.waitForURL(`${origin}/home/posts/${news[0].status.id}`);
  ana.expected = /status of 404/;
  await ana.goto(`${origin}/home/go?notification=1`);
  await ana.waitForURL(`${origin}/home/notifications`);

  // What is kept are files of the build and sentences of the house: no page, no answer, no name.
  const kept = await ana.evaluate(async () => {
    const found = [];
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
    return { found, told: await (await caches.match("/home")).text() };
  });
  if (kept.found.filter((path) => path !== "/home" && !path.startsWith("/home/_app/immutable/")).length > 0) fault("kept", kept.found.join(" "));
  if (kept.found.length < 20) fault("kept", "the files are not there");
  if (/form_token|anaf|Ana/.test(kept.told)) fault("kept", kept.told);

  // Without a connection: a page that says so, and the next screen of one that is open.
  await ana.goto(`${origin}/home/write`);
  await ana.locator("#words").fill("Written in the tunnel");
  ana.expected = /ERR_INTERNET_DISCONNECTED|status of 503|Failed to fetch/;
  await ana.context().setOffline(true);
  await ana.locator("nav.rail").getByRole("link", { name: "More" }).click();
  await ana.locator("h1", { hasText: "More" }).waitFor();
  await ana.goto(`${origin}/home/write`);
  await ana.getByText("What you wrote is safe in this browser.").waitFor();
  await accessible(ana, "offline");
  await ana.context().setOffline(false);
  await ana.locator("#words").waitFor();
  if ((await ana.locator("#words").inputValue()) !== "Written in the tunnel") fault("offline", "the words are gone");
  ana.expected = undefined;

  // Ended by hand, and by signing out.
  const place = () => ana.evaluate(async () => {
    const { form_token: token, identities } = JSON.parse(document.getElementById("told").textContent);
    return (await fetch("/api/v1/push/subscription", { headers: { "guildhall-form-token": token, "guildhall-as": identities[0].id } })).status;
  });
  await ana.goto(`${origin}/home/you/push`);
  await ana.getByRole("button", { name: "Stop telling me here" }).click();
  await ana.getByText("This device does not tell you any more.").waitFor();
  ana.expected = /status of (401|403|404)/;
  if ((await place()) !== 404) fault("ended", "the server still has the place");
  await ana.getByRole("button", { name: "Tell me on this device" }).click();
  await ana.getByText("This device tells you.", { exact: true }).waitFor();
  await ana.goto(`${origin}/home/you`);
  await ana.getByRole("button", { name: "Sign out" }).click();
  // What was written in the tunnel is kept in this browser.
  await ana.getByRole("button", { name: "Leave here and sign out" }).click();
  await ana.waitForURL(`${origin}/`);
  const left = await ana.evaluate(async () => ({ place: localStorage.getItem("journey.subscription"), told: await caches.has("guildhall.told") }));
  if (left.place !== null || left.told) fault("signing out", JSON.stringify(left));

  // Whoever said no is told what to do.
  const jonas = await at("jonas", { serviceWorkers: "allow" });
  await jonas.addInitScript(() => Object.defineProperty(Notification, "permission", { get: () => "denied" }));
  await jonas.goto(`${origin}/home/you/push`);
  await jonas.getByText("This browser was told not to.").waitFor();
  await accessible(jonas, "push-denied");
});
