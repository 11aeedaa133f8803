// Copies of internal posts: whose they are, and what comes next.

import { COPIES, end, type CopyRequest, type Named } from '#lib/api/copies.ts';
import { Failure } from '#lib/api/request.ts';
import { own } from '#lib/told.ts';
import { whole } from './pages.svelte.ts';

export const called = (one: Named): string => one.display_name || one.username;

export const isOpen = (one: CopyRequest): boolean => one.state === 'waiting_for_consent' || one.state === 'drafted';

/** Whoever is asked and did not ask themselves is in the list of those who agree, and it is published as another. */
export const asksForMyself = (one: CopyRequest): boolean =>
  one.actor?.id === own.id || !one.consents.some((who) => who.id === own.id);

/** All requests that one may read, newest first. */
export const readCopies = () => whole<CopyRequest>(own.id, COPIES, { limit: 40 });

/** Ends it, as whoever asked for it, or as somebody who is asked: nothing is published either way. */
export async function stop(one: CopyRequest): Promise<CopyRequest> {
  if (asksForMyself(one)) return end(one.id, 'withdraw');
  try {
    return await end(one.id, 'decline');
  } catch (error) {
    // As a brand, of one's own post: only the server knows who asked.
    if (error instanceof Failure && error.status === 403) return end(one.id, 'withdraw');
    throw error;
  }
}
