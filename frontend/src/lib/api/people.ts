// What one does about people: not hearing them, not meeting them, telling the moderators, and who asks to follow.

import { call } from './request.ts';
import type { Relationship } from './types.ts';

const at = (id: string, verb: string) => `/api/v1/accounts/${id}/${verb}`;
type Verb = 'block' | 'unblock' | 'unmute' | 'remove_from_followers';

export const deal = (as: string, id: string, verb: Verb) => call<Relationship>(at(id, verb), { as, method: 'POST' });

/** Mutes for so many seconds; 0 is until it is changed. */
export const mute = (as: string, id: string, duration: number, notifications: boolean) =>
  call<Relationship>(at(id, 'mute'), { as, method: 'POST', json: { duration, notifications } });

/** How one follows: what is left out stays. */
export const followAs = (as: string, id: string, wish: { reblogs?: boolean; notify?: boolean; languages?: string[] }) =>
  call<Relationship>(at(id, 'follow'), { as, method: 'POST', json: wish });

export interface Telling {
  account_id: string;
  status_ids: string[];
  comment: string;
  category: string;
  forward: boolean;
}
export const report = (as: string, telling: Telling) =>
  call<unknown>('/api/v1/reports', { as, method: 'POST', json: { ...telling } });

export const answerFollow = (as: string, id: string, yes: boolean) =>
  call<Relationship>(`/api/v1/follow_requests/${id}/${yes ? 'authorize' : 'reject'}`, { as, method: 'POST' });

export const blockDomain = (as: string, domain: string) =>
  call<unknown>('/api/v1/domain_blocks', { as, method: 'POST', json: { domain } });
export const unblockDomain = (as: string, domain: string) =>
  call<unknown>('/api/v1/domain_blocks', { as, method: 'DELETE', json: { domain } });
