// Mastodon's client API, as far as screens use it.

import type { SaidInside } from './copies.ts';
import { call } from './request.ts';
import type { Account, Emoji, GroupedNotifications, Media, Poll, Relationship, Status } from './types.ts';

export type Part = 'inside' | 'outside';

export const home = (as: string, part: Part, before?: string) =>
  call<Status[]>('/api/v1/timelines/home', { as, query: { guildhall_part: part, max_id: before, limit: 20 } });

export const status = (as: string, id: string) => call<Status>(`/api/v1/statuses/${id}`, { as });

/** Who or what has this address, looked for elsewhere too. */
export const found = (uri: string) =>
  call<{ accounts: Account[]; statuses: Status[] }>('/api/v2/search', { query: { q: uri, resolve: true, limit: 1 } });

export const context = (as: string, id: string) =>
  call<{ ancestors: Status[]; descendants: Status[] }>(`/api/v1/statuses/${id}/context`, { as });

export interface NewStatus extends SaidInside {
  status: string;
  guildhall_audience: string;
  spoiler_text?: string;
  sensitive?: boolean;
  language?: string;
  content_type?: 'text/markdown' | 'text/plain';
  in_reply_to_id?: string;
  quoted_status_id?: string;
  media_ids?: string[];
  poll?: { options: string[]; expires_in: number; multiple: boolean };
  scheduled_at?: string;
}

/** The key makes it safe to send again: what was posted is posted once. */
export const post = (as: string, said: NewStatus, key: string) =>
  call<Status & { scheduled_at?: string }>('/api/v1/statuses', {
    as,
    method: 'POST',
    json: { ...said },
    headers: { 'idempotency-key': key },
  });

type React =
  'favourite' | 'unfavourite' | 'reblog' | 'unreblog' | 'bookmark' | 'unbookmark' | 'pin' | 'unpin' | 'mute' | 'unmute';
export const react = (as: string, id: string, verb: React) =>
  call<Status>(`/api/v1/statuses/${id}/${verb}`, { as, method: 'POST' });

/** What the author typed, for a change. */
export const source = (as: string, id: string) =>
  call<{ id: string; text: string; spoiler_text: string; content_type: string }>(`/api/v1/statuses/${id}/source`, {
    as,
  });

export type Edit = Pick<NewStatus, 'status' | 'spoiler_text' | 'sensitive' | 'language' | 'media_ids' | 'poll'> & {
  media_attributes: { id: string; description: string; focus?: string }[];
};
export const editStatus = (as: string, id: string, said: Edit) =>
  call<Status>(`/api/v1/statuses/${id}`, { as, method: 'PUT', json: { ...said } });

export const deleteStatus = (as: string, id: string) =>
  call<Status>(`/api/v1/statuses/${id}`, { as, method: 'DELETE' });

export const vote = (as: string, poll: string, choices: number[]) =>
  call<Poll>(`/api/v1/polls/${poll}/votes`, { as, method: 'POST', json: { choices } });

export function upload(as: string, file: File, description: string): Promise<Media> {
  const form = new FormData();
  form.append('file', file);
  if (description) form.append('description', description);
  return call<Media>('/api/v2/media', { as, method: 'POST', form });
}

export const describe = (as: string, id: string, description: string, focus?: { x: number; y: number }) =>
  call<Media>(`/api/v1/media/${id}`, {
    as,
    method: 'PUT',
    json: { description, ...(focus ? { focus: `${focus.x},${focus.y}` } : {}) },
  });

export const account = (as: string, id: string) => call<Account>(`/api/v1/accounts/${id}`, { as });

export const relationship = async (as: string, id: string) =>
  (await call<Relationship[]>('/api/v1/accounts/relationships', { as, query: { id: [id] } }))[0];

export const statusesOf = (as: string, id: string, before?: string) =>
  call<Status[]>(`/api/v1/accounts/${id}/statuses`, { as, query: { max_id: before, limit: 20 } });

/** What somebody began, without answers and shares, the newest first: a part of it, older than a post. */
export const begunBy = (as: string, id: string, before?: string) =>
  call<Status[]>(`/api/v1/accounts/${id}/statuses`, {
    as,
    query: { max_id: before, exclude_replies: true, exclude_reblogs: true, limit: 40 },
  });

export const pinnedOf = (as: string, id: string) =>
  call<Status[]>(`/api/v1/accounts/${id}/statuses`, { as, query: { pinned: true } });

export const follow = (as: string, id: string, verb: 'follow' | 'unfollow') =>
  call<Relationship>(`/api/v1/accounts/${id}/${verb}`, { as, method: 'POST' });

export const notifications = (as: string, asked: { before?: string; types?: string[]; limit?: number } = {}) =>
  call<GroupedNotifications>('/api/v2/notifications', {
    as,
    query: { max_id: asked.before, types: asked.types, limit: asked.limit ?? 30 },
  });

export const unread = async (as: string) =>
  (await call<{ count: number }>('/api/v2/notifications/unread_count', { as, query: { limit: 100 } })).count;

export const markRead = (as: string, id: string) =>
  call<unknown>('/api/v1/markers', { as, method: 'POST', json: { notifications: { last_read_id: id } } });

let pictures: Promise<Emoji[]> | null = null;
/** The company's own pictures for names between colons, read once. */
export const emojis = (as: string) =>
  (pictures ??= call<Emoji[]>('/api/v1/custom_emojis', { as }).catch((error: unknown) => {
    pictures = null;
    throw error;
  }));

/** Who is called so, here and elsewhere. */
export const people = (as: string, q: string, limit: number) =>
  call<Account[]>('/api/v1/accounts/search', { as, query: { q, limit } });

/** Only those who work here. */
export const colleagues = (as: string, q: string, limit: number) =>
  call<Account[]>('/api/v1/accounts/search', { as, query: { q, limit, guildhall_employees: true } });

/** Accounts of which one knows the ids. */
export const known = (as: string, ids: string[]) =>
  ids.length === 0 ? Promise.resolve([]) : call<Account[]>('/api/v1/accounts', { as, query: { id: ids } });

/** Posts of apps that wait for their time. */
export const SCHEDULED = '/api/v1/scheduled_statuses';
export const cancelScheduled = (as: string, id: string) =>
  call<unknown>(`${SCHEDULED}/${id}`, { as, method: 'DELETE' });
