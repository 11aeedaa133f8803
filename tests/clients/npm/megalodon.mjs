// What Whalebird and Fedistar do with megalodon: register, get let in by a person in a browser, write, read, listen,
// leave.
//
//     node megalodon.mjs ORIGIN NAME PASSWORD ACTS_AS
//
// ACTS_AS is the username of the person or of a brand. Ends with an error where anything is not as it should be.

import assert from "node:assert/strict";
import { mkdtempSync, createReadStream, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import megalodon from "megalodon";
import { letsIn, picture, until } from "./person.mjs";

const generator = megalodon.default ?? megalodon;
const [url, name, password, actsAs] = process.argv.slice(2);
const ids = (rows) => rows.map((row) => row.id);

const nobody = generator("mastodon", url);
const app = await nobody.registerApp("Whalebird", { scopes: ["read", "write", "follow", "push"], website: "https://whalebird.example" });
const code = await letsIn(app.url, name, password, actsAs);
const token = await nobody.fetchAccessToken(app.client_id, app.client_secret, code);
const api = generator("mastodon", url, token.access_token);
assert.equal((await api.verifyAppCredentials()).data.name, "Whalebird");
const me = (await api.verifyAccountCredentials()).data;
assert.equal(me.username, actsAs);
const other = (await api.lookupAccount(actsAs === "ana" ? "brand" : "ana")).data;
assert.equal((await api.getInstance()).data.uri, new URL(url).host);

// Listens, before anything happens.
const heard = [];
const stream = await api.userStreaming();
let connected = false;
stream.on("connect", () => (connected = true));
stream.on("update", (status) => heard.push(["update", status.id]));
stream.on("delete", (id) => heard.push(["delete", id]));
stream.on("error", (error) => heard.push(["error", String(error)]));
await until("the stream is open", () => connected);
const hello = (await api.postStatus("Can you hear me?")).data;
await until("a post is heard", () => heard.some(([event, id]) => event === "update" && id === hello.id));
await api.deleteStatus(hello.id);
await until("its deletion is heard", () => heard.some(([event, id]) => event === "delete" && id === hello.id));
assert.ok(heard.every(([event]) => event !== "error"), JSON.stringify(heard));
stream.stop();

// Writes, with a picture.
const file = join(mkdtempSync(join(tmpdir(), "guildhall-")), "hill.png");
writeFileSync(file, picture);
const media = (await api.uploadMedia(createReadStream(file), { description: "A hill", focus: "0.5,-0.5" })).data;
assert.deepEqual([media.type, media.description], ["image", "A hill"]);
const post = (await api.postStatus("Hello from #megalodon", { media_ids: [media.id], spoiler_text: "Careful" })).data;
assert.deepEqual([post.spoiler_text, post.media_attachments.length], ["Careful", 1]);
const edited = (await api.editStatus(post.id, { status: "Hello again from #megalodon", media_ids: [media.id] })).data;
assert.ok(edited.content.includes("Hello again"), edited.content);
assert.equal((await api.getStatusSource(post.id)).data.text, "Hello again from #megalodon");

// Reads it everywhere.
for (const list of [api.getHomeTimeline(), api.getLocalTimeline(), api.getTagTimeline("megalodon"), api.getAccountStatuses(me.id)]) {
  assert.ok(ids((await list).data).includes(post.id));
}
const reply = (await api.postStatus("And more", { in_reply_to_id: post.id })).data;
assert.deepEqual(ids((await api.getStatusContext(post.id)).data.descendants), [reply.id]);
assert.ok(ids((await api.search("again megalodon", { type: "statuses" })).data.statuses).includes(post.id));
assert.ok(ids((await api.searchAccount(me.username)).data).includes(me.id));

// Keeps, likes, boosts, pins, and takes it all back.
assert.ok((await api.bookmarkStatus(post.id)).data.bookmarked);
assert.deepEqual(ids((await api.getBookmarks()).data), [post.id]);
await api.unbookmarkStatus(post.id);
assert.ok((await api.favouriteStatus(post.id)).data.favourited);
assert.deepEqual(ids((await api.getStatusFavouritedBy(post.id)).data), [me.id]);
await api.unfavouriteStatus(post.id);
assert.equal((await api.reblogStatus(post.id)).data.reblog.id, post.id);
await api.unreblogStatus(post.id);
assert.ok((await api.pinStatus(post.id)).data.pinned);
await api.unpinStatus(post.id);

// Lists, filters, polls, later, hashtags.
const list = (await api.createList("Friends")).data;
await api.addAccountsToList(list.id, [me.id]);
assert.deepEqual(ids((await api.getAccountsInList(list.id)).data), [me.id]);
assert.ok(ids((await api.getListTimeline(list.id)).data).includes(post.id));
await api.deleteList(list.id);
const filter = (await api.createFilter("megalodon", ["home"])).data;
assert.deepEqual(ids((await api.getFilters()).data), [filter.id]);
await api.deleteFilter(filter.id);
const asked = (await api.postStatus("Tea?", { poll: { options: ["Yes", "No"], expires_in: 600 } })).data;
assert.equal((await api.getPoll(asked.poll.id)).data.options.length, 2);
const soon = new Date(Date.now() + 86_400_000).toISOString();
const later = (await api.postStatus("Later", { scheduled_at: soon })).data;
assert.deepEqual(ids((await api.getScheduledStatuses()).data), [later.id]);
await api.cancelScheduledStatus(later.id);
assert.ok((await api.followTag("megalodon")).data.following);
assert.deepEqual((await api.getFollowedTags()).data.map((tag) => tag.name), ["megalodon"]);
await api.unfollowTag("megalodon");

// The company's emoji, and what it announces: each puts that away for themselves.
const [emoji] = (await api.getInstanceCustomEmojis()).data;
assert.deepEqual([emoji.shortcode, emoji.category, emoji.visible_in_picker], ["tea", "Drinks", true]);
assert.equal((await fetch(emoji.url)).headers.get("content-type"), "image/png");
const cup = (await api.postStatus("A cup of :tea:", { visibility: "unlisted" })).data;
assert.deepEqual(cup.emojis.map((one) => one.url), [emoji.url]);
await api.deleteStatus(cup.id);
const [announced] = (await api.getInstanceAnnouncements()).data;
assert.ok(announced.content.includes("<em>tea</em>") && announced.emojis[0].url === emoji.url && !announced.read);
await api.dismissInstanceAnnouncement(announced.id);
assert.ok((await api.getInstanceAnnouncements()).data[0].read);

// Others, and what one is told of them.
assert.ok((await api.muteAccount(other.id, true)).data.muting);
assert.ok((await api.getRelationships([other.id])).data[0].muting_notifications);
assert.deepEqual(ids((await api.getMutes()).data), [other.id]);
await api.unmuteAccount(other.id);
const first = actsAs === "ana";
const kinds = (rows) => rows.map((row) => row.type).sort();
const told = (await api.getNotifications({ limit: 5 })).data;
// Whoever comes second was followed, named and asked by the first.
assert.deepEqual(kinds(told), first ? [] : ["follow", "mention"]);
if (first) {
  assert.ok((await api.followAccount(other.id)).data.following);
  await api.postStatus(`@${other.username} Hello`);
} else {
  const mention = told.find((one) => one.type === "mention");
  assert.equal(mention.account.id, other.id);
  await api.dismissNotification(mention.id);
  assert.deepEqual(kinds((await api.getNotifications()).data), ["follow"]);
  await api.dismissNotifications();
  assert.deepEqual((await api.getNotifications()).data, []);
  const theirs = (await api.getAccountStatuses(other.id)).data.find((status) => status.poll);
  const voted = (await api.votePoll(theirs.poll.id, [0])).data;
  assert.deepEqual([voted.own_votes, voted.votes_count], [[0], 1]);
}
assert.ok(Array.isArray((await api.getConversationTimeline()).data));
assert.equal((await api.getPreferences()).data["posting:default:visibility"], "public");

// Leaves.
for (const { id } of [reply, post]) await api.deleteStatus(id);
await assert.rejects(api.getStatus(post.id), (error) => error.response.status === 404);
await nobody.revokeToken(app.client_id, app.client_secret, token.access_token);
await assert.rejects(api.verifyAccountCredentials(), (error) => error.response.status === 401);
