// Our own API: copies of internal posts for everybody, and internal posts to look at again. All of it as oneself.

import { address, ours, type Ours } from './ours.ts';

export type Reason = Ours['InternalReason'];
export const REASONS = ['customer_data', 'unreleased', 'people', 'draft_thinking', 'other'] as const satisfies Reason[];

/** What a post says of its being inside, and of the same said elsewhere. */
export interface OfInside {
  reason?: Reason;
  review_at?: string;
  /** Only those that the reader may read. */
  counterparts?: { id: string; audience: string; url: string | null }[];
}

/** What one says of these with a new post. */
export interface SaidInside {
  guildhall_reason?: Reason;
  guildhall_review_at?: string;
  guildhall_also_internal?: { audience: string; text: string };
}

export type Named = Ours['CopyPerson'];
export type Run = Ours['CopyRun'];
export type CopyRequest = Ours['PublishRequest'];
/** A file that hangs on a copy. */
export type CopyFile = CopyRequest['files'][number];

/** An internal post whose date has come. */
export type InternalReview = Ours['InternalReview'];

/** Lists that come in parts. */
export const COPIES = address('/publish-requests');
export const REVIEWS = address('/internal-reviews');

/** The key makes it safe to send again: what was asked is asked once. */
export const askForCopy = (id: string, copy: Ours['CopyWish'], key: string) =>
  ours('post', '/posts/{id}/publish-copy', { path: { id }, json: { ...copy, format: 'markdown' }, key });

/** Writes another text in place of the version that was seen: everybody is asked anew. What is left out stays. */
export const rewrite = (id: string, version: number, copy: { body: string; content_warning: string }) =>
  ours('patch', '/publish-requests/{id}', { path: { id }, version, json: copy });

/** Agrees to exactly the version that was seen. */
export const consent = (id: string, version: number) =>
  ours('post', '/publish-requests/{id}/consent', { path: { id }, version });

export const decline = (id: string) => ours('post', '/publish-requests/{id}/decline', { path: { id } });
export const withdraw = (id: string) => ours('post', '/publish-requests/{id}/withdraw', { path: { id } });

export const keepInside = (id: string, json: Ours['KeepWish']) =>
  ours('post', '/posts/{id}/keep', { path: { id }, json });
