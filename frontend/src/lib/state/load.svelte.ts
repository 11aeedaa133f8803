// Something that is read from the server for a screen: not there yet, there, or why not.

import { untrack } from 'svelte';
import { Failure } from '#lib/api/request.ts';
import { live } from './live.svelte.ts';

export class Load<T> {
  value = $state.raw<T | null>(null);
  failed = $state.raw<Failure | null>(null);
  busy = $state(false);
  #turn = 0;

  /** Reads it; what comes after a later reading began is dropped. */
  async read(reading: () => Promise<T>): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    this.failed = null;
    try {
      // What a reading looks at on its way is no reason to read again.
      const value = await untrack(reading);
      if (turn === this.#turn) this.value = value;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.failed = told(error);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }
}

/** An error as screens show it. */
export function told(error: unknown): Failure {
  const failure = error instanceof Failure ? error : new Failure('broken', '');
  if (failure.kind === 'ended') live.ended();
  if (!(error instanceof Failure)) console.error(error);
  return failure;
}
