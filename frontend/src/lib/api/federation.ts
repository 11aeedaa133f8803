// Our own API: the other servers, what is owed to them, work that was given up, and the doctor.

import { address, ours } from './ours.ts';
import type { Parked } from './types.ts';

export const SERVERS = address('/servers');
export const owedTo = (host: string) => address('/servers/{host}/deliveries', { host });
export const server = (host: string) => ours('get', '/servers/{host}', { path: { host } });
export const retryServer = (host: string) => ours('post', '/servers/{host}/retry', { path: { host } });
export const limitServer = (host: string, reason: string) =>
  ours('post', '/servers/{host}/limit', { path: { host }, json: { reason } });
export const blockServer = (host: string, reason: string) =>
  ours('post', '/servers/{host}/block', { path: { host }, json: { reason } });
export const allowServer = (host: string) => ours('post', '/servers/{host}/allow', { path: { host } });
export const unlimitServer = (host: string) => ours('post', '/servers/{host}/unlimit', { path: { host } });

export const PARKED = address('/jobs/parked');
export const retryJob = ({ id }: Parked) => ours('post', '/jobs/parked/{id}/retry', { path: { id } });
export const retryJobs = () => ours('post', '/jobs/parked/retry');

/** Looks at everything; it takes some seconds. */
export const doctor = () => ours('get', '/doctor');

/** Who has a post, and who waits for it; as its author, or as oneself for who runs the server. */
export const receiptsOf = (id: string) => address('/posts/{id}/deliveries', { id });
export const retryReceipts = (as: string, id: string) =>
  ours('post', '/posts/{id}/deliveries/retry', { as, path: { id } });
export const retryReceipt = (as: string, id: string, delivery: string) =>
  ours('post', '/posts/{id}/deliveries/{delivery}/retry', { as, path: { id, delivery } });
