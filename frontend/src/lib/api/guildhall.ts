// Our own API: drafts of brands. Drafts are handled as oneself, whichever brand they are for.

import { address, ours, type Ours } from './ours.ts';
import type { DraftState } from './types.ts';

type Part =
  | 'body'
  | 'format'
  | 'content_warning'
  | 'sensitive'
  | 'language'
  | 'audience'
  | 'reply_to'
  | 'quote_of'
  | 'media'
  | 'poll';
/** What somebody writes into a draft, all of it each time. */
export type Writing = { [K in Part]-?: NonNullable<Ours['DraftWish'][K]> } & { reply_owner?: string };

/** What one may say for a brand without asking. */
export const authority = (id: string) => ours('get', '/actors/{id}/authority', { path: { id } });

/** Whom something would reach; nothing is written. */
export const reach = (as: string, said: Ours['StatusWish']) => ours('post', '/reach-preview', { as, json: said });

/** How a text will look; nothing is written. */
export const preview = (typed: Ours['TextToPreview']) => ours('post', '/preview', { json: typed });

/** Drafts as a list that comes in parts. */
export const DRAFTS = address('/drafts');
/** How many of them come at once. */
export const MOST_DRAFTS = 40;
export const drafts = (state?: DraftState) => ours('get', '/drafts', { query: { state, limit: MOST_DRAFTS } });

export const draft = (id: string) => ours('get', '/drafts/{id}', { path: { id } });

/** How many drafts wait for the person. */
export const waitingDrafts = () => ours('get', '/drafts/waiting');
/** The person has seen how it stands with a draft. */
export const seen = (id: string) => ours('post', '/drafts/{id}/seen', { path: { id } });

/** The person writes in a draft; it answers how it is now. */
export const noteWriting = (id: string) => ours('post', '/drafts/{id}/presence', { path: { id } });

/** They write no longer; it is sent although the page goes away. */
export const noteAway = (id: string) => ours('delete', '/drafts/{id}/presence', { path: { id }, keepalive: true });

export const history = (id: string) => ours('get', '/drafts/{id}/history', { path: { id } });

export const begin = (id: string, writing: Writing, key: string) =>
  ours('post', '/actors/{id}/drafts', { path: { id }, json: writing, key });

export const save = (id: string, version: number, writing: Writing) =>
  ours('patch', '/drafts/{id}', { path: { id }, json: writing, version });

export const discard = (id: string, version?: number) => ours('delete', '/drafts/{id}', { path: { id }, version });

export const submit = (id: string, version: number) => ours('post', '/drafts/{id}/submit', { path: { id }, version });
export const publish = (id: string, version: number) => ours('post', '/drafts/{id}/publish', { path: { id }, version });
export const approve = (id: string, version: number, comment?: string) =>
  ours('post', '/drafts/{id}/approve', { path: { id }, version, json: { comment } });
export const requestChanges = (id: string, version: number, comment: string) =>
  ours('post', '/drafts/{id}/request-changes', { path: { id }, version, json: { comment } });
export const schedule = (id: string, version: number, scheduled_at: string) =>
  ours('post', '/drafts/{id}/schedule', { path: { id }, version, json: { scheduled_at } });
export const unschedule = (id: string, version: number) =>
  ours('delete', '/drafts/{id}/schedule', { path: { id }, version });
