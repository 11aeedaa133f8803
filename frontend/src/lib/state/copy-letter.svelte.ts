// The copy that somebody writes of an internal post: in their own words, kept in this browser with every key.

import { askForCopy, type CopyRequest } from '#lib/api/copies.ts';
import type { Status } from '#lib/api/types.ts';
import { actable, own, told, writable, type Identity } from '#lib/told.ts';
import { house } from '#lib/words/index.svelte.ts';
import { Deed } from './deed.svelte.ts';
import * as store from './kept.ts';
import { namedIn } from './named.ts';

export class CopyLetter {
  text = $state('');
  warning = $state('');
  audience = $state<'public' | 'unlisted'>('public');
  as = $state(own.id);
  /** What must be mended, said after a press. */
  wrong = $state('');
  kept = $state(false);
  asked = $state.raw<CopyRequest | null>(null);
  readonly deed = new Deed();
  readonly source: Status;
  #key = store.newKey();
  readonly #place: string;

  constructor(source: Status) {
    this.source = source;
    this.warning = source.spoiler_text;
    this.#place = `copy.${source.id}`;
    const kept = store.find(this.#place);
    if (!kept) return;
    this.text = kept.text;
    this.warning = kept.warning;
    this.audience = kept.audience === 'unlisted' ? 'unlisted' : 'public';
    this.as = writable.some((one) => one.id === kept.as) ? kept.as : own.id;
    this.#key = kept.key;
    this.kept = true;
  }

  get identity(): Identity {
    return writable.find((one) => one.id === this.as) ?? own;
  }

  /** Whether it goes out with the press, as far as that is known here: who is only called by name is found by the server. */
  readonly goesOut = $derived.by(() => {
    const { account, mentions } = this.source;
    const named = namedIn(`${this.warning} ${this.text}`).map((name) => name.slice(1).toLowerCase());
    // Of those whom it names people are asked, and no brands.
    const others = mentions.filter((one) => !told.identities.some((mine) => mine.id === one.id));
    const asked = others.some((one) => named.some((name) => name === one.acct.toLowerCase() || name === one.username));
    return this.as === own.id && actable.some((one) => one.id === account.id) && !asked;
  });

  readonly used = $derived.by(() => [...this.text].length + [...this.warning].length);

  changed(): void {
    this.wrong = '';
    // Another text is another request.
    this.#key = store.newKey();
    if (this.text.trim() === '') {
      store.forget(this.#place);
      this.kept = false;
      return;
    }
    const { text, warning, audience, as } = this;
    const rest = { language: '', media: [], poll: null, at: '', draft: null, unsaved: true };
    this.kept = store.keep(this.#place, {
      text,
      warning,
      audience,
      as,
      key: this.#key,
      savedAt: Date.now(),
      ...rest,
    });
  }

  /** Asks for it; answers whether it was asked. */
  async ask(): Promise<boolean> {
    const over = this.used - told.longest_post;
    this.wrong = this.text.trim() === '' ? house.words.copies.empty : over > 0 ? house.words.tooLong(over) : '';
    if (this.wrong) return false;
    return this.deed.run(async () => {
      const { text, warning, audience, as } = this;
      const copy = { body: text, audience, actor: as, content_warning: warning };
      this.asked = await askForCopy(this.source.id, copy, this.#key);
      store.forget(this.#place);
      return '';
    });
  }
}
