// What moderators do, as themselves: reports, and what follows for whom they are about.

import { call } from './request.ts';
import type { Moderated, Report } from './types.ts';

export const REPORTS = '/api/v1/admin/reports';
type Verb = 'assign_to_self' | 'unassign' | 'resolve' | 'reopen';

export const report = (id: string) => call<Report>(`${REPORTS}/${id}`);
export const handle = (id: string, verb: Verb) => call<Report>(`${REPORTS}/${id}/${verb}`, { method: 'POST' });

const ROOT = '/api/guildhall/v1/accounts';
const at = (who: Moderated) => `${ROOT}/${encodeURIComponent(who.account.acct)}`;
export const limit = (who: Moderated, on: boolean, reason: string) =>
  call<unknown>(`${at(who)}/${on ? 'limit' : 'unlimit'}`, { method: 'POST', json: reason ? { reason } : {} });
