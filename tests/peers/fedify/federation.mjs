// The server side of the peer: who its users are, what it serves and what it
// does with each activity that fedify has verified and handed over.
import {
  createFederation, detachSignature, InProcessMessageQueue, MemoryKvStore, verifyObject, verifyRequestDetailed,
} from "@fedify/fedify";
import {
  Accept, Activity, Add, Announce, Article, Block, Create, Delete, EmojiReact, Endpoints, Flag, Follow, Like,
  Note, Page, Person, PUBLIC_COLLECTION, Question, Reject, Remove, Undo, Update, getTypeId, isActor,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";

const PAGE = 10;
const PARENTS = 10;
const SENT = [Accept, Add, Announce, Block, Create, Delete, EmojiReact, Flag, Follow, Like, Reject, Remove, Undo, Update];
const isPost = (object) => [Note, Article, Page, Question].some((cls) => object instanceof cls);

/** The bare name of a vocabulary class or object, such as `Follow`. */
export const typeName = (object) => (object.typeId ?? getTypeId(object)).href.split("#").pop();

/**
 * A memory that forgets which signature scheme a server took last, so that
 * every delivery starts with the chosen one, and that keeps no remote
 * documents, so that every fetch sees what the server says now.
 */
class ForgetfulStore extends MemoryKvStore {
  async set(key, value, options) {
    if (key.includes("httpMessageSignaturesSpec") || key.includes("remoteDocument")) return;
    await super.set(key, value, options);
  }
}

/** Builds the federation of a peer on top of its store. */
export function createPeer({ store, origin, firstKnock }) {
  const federation = createFederation({
    kv: new ForgetfulStore(),
    queue: new InProcessMessageQueue({ pollInterval: { milliseconds: 50 } }),
    origin,
    firstKnock,
    allowPrivateAddress: true,
    // A test waits seconds, not hours, for a second try.
    outboxRetryPolicy: ({ attempts }) => (attempts < 10 ? Temporal.Duration.from({ milliseconds: 500 }) : null),
    inboxRetryPolicy: ({ attempts }) => (attempts < 2 ? Temporal.Duration.from({ milliseconds: 500 }) : null),
    circuitBreaker: false,
    onOutboxError: (error) => store.fail(`delivery: ${error.message}`),
  });
  const user = (name) => store.users.get(name) ?? null;

  federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
    software: { name: "fedify-peer", version: "0.0.0" },
    protocols: ["activitypub"],
    usage: { users: { total: store.users.size }, localPosts: 0, localComments: 0 },
  }));

  federation
    .setActorDispatcher("/users/{identifier}", async (ctx, name) => {
      const owner = user(name);
      if (owner == null) return null;
      const keys = await ctx.getActorKeyPairs(name);
      return new Person({
        id: ctx.getActorUri(name),
        preferredUsername: name,
        name: `${name} of the peer`,
        summary: "A test user of another server.",
        url: ctx.getActorUri(name),
        inbox: ctx.getInboxUri(name),
        outbox: ctx.getOutboxUri(name),
        followers: ctx.getFollowersUri(name),
        following: ctx.getFollowingUri(name),
        endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
        manuallyApprovesFollowers: owner.manual,
        discoverable: true,
        published: owner.created,
        publicKey: keys[0].cryptographicKey,
        assertionMethods: keys.map((key) => key.multikey),
      });
    })
    .mapHandle((_, handle) => (user(handle) ? handle : null))
    .setKeyPairsDispatcher((_, name) => user(name)?.keys ?? []);

  const collection = (set, items) =>
    set((_, name, cursor) => {
      const all = user(name) && items(user(name));
      if (all == null || cursor == null) return all && { items: all };
      const start = Number(cursor);
      return { items: all.slice(start, start + PAGE), nextCursor: start + PAGE < all.length ? `${start + PAGE}` : null };
    })
      .setCounter((_, name) => items(user(name)).length)
      .setFirstCursor((_, name) => (user(name) ? "0" : null));
  collection((list) => federation.setFollowersDispatcher("/users/{identifier}/followers", list), (u) => [...u.followers.values()]);
  collection((list) => federation.setFollowingDispatcher("/users/{identifier}/following", list), (u) => [...u.following.keys()].map((id) => new URL(id)));
  collection((list) => federation.setOutboxDispatcher("/users/{identifier}/outbox", list), (u) => u.outbox.filter(isShown).reverse());

  const sent = (name, uri) => user(name)?.outbox.findLast((activity) => activity.id.href === uri.href) ?? null;
  for (const cls of SENT) {
    const path = `/users/{identifier}/${typeName(cls).toLowerCase()}/{id}`;
    federation
      .setObjectDispatcher(cls, path, (ctx, values) => sent(values.identifier, ctx.getObjectUri(cls, values)))
      .authorize((ctx, values) => mayRead(ctx, store, values.identifier, sent(values.identifier, ctx.getObjectUri(cls, values))));
  }
  const latest = (ctx, values) => latestNote(user(values.identifier), ctx.getObjectUri(Note, values).href);
  federation
    .setObjectDispatcher(Note, "/users/{identifier}/notes/{id}", latest)
    .authorize(async (ctx, values) => mayRead(ctx, store, values.identifier, await latest(ctx, values)));

  federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .setSharedKeyDispatcher(() => ({ identifier: store.user().name }))
    .on(Activity, (ctx, activity) => receive(ctx, store, activity))
    .onError((_, error) => store.fail(`inbox: ${error.stack ?? error}`));
  return federation;
}

/** The newest form of a note in its author's outbox. */
export async function latestNote(author, uri) {
  for (const activity of author?.outbox.toReversed() ?? []) {
    if (!(activity instanceof Create || activity instanceof Update) || activity.objectId?.href !== uri) continue;
    return await activity.getObject();
  }
  return null;
}

function isShown(activity) {
  return (activity instanceof Create || activity instanceof Announce) && isPublic(activity);
}

function isPublic(object) {
  return [...object.toIds, ...object.ccIds].some((uri) => uri.href === PUBLIC_COLLECTION.href);
}

/** Whether whoever signed a GET may read an object: it is public, or addressed to them. */
async function mayRead(ctx, store, name, object) {
  if (object == null || isPublic(object)) return true;
  const audience = [...object.toIds, ...object.ccIds].map((uri) => uri.href);
  if (audience.length === 0) return true;
  const reader = (await ctx.getSignedKeyOwner())?.id?.href;
  if (reader == null) return false;
  if (audience.includes(reader)) return true;
  return audience.includes(ctx.getFollowersUri(name).href) && store.users.get(name).followers.has(reader);
}

/**
 * Checks the HTTP signature of a POST by itself, as servers do that know no
 * proofs: fedify would not look at it when the body proves its own origin.
 */
export async function inspect(federation, store, request, keyCache) {
  const ctx = federation.createContext(request, undefined);
  // As fedify does in its inbox, keys are fetched with signed GETs.
  const reader = { identifier: store.user().name };
  const loaders = { documentLoader: await ctx.getDocumentLoader(reader), contextLoader: ctx.contextLoader };
  const verdict = await verifyRequestDetailed(request.clone(), { ...loaders, keyCache });
  const found = { signature: verdict.verified ? "verified" : verdict.reason.type, proof: "none", activity: null };
  try {
    found.activity = await request.clone().json();
    if (found.activity.proof != null) {
      found.proof = (await verifyObject(Activity, detachSignature(found.activity), { ...loaders, keyCache })) ? "verified" : "invalid";
    }
  } catch (error) {
    if (found.activity?.proof != null) found.proof = `invalid: ${error.message}`;
  }
  return found;
}

/** Records a verified activity and applies it. */
async function receive(ctx, store, activity) {
  const json = await activity.toJsonLd({ contextLoader: ctx.contextLoader });
  store.received.push({
    type: typeName(activity),
    id: activity.id?.href ?? null,
    actor: activity.actorId.href,
    object: activity.objectId?.href ?? null,
    inbox: ctx.recipient ?? "shared",
    json,
  });
  const reader = { identifier: ctx.recipient ?? store.user().name };
  const loaders = { documentLoader: await ctx.getDocumentLoader(reader), contextLoader: ctx.contextLoader };
  await apply(ctx, store, activity, loaders);
}

/** Does what an activity asks for, whether it arrived by itself or inside a group's Announce. */
async function apply(ctx, store, activity, loaders) {
  const actor = activity.actorId?.href;
  const object = activity.objectId?.href;
  const ours = activity.objectId && ctx.parseUri(activity.objectId);
  const target = ours?.type === "actor" ? store.users.get(ours.identifier) : null;
  if (activity instanceof Follow && target) await follow(ctx, target, activity, loaders);
  else if (activity instanceof Accept || activity instanceof Reject) await answered(ctx, store, activity, loaders);
  else if (activity instanceof Create || activity instanceof Update) {
    const note = await activity.getObject(loaders);
    if (!isPost(note)) return;
    if (note.attributionId?.href !== actor) return store.fail(`${typeName(activity)} of ${object} is not by its author`);
    await keepThread(ctx, store, note, loaders);
  } else if (activity instanceof Delete) {
    if (object === actor) store.forgetActor(actor);
    for (const note of store.notes.values()) {
      const mine = note.attributedTo === actor || new URL(note.id).origin === new URL(actor).origin;
      if (note.id === object ? mine : object === actor && note.attributedTo === actor) store.bury(note.id);
    }
  } else if (activity instanceof Announce) {
    const inner = await activity.getObject({ ...loaders, suppressError: true });
    if (inner instanceof Activity) return await apply(ctx, store, inner, loaders);
    if (inner != null && isPost(inner)) await keepThread(ctx, store, inner, loaders);
    store.mark("shares", object, actor, true);
  } else if (activity instanceof Like) store.mark("likes", object, actor, true);
  else if (activity instanceof Block && target) {
    target.blockedBy.add(actor);
    target.followers.delete(actor);
    target.following.delete(actor);
  } else if (activity instanceof Undo) await undo(ctx, store, activity, loaders);
}

async function follow(ctx, target, activity, loaders) {
  const actor = await activity.getActor(loaders);
  if (!isActor(actor) || actor.inboxId == null) throw new TypeError(`${activity.actorId.href} is no actor with an inbox`);
  target.pending.set(actor.id.href, { activity, actor });
  if (!target.manual) await answer(ctx, target, actor.id.href, Accept);
}

/** Sends an Accept or Reject with the Follow inside; a Reject also removes an accepted follower. */
export async function answer(ctx, user, actor, cls, options = {}) {
  const waiting = user.pending.get(actor) ?? user.followers.get(actor);
  if (waiting == null) throw new Error(`${actor} has not asked to follow`);
  const { activity: asked, actor: recipient } = waiting;
  user.pending.delete(actor);
  if (cls === Accept) {
    const { id, inboxId } = recipient;
    // The URLs are what fedify delivers to; the rest is for a later Reject.
    user.followers.set(actor, { id, inboxId, endpoints: recipient.endpoints, activity: asked, actor: recipient });
  } else user.followers.delete(actor);
  const name = user.name;
  const id = ctx.getObjectUri(cls, { identifier: name, id: crypto.randomUUID() });
  const reply = new cls({ id, actor: ctx.getActorUri(name), to: recipient.id, object: asked });
  user.outbox.push(reply);
  await ctx.sendActivity({ identifier: name }, recipient, reply, options);
  return reply;
}

/** Takes an Accept or Reject, which may embed our Follow or only name it. */
async function answered(ctx, store, activity, loaders) {
  const actor = activity.actorId.href;
  for (const user of store.users.values()) {
    const asked = user.requested.get(actor) ?? user.following.get(actor);
    if (asked == null) continue;
    let matches = asked.id.href === activity.objectId?.href;
    if (activity.objectId == null) {
      const inner = await activity.getObject(loaders);
      matches = inner instanceof Follow && inner.actorId?.href === ctx.getActorUri(user.name).href;
    }
    if (!matches) continue;
    user.requested.delete(actor);
    if (activity instanceof Accept) user.following.set(actor, asked);
    else user.following.delete(actor);
    return;
  }
  store.fail(`${typeName(activity)} by ${actor} answers no Follow of ours: ${activity.objectId?.href}`);
}

/** Keeps a post and fetches the posts above it that are not known yet. */
async function keepThread(ctx, store, post, loaders) {
  let record = await store.keepNote(post, loaders);
  for (let step = 0; step < PARENTS && record.inReplyTo && !store.notes.has(record.inReplyTo); step += 1) {
    const parent = await ctx.lookupObject(record.inReplyTo, loaders);
    if (parent == null || !isPost(parent)) return store.fail(`parent ${record.inReplyTo} of ${record.id} cannot be fetched`);
    record = await store.keepNote(parent, loaders);
  }
}

async function undo(ctx, store, activity, loaders) {
  const actor = activity.actorId.href;
  const inner = await activity.getObject(loaders);
  if (inner?.actorId?.href !== actor) return store.fail(`Undo by ${actor} of what it did not do: ${activity.objectId?.href}`);
  const object = inner.objectId?.href;
  const ours = inner.objectId && ctx.parseUri(inner.objectId);
  const target = ours?.type === "actor" ? store.users.get(ours.identifier) : null;
  if (inner instanceof Follow) {
    target?.followers.delete(actor);
    target?.pending.delete(actor);
  } else if (inner instanceof Like) store.mark("likes", object, actor, false);
  else if (inner instanceof Announce) store.mark("shares", object, actor, false);
  else if (inner instanceof Block) target?.blockedBy.delete(actor);
}
