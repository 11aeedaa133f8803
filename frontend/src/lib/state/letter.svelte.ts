// What somebody writes, until it is out. It is kept in this browser with every key, under the place where it was begun;
// what is for a brand is a draft on the server as well, two seconds after the last key.

import * as guildhall from '#lib/api/guildhall.ts';
import * as mastodon from '#lib/api/mastodon.ts';
import { Failure } from '#lib/api/request.ts';
import type { Draft, Status } from '#lib/api/types.ts';
import { brands, isEmployee, may, own, told, writable, type Identity } from '#lib/told.ts';
import { told as failure } from './load.svelte.ts';
import { isInside } from './readers.ts';

export interface Attached {
  id: string;
  url: string | null;
  name: string;
  type: string;
  description: string;
  /** It is in a draft, and the brand's: its words are those with which it went there. */
  held: boolean;
  /** What must be seen in it, from -1 to 1 to the right and up; the middle where nobody said. */
  focus?: { x: number; y: number };
}

interface Kept {
  text: string;
  warning: string;
  audience: string;
  as: string;
  language: string;
  media: Attached[];
  poll: { options: string[]; hours: number; multiple: boolean } | null;
  at: string;
  /** The draft on the server, and which version of it. */
  draft: { id: string; version: number } | null;
  /** There is something in it that the server does not have. */
  unsaved: boolean;
  key: string;
  savedAt: number;
}

export type Outcome =
  | { kind: 'post'; id: string; inside: boolean; edited?: boolean }
  | { kind: 'scheduled'; at: string }
  | { kind: 'draft'; id: string; published: string | null };

const ROOT = `guildhall.letter.${own.id}.`;
const USUAL = `guildhall.audience.${own.id}`;
/** How long after the last key a draft is saved on the server. */
const PAUSE = 2000;
/** What is forgotten after so long was given up. */
const KEPT_FOR = 60 * 24 * 3600 * 1000;

/** A key that nobody else has: sent twice, it is one post. */
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-');

/** The letters that wait in this browser. */
export function keptLetters(): string[] {
  return Object.keys(localStorage).filter((key) => key.startsWith(ROOT));
}

export function throwAllAway(): void {
  for (const key of keptLetters()) localStorage.removeItem(key);
}

export class Letter {
  text = $state('');
  warning = $state('');
  warned = $state(false);
  audience = $state('public');
  as = $state(own.id);
  language = $state('');
  media = $state<Attached[]>([]);
  poll = $state<Kept['poll']>(null);
  at = $state('');
  draft = $state.raw<Kept['draft']>(null);
  /** When it was kept last, and where. */
  savedAt = $state(0);
  savedWhere = $state<'here' | 'server' | null>(null);
  restored = $state(false);
  conflict = $state.raw<Draft | null>(null);
  uploading = $state(0);
  /** The server is asked for a draft: until it answers, the brand stays the one that it is asked for. */
  beginning = $state(false);
  sending = $state(false);
  failed = $state.raw<Failure | null>(null);

  /** The circle with which it began: going beyond it takes a second press. */
  #began = 'public';
  #key = newKey();
  #place: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #answered: Status | null = null;
  /** The post whose words are changed, and as whom. */
  #edits: { status: Status; as: string } | null = null;
  #quotes: string | null = null;

  constructor(place: string) {
    this.#place = ROOT + place;
  }

  get began(): string {
    return this.#began;
  }

  get identity(): Identity {
    return writable.find((one) => one.id === this.as) ?? own;
  }

  get isEmpty(): boolean {
    return this.text.trim() === '' && this.media.length === 0 && this.poll === null && this.warning === '';
  }

  get answers(): Status | null {
    return this.#answered;
  }

  get edits(): Status | null {
    return this.#edits?.status ?? null;
  }

  /** Begins: with what was kept here, else as the place and the person are used to. */
  begin(answered: Status | null, language: string, toName = '', as: Identity = own): void {
    this.#answered = answered;
    const usual = localStorage.getItem(USUAL) ?? (isEmployee ? 'company' : 'public');
    const asked = answered?.guildhall.audience ?? null;
    this.language = answered?.language ?? language;
    this.as = asked && isInside(asked) ? own.id : as.id;
    this.audience = asked ?? (toName ? 'direct' : as.brand && isInside(usual) ? 'public' : usual);
    if (
      asked === null &&
      this.audience.startsWith('team:') &&
      !told.teams.some((one) => this.audience === `team:${one.id}`)
    ) {
      this.audience = 'company';
    }
    this.#began = this.audience;
    this.warning = answered?.spoiler_text ?? '';
    this.warned = this.warning !== '';
    this.text = toName ? `${toName} ` : answered ? mentionsOf(answered, this.as) : '';
    this.#restore();
  }

  /** Quotes a post. What is quoted may be read by everybody, and so may this; narrower circles stay open. */
  quote(status: Status | null): void {
    if (status && this.#quotes === null && !this.restored && isInside(this.audience)) {
      this.audience = 'public';
      this.#began = 'public';
    }
    this.#quotes = status?.id ?? null;
  }

  /** Changes the words of a post that is out. */
  edit(status: Status, typed: { text: string; spoiler_text: string }, as: Identity): void {
    this.#edits = { status, as: as.id };
    this.text = typed.text;
    this.#fill(status, typed.spoiler_text);
    this.as = as.id;
    this.#began = this.audience;
    this.#restore();
  }

  /** Begins as a post was, that is no more. */
  anew(was: Status, text: string): void {
    this.text = text;
    this.#fill(was, was.spoiler_text);
    this.as = writable.some((one) => one.id === was.account.id) ? was.account.id : own.id;
    this.keep(true);
  }

  /** It goes to those who read the post before: that is no wider circle. */
  asBefore(): void {
    this.#began = this.audience;
  }

  #fill(status: Status, warning: string): void {
    this.warning = warning;
    this.warned = warning !== '';
    this.audience = status.guildhall.audience;
    this.language = status.language ?? '';
    this.media = status.media_attachments.map((one) => ({
      id: one.id,
      url: one.preview_url ?? one.url,
      name: '',
      type: one.type,
      description: one.description ?? '',
      held: false,
      focus: one.meta.focus,
    }));
    const until = status.poll?.expires_at ? new Date(status.poll.expires_at).getTime() : 0;
    this.poll = status.poll && {
      options: status.poll.options.map((one) => one.title),
      hours: Math.max(1, Math.round((until - Date.now()) / 3_600_000)),
      multiple: status.poll.multiple,
    };
  }

  /** Goes on with a draft of a brand. */
  open(draft: Draft, answered: Status | null): void {
    this.#answered = answered;
    this.#take(draft);
    this.#began = this.audience;
    this.#restore(draft.version);
  }

  #take(draft: Draft): void {
    this.text = draft.body;
    this.warning = draft.content_warning;
    this.warned = this.warning !== '';
    this.audience = draft.audience;
    this.as = draft.actor.id;
    this.language = draft.language ?? '';
    this.media = draft.media.map((one) => ({
      id: one.id,
      url: one.preview_url ?? one.url,
      name: '',
      type: one.type,
      description: one.description,
      held: true,
    }));
    this.draft = { id: draft.id, version: draft.version };
    this.savedAt = new Date(draft.updated_at).getTime();
    this.savedWhere = 'server';
  }

  #restore(version?: number): void {
    const found = localStorage.getItem(this.#place);
    if (!found) return;
    try {
      const kept = JSON.parse(found) as Kept;
      if (Date.now() - kept.savedAt > KEPT_FOR) return this.forget();
      // The server has it, or something later.
      if (version !== undefined && kept.draft && kept.draft.version <= version && !kept.unsaved) return;
      this.text = kept.text;
      this.warning = kept.warning;
      this.warned = kept.warning !== '';
      this.audience = kept.audience;
      this.as = writable.some((one) => one.id === kept.as) ? kept.as : own.id;
      this.language = kept.language;
      this.media = kept.media;
      this.poll = kept.poll;
      this.at = kept.at;
      // These words were written over that version: where the server has a later one, it says so.
      this.draft = kept.draft ?? this.draft;
      this.#key = kept.key;
      this.savedAt = kept.savedAt;
      this.savedWhere = kept.unsaved ? 'here' : 'server';
      this.restored = true;
    } catch {
      // It is not ours, or of another time.
      this.forget();
    }
  }

  /** Keeps it after something was changed. */
  changed(): void {
    this.failed = null;
    this.keep(true);
    clearTimeout(this.#timer);
    if (this.identity.brand && !this.isEmpty && !this.#edits) this.#timer = setTimeout(() => void this.save(), PAUSE);
  }

  /** Keeps it in this browser. */
  keep(unsaved = this.savedWhere !== 'server'): void {
    if (this.isEmpty && !this.draft) return this.forget();
    this.savedAt = Date.now();
    this.savedWhere = unsaved ? 'here' : 'server';
    const kept: Kept = {
      text: this.text,
      warning: this.warned ? this.warning : '',
      audience: this.audience,
      as: this.as,
      language: this.language,
      media: $state.snapshot(this.media),
      poll: $state.snapshot(this.poll),
      at: this.at,
      draft: this.draft,
      unsaved,
      key: this.#key,
      savedAt: this.savedAt,
    };
    try {
      localStorage.setItem(this.#place, JSON.stringify(kept));
    } catch {
      // The browser has no room, or keeps nothing: then the screen must not say that it did.
      this.savedWhere = null;
    }
  }

  forget(): void {
    clearTimeout(this.#timer);
    localStorage.removeItem(this.#place);
    this.restored = false;
    this.savedWhere = null;
  }

  #writing(): guildhall.Writing {
    return {
      body: this.text,
      format: 'plain',
      content_warning: this.warned ? this.warning : '',
      sensitive: this.warned && this.media.length > 0,
      language: this.language,
      audience: this.audience,
      reply_to: this.#answered?.id ?? '',
      // What has no words yet waits for them: once it is in the draft they cannot be changed.
      media: this.media
        .filter((one) => one.held || one.description.trim() || one.type !== 'image')
        .map((one) => one.id),
    };
  }

  /** Saves the draft of a brand on the server, one saving after the other. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  async #save(): Promise<void> {
    const brand = brands.find((one) => one.id === this.as);
    if (!brand || this.conflict) return;
    try {
      for (const one of this.media) {
        if (!one.held && one.description.trim()) await mastodon.describe(own.id, one.id, one.description, one.focus);
      }
      const writing = this.#writing();
      this.beginning = this.draft === null;
      const saved = this.draft
        ? await guildhall.save(this.draft.id, this.draft.version, writing)
        : await guildhall.begin(brand.id, writing, this.#key);
      this.draft = { id: saved.id, version: saved.version };
      const later = JSON.stringify(this.#writing()) !== JSON.stringify(writing);
      for (const one of this.media) one.held = writing.media.includes(one.id);
      this.keep(later);
    } catch (error) {
      const failed = failure(error);
      if (failed.kind === 'conflict' && failed.current) {
        this.conflict = failed.current as Draft;
      } else if (failed.kind !== 'offline') {
        this.failed = failed;
      }
    } finally {
      this.beginning = false;
    }
  }

  /** After a collision: what the others wrote, with one's own words below it. */
  settle(): void {
    const theirs = this.conflict;
    if (!theirs) return;
    const mine = this.text;
    this.conflict = null;
    this.#take(theirs);
    if (mine.trim() !== theirs.body.trim()) this.text = `${theirs.body}\n\n${mine}`;
    this.changed();
  }

  async attach(files: Iterable<File>): Promise<void> {
    for (const file of files) {
      this.uploading += 1;
      try {
        // A draft's files belong to the brand.
        const media = await mastodon.upload(this.#edits?.as ?? own.id, file, '');
        this.media.push({
          id: media.id,
          url: media.preview_url ?? media.url,
          name: file.name,
          type: media.type,
          description: '',
          held: false,
        });
        this.changed();
      } catch (error) {
        this.failed = failure(error);
      } finally {
        this.uploading -= 1;
      }
    }
  }

  async describe(one: Attached): Promise<void> {
    this.changed();
    await mastodon.describe(own.id, one.id, one.description, one.focus);
  }

  /** Sends it. It stays here until the server has it. */
  async send(): Promise<Outcome | null> {
    this.sending = true;
    this.failed = null;
    try {
      const outcome = this.#edits
        ? await this.#saveEdit(this.#edits)
        : this.identity.brand
          ? await this.#sendAsBrand(this.identity)
          : await this.#sendAsOneself();
      if (!this.#answered && !this.#edits) localStorage.setItem(USUAL, this.audience);
      this.forget();
      return outcome;
    } catch (error) {
      const failed = failure(error);
      if (failed.kind === 'conflict' && failed.current) this.conflict = failed.current as Draft;
      else this.failed = failed;
      return null;
    } finally {
      this.sending = false;
    }
  }

  async #saveEdit(edits: { status: Status; as: string }): Promise<Outcome> {
    const kept = edits.status.poll;
    const until = kept?.expires_at ? new Date(kept.expires_at).getTime() - Date.now() : 0;
    const changed = await mastodon.editStatus(edits.as, edits.status.id, {
      status: this.text,
      spoiler_text: this.warned ? this.warning : '',
      sensitive: this.warned && this.media.length > 0,
      language: this.language || undefined,
      media_ids: this.media.map((one) => one.id),
      media_attributes: this.media.map((one) => ({
        id: one.id,
        description: one.description,
        focus: one.focus && `${one.focus.x},${one.focus.y}`,
      })),
      // A poll stays as it is; votes are lost where its choices change.
      poll: kept
        ? {
            options: kept.options.map((one) => one.title),
            expires_in: Math.max(300, Math.round(until / 1000)),
            multiple: kept.multiple,
          }
        : undefined,
    });
    return { kind: 'post', id: changed.id, inside: isInside(this.audience), edited: true };
  }

  async #sendAsOneself(): Promise<Outcome> {
    await Promise.all(this.media.map((one) => mastodon.describe(own.id, one.id, one.description, one.focus)));
    const posted = await mastodon.post(
      own.id,
      {
        status: this.text,
        guildhall_audience: this.audience,
        spoiler_text: this.warned ? this.warning : undefined,
        sensitive: this.warned && this.media.length > 0,
        language: this.language || undefined,
        in_reply_to_id: this.#answered?.id,
        quoted_status_id: this.#quotes ?? undefined,
        media_ids: this.media.map((one) => one.id),
        poll: this.poll
          ? {
              options: this.poll.options.filter((one) => one.trim()),
              expires_in: this.poll.hours * 3600,
              multiple: this.poll.multiple,
            }
          : undefined,
        scheduled_at: this.at ? new Date(this.at).toISOString() : undefined,
      },
      this.#key,
    );
    if (this.at) return { kind: 'scheduled', at: this.at };
    return { kind: 'post', id: posted.id, inside: isInside(this.audience) };
  }

  async #sendAsBrand(brand: Identity): Promise<Outcome> {
    await this.save();
    if (this.conflict || !this.draft) throw this.failed ?? new Failure('offline', '');
    const handed = await guildhall.act(this.draft.id, 'submit', this.draft.version);
    this.draft = { id: handed.id, version: handed.version };
    const needs = handed.approvals.needed - handed.approvals.by.length;
    const waits: Outcome = { kind: 'draft', id: handed.id, published: null };
    const publishes = may(brand, 'publish');
    if (needs > 0 || !(publishes || (handed.reply_to && may(brand, 'reply_without_approval')))) return waits;
    if (this.at) {
      await guildhall.act(handed.id, 'schedule', handed.version, { scheduled_at: new Date(this.at).toISOString() });
      return { kind: 'scheduled', at: this.at };
    }
    try {
      const out = await guildhall.act(handed.id, 'publish', handed.version);
      return { kind: 'draft', id: out.id, published: out.post?.id ?? null };
    } catch (error) {
      // Who answers without approval answers others; what goes on with our own words waits for who publishes.
      if (!publishes && error instanceof Failure && error.kind === 'refused') return waits;
      throw error;
    }
  }
}

/** Puts what a deleted post said into a letter that the screen for writing opens. */
export function writeAnew(status: Status, was: Status & { text?: string }): void {
  new Letter(`anew.${status.id}`).anew(status, was.text ?? '');
}

/** Whom an answer names: its author and whom they named, but not who answers. */
function mentionsOf(status: Status, as: string): string {
  const names = status.account.id === as ? [] : [status.account.acct];
  for (const one of status.mentions) if (one.id !== as && one.id !== own.id) names.push(one.acct);
  return [...new Set(names)].map((name) => `@${name} `).join('');
}

/** The handles that stand in a text. */
export function namedIn(text: string): string[] {
  const found = text.matchAll(/(?<![\w/.@])@([\w.-]*\w(?:@[\w.-]+\w)?)/g);
  return [...new Set([...found].map((match) => `@${match[1]}`))];
}
