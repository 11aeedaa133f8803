// What one peer remembers, all of it in memory: its users, the threads it has
// seen, what it received and how each request to it was signed.

import { Temporal } from "@js-temporal/polyfill";

/** A user of the peer with the keys, relations and activities it owns. */
export class User {
  constructor(name, keys) {
    this.name = name;
    this.keys = keys;
    this.manual = false;
    this.created = Temporal.Now.instant();
    /** Actor URI → {id, inboxId, endpoints}, in the form fedify delivers to. */
    this.followers = new Map();
    /** Actor URI → the accepted Follow. */
    this.following = new Map();
    /** Actor URI → the Follow we sent that nobody has answered. */
    this.requested = new Map();
    /** Actor URI → the Follow we received and have not answered (manual mode). */
    this.pending = new Map();
    /** Actor URI → our Block of that actor. */
    this.blocks = new Map();
    /** Actors that told us they block this user. */
    this.blockedBy = new Set();
    /** Object URI → our Like of it. */
    this.likes = new Map();
    /** Object URI → our Announce of it. */
    this.boosts = new Map();
    /** Every activity this user sent, oldest first. */
    this.outbox = [];
  }
}

/** Everything the peer has seen. */
export class Store {
  users = new Map();
  notes = new Map();
  received = [];
  requests = [];
  errors = [];

  /** The user of that name, or the first one when no name is given. */
  user(name) {
    return name == null ? this.users.values().next().value : this.users.get(name);
  }

  /** Notes down what went wrong, for the test and as a line on stderr. */
  fail(message) {
    this.errors.push(message);
    process.stderr.write(`${message.replaceAll("\n", " | ")}\n`);
  }

  /** Keeps a fedify Note, Article, Page or Question as a plain record. */
  async keepNote(note, loaders) {
    const mentions = [];
    const hashtags = [];
    for await (const tag of note.getTags({ ...loaders, suppressError: true })) {
      if (tag.constructor.name === "Mention") mentions.push(tag.href?.href);
      if (tag.constructor.name === "Hashtag") hashtags.push(String(tag.name));
    }
    const before = this.notes.get(note.id.href);
    const record = {
      id: note.id.href,
      type: note.constructor.name,
      name: note.name?.toString() ?? null,
      summary: note.summary?.toString() ?? null,
      content: note.content?.toString() ?? null,
      attributedTo: note.attributionId?.href ?? null,
      inReplyTo: note.replyTargetId?.href ?? null,
      url: note.url instanceof URL ? note.url.href : (note.url?.href?.href ?? null),
      to: note.toIds.map((uri) => uri.href),
      cc: note.ccIds.map((uri) => uri.href),
      published: note.published?.toString() ?? null,
      updated: note.updated?.toString() ?? null,
      mentions,
      hashtags,
      likes: before?.likes ?? [],
      shares: before?.shares ?? [],
      deleted: false,
    };
    // A note that was deleted stays deleted, whatever arrives late.
    if (!before?.deleted) this.notes.set(record.id, record);
    return record;
  }

  /** Adds or takes away an actor's like or share of a note, if the note is known. */
  mark(list, uri, actor, present) {
    const note = this.notes.get(uri);
    if (note == null) return;
    const others = note[list].filter((id) => id !== actor);
    note[list] = present ? [...others, actor] : others;
  }

  /** Leaves only a marker of a deleted note. */
  bury(uri) {
    const note = this.notes.get(uri);
    if (note != null) Object.assign(note, { deleted: true, content: null, summary: null, name: null });
  }

  /** Forgets every relation with an actor. */
  forgetActor(actor) {
    for (const user of this.users.values()) {
      for (const relation of [user.followers, user.following, user.requested, user.pending]) relation.delete(actor);
    }
  }

  /** What GET /control/state answers for a user. */
  state(user) {
    return {
      followers: [...user.followers.keys()],
      following: [...user.following.keys()],
      requested: [...user.requested.keys()],
      pending: [...user.pending.keys()],
      blocks: [...user.blocks.keys()],
      blockedBy: [...user.blockedBy],
      notes: Object.fromEntries(this.notes),
      received: this.received,
      requests: this.requests,
      errors: this.errors,
    };
  }
}
