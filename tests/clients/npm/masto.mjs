// What Elk and Phanpy do with masto.js: register, get let in by a person in a browser, write, read, listen, leave.
//
//     node masto.mjs ORIGIN NAME PASSWORD ACTS_AS
//
// ACTS_AS is the username of the person or of a brand. Ends with an error where anything is not as it should be.

import assert from "node:assert/strict";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";
import { letsIn, picture, until } from "./person.mjs";

const [url, name, password, actsAs] = process.argv.slice(2);
const redirectUri = "urn:ietf:wg:oauth:2.0:oob";
const scopes = "read write follow push";
const ids = (rows) => rows.map((row) => row.id);

const nobody = createRestAPIClient({ url });
const app = await nobody.v1.apps.create({ clientName: "Elk", redirectUris: redirectUri, scopes, website: "https://elk.example" });
assert.equal((await nobody.v2.instance.fetch()).configuration.vapid.publicKey, app.vapidKey);
const query = new URLSearchParams({ client_id: app.clientId, redirect_uri: redirectUri, response_type: "code", scope: scopes });
const code = await letsIn(`${url}/oauth/authorize?${query}`, name, password, actsAs);
const oauth = createOAuthAPIClient({ url });
const token = await oauth.token.create({
  clientId: app.clientId, clientSecret: app.clientSecret, code, grantType: "authorization_code", redirectUri, scope: scopes,
});
const accessToken = token.accessToken;
const { v1, v2 } = createRestAPIClient({ url, accessToken });
const me = await v1.accounts.verifyCredentials();
assert.equal(me.username, actsAs);
const other = await v1.accounts.lookup({ acct: actsAs === "ana" ? "brand" : "ana" });

// Listens, before anything happens.
const { configuration } = await nobody.v2.instance.fetch();
const streaming = createStreamingAPIClient({ streamingApiUrl: configuration.urls.streaming, accessToken });
const heard = [];
const stream = streaming.user.subscribe();
(async () => {
  for await (const event of stream) heard.push(event);
})();
// A subscription is not answered: what is said twice a second is heard once it holds.
let hello;
await until("a post is heard", async () => {
  hello = await v1.statuses.create({ status: "Can you hear me?" });
  await new Promise((wake) => setTimeout(wake, 300));
  const found = heard.some((event) => event.event === "update" && event.payload.id === hello.id);
  if (!found) await v1.statuses.$select(hello.id).remove();
  return found;
});
await v1.statuses.$select(hello.id).remove();
await until("its deletion is heard", () => heard.some((event) => event.event === "delete" && event.payload === hello.id));
stream.unsubscribe();
streaming.close();

// Writes, with a picture.
const media = await v2.media.create({ file: new File([picture], "hill.png", { type: "image/png" }), description: "A hill" });
assert.deepEqual([media.type, media.description], ["image", "A hill"]);
const post = await v1.statuses.create({ status: "Hello from #masto", mediaIds: [media.id], visibility: "public" });
assert.equal(post.mediaAttachments[0].description, "A hill");
const one = v1.statuses.$select(post.id);
const edited = await one.update({ status: "Hello again from #masto", mediaIds: [media.id] });
assert.ok(edited.content.includes("Hello again") && edited.editedAt);
assert.equal((await one.history.list()).length, 2);
assert.equal((await one.source.fetch()).text, "Hello again from #masto");

// Reads it everywhere.
for (const list of [v1.timelines.home.list(), v1.timelines.public.list({ local: true }), v1.timelines.tag.$select("masto").list(), v1.accounts.$select(me.id).statuses.list()]) {
  assert.ok(ids(await list).includes(post.id));
}
const reply = await v1.statuses.create({ status: "And more", inReplyToId: post.id });
assert.deepEqual(ids((await one.context.fetch()).descendants), [reply.id]);
const found = await v2.search.list({ q: "again masto", type: "statuses" });
assert.ok(ids(found.statuses).includes(post.id));
assert.ok(ids((await v2.search.list({ q: me.username, type: "accounts" })).accounts).includes(me.id));

// Keeps, likes, pins, and takes it all back.
for (const [done, undone, list] of [["bookmark", "unbookmark", v1.bookmarks], ["favourite", "unfavourite", v1.favourites]]) {
  await one[done]();
  assert.deepEqual(ids(await list.list()), [post.id]);
  await one[undone]();
  assert.deepEqual(await list.list(), []);
}
await one.reblog();
assert.equal((await one.fetch()).reblogsCount, 1);
await one.unreblog();
await one.pin();
assert.deepEqual(ids(await v1.accounts.$select(me.id).statuses.list({ pinned: true })), [post.id]);
await one.unpin();

// Pages: two by two, each once.
const more = [];
for (const number of [1, 2, 3]) more.push(await v1.statuses.create({ status: `Number ${number} #pages` }));
const seen = [];
for await (const page of v1.timelines.tag.$select("pages").list({ limit: 2 })) seen.push(...ids(page));
const own = ids(more).reverse();
assert.deepEqual(seen.filter((id) => own.includes(id)), own);

// Lists, filters, polls, later.
const list = await v1.lists.create({ title: "Friends" });
await v1.lists.$select(list.id).accounts.create({ accountIds: [me.id] });
assert.ok(ids(await v1.timelines.list.$select(list.id).list()).includes(post.id));
await v1.lists.$select(list.id).remove();
const filter = await v2.filters.create({ title: "Machines", context: ["home"], filterAction: "warn", keywordsAttributes: [{ keyword: "masto" }] });
assert.equal((await one.fetch()).filtered[0].filter.title, "Machines");
await v2.filters.$select(filter.id).remove();
const asked = await v1.statuses.create({ status: "Tea?", poll: { options: ["Yes", "No"], expiresIn: 600 } });
assert.deepEqual((await v1.polls.$select(asked.poll.id).fetch()).options.map((option) => option.title), ["Yes", "No"]);
const later = await v1.statuses.create({ status: "Later", scheduledAt: new Date(Date.now() + 86_400_000).toISOString() });
assert.deepEqual(ids(await v1.scheduledStatuses.list()), [later.id]);
await v1.scheduledStatuses.$select(later.id).remove();

// The company's emoji, and what it announces: each puts that away for themselves.
const [emoji] = await v1.customEmojis.list();
assert.deepEqual([emoji.shortcode, emoji.category, emoji.visibleInPicker], ["tea", "Drinks", true]);
assert.equal((await fetch(emoji.url)).headers.get("content-type"), "image/png");
const cup = await v1.statuses.create({ status: "A cup of :tea:", visibility: "unlisted" });
assert.deepEqual(cup.emojis.map((one) => one.url), [emoji.url]);
await v1.statuses.$select(cup.id).remove();
const [announced] = await v1.announcements.list();
assert.ok(announced.content.includes("<em>tea</em>") && announced.emojis[0].url === emoji.url && !announced.read);
await v1.announcements.$select(announced.id).dismiss();
assert.ok((await v1.announcements.list())[0].read);

// Others, and what one is told of them.
assert.equal((await v1.accounts.$select(other.id).note.create({ comment: "A note" })).note, "A note");
const [relation] = await v1.accounts.relationships.fetch({ id: [other.id] });
assert.equal(relation.note, "A note");
const first = actsAs === "ana";
const kinds = (rows) => rows.map((row) => row.type).sort();
const told = await v1.notifications.list({ limit: 5 });
// Whoever comes second was followed, named and asked by the first.
const expected = first ? [] : ["follow", "mention"];
assert.deepEqual(kinds(told), expected);
assert.deepEqual(kinds((await v2.notifications.list()).notificationGroups), expected);
if (first) {
  assert.ok((await v1.accounts.$select(other.id).follow()).following);
  await v1.statuses.create({ status: `@${other.username} Hello` });
} else {
  const mention = told.find((one) => one.type === "mention");
  assert.equal(mention.account.id, other.id);
  await v1.notifications.$select(mention.id).dismiss();
  assert.deepEqual(kinds(await v1.notifications.list()), ["follow"]);
  await v1.notifications.clear();
  assert.deepEqual(await v1.notifications.list(), []);
  const theirs = (await v1.accounts.$select(other.id).statuses.list()).find((status) => status.poll);
  const voted = await v1.polls.$select(theirs.poll.id).votes.create({ choices: [0] });
  assert.deepEqual([voted.ownVotes, voted.votesCount], [[0], 1]);
}
assert.equal((await v1.markers.create({ home: { lastReadId: post.id } })).home.lastReadId, post.id);
assert.ok(Array.isArray(await v1.conversations.list()));

// Leaves.
for (const { id } of [reply, post, ...more]) await v1.statuses.$select(id).remove();
await assert.rejects(one.fetch(), (error) => error.statusCode === 404);
await oauth.revoke.create({ clientId: app.clientId, clientSecret: app.clientSecret, token: accessToken });
await assert.rejects(v1.accounts.verifyCredentials(), (error) => error.statusCode === 401);
