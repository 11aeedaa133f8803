// What somebody may say for a brand, as it is at this moment, and which topics their words touch. The server decides;
// the letter tells it while it is written.

import { authority } from '#lib/api/guildhall.ts';
import { exposure, policy } from '#lib/api/house.ts';
import { me, type Me } from '#lib/api/org.ts';
import type { Authority, Policy, Reach, Status } from '#lib/api/types.ts';
import { may, own, told } from '#lib/told.ts';
import type { Letter } from './letter.svelte.ts';
import { Load } from './load.svelte.ts';
import { isInside } from './readers.ts';
import { signed } from './signed.ts';
import { touched } from './topics.ts';

export class Rights {
  #read = new Load<Authority>();
  #rules = new Load<Policy>();
  #me = new Load<Me>();
  #reach = new Load<Reach>();
  readonly #letter: Letter;
  readonly #answered: Status | null;

  /** Begins while a part of the page is made, and reads anew for each brand. */
  constructor(letter: Letter, answered: Status | null) {
    this.#letter = letter;
    this.#answered = answered;
    $effect(() => {
      const as = letter.identity;
      this.#read.value = null;
      this.#rules.value = null;
      if (!as.brand) return;
      void this.#read.read(() => authority(as.id));
      void this.#rules.read(() => policy(as.id));
      void this.#me.read(me);
    });
    // How far one reaches matters for what leaves the house.
    const outside = $derived(isInside(letter.audience) || letter.edits ? '' : letter.identity.id);
    $effect(() => {
      this.#reach.value = null;
      if (outside) void this.#reach.read(() => exposure(outside));
    });
  }

  /** Of what one speaks without asking, by name. */
  get free(): string[] {
    return (this.#read.value?.topics ?? []).filter((one) => one.may).map((one) => one.name);
  }

  /** Of what one asks before. */
  get asked(): string[] {
    return (this.#read.value?.topics ?? []).filter((one) => !one.may).map((one) => one.name);
  }

  /** On which rung whoever writes stands, and whose it is, where what begins here or answers does not go out. */
  get silent(): { rung: 'listen' | 'reply'; whose: string } | null {
    const found = this.#reach.value;
    // Going on with one's own thread is no answer.
    const answers = this.#answered !== null && this.#answered.account.id !== this.#letter.identity.id;
    if (!found || (answers ? found.may_answer : found.may_publish) || found.counts === 'publish') return null;
    const whose = found.company === found.counts ? told.company.name : this.#letter.identity.name;
    return { rung: found.counts, whose };
  }

  /** Whether one would answer without asking, with a certificate. */
  get lacksAnswer(): boolean {
    const missing = this.#read.value?.missing ?? [];
    return this.#answered !== null && missing.some((one) => one.step === 'certificate_to_answer');
  }

  /** How one would be named below it: empty for not at all, and nothing while that is not known. */
  get signature(): string | null {
    const [rules, person] = [this.#rules.value, this.#me.value];
    return rules && person && signed(rules, person, own.name);
  }

  /** For how many hours an approval counts, where that is known. */
  get approvalHours(): number | null {
    return this.#rules.value?.approval_hours ?? null;
  }

  /** Those of them that the words touch. */
  readonly touches = $derived.by(() => {
    const letter = this.#letter;
    const said = [letter.text, letter.warned ? letter.warning : '', ...(letter.poll?.options ?? [])].join(' ');
    return touched(
      (this.#read.value?.topics ?? []).filter((one) => !one.may),
      said,
    );
  });

  /** Whether nobody must say yes first, and yet only a colleague may send it: by the rules that count at this moment. Who
   *  is on another server is surely no colleague. */
  readonly onlySent = $derived.by(() => {
    const known = this.#read.value;
    if (this.needs === 0 || !known || this.touches.length > 0) return false;
    const elsewhere = this.#answered?.account.acct.includes('@') ?? false;
    return known.approvals === 0 || (elsewhere && known.reply_lane === 'free');
  });

  /** How many colleagues must say yes first. */
  readonly needs = $derived.by(() => {
    const as = this.#letter.identity;
    if (this.#letter.edits || !as.brand) return 0;
    const known = this.#read.value;
    const lane = known?.[this.#answered ? 'replies' : 'posts'];
    const usual = known?.approvals ?? as.brand.min_approvals;
    const free = lane ? lane === 'free' : may(as, 'publish') && usual === 0;
    if (free && this.touches.length === 0) return 0;
    return Math.max(1, this.#answered && lane === 'free' ? 1 : usual);
  });
}
