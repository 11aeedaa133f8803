// What somebody writes, until it is out. It is kept in this browser with every key, under the place where it was begun;
// what is for a brand is a draft on the server as well, two seconds after the last key.

import * as guildhall from '#lib/api/guildhall.ts';
import { Failure } from '#lib/api/request.ts';
import type { Draft, Status } from '#lib/api/types.ts';
import { brands, own, told, writable, type Identity } from '#lib/told.ts';
import * as store from './kept.ts';
import { newKey, rememberReaders, usualReaders, type Kept, type LooksAfter } from './kept.ts';
import { told as failure } from './load.svelte.ts';
import { brandAsked, mentionsOf } from './named.ts';
import { isInside } from './readers.ts';
import { isSettled, isUnfinished, looksAfter } from './review.ts';
import { handIn, saveEdit, sendAsOneself, type Outcome } from './sending.ts';
import { describe, writingOf } from './attached.ts';
import { Written, type Typed } from './written.svelte.ts';

/** How long after the last key a draft is saved on the server. */
const PAUSE = 2000;

/** What becomes of two texts of one draft, of which somebody else saved theirs first. */
export type Way = 'theirs' | 'mine' | 'both' | 'together';

/** What was thrown away. */
export interface Thrown {
  back: () => void;
  /** Its draft stays, because colleagues wrote in it. */
  stays: boolean;
  /** How many of its files do not come back, because they hang on the draft. */
  without: number;
}

/** What would be lost with a letter. */
const contentOf = ({ text, warning, media, poll, at, inside }: Kept): string =>
  JSON.stringify([text, warning, media.map((one) => [one.id, one.description]), poll, at, inside]);

export class Letter extends Written {
  draft = $state.raw<Kept['draft']>(null);
  /** Who does by the draft on the server. */
  #repliesTo = $state.raw<LooksAfter | null>(null);
  /** How the draft on the server would be signed, where there is one. */
  signature = $state<string | null | undefined>(undefined);
  /** When it was kept last, and where. */
  savedAt = $state(0);
  savedWhere = $state<'here' | 'server' | null>(null);
  restored = $state(false);
  conflict = $state.raw<Draft | null>(null);
  /** What one wrote when somebody else was faster, and both texts as one, where that goes. */
  #merged = $state.raw<{ mine: string; both: string } | null>(null);
  /** The other text of this draft: what one wrote, once one took what the others wrote. */
  aside = $state.raw<Kept | null>(null);
  /** The draft that a change takes back from where it stands, until the person said that they want that. */
  guarded = $state.raw<Draft | null>(null);
  /** A draft as it was when it was opened, or as a colleague saved it since. */
  #before = $state.raw<Draft | null>(null);
  #was = $state('');
  /** When something was done to it here last; it begins with being opened. */
  touchedAt = Date.now();
  uploading = $state(0);
  /** The server is asked for a draft: until it answers, the brand stays the one that it is asked for. */
  beginning = $state(false);
  sending = $state(false);
  failed = $state.raw<Failure | null>(null);

  /** The circle of the thread, or the narrowest that was chosen here: going beyond it takes a second press. */
  #circle = $state<string | null>(null);
  #key = newKey();
  #place: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether something is to be saved when its time has come. */
  #waits = false;
  #saving: Promise<void> = Promise.resolve();
  #answered: Status | null = null;
  /** Whether it is said to colleagues under a post that is not only theirs. */
  #notes = false;
  /** The post whose words are changed, and as whom. */
  #edits: { status: Status; as: string } | null = null;
  #quotes: string | null = null;

  constructor(place: string) {
    super();
    this.#place = place;
  }

  /** Beyond which it does not go unasked; nothing where nobody chose. */
  get circle(): string | null {
    return this.#circle;
  }

  /** Who looks after the answers; whoever writes, where nobody else is named. */
  get looksAfter(): LooksAfter {
    return this.replyOwner ?? this.#repliesTo ?? { who: own.username, name: own.name };
  }

  get answers(): Status | null {
    return this.#answered;
  }

  get notes(): boolean {
    return this.#notes;
  }

  /** As whom a file is sent: a draft's files belong to the brand. */
  get uploadsAs(): string {
    return this.#edits?.as ?? own.id;
  }

  get edits(): Status | null {
    return this.#edits?.status ?? null;
  }

  /** Begins: with what was kept here, else as the place and the person are used to. What was written to a brand is
   *  answered as that brand. */
  begin(answered: Status | null, language: string, toName = '', as: Identity = own): void {
    this.#answered = answered;
    const asked = answered?.guildhall.audience ?? null;
    this.language = answered?.language ?? language;
    this.as = asked && isInside(asked) ? own.id : (brandAsked(answered, as) ?? as).id;
    this.audience = asked ?? (toName ? 'direct' : usualReaders(as));
    if (
      asked === null &&
      this.audience.startsWith('team:') &&
      !told.teams.some((one) => this.audience === `team:${one.id}`)
    ) {
      this.audience = 'company';
    }
    // What one is used to was not chosen for this letter.
    this.#circle = asked ?? (toName ? this.audience : null);
    this.warning = answered?.spoiler_text ?? '';
    this.warned = this.warning !== '';
    this.text = toName ? `${toName} ` : answered ? mentionsOf(answered, this.as) : '';
    this.#restore();
  }

  /** Begins a note for colleagues under a post that others read as well: it names nobody, so that it stays inside. */
  note(answered: Status, language: string): void {
    this.#answered = answered;
    this.#notes = true;
    this.language = language;
    this.as = own.id;
    this.audience = 'company';
    this.#circle = this.audience;
    this.#restore();
  }

  /** Quotes a post. What is quoted may be read by everybody, and so may this; narrower circles stay open. */
  quote(status: Status): void {
    if (this.#quotes === null && !this.restored && isInside(this.audience)) {
      this.audience = 'public';
    }
    this.#quotes = status.id;
  }

  /** Changes the words of a post that is out. */
  edit(status: Status, typed: Typed, as: Identity): void {
    this.#edits = { status, as: as.id };
    this.type(typed);
    this.fill(status, typed.spoiler_text);
    this.as = as.id;
    this.#circle = this.audience;
    this.#restore();
  }

  /** Begins as a post was, that is no more. */
  anew(was: Status, typed: Typed): void {
    this.type(typed);
    this.fill(was, typed.spoiler_text);
    this.as = writable.some((one) => one.id === was.account.id) ? was.account.id : own.id;
    this.keep(true);
  }

  /** It goes to those who read the post before: that is no wider circle. */
  asBefore(): void {
    this.#circle = this.audience;
  }

  /** Somebody chose who reads it; of what was chosen the narrowest counts. */
  choose(audience: string, isNarrower: boolean): void {
    if (isNarrower) this.#circle = audience;
    this.audience = audience;
  }

  /** Whether somebody else may write it: a draft that was opened, and pictures that are in one, belong to the brand. */
  get mayChangeHands(): boolean {
    if (this.draft === null) return true;
    return this.#place !== `draft.${this.draft.id}` && !this.conflict && !this.media.some((one) => one.held);
  }

  /** Throws away the draft that was begun here; its words stay in the letter. Answers whether it is gone. */
  leaveDraft(): Promise<boolean> {
    this.#stop();
    const left = this.#saving.then(() => this.#leaveDraft());
    this.#saving = left.then(() => undefined);
    return left;
  }

  async #leaveDraft(): Promise<boolean> {
    if (!this.draft) return true;
    this.beginning = true;
    try {
      await guildhall.discard(this.draft.id, this.draft.version);
      this.#leave();
      return true;
    } catch (error) {
      const failed = failure(error);
      // Colleagues may have written in it.
      if (failed.kind === 'conflict' && failed.current) this.conflict = failed.current as Draft;
      else this.failed = failed;
      return false;
    } finally {
      this.beginning = false;
    }
  }

  /** Goes on with a draft of a brand. */
  open(draft: Draft, answered: Status | null): void {
    this.#answered = answered;
    this.#quotes = draft.quote_of;
    this.#take(draft);
    this.#began(draft);
    this.#stand(draft);
    this.#restore(draft.version);
  }

  /** This is what one goes back to. */
  #began(draft: Draft): void {
    const was = new Letter('');
    was.write(draft);
    was.#repliesTo = looksAfter(draft);
    this.#before = draft;
    this.#was = was.#shape();
  }

  /** Nobody has changed it here. */
  #stand(draft: Draft): void {
    this.#circle = this.audience;
    this.guarded = isSettled(draft) ? draft : null;
    // Only of what was saved here is it said that it is saved.
    if (this.guarded) this.savedWhere = null;
  }

  /** Whether it was a draft already, before it was opened here. */
  get opened(): boolean {
    return this.#before !== null;
  }

  /** Whether a draft that was opened is another now. */
  get differs(): boolean {
    return this.#before !== null && this.#shape() !== this.#was;
  }

  #shape(): string {
    const { text, warning, audience, language, media, poll, at } = this.written;
    return JSON.stringify([
      text,
      warning,
      audience,
      language,
      media.map((one) => one.id),
      poll,
      at,
      this.looksAfter.who,
    ]);
  }

  /** Drops what was changed here, on the server as well; answers what brings it back, and whether it is to be handed in
   *  again. */
  async leaveAsItWas(): Promise<{ back: () => void; anew: boolean } | null> {
    const [before, mine] = [this.#before, this.#kept(true)];
    if (!before) return null;
    this.#stop();
    await this.#saving;
    if (this.conflict) return null;
    const saved = (this.draft?.version ?? 0) > before.version;
    this.write(before);
    this.at = '';
    this.replyOwner = null;
    if (saved) {
      this.replyOwner = looksAfter(before);
      this.changed();
    } else {
      this.forget();
      this.draft = { id: before.id, version: before.version };
      this.#stand(before);
    }
    return {
      back: () => {
        this.guarded = null;
        this.putBack(mine);
        this.changed();
      },
      anew: saved && isSettled(before),
    };
  }

  /** The person knows what a change takes back, and makes it. */
  unguard(): void {
    this.guarded = null;
    this.touchedAt = Date.now();
    // What was typed earlier and never reached the server goes there now.
    if (this.savedWhere === 'here') this.changed();
  }

  #take(draft: Draft): void {
    this.write(draft);
    this.replyOwner = null;
    this.#repliesTo = looksAfter(draft);
    this.signature = draft.signature;
    this.draft = { id: draft.id, version: draft.version };
    this.savedAt = new Date(draft.updated_at).getTime();
    this.savedWhere = 'server';
    this.aside = store.find(besides(draft.id));
  }

  #restore(version?: number): void {
    const kept = store.find(this.#place);
    if (!kept) return;
    // The server has it, or something later.
    if (version !== undefined && kept.draft && kept.draft.version <= version && !kept.unsaved) return;
    this.putBack(kept);
    // These words were written over that version: where the server has a later one, it says so.
    this.draft = kept.draft ?? this.draft;
    if (this.draft) this.aside = store.find(besides(this.draft.id));
    this.#key = kept.key;
    if (kept.circle !== undefined) this.#circle = kept.circle;
    this.savedAt = kept.savedAt;
    this.savedWhere = kept.unsaved ? 'here' : 'server';
    this.restored = true;
  }

  /** Keeps it after something was changed. */
  changed(): void {
    this.touchedAt = Date.now();
    this.failed = null;
    this.keep(true);
    clearTimeout(this.#timer);
    this.#waits = this.identity.brand !== null && !this.isEmpty && !this.#edits;
    if (this.#waits) this.#timer = setTimeout(() => void this.save(), PAUSE);
  }

  /** Keeps it in this browser. */
  keep(unsaved = this.savedWhere !== 'server'): void {
    if (this.isEmpty && !this.draft) {
      // Emptied by hand: other windows see it end empty, and do not take what they have for thrown away.
      store.keep(this.#place, this.#kept(unsaved));
      return this.forget();
    }
    this.savedAt = Date.now();
    this.savedWhere = unsaved ? 'here' : 'server';
    // Where the browser keeps nothing, the screen must not say that it did.
    if (!store.keep(this.#place, this.#kept(unsaved))) this.savedWhere = null;
  }

  #kept(unsaved: boolean): Kept {
    return {
      ...this.written,
      circle: this.#circle,
      draft: this.draft,
      unsaved,
      key: this.#key,
      savedAt: this.savedAt,
    };
  }

  forget(): void {
    this.#stop();
    store.forget(this.#place);
    this.#isKeptNowhere();
  }

  #isKeptNowhere(): void {
    this.restored = false;
    this.savedWhere = null;
  }

  /** Throws away what was written, with the draft that was begun with it; answers what puts it back, and what became of
   *  the draft. Nothing where that did not work: then all of it is still here, and aside where one went on writing. */
  async throwAway(): Promise<Thrown | null> {
    this.#stop();
    const [kept, aside] = [this.#kept(true), this.aside];
    this.#empty();
    const done = this.#saving.then(() => this.#throwDraft(kept));
    this.#saving = done.then(() => undefined);
    const ended = await done;
    if (!ended) {
      if (this.isEmpty) this.putBack(kept);
      else this.#putAsideToo(kept);
      this.keep(true);
      return null;
    }
    if (this.isEmpty) this.forget();
    // What one writes by now is another letter.
    else this.changed();
    const media = ended.keepsFiles ? kept.media.filter((one) => !one.held) : kept.media;
    return {
      back: () => {
        this.putBack({ ...kept, media });
        // With a draft that stays its other text stays as well.
        this.aside = ended.stays ? null : aside;
        this.changed();
      },
      stays: ended.stays,
      without: kept.media.length - media.length,
    };
  }

  #empty(): void {
    this.text = this.warning = this.at = '';
    this.warned = false;
    this.media = [];
    this.poll = null;
    this.inside.putBack(undefined);
    this.failed = null;
  }

  /** Ends the draft on the server, unless colleagues wrote in it; answers whether it stays and whether its files hang
   *  on it, and nothing where that could not be asked. The files that are in it stay the brand's, and that is noted in
   *  what was kept of it. */
  async #throwDraft(kept: Kept): Promise<{ stays: boolean; keepsFiles: boolean } | null> {
    const { draft: begun } = this;
    if (!begun) return { stays: false, keepsFiles: false };
    this.beginning = true;
    try {
      const now = await guildhall.draft(begun.id);
      const stays = [...now.changed_by, ...now.writing].some((one) => one.username !== own.username);
      if (!stays && isUnfinished(now)) await guildhall.discard(now.id, now.version);
      for (const one of kept.media) one.held = now.media.some((other) => other.id === one.id);
      // What one wrote in a draft that stays, elsewhere or aside, is still wanted there.
      if (!stays) {
        this.forgetAside();
        store.forgetDraft(begun.id);
      }
      this.aside = this.conflict = null;
      this.#leave();
      return { stays, keepsFiles: stays || now.state === 'published' };
    } catch (error) {
      const failed = failure(error);
      if (failed.kind === 'missing') {
        this.forgetAside();
        this.conflict = null;
        this.#leave();
        return { stays: false, keepsFiles: false };
      }
      this.failed = failed;
      return null;
    } finally {
      this.beginning = false;
    }
  }

  /** From now on it belongs to no draft. */
  #leave(): void {
    this.draft = null;
    this.signature = undefined;
    this.#repliesTo = null;
    this.#key = newKey();
  }

  /** Another window of this browser threw this letter away, or sent it: it is not kept here once more. Answers whether
   *  it is gone: what was begun anew at its place meanwhile stays, and so does all that only this window has. */
  left(event: StorageEvent): boolean {
    if (this.opened || this.sending || this.uploading > 0 || !store.isEnd(event, this.#place)) return false;
    const gone = store.read(event.oldValue);
    if (!gone || this.isEmpty || contentOf(gone) !== contentOf(this.#kept(true))) return false;
    this.#stop();
    this.#empty();
    this.#leave();
    this.aside = this.conflict = null;
    this.#isKeptNowhere();
    return true;
  }

  #writing(): guildhall.Writing {
    return writingOf(this, { answers: this.#answered?.id ?? '', quotes: this.#quotes ?? '' });
  }

  /** Saves the draft of a brand on the server, one saving after the other. */
  save(): Promise<void> {
    this.#stop();
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#waits = false;
  }

  /** Saves what still waits for that, as somebody goes elsewhere. */
  rest(): Promise<void> {
    return this.#waits ? this.save() : this.#saving;
  }

  async #save(): Promise<void> {
    const brand = brands.find((one) => one.id === this.as);
    if (!brand || this.conflict) return;
    let mine = this.text;
    try {
      for (const one of this.media) {
        if (!one.held && one.description.trim()) await describe(one);
      }
      const writing = this.#writing();
      mine = writing.body ?? '';
      this.beginning = this.draft === null;
      const saved = this.draft
        ? await guildhall.save(this.draft.id, this.draft.version, writing)
        : await guildhall.begin(brand.id, writing, this.#key);
      this.draft = { id: saved.id, version: saved.version };
      this.signature = saved.signature;
      const later = JSON.stringify(this.#writing()) !== JSON.stringify(writing);
      for (const one of this.media) one.held = writing.media.includes(one.id);
      this.keep(later);
    } catch (error) {
      const failed = failure(error);
      if (failed.kind === 'conflict' && failed.current) {
        this.#merged = failed.merged === null ? null : { mine, both: failed.merged };
        this.conflict = failed.current as Draft;
      } else if (failed.kind !== 'offline') {
        this.failed = failed;
      }
    } finally {
      this.beginning = false;
    }
  }

  /** Both texts as one: nothing where they changed the same words, or one went on writing since. */
  get together(): string | null {
    return this.#merged?.mine === this.text ? this.#merged.both : null;
  }

  /** After a collision: what the others wrote, what one wrote oneself, both as one, or the one below the other. */
  settle(how: Way): void {
    const theirs = this.conflict;
    if (!theirs) return;
    const together = how === 'together' ? this.together : null;
    const mine = this.#kept(true);
    this.conflict = null;
    this.failed = null;
    if (this.opened) this.#began(theirs);
    if (how === 'mine') {
      this.draft = { id: theirs.id, version: theirs.version };
      this.changed();
      return;
    }
    this.#take(theirs);
    if (how === 'theirs') {
      this.#stop();
      this.#putAsideToo(mine);
      this.guarded = isSettled(theirs) ? theirs : null;
      this.keep(false);
      return;
    }
    if (together !== null) {
      this.#putAside(mine);
      this.text = together;
    } else if (mine.text.trim() !== theirs.body.trim()) this.text = `${theirs.body}\n\n${mine.text}`;
    if (!this.warned) this.warning = mine.warning;
    this.warned = this.warning !== '';
    this.media = [...this.media, ...mine.media.filter((one) => !theirs.media.some((other) => other.id === one.id))];
    this.poll ??= mine.poll;
    this.replyOwner = mine.replyOwner ?? null;
    this.changed();
  }

  /** Puts the other text of this draft in the place of this one, and this one aside. */
  exchange(): void {
    const other = this.aside;
    if (!other) return;
    this.#putAside(this.#kept(true));
    this.putBack(other);
    this.changed();
  }

  /** Puts it aside; what lay there already is not lost either. */
  #putAsideToo(kept: Kept): void {
    const before = this.aside?.text ?? '';
    this.#putAside(kept.text.includes(before) ? kept : { ...kept, text: `${before}\n\n${kept.text}` });
  }

  #putAside(kept: Kept): void {
    this.aside = kept;
    if (this.draft) store.keep(besides(this.draft.id), kept);
  }

  forgetAside(): void {
    this.aside = null;
    if (this.draft) store.forget(besides(this.draft.id));
  }

  /** Sends it. It stays here until the server has it. */
  async send(): Promise<Outcome | null> {
    this.sending = true;
    this.failed = null;
    try {
      const outcome = await this.#handOver();
      if (!this.#answered && !this.#edits) rememberReaders(this.identity, this.audience);
      this.forget();
      this.forgetAside();
      return outcome;
    } catch (error) {
      const failed = failure(error);
      if (failed.kind === 'conflict' && failed.current) this.conflict = failed.current as Draft;
      // Where somebody else was faster, the letter says that.
      else if (!this.conflict) this.failed = failed;
      return null;
    } finally {
      this.sending = false;
    }
  }

  async #handOver(): Promise<Outcome> {
    if (this.#edits) return saveEdit(this, this.#edits);
    if (!this.identity.brand) return sendAsOneself(this, this.#answered, this.#quotes, this.#key);
    await this.save();
    if (this.conflict || !this.draft) throw this.failed ?? new Failure('offline', '');
    return handIn(this.identity, this.draft, this.at, (draft) => (this.draft = draft));
  }
}

/** Where the other text of a draft lies. */
const besides = (draft: string) => `aside.${draft}`;

/** Puts what a deleted post said into a letter that the screen for writing opens. */
export function writeAnew(status: Status, typed: Typed): void {
  new Letter(`anew.${status.id}`).anew(status, typed);
}
