// Proves the peer: two of them, one per first knock, live through a thread, and
// a hand-made stranger checks what the peer refuses. Ends with one line of counts.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { exportSpki } from "@fedify/vocab-runtime";
import { signRequest } from "@fedify/fedify";

const RFC9421 = "rfc9421";
const CAVAGE = "draft-cavage-http-signatures-12";
const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";
const counts = { passed: 0, failed: 0 };

function check(what, actual, expected = true) {
  const good = isDeepStrictEqual(actual, expected);
  counts[good ? "passed" : "failed"] += 1;
  if (!good) console.log(`FAILED ${what}\n  expected ${JSON.stringify(expected)}\n  actual   ${JSON.stringify(actual)}`);
}

/** A running peer process and its control API. */
class Peer {
  static async start(user, firstKnock, ...more) {
    const script = new URL("peer.mjs", import.meta.url).pathname;
    const child = spawn(process.execPath, [script, "--attached", "--user", user, "--first-knock", firstKnock, ...more], {
      stdio: ["pipe", "pipe", process.env.VERBOSE ? "inherit" : "ignore"],
    });
    const [line] = await Promise.race([
      new Promise((resolve) => createInterface(child.stdout).once("line", (text) => resolve([text]))),
      new Promise((_, reject) => child.once("exit", (code) => reject(new Error(`the peer ended with ${code}`)))),
    ]);
    return Object.assign(new Peer(), { child, user, scheme: firstKnock, ...JSON.parse(line) });
  }

  get uri() {
    return `${this.origin}/users/${this.user}`;
  }

  get handle() {
    return `@${this.user}@${new URL(this.origin).host}`;
  }

  async act(verb, body = {}) {
    const response = await fetch(`${this.origin}/control/${verb}`, { method: "POST", body: JSON.stringify(body) });
    return await response.json();
  }

  async state() {
    return await (await fetch(`${this.origin}/control/state`)).json();
  }

  /** Checks that a condition on the state becomes true. */
  async expect(what, condition) {
    let state;
    for (let left = 100; left > 0; left -= 1) {
      state = await this.state();
      if (condition(state)) return check(what, true);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    check(`${what} at ${this.user}`, state, "a state that meets the condition");
  }
}

async function thread(alice, bob) {
  const way = `${alice.scheme} first`;
  check(`${way}: lookup by handle`, (await alice.act("lookup", { handle: bob.handle })).id, bob.uri);
  check(`${way}: nodeinfo`, (await alice.act("nodeinfo", { origin: bob.origin })).documents?.[0].nodeinfo.software.name, "fedify-peer");

  check(`${way}: follow`, (await alice.act("follow", { actor: bob.handle })).ok);
  await bob.expect(`${way}: has a follower`, (state) => state.followers.includes(alice.uri));
  await alice.expect(`${way}: follows`, (state) => state.following.includes(bob.uri) && state.requested.length === 0);
  check(`${way}: the followers collection`, (await alice.act("collection", { uri: `${bob.uri}/followers` })).items, [alice.uri]);

  const post = await bob.act("post", { content: "hello <there>", hashtags: ["welcome"], summary: "greeting" });
  await alice.expect(`${way}: received the post`, (state) => state.notes[post.id]?.content === "<p>hello &#60;there&#62;</p>");
  const seen = (await alice.state()).notes[post.id];
  check(`${way}: post details`, [seen?.attributedTo, seen?.to, seen?.hashtags, seen?.summary], [bob.uri, [PUBLIC], ["#welcome"], "greeting"]);
  check(`${way}: the outbox`, (await alice.act("collection", { uri: `${bob.uri}/outbox` })).items?.[0], post.activity);

  const reply = await alice.act("post", { content: "hi back", inReplyTo: post.id });
  await bob.expect(`${way}: received the reply`, (state) => state.notes[reply.id]?.inReplyTo === post.id);
  check(`${way}: the reply mentions`, (await bob.state()).notes[reply.id]?.mentions, [bob.uri]);

  const reactions = [["like", "unlike", "likes"], ["boost", "unboost", "shares"]];
  for (const [verb, , list] of reactions) {
    check(`${way}: ${verb}`, (await alice.act(verb, { object: post.id })).ok);
    for (const peer of [alice, bob]) await peer.expect(`${way}: ${list}`, (state) => state.notes[post.id]?.[list].includes(alice.uri));
  }
  for (const [, verb, list] of reactions) {
    check(`${way}: ${verb}`, (await alice.act(verb, { object: post.id })).ok);
    for (const peer of [alice, bob]) await peer.expect(`${way}: no ${list}`, (state) => state.notes[post.id]?.[list].length === 0);
  }

  check(`${way}: edit`, (await bob.act("edit", { id: post.id, content: "<p>edited</p>" })).ok);
  await alice.expect(`${way}: edited`, (state) => state.notes[post.id]?.content === "<p>edited</p>" && state.notes[post.id].updated);
  check(`${way}: the note by fetch`, (await alice.act("fetch", { uri: post.id })).document?.content, "<p>edited</p>");
  check(`${way}: the activity by fetch`, (await alice.act("fetch", { uri: post.activity })).document?.type, "Create");

  const secret = await bob.act("post", { content: "only for followers", to: "followers" });
  check(`${way}: a follower may fetch`, (await alice.act("fetch", { uri: secret.id })).ok);
  const anonymous = await fetch(secret.id, { headers: { Accept: "application/activity+json" } });
  check(`${way}: a stranger may not`, anonymous.status, 401);
  const direct = await bob.act("post", { content: "psst", to: "direct", mentions: [alice.uri] });
  await alice.expect(`${way}: direct`, (state) => isDeepStrictEqual(state.notes[direct.id]?.to, [alice.uri]));

  check(`${way}: delete`, (await bob.act("delete", { id: post.id })).ok);
  for (const peer of [alice, bob]) await peer.expect(`${way}: deleted`, (state) => state.notes[post.id]?.deleted && state.notes[post.id].content === null);
  check(`${way}: gone`, (await alice.act("fetch", { uri: post.id })).status, 410);

  check(`${way}: unfollow`, (await alice.act("unfollow", { actor: bob.uri })).ok);
  await bob.expect(`${way}: no follower left`, (state) => state.followers.length === 0);

  await bob.act("manual", { manual: true });
  for (const [verb, follows] of [["reject", false], ["accept", true], ["reject", false]]) {
    if (!(await alice.state()).following.includes(bob.uri)) await alice.act("follow", { actor: bob.uri });
    await bob.expect(`${way}: asked`, (state) => state.pending.includes(alice.uri) || state.followers.includes(alice.uri));
    check(`${way}: ${verb}`, (await bob.act(verb, { actor: alice.uri })).ok);
    await alice.expect(`${way}: ${verb} taken`, (state) => state.following.includes(bob.uri) === follows && state.requested.length === 0);
  }
  await bob.act("manual", { manual: false });

  await alice.act("block", { actor: bob.uri });
  await bob.expect(`${way}: blocked`, (state) => state.blockedBy.includes(alice.uri));
  await alice.act("unblock", { actor: bob.uri });
  await bob.expect(`${way}: no longer blocked`, (state) => state.blockedBy.length === 0);

  const { requests } = await bob.state();
  const deliveries = requests.filter((request) => request.method === "POST");
  check(`${way}: the scheme`, deliveries.every(({ scheme }) => scheme === alice.scheme));
  check(`${way}: the signature and the proof`, deliveries.every(({ signature, proof }) => signature === "verified" && proof === "verified"));
  check(`${way}: accepted`, deliveries.every(({ status }) => status === 202));
}

/** A server of a few lines, with no proofs: only its HTTP signatures speak for it. */
async function stranger() {
  const rsa = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(rsa, true, ["sign", "verify"]);
  const inbox = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.method === "POST") inbox.push(JSON.parse(body));
    response.writeHead(request.method === "POST" ? 202 : 200, { "Content-Type": "application/activity+json; charset=utf-8" });
    response.end(request.method === "POST" ? "" : JSON.stringify(actor));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const id = `http://localhost:${server.address().port}/actor`;
  const actor = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
    id,
    type: "Organization",
    inbox: `${id}/inbox`,
    publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem: await exportSpki(keys.publicKey) },
  };
  const context = "https://www.w3.org/ns/activitystreams";
  const post = async (uri, activity, spec, spoil = (request) => request) => {
    const body = JSON.stringify({ "@context": context, id: `${id}#${crypto.randomUUID()}`, actor: id, ...activity });
    const headers = { "Content-Type": "application/activity+json" };
    const request = new Request(uri, { method: "POST", headers, body });
    const signed = await signRequest(request, keys.privateKey, new URL(actor.publicKey.id), { spec });
    return (await fetch(await spoil(signed))).status;
  };
  return { id, inbox, post, close: () => server.close() };
}

async function strictness(peer) {
  const other = await stranger();
  const inbox = `${peer.origin}/inbox`;
  const follow = { type: "Follow", object: peer.uri };
  const tamper = async (request) => new Request(request.url, { method: "POST", headers: request.headers, body: (await request.text()).replace("Follow", "Block ") });
  for (const spec of [RFC9421, CAVAGE]) {
    check(`stranger, ${spec}: a good signature`, await other.post(inbox, follow, spec), 202);
    check(`stranger, ${spec}: another body`, await other.post(inbox, follow, spec, tamper), 401);
    check(`stranger, ${spec}: another target`, await other.post(inbox, follow, spec, (request) => new Request(`${peer.uri}/inbox`, request)), 401);
    check(`stranger, ${spec}: another actor`, await other.post(inbox, { ...follow, actor: `${other.id}2` }, spec), 401);
    check(`stranger, ${spec}: no actor`, await other.post(inbox, { ...follow, actor: undefined }, spec), 400);
  }
  const unsigned = { method: "POST", headers: { "Content-Type": "application/activity+json" }, body: JSON.stringify({ ...follow, actor: other.id }) };
  check("stranger: no signature", (await fetch(inbox, unsigned)).status, 401);
  await peer.expect("stranger: follows", (state) => state.followers.includes(other.id));
  for (let left = 40; left > 0 && other.inbox.length === 0; left -= 1) await new Promise((resolve) => setTimeout(resolve, 50));
  const accept = other.inbox[0];
  check("stranger: the Accept embeds the Follow, and the Follow its actor", [accept?.type, accept?.object?.type, accept?.object?.actor?.id], ["Accept", "Follow", other.id]);
  other.close();
}

/** A peer that takes only one scheme makes the other side knock twice. */
async function secondKnock(alice) {
  const carol = await Peer.start("carol", RFC9421, "--only-accept", alice.scheme === RFC9421 ? CAVAGE : RFC9421);
  check("second knock: follow", (await alice.act("follow", { actor: carol.uri })).ok);
  const statuses = (await carol.state()).requests.filter(({ method }) => method === "POST").map(({ status }) => status);
  check("second knock: refused, then taken", statuses.slice(0, 2), [401, 202]);
  carol.child.kill();
}

const peers = await Promise.all([Peer.start("alice", RFC9421), Peer.start("bob", CAVAGE)]);
try {
  const [alice, bob] = peers;
  await thread(alice, bob);
  await thread(bob, alice);
  await strictness(alice);
  for (const peer of peers) await secondKnock(peer);
} catch (error) {
  check("the test ran to its end", error.stack, "no error");
} finally {
  for (const peer of peers) peer.child.kill();
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
