// Copies of internal posts: whose they are, and what comes next.

import { COPIES, decline, withdraw, type CopyRequest, type Named } from '#lib/api/copies.ts';
import { status } from '#lib/api/mastodon.ts';
import { Failure } from '#lib/api/request.ts';
import type { Media, Status } from '#lib/api/types.ts';
import { own } from '#lib/told.ts';
import { whole } from './pages.svelte.ts';

export const called = (one: Named): string => one.display_name || one.username;

export const isOpen = (one: CopyRequest): boolean => one.state === 'waiting_for_consent' || one.state === 'drafted';

/** Whether one asked for it oneself. */
export const isMine = (one: CopyRequest): boolean => one.asked_by?.id === own.id;

/** Its files, as posts have them: their sizes are not told. */
export const filesOf = (one: CopyRequest): Media[] =>
  one.files.map((file) => ({ ...file, type: file.type as Media['type'], meta: {} }));

/** All requests that one may read, newest first, with the originals of those that are open, as far as they are there. */
export async function readCopies(): Promise<{ requests: CopyRequest[]; originals: Map<string, Status> }> {
  const requests = await whole<CopyRequest>(own.id, COPIES, { limit: 40 });
  const wanted = new Set(requests.filter(isOpen).flatMap((one) => one.source?.id ?? []));
  const found = await Promise.all([...wanted].map((id) => status(own.id, id).catch(unlessMissing)));
  return { requests, originals: new Map(found.flatMap((post) => (post ? [[post.id, post]] : []))) };
}

function unlessMissing(error: unknown): null {
  if (error instanceof Failure && error.kind === 'missing') return null;
  throw error;
}

/** Ends it, as whoever asked for it, or as somebody who is asked: nothing is published either way. */
export const stop = (one: CopyRequest): Promise<CopyRequest> => (isMine(one) ? withdraw : decline)(one.id);
