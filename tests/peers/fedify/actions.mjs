// The control API: each verb makes a user of the peer act, and delivers the
// activity through fedify's own sendActivity before it answers.
import { parseNodeInfo } from "@fedify/fedify";
import {
  Accept, Activity, Announce, Block, Create, Delete, Follow, Hashtag, Like, Mention, Note, PUBLIC_COLLECTION, Reject,
  Tombstone, Undo, Update, isActor,
} from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";
import { answer, latestNote, typeName } from "./federation.mjs";

// The types fedify takes in a self link: this one to the letter, and JSON-LD with the profile.
const SELF_TYPES = /^application\/activity\+json$|application\/ld\+json;\s*profile="https:\/\/www\.w3\.org\/ns\/activitystreams"/;

/** A request the test got wrong, or a server that did not play along. */
export class Refused extends Error {}

/** One user about to do one thing. */
class Turn {
  constructor(ctx, store, user) {
    Object.assign(this, { ctx, store, user });
    this.name = user.name;
    this.me = ctx.getActorUri(user.name);
    this.followers = ctx.getFollowersUri(user.name);
  }

  newId(cls) {
    return this.ctx.getObjectUri(cls, { identifier: this.name, id: crypto.randomUUID() });
  }

  async loaders() {
    return { documentLoader: await this.ctx.getDocumentLoader({ identifier: this.name }), contextLoader: this.ctx.contextLoader };
  }

  /** Fetches any object with a signed GET. */
  async object(uri) {
    const object = await this.ctx.lookupObject(new URL(uri), await this.loaders());
    if (object == null) throw new Refused(`${uri} cannot be fetched, is no ActivityPub object or has another id`);
    return object;
  }

  /** Finds an actor by its URI or by a handle such as `@name@host:port`. */
  async actor(reference) {
    const uri = /^https?:/.test(reference) ? reference : selfLink(await this.webfinger(reference));
    const actor = await this.object(uri);
    if (!isActor(actor)) throw new Refused(`${uri} is a ${typeName(actor)}, not an actor`);
    if (actor.inboxId == null) throw new Refused(`${uri} has no inbox`);
    return actor;
  }

  /** WebFinger over plain http: fedify's own lookup of a handle insists on https. */
  async webfinger(handle) {
    const account = handle.replace(/^(acct:)?@?/, "");
    const url = new URL(`http://${account.split("@").pop()}/.well-known/webfinger`);
    url.searchParams.set("resource", `acct:${account}`);
    const response = await fetch(url, { headers: { Accept: "application/jrd+json" }, redirect: "manual" });
    if (!response.ok) throw new Refused(`WebFinger for ${account} answered ${response.status}`);
    return await response.json();
  }

  /** Remembers an activity and delivers it, failing when a server refuses it. */
  async send(recipients, activity, { shared = false } = {}) {
    this.user.outbox.push(activity);
    const others = recipients.filter((recipient) => recipient.id.href !== this.me.href);
    if (others.length > 0) {
      await this.ctx.sendActivity({ identifier: this.name }, others, activity, { immediate: true, preferSharedInbox: shared });
    }
    return { activity: activity.id.href };
  }

  /** Takes back an activity of ours by embedding it in an Undo. */
  async undo(memory, key, recipients) {
    const activity = memory.get(key);
    if (activity == null) throw new Refused(`nothing to undo for ${key}`);
    memory.delete(key);
    const audience = { tos: activity.toIds, ccs: activity.ccIds };
    return await this.send(recipients, new Undo({ id: this.newId(Undo), actor: this.me, object: activity, ...audience }));
  }

  /** The author of an object, to whom a reaction is sent. */
  async authorOf(object) {
    if (object.attributionId == null) throw new Refused(`${object.id.href} names no author`);
    return object.attributionId.href === this.me.href ? { id: this.me, inboxId: null } : await this.actor(object.attributionId.href);
  }

  /** Our own note in its newest form, with everybody who was sent it. */
  async ownNote(id) {
    const note = await latestNote(this.user, id);
    if (note == null) throw new Refused(`${id} is not a note of ${this.name}`);
    return { note, recipients: await this.recipients([...note.toIds, ...note.ccIds]) };
  }

  async recipients(audience) {
    const found = new Map();
    for (const uri of audience) {
      if (uri.href === this.followers.href) for (const [id, follower] of this.user.followers) found.set(id, follower);
      else if (uri.href !== PUBLIC_COLLECTION.href && uri.href !== this.me.href) found.set(uri.href, await this.actor(uri.href));
    }
    return [...found.values()];
  }
}

function selfLink(jrd) {
  const link = jrd.links?.find(({ rel, type, href }) => rel === "self" && SELF_TYPES.test(type ?? "") && href);
  if (link == null) throw new Refused("WebFinger has no self link with an ActivityPub type");
  return link.href;
}

const escapeHtml = (text) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const verbs = {
  async follow(turn, { actor: reference }) {
    const actor = await turn.actor(reference);
    const follow = new Follow({ id: turn.newId(Follow), actor: turn.me, object: actor.id, to: actor.id });
    turn.user.requested.set(actor.id.href, follow);
    return { actor: actor.id.href, ...(await turn.send([actor], follow)) };
  },

  async unfollow(turn, { actor: reference }) {
    const actor = await turn.actor(reference);
    const memory = turn.user.following.has(actor.id.href) ? turn.user.following : turn.user.requested;
    return await turn.undo(memory, actor.id.href, [actor]);
  },

  async post(turn, { content, to = "public", mentions = [], inReplyTo, summary, hashtags = [], name }) {
    const people = await Promise.all(mentions.map((uri) => turn.actor(uri)));
    const parent = inReplyTo == null ? null : await turn.object(inReplyTo);
    const author = parent == null ? null : await turn.authorOf(parent);
    if (author != null && author.id.href !== turn.me.href && !people.some(({ id }) => id.href === author.id.href)) people.push(author);
    const named = people.map(({ id }) => id);
    const audience = {
      public: { tos: [PUBLIC_COLLECTION], ccs: [turn.followers, ...named] },
      unlisted: { tos: [turn.followers], ccs: [PUBLIC_COLLECTION, ...named] },
      followers: { tos: [turn.followers], ccs: named },
      direct: { tos: named, ccs: [] },
    }[to];
    if (audience == null) throw new Refused(`no such audience: ${to}`);
    const id = turn.newId(Note);
    const note = new Note({
      id,
      attribution: turn.me,
      name,
      summary,
      content: content.startsWith("<") ? content : `<p>${escapeHtml(content)}</p>`,
      replyTarget: parent?.id,
      url: id,
      published: Temporal.Now.instant(),
      tags: [
        ...people.map((person) => new Mention({ href: person.id, name: `@${person.preferredUsername}@${person.id.host}` })),
        ...hashtags.map((tag) => new Hashtag({ href: new URL(`/tags/${encodeURIComponent(tag)}`, turn.me), name: `#${tag}` })),
      ],
      ...audience,
    });
    const create = new Create({ id: turn.newId(Create), actor: turn.me, object: note, published: note.published, ...audience });
    await turn.store.keepNote(note, await turn.loaders());
    const recipients = await turn.recipients([...audience.tos, ...audience.ccs]);
    return { id: id.href, ...(await turn.send(recipients, create, { shared: to !== "direct" })) };
  },

  async edit(turn, { id, content }) {
    const { note, recipients } = await turn.ownNote(id);
    const edited = note.clone({ content, updated: Temporal.Now.instant() });
    await turn.store.keepNote(edited, await turn.loaders());
    const audience = { tos: note.toIds, ccs: note.ccIds };
    const update = new Update({ id: turn.newId(Update), actor: turn.me, object: edited, updated: edited.updated, ...audience });
    return await turn.send(recipients, update, { shared: true });
  },

  async delete(turn, { id }) {
    const { note, recipients } = await turn.ownNote(id);
    turn.store.bury(id);
    const object = new Tombstone({ id: note.id });
    const audience = { tos: note.toIds, ccs: note.ccIds };
    return await turn.send(recipients, new Delete({ id: turn.newId(Delete), actor: turn.me, object, ...audience }), { shared: true });
  },

  async like(turn, { object: uri }) {
    const object = await turn.object(uri);
    const author = await turn.authorOf(object);
    const like = new Like({ id: turn.newId(Like), actor: turn.me, object: object.id, to: author.id });
    turn.user.likes.set(object.id.href, like);
    turn.store.mark("likes", object.id.href, turn.me.href, true);
    return await turn.send([author], like);
  },

  async unlike(turn, { object: uri }) {
    turn.store.mark("likes", uri, turn.me.href, false);
    return await turn.undo(turn.user.likes, uri, await turn.recipients(turn.user.likes.get(uri)?.toIds ?? []));
  },

  async boost(turn, { object: uri }) {
    const object = await turn.object(uri);
    const author = await turn.authorOf(object);
    const ccs = [turn.followers, author.id];
    const published = Temporal.Now.instant();
    const boost = new Announce({ id: turn.newId(Announce), actor: turn.me, object: object.id, tos: [PUBLIC_COLLECTION], ccs, published });
    turn.user.boosts.set(object.id.href, boost);
    turn.store.mark("shares", object.id.href, turn.me.href, true);
    return await turn.send(await turn.recipients(ccs), boost, { shared: true });
  },

  async unboost(turn, { object: uri }) {
    turn.store.mark("shares", uri, turn.me.href, false);
    return await turn.undo(turn.user.boosts, uri, await turn.recipients(turn.user.boosts.get(uri)?.ccIds ?? []));
  },

  async block(turn, { actor: reference }) {
    const actor = await turn.actor(reference);
    const block = new Block({ id: turn.newId(Block), actor: turn.me, object: actor.id, to: actor.id });
    turn.user.blocks.set(actor.id.href, block);
    turn.user.followers.delete(actor.id.href);
    turn.user.following.delete(actor.id.href);
    return await turn.send([actor], block);
  },

  async unblock(turn, { actor: reference }) {
    const actor = await turn.actor(reference);
    return await turn.undo(turn.user.blocks, actor.id.href, [actor]);
  },

  /** Chooses whether Follows wait for `accept` and `reject`. */
  async manual(turn, { manual }) {
    turn.user.manual = manual === true;
    return { manual: turn.user.manual };
  },

  async accept(turn, { actor }) {
    return { activity: (await answer(turn.ctx, turn.user, actor, Accept, { immediate: true })).id.href };
  },

  async reject(turn, { actor }) {
    return { activity: (await answer(turn.ctx, turn.user, actor, Reject, { immediate: true })).id.href };
  },

  /** Delivers any activity the other verbs have no word for, as given. */
  async send(turn, { activity, to }) {
    const json = { "@context": "https://www.w3.org/ns/activitystreams", id: new URL(`#${crypto.randomUUID()}`, turn.me).href, actor: turn.me.href, ...activity };
    const recipients = await Promise.all(to.map((uri) => turn.actor(uri)));
    return await turn.send(recipients, await Activity.fromJsonLd(json, await turn.loaders()));
  },

  /** WebFinger, then a signed GET of the actor. */
  async lookup(turn, { handle }) {
    const webfinger = await turn.webfinger(handle);
    const actor = await turn.actor(selfLink(webfinger));
    return { webfinger, id: actor.id.href, actor: await actor.toJsonLd({ contextLoader: turn.ctx.contextLoader }) };
  },

  /** A signed GET of anything. */
  async fetch(turn, { uri }) {
    const { document, documentUrl } = await (await turn.loaders()).documentLoader(uri);
    return { document, url: documentUrl };
  },

  /** Walks a collection through its pages, as fedify does. */
  async collection(turn, { uri }) {
    const items = [];
    for await (const item of turn.ctx.traverseCollection(await turn.object(uri), await turn.loaders())) items.push(item.id?.href ?? null);
    return { items };
  },

  /** Reads a server's NodeInfo with fedify's strict parser; fedify's own fetch of it refuses localhost. */
  async nodeinfo(_, { origin }) {
    const { links } = await (await fetch(new URL("/.well-known/nodeinfo", origin))).json();
    const documents = [];
    for (const { rel, href } of links) {
      if (!/^http:\/\/nodeinfo\.diaspora\.software\/ns\/schema\/2\.[01]$/.test(rel)) continue;
      const nodeinfo = parseNodeInfo(await (await fetch(href)).json());
      if (nodeinfo == null) throw new Refused(`${href} is no valid NodeInfo`);
      documents.push({ href, nodeinfo });
    }
    if (documents.length === 0) throw new Refused(`${origin} names no NodeInfo 2.0 or 2.1`);
    return { documents };
  },
};

/** Performs a verb as the user named by `as`, or as the first user. */
export async function perform(verb, ctx, store, { as, ...body }) {
  const user = store.user(as);
  if (user == null) throw new Refused(`no such user: ${as}`);
  if (!Object.hasOwn(verbs, verb)) throw new Refused(`no such verb: ${verb}`);
  return await verbs[verb](new Turn(ctx, store, user), body);
}
