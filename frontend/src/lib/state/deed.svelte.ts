// One press that changes something: under way, done with a sentence, or why not.

import { Failure } from '#lib/api/request.ts';
import { house } from '#lib/words/index.svelte.ts';
import { told } from './load.svelte.ts';

export class Deed {
  busy = $state(false);
  done = $state('');
  failed = $state.raw<Failure | null>(null);

  /** Does it; a second press while it is under way does nothing. Answers whether it was done. */
  async run(doing: () => Promise<string>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failed = null;
    this.done = '';
    try {
      this.done = await doing();
      return true;
    } catch (error) {
      this.failed = told(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What is wrong with a field, where it was refused with one of these codes. */
  wrong(...codes: string[]): string {
    const { failed } = this;
    if (!failed?.code || !codes.includes(failed.code)) return '';
    return house.sentence('problems', failed.code) ?? failed.message;
  }
}
