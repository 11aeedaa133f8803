// Whom a letter would reach, asked a moment after the last change that matters for it.

import { reach } from '#lib/api/guildhall.ts';
import type { Preview, Status } from '#lib/api/types.ts';
import { may } from '#lib/told.ts';
import type { Letter } from './letter.svelte.ts';
import { namedIn } from './named.ts';
import { Load } from './load.svelte.ts';

const PAUSE = 400;

export class Reach {
  #read = new Load<Preview>();
  readonly #letter: Letter;
  /** As text, so that it is asked again only where something in it is another. */
  readonly #asking = $derived.by(() => {
    const { identity: as, audience, text, edits } = this.#letter;
    return edits || (as.brand && !may(as, 'publish')) ? '' : JSON.stringify([as.id, audience, namedIn(text).join(' ')]);
  });

  /** Begins while a part of the page is made. */
  constructor(letter: Letter, answered: Status | null) {
    this.#letter = letter;
    let first = true;
    $effect(() => {
      if (!this.#asking) return void (this.#read.value = null);
      const [as, audience, named] = JSON.parse(this.#asking) as [string, string, string];
      const said = { status: named, guildhall_audience: audience, in_reply_to_id: answered?.id };
      const waits = setTimeout(() => void this.#read.read(() => reach(as, said)), first ? 0 : PAUSE);
      first = false;
      return () => clearTimeout(waits);
    });
  }

  /** Nothing until the server has answered for the readers that are chosen. */
  get known(): Preview | null {
    const found = this.#read.value;
    return found?.audience === this.#letter.audience ? found : null;
  }
}
