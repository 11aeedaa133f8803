// One stream for each page, of whom the person acts as. Who wants to hear it says so; what was missed while it was
// broken is read from the lists, which is why it tells when it came back.

import { Failure } from '#lib/api/request.ts';
import { listen, type Heard } from '#lib/api/stream.ts';
import { waitingDrafts } from '#lib/api/guildhall.ts';
import { unread } from '#lib/api/mastodon.ts';
import { brands, isEmployee } from '#lib/told.ts';
import { acting } from './acting.svelte.ts';

type Hearer = (heard: Heard) => void;

/** How long a page that nobody sees keeps listening: browsers allow few connections to a server. */
const HIDDEN = 60_000;

class Live {
  /** `on`: connected; `off`: not; `ended`: nobody is signed in any more. */
  state = $state<'on' | 'off' | 'ended'>('on');
  online = $state(navigator.onLine);
  unread = $state(0);
  /** How many drafts wait for the person themselves, whoever they act as. */
  drafts = $state(0);
  /** To how many copies of internal posts they are asked to agree. */
  consents = $state(0);
  /** Whether both are known, or could not be asked for: what is below them stays where it appears. */
  counted = $state(brands.length === 0 && !isEmployee);

  #hearers = new Set<Hearer>();
  #returned = new Set<() => void>();
  #stop: AbortController | null = null;

  begin(): void {
    void this.countDrafts();
    addEventListener('online', () => {
      this.online = true;
      this.connect();
    });
    addEventListener('offline', () => (this.online = false));
    let leaving: ReturnType<typeof setTimeout> | undefined;
    document.addEventListener('visibilitychange', () => {
      clearTimeout(leaving);
      if (document.hidden) leaving = setTimeout(() => this.#stop?.abort(), HIDDEN);
      else if (this.#stop?.signal.aborted) this.connect();
    });
  }

  /** Listens as whom the person acts; anew, where somebody else was listened as. */
  connect(): void {
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    void this.#listen(acting.as.id, stop.signal);
  }

  async #listen(as: string, signal: AbortSignal): Promise<void> {
    let wait = 1000;
    let first = true;
    const opened = () => {
      this.state = 'on';
      wait = 1000;
      void this.count();
      if (!first) void this.countDrafts();
      if (!first) for (const tell of this.#returned) tell();
      first = false;
    };
    while (!signal.aborted) {
      try {
        await listen(as, opened, (heard) => this.#hear(heard), signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Failure && error.kind === 'ended') {
          this.state = 'ended';
          return;
        }
      }
      if (signal.aborted) return;
      this.state = 'off';
      await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)));
      wait = Math.min(wait * 2, 60_000);
    }
  }

  #hear(heard: Heard): void {
    if (heard.event === 'notification') this.unread += 1;
    const { type = '', guildhall = null } = heard.event === 'notification' ? heard.notification : {};
    if (guildhall?.draft || type === 'guildhall.consent') void this.countDrafts();
    for (const hearer of this.#hearers) hearer(heard);
  }

  /** How many notifications are new. */
  async count(): Promise<void> {
    const as = acting.as.id;
    try {
      const count = await unread(as);
      if (as === acting.as.id) this.unread = count;
    } catch {
      // It is a number beside a word; what does not work is told where somebody reads.
    }
  }

  /** How many drafts and copies wait for the person. */
  async countDrafts(): Promise<void> {
    if (brands.length === 0 && !isEmployee) return;
    try {
      const { reviews, returned, consents } = await waitingDrafts();
      this.drafts = reviews + returned;
      this.consents = consents;
    } catch {
      // As above.
    } finally {
      this.counted = true;
    }
  }

  /** Hears what happens, until the answer is called; `returned` when something may have been missed. */
  hear(hearer: Hearer, returned?: () => void): () => void {
    this.#hearers.add(hearer);
    if (returned) this.#returned.add(returned);
    return () => {
      this.#hearers.delete(hearer);
      if (returned) this.#returned.delete(returned);
    };
  }

  /** Something was refused because nobody is signed in. */
  ended(): void {
    this.state = 'ended';
  }
}

export const live = new Live();
