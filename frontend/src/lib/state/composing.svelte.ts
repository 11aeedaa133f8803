// One letter on the screen: who would read it, what hinders it, and the presses that change or send it.

import type { Status } from '#lib/api/types.ts';
import { may, own, told, writable, type Identity } from '#lib/told.ts';
import { house } from '#lib/words/index.svelte.ts';
import { attach, describe } from './attached.ts';
import { usualReaders, type Attached } from './kept.ts';
import type { Letter } from './letter.svelte.ts';
import { meant } from './moment.ts';
import { mentionsOf, namedIn } from './named.ts';
import { told as failure } from './load.svelte.ts';
import { Reach } from './reach.svelte.ts';
import { choices, insides, isInside, isOpen, readers } from './readers.ts';
import { Rights } from './rights.svelte.ts';
import type { Outcome } from './sending.ts';
import { undashed } from './signed.ts';

/** How many files one letter carries. */
export const FILES = 4;

export class Composing {
  readonly letter: Letter;
  readonly answered: Status | null;
  readonly quoted: Status | null;
  readonly rights: Rights;
  readonly reach: Reach;
  done = $state.raw<Outcome | null>(null);
  /** What must be mended, said after a press. */
  wrong = $state('');
  /** Brings back what was thrown away, as long as that can be. */
  bringBack = $state.raw<(() => void) | null>(null);
  /** What was thrown away is a draft still, in which colleagues wrote. */
  draftStays = $state(false);
  /** How many files of what was brought back stayed with its draft. */
  without = $state(0);
  /** The letter was thrown away or sent in another window. */
  leftElsewhere = $state(false);
  /** A draft is as it was before one changed it, and perhaps to be handed in again. */
  dropped = $state<'' | 'dropped' | 'anew'>('');
  /** Whether it is shown how the words will look. */
  previews = $state(false);
  /** The wider circle that was asked about once. */
  #asked = $state('');
  #laterAsked = $state(false);
  /** For whom it was inside, before it was for a brand. */
  #inside = '';
  /** What became of the readers with another writer. */
  moved = $state<'' | 'out' | 'back'>('');

  constructor(letter: Letter, answered: Status | null, quoted: Status | null) {
    this.letter = letter;
    this.answered = answered;
    this.quoted = quoted;
    this.rights = new Rights(letter, answered);
    this.reach = new Reach(letter, answered);
  }

  get as(): Identity {
    return this.letter.identity;
  }

  get editing(): boolean {
    return this.letter.edits !== null;
  }

  get inside(): boolean {
    return isInside(this.letter.audience);
  }

  /** Inside a thread of the house, and in a note for colleagues, one writes as oneself. */
  get answersInside(): boolean {
    if (this.editing || !this.answered) return false;
    return this.letter.notes || isInside(this.answered.guildhall.audience);
  }

  /** Whether it begins something that people outside read. */
  get isNew(): boolean {
    return !this.answered && !this.editing && !this.inside;
  }

  /** Whether it says until when it stays inside: an answer goes with what it answers. */
  get saysWhyInside(): boolean {
    return this.inside && !this.answered && !this.editing;
  }

  /** For whom it can be said inside as well. */
  get alsoInside(): string[] {
    return isOpen(this.letter.audience) && !this.as.brand && !this.answered && !this.editing ? insides() : [];
  }

  /** Whether somebody looks after the answers: what begins a thread for a brand names them. */
  get namesReplyOwner(): boolean {
    return this.as.brand !== null && !this.answered && !this.editing;
  }

  get later(): boolean {
    return this.#laterAsked || this.letter.at !== '';
  }

  readonly named = $derived.by(() => namedIn(this.letter.text));
  readonly shown = $derived.by(() => this.#readers(this.letter.audience, true));
  readonly options = $derived.by(() => {
    if (this.editing) return [];
    return this.letter.notes ? insides() : choices(this.as, this.answered?.guildhall.audience ?? null);
  });
  /** How many characters there are, and how many too many. */
  readonly used = $derived.by(
    () => [...this.letter.text].length + (this.letter.warned ? [...this.letter.warning].length : 0),
  );
  readonly over = $derived.by(() => this.used - told.longest_post);
  /** Whether more people read it than those of the thread, or than somebody chose. */
  readonly wider = $derived.by(
    () => this.letter.circle !== null && this.#widthOf(this.letter.audience) > this.#widthOf(this.letter.circle),
  );
  readonly asksOnceMore = $derived.by(() => this.wider && this.#asked === this.letter.audience);
  /** Whether one may choose as whom one writes. */
  readonly voices = $derived.by(() => !this.editing && writable.length > 1 && !this.answersInside);
  readonly button = $derived.by(() => {
    const w = house.words;
    if (this.editing) return w.own.edit.save;
    if (this.waits) return this.rights.onlySent ? w.handInOnly : w.handIn;
    return this.letter.at ? w.schedule : this.shown.button;
  });

  #readers(audience: string, reached = false) {
    const known = reached ? this.reach.known : null;
    return readers(house.words, audience, this.as, this.named, (names) => house.list(names), known);
  }

  #widthOf(audience: string): number {
    return this.#readers(audience).width;
  }

  readBy(audience: string): void {
    this.#asked = '';
    this.wrong = '';
    if (isInside(audience) && this.as.brand) {
      this.#inside = audience;
      void this.writeAs(own);
      return;
    }
    this.#inside = '';
    this.moved = '';
    const { circle, audience: before } = this.letter;
    this.letter.choose(audience, this.#widthOf(audience) < this.#widthOf(circle ?? before));
    this.letter.changed();
  }

  /** Whether one may go back to the smaller circle: not into the house with what stays the brand's. */
  get mayNarrow(): boolean {
    const { circle, mayChangeHands } = this.letter;
    return circle !== null && (!isInside(circle) || !this.as.brand || mayChangeHands);
  }

  /** A brand has no inside: for one it goes out, and back in as oneself, as long as nobody chose other readers. */
  async writeAs(identity: Identity): Promise<void> {
    const { letter } = this;
    const before = letter.as;
    letter.as = identity.id;
    if (letter.draft && !(await letter.leaveDraft())) {
      letter.as = before;
      return;
    }
    // Each brand has its own people.
    letter.replyOwner = null;
    this.#nameAnew(before);
    this.moved = '';
    if (identity.brand && isInside(letter.audience)) {
      this.#inside = letter.audience;
      letter.audience = usualReaders(identity);
      this.moved = 'out';
    } else if (!identity.brand && this.#inside) {
      letter.audience = this.#inside;
      this.#inside = '';
      this.moved = 'back';
    }
    letter.changed();
  }

  /** Whom the answer names at its beginning is another with another writer, as long as nobody changed it. */
  #nameAnew(before: string): void {
    const { letter, answered } = this;
    const was = answered ? mentionsOf(answered, before) : '';
    if (!answered || !(was ? letter.text.startsWith(was) : letter.text === '')) return;
    letter.text = mentionsOf(answered, letter.as) + letter.text.slice(was.length);
  }

  /** After a key in the words. */
  typed(): void {
    this.wrong = '';
    this.bringBack = null;
    this.dropped = '';
    this.without = 0;
    this.leftElsewhere = false;
    this.letter.changed();
  }

  togglePoll(): void {
    this.letter.poll = this.letter.poll ? null : { options: ['', ''], hours: 24, multiple: false };
    this.letter.changed();
  }

  toggleLater(): void {
    this.#laterAsked = !this.later;
    if (!this.#laterAsked) this.letter.at = '';
    this.letter.changed();
  }

  attach(files: Iterable<File>): void {
    void attach(this.letter, [...files].slice(0, FILES - this.letter.media.length));
  }

  async describe(one: Attached): Promise<void> {
    this.letter.changed();
    // For a brand it goes with the draft.
    if (this.as.brand || this.editing) return;
    try {
      await describe(one);
    } catch (error) {
      this.letter.failed = failure(error);
    }
  }

  detach(one: Attached): void {
    this.letter.media = this.letter.media.filter((other) => other.id !== one.id);
    this.letter.changed();
  }

  async throwAway(): Promise<void> {
    this.wrong = '';
    this.without = 0;
    this.leftElsewhere = false;
    const thrown = await this.letter.throwAway();
    if (!thrown) return;
    this.draftStays = thrown.stays;
    this.bringBack = () => {
      this.bringBack = null;
      thrown.back();
      this.without = thrown.without;
    };
  }

  /** After something was kept or forgotten in another window. */
  heard(event: StorageEvent): void {
    if (!this.letter.left(event)) return;
    this.wrong = '';
    this.bringBack = null;
    this.without = 0;
    this.leftElsewhere = true;
  }

  async leaveAsItWas(): Promise<void> {
    const left = await this.letter.leaveAsItWas();
    if (!left) return;
    this.wrong = '';
    this.dropped = left.anew ? 'anew' : 'dropped';
    this.bringBack = () => {
      this.bringBack = null;
      this.dropped = '';
      left.back();
    };
  }

  /** Whether there is something to send: not where all was thrown away, or nothing is left of a draft. */
  get sends(): boolean {
    return !this.letter.isEmpty || !(this.letter.opened || this.bringBack);
  }

  /** Whether colleagues are asked first. */
  get waits(): boolean {
    return this.as.brand !== null && this.rights.needs > 0;
  }

  /** How whoever wrote it is named below it: empty for not at all, and nothing while that is not known. */
  get signature(): string | null {
    const known = this.letter.signature;
    return known === undefined ? this.rights.signature : undashed(known ?? '');
  }

  /** For how long an approval counts, in words; nothing while that is not known. */
  get approvalLasts(): string {
    const hours = this.rights.approvalHours;
    return hours === null ? '' : house.lasting(hours * 3600);
  }

  /** Whether the person may choose a time; what waits for colleagues gets one later, and says so. */
  get schedules(): boolean {
    return !this.editing && (!this.as.brand || this.waits || may(this.as, 'schedule'));
  }

  /** Pictures that have no words yet for people who cannot see them. */
  get bare(): Attached[] {
    return this.letter.media.filter((one) => one.type === 'image' && one.description.trim() === '');
  }

  #fault(): string {
    const { letter } = this;
    const w = house.words;
    if (letter.text.trim() === '' && letter.media.length === 0 && !letter.poll) return w.emptyLetter;
    if (this.over > 0) return w.tooLong(this.over);
    if (letter.audience === 'direct' && this.named.length === 0) return w.directNobody;
    if (this.bare.length > 0) return w.describeMissing;
    if (letter.poll && letter.poll.options.filter((one) => one.trim()).length < 2) return w.needTwo;
    if (letter.at && !meant(letter.at)) return w.noTime;
    return '';
  }

  /** Sends it; gives the id of what must be mended first, where something must. */
  async send(): Promise<string | null> {
    if (this.letter.sending || this.letter.uploading > 0) return null;
    // Of two texts one is chosen before anything goes out.
    if (this.letter.conflict) {
      this.wrong = house.words.collisionFirst;
      return 'collision';
    }
    this.wrong = this.#fault();
    if (this.wrong) {
      if (this.wrong === house.words.noTime) return 'at';
      const bare = this.bare[0];
      return this.wrong === house.words.describeMissing && bare ? `describe-${bare.id}` : 'words';
    }
    // To more people than were chosen: asked once more, at the same place.
    if (this.wider && !this.asksOnceMore) {
      this.#asked = this.letter.audience;
      return null;
    }
    this.done = await this.letter.send();
    if (this.done) return 'done';
    return this.letter.conflict ? 'collision' : null;
  }
}
