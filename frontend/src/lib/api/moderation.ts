// What moderators do, as themselves: reports, and what follows for whom they are about.

import { ours } from './ours.ts';
import { call } from './request.ts';
import type { Moderated, Report } from './types.ts';

export const REPORTS = '/api/v1/admin/reports';
type Verb = 'assign_to_self' | 'unassign' | 'resolve' | 'reopen';

export const report = (id: string) => call<Report>(`${REPORTS}/${id}`);
export const handle = (id: string, verb: Verb) => call<Report>(`${REPORTS}/${id}/${verb}`, { method: 'POST' });

export const limit = ({ account }: Moderated, on: boolean, reason: string) =>
  ours('post', on ? '/accounts/{username}/limit' : '/accounts/{username}/unlimit', {
    path: { username: account.acct },
    json: reason ? { reason } : {},
  });
