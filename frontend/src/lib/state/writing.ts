// Who else writes in a draft at this moment. The server forgets whoever missed saying so twice (`drafts::PRESENT`).

import { draft as read, noteWriting } from '#lib/api/guildhall.ts';
import { Failure } from '#lib/api/request.ts';
import { own } from '#lib/told.ts';
import { called } from './review.ts';

const EVERY = 10_000;

/** Says who it is, as long as the page is seen and until the answer is called; tells of the person where they write. */
export function hearWho(id: string, writes: () => boolean, say: (names: string[]) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  let asking = false;
  const ask = async () => {
    clearTimeout(timer);
    if (over || asking || document.hidden) return;
    asking = true;
    try {
      const { writing } = await (writes() ? noteWriting(id) : read(id));
      if (!over) say(writing.filter((one) => one.username !== own.username).map(called));
    } catch (error) {
      // It is a help beside what the screen is for, which says itself what does not work.
      over ||= error instanceof Failure && error.kind !== 'offline' && error.kind !== 'broken' && error.status !== 429;
      say([]);
    } finally {
      asking = false;
    }
    if (!over) timer = setTimeout(() => void ask(), EVERY);
  };
  // The effect that begins it must not read what `writes` reads.
  timer = setTimeout(() => void ask());
  document.addEventListener('visibilitychange', ask);
  return () => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', ask);
  };
}
