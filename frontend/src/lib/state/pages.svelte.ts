// A list that the server hands out in parts: its own address of the next part says whether there is one.

import { ask, type Asked } from '#lib/api/request.ts';
import type { Failure } from '#lib/api/request.ts';
import { told } from './load.svelte.ts';

/** Where the next part is, as the header `Link` says; nothing at the end. */
function next(headers: Headers): string | null {
  const found = /<([^>]+)>;\s*rel="next"/.exec(headers.get('link') ?? '');
  if (!found?.[1]) return null;
  const address = new URL(found[1], location.origin);
  return address.pathname + address.search;
}

/** How many parts a screen reads that must have all of it. */
const PARTS = 10;

/** All of a list that is short as a rule, such as what is scheduled. */
export async function whole<T>(as: string, path: string, query: Asked['query'] = {}): Promise<T[]> {
  let found = await ask<T[]>(path, { as, query });
  const all = [...found.body];
  for (let part = 1; part < PARTS && found.body.length > 0; part += 1) {
    const further = next(found.headers);
    if (!further) break;
    found = await ask<T[]>(further, { as });
    all.push(...found.body);
  }
  return all;
}

/** What is shorter may be the end: lists come in parts of 20 or more. */
const SHORT = 20;

export class Pages<T> {
  items = $state.raw<T[] | null>(null);
  failed = $state.raw<Failure | null>(null);
  busy = $state(false);
  end = $state(false);
  #next: string | null = null;
  #turn = 0;
  #again: () => Promise<void> = () => Promise.resolve();

  /** Reads the first part, in place of what is there. */
  async read(as: string, path: string, query: Asked['query'] = {}): Promise<void> {
    this.#again = () => this.read(as, path, query);
    const turn = ++this.#turn;
    await this.#take(turn, () => ask<T[]>(path, { as, query }), as, []);
  }

  /** Reads it from the beginning once more. */
  again = (): Promise<void> => this.#again();

  #as = '';
  async #take(
    turn: number,
    asking: () => Promise<{ body: T[]; headers: Headers }>,
    as: string,
    before: T[],
  ): Promise<void> {
    this.busy = true;
    this.failed = null;
    this.#as = as;
    try {
      let found = await asking();
      let all = [...before, ...found.body];
      let path = found.body.length > 0 ? next(found.headers) : null;
      // A short part is mostly the last one, though the server cannot know: whether it is, is found out at once, so
      // that nobody presses for nothing.
      if (path && found.body.length < SHORT) {
        found = await ask<T[]>(path, { as });
        all = [...all, ...found.body];
        path = found.body.length > 0 ? next(found.headers) : null;
      }
      if (turn !== this.#turn) return;
      this.items = all;
      this.#next = path;
      this.end = path === null;
    } catch (error) {
      if (turn === this.#turn) this.failed = told(error);
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  }

  /** Reads the next part. */
  more = async (): Promise<void> => {
    const path = this.#next;
    if (!path || this.busy) return;
    await this.#take(this.#turn, () => ask<T[]>(path, { as: this.#as }), this.#as, this.items ?? []);
  };

  /** Forgets what is shown: something else is about to be read. */
  clear(): void {
    this.#turn += 1;
    this.items = null;
    this.failed = null;
    this.end = false;
  }

  /** Takes out what is gone. */
  drop(gone: (item: T) => boolean): void {
    this.items = this.items?.filter((item) => !gone(item)) ?? null;
  }

  /** Puts a changed one in its place. */
  put(same: (item: T) => boolean, item: T): void {
    this.items = this.items?.map((one) => (same(one) ? item : one)) ?? null;
  }
}
