// Our own API: copies of internal posts for everybody, and internal posts to look at again. All of it as oneself.

import { ask, call } from './request.ts';

const ROOT = '/api/guildhall/v1';

export const REASONS = ['customer_data', 'unreleased', 'people', 'draft_thinking', 'other'] as const;
export type Reason = (typeof REASONS)[number];

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

export interface Named {
  id: string;
  username: string;
  display_name: string;
}

export interface Run {
  op: 'kept' | 'added' | 'removed';
  text: string;
}

/** A file that hangs on a copy. */
export interface CopyFile {
  id: string;
  type: 'image' | 'video' | 'audio';
  url: string;
  preview_url: string | null;
  description: string;
}

export type CopyState = 'waiting_for_consent' | 'drafted' | 'published' | 'declined' | 'withdrawn';

export interface CopyRequest {
  id: string;
  state: CopyState;
  version: number;
  /** Nothing where it is gone, or not for the reader any more. */
  source: { id: string; audience: string } | null;
  /** Who asked for it. */
  asked_by: Named | null;
  /** As whom it is published. */
  actor: Named | null;
  body: string;
  content_warning: string;
  sensitive: boolean;
  language: string | null;
  audience: 'public' | 'unlisted';
  media: string[];
  /** What `media` names, as far as the reader may see it. */
  files: CopyFile[];
  diff: Run[];
  names_removed: Named[];
  consents: (Named & { state: 'given' | 'asked' })[];
  asks_you: boolean;
  draft: string | null;
  post: { id: string; url: string | null } | null;
  created_at: string;
  updated_at: string;
}

export interface NewCopy {
  body: string;
  audience: string;
  actor: string;
  content_warning: string;
}

/** An internal post whose date has come. */
export interface InternalReview {
  id: string;
  author: string;
  username: string | null;
  audience: string;
  text: string;
  reason: Reason | null;
  review_at: string | null;
  asked_at: string | null;
  created_at: string;
}

/** Lists that come in parts. */
export const COPIES = `${ROOT}/publish-requests`;
export const REVIEWS = `${ROOT}/internal-reviews`;

/** The key makes it safe to send again: what was asked is asked once. */
export const askForCopy = (of: string, copy: NewCopy, key: string) =>
  call<CopyRequest>(`${ROOT}/posts/${of}/publish-copy`, {
    method: 'POST',
    json: { ...copy, format: 'plain' },
    headers: { 'idempotency-key': key },
  });

/** Writes another text in place of the version that was seen: everybody is asked anew. What is left out stays. */
export const rewrite = (id: string, version: number, copy: { body: string; content_warning: string }) =>
  call<CopyRequest>(`${COPIES}/${id}`, {
    method: 'PATCH',
    json: { ...copy },
    headers: { 'if-match': `"${version}"` },
  });

/** Agrees to exactly the version that was seen. */
export const consent = (id: string, version: number) =>
  ask<CopyRequest>(`${COPIES}/${id}/consent`, {
    method: 'POST',
    json: {},
    headers: { 'if-match': `"${version}"` },
  }).then((answer) => answer.body);

export const end = (id: string, verb: 'decline' | 'withdraw') =>
  call<CopyRequest>(`${COPIES}/${id}/${verb}`, { method: 'POST', json: {} });

export const keepInside = (post: string, said: { reason?: string; review_at?: string }) =>
  call<InternalReview>(`${ROOT}/posts/${post}/keep`, { method: 'POST', json: said });
