// Our own API: drafts of brands. Drafts are handled as oneself, whichever brand they are for.

import type { NewStatus } from './mastodon.ts';
import { ask, call } from './request.ts';
import type { Authority, Draft, DraftState, PastText, Preview } from './types.ts';

const ROOT = '/api/guildhall/v1';

export interface Writing {
  body: string;
  format: 'plain' | 'markdown';
  content_warning: string;
  sensitive: boolean;
  language: string;
  audience: string;
  reply_to: string;
  quote_of: string;
  media: string[];
}

const seen = (version: number) => ({ 'if-match': `"${version}"` });

/** What one may say for a brand without asking. */
export const authority = (brand: string) => call<Authority>(`${ROOT}/actors/${brand}/authority`);

/** Whom something would reach; nothing is written. */
export const reach = (as: string, said: Partial<NewStatus>) =>
  call<Preview>(`${ROOT}/reach-preview`, { as, method: 'POST', json: { ...said } });

/** Drafts as a list that comes in parts. */
export const DRAFTS = `${ROOT}/drafts`;
export const drafts = (state?: DraftState) => call<Draft[]>(`${ROOT}/drafts`, { query: { state, limit: 40 } });

export const draft = (id: string) => call<Draft>(`${ROOT}/drafts/${id}`);

export const history = (id: string) => call<PastText[]>(`${ROOT}/drafts/${id}/history`);

export const begin = (brand: string, writing: Writing, key: string) =>
  call<Draft>(`${ROOT}/actors/${brand}/drafts`, {
    method: 'POST',
    json: { ...writing },
    headers: { 'idempotency-key': key },
  });

export const save = (id: string, version: number, writing: Writing) =>
  call<Draft>(`${ROOT}/drafts/${id}`, { method: 'PATCH', json: { ...writing }, headers: seen(version) });

export const discard = (id: string) => call<Draft>(`${ROOT}/drafts/${id}`, { method: 'DELETE' });

type Verb = 'submit' | 'approve' | 'request-changes' | 'publish' | 'schedule';

export const act = (id: string, verb: Verb, version: number, said: Record<string, unknown> = {}) =>
  ask<Draft>(`${ROOT}/drafts/${id}/${verb}`, { method: 'POST', json: said, headers: seen(version) }).then(
    (answer) => answer.body,
  );
