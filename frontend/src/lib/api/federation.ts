// Our own API: the other servers, what is owed to them, work that was given up, and the doctor.

import { call } from './request.ts';
import type { Delivery, Examined, Parked, Server } from './types.ts';

const ROOT = '/api/guildhall/v1';
const at = (host: string) => `${ROOT}/servers/${encodeURIComponent(host)}`;

export interface Retried {
  retried: number;
}

export const SERVERS = `${ROOT}/servers`;
export const owedTo = (host: string) => `${at(host)}/deliveries`;
export const server = (host: string) => call<Server>(at(host));
export const retryServer = (host: string) => call<Retried>(`${at(host)}/retry`, { method: 'POST' });
export const limitServer = (host: string, reason: string) =>
  call<Server>(`${at(host)}/limit`, { method: 'POST', json: { reason } });
export const unlimitServer = (host: string) => call<Server>(`${at(host)}/unlimit`, { method: 'POST' });

export const PARKED = `${ROOT}/jobs/parked`;
export const retryJob = (job: Parked) => call<Retried>(`${PARKED}/${job.id}/retry`, { method: 'POST' });
export const retryJobs = () => call<Retried>(`${PARKED}/retry`, { method: 'POST' });

/** Looks at everything; it takes some seconds. */
export const doctor = () => call<Examined>(`${ROOT}/doctor`);

/** Who has a post, and who waits for it; as its author, or as oneself for who runs the server. */
export const receiptsOf = (post: string) => `${ROOT}/posts/${post}/deliveries`;
export const retryReceipts = (as: string, post: string) =>
  call<Retried>(`${receiptsOf(post)}/retry`, { as, method: 'POST' });
export const retryReceipt = (as: string, post: string, delivery: string) =>
  call<Delivery>(`${receiptsOf(post)}/${delivery}/retry`, { as, method: 'POST' });
