// Who else writes in a draft at this moment. The server forgets whoever missed saying so twice (`drafts::PRESENT`), and
// at once whoever says that they leave.

import { draft as read, noteAway, noteWriting } from '#lib/api/guildhall.ts';
import { Failure } from '#lib/api/request.ts';
import type { Draft } from '#lib/api/types.ts';
import { own } from '#lib/told.ts';
import { called } from './review.ts';

const EVERY = 10_000;

interface Hearing {
  /** Whether the person writes themselves. */
  writes: () => boolean;
  /** Who else does. */
  say: (names: string[]) => void;
  /** How the draft is now. */
  tell: (draft: Draft) => void;
  /** Ends what the person still does with it, before they leave. */
  rest: () => Promise<void>;
}

/** Says who it is, as long as the page is seen and until the answer is called; tells of the person where they write. */
export function hearWho(id: string, { writes, say, tell, rest }: Hearing): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  /** Whether the server was told that the person writes, and the last that it was asked. */
  let noted = false;
  let asking: Promise<void> | null = null;
  const look = async () => {
    try {
      noted ||= writes();
      const draft = await (writes() ? noteWriting(id) : read(id));
      if (over) return;
      say(draft.writing.filter((one) => one.username !== own.username).map(called));
      tell(draft);
    } catch (error) {
      // It is a help beside what the screen is for, which says itself what does not work.
      over ||= error instanceof Failure && error.kind !== 'offline' && error.kind !== 'broken' && error.status !== 429;
      say([]);
    }
  };
  const ask = async () => {
    clearTimeout(timer);
    if (over || asking || document.hidden) return;
    asking = look();
    await asking;
    asking = null;
    if (!over) timer = setTimeout(() => void ask(), EVERY);
  };
  // Where that does not arrive, the server forgets by itself.
  const leave = () => noteAway(id).catch(() => undefined);
  const leavePage = () => {
    if (noted || writes()) void leave();
    noted = false;
  };
  // The effect that begins it must not read what `writes` reads.
  timer = setTimeout(() => void ask());
  document.addEventListener('visibilitychange', ask);
  addEventListener('pagehide', leavePage);
  return () => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', ask);
    removeEventListener('pagehide', leavePage);
    // What is saved counts as writing: it is saved first.
    if (noted || writes()) void Promise.all([asking, rest()]).then(leave);
  };
}
