// Our own API: who works here, what they may do, and the switches of the house. All of it is done as oneself.

import { address, ours, type Ours } from './ours.ts';
import type { Exposure, GrantRole, HouseRole } from './types.ts';

/** Who did what, newest first. */
export const AUDIT = address('/audit');

/** Who has a login, newest first; those before an id. */
export const logins = (max_id?: string) => ours('get', '/accounts', { query: { limit: 80, max_id } });
export const lockOut = (username: string) => ours('post', '/accounts/{username}/suspend', { path: { username } });
export const giveHouseRole = (username: string, role: HouseRole) =>
  ours('put', '/accounts/{username}/role', { path: { username }, json: { role } });
export const letIn = (username: string) => ours('post', '/accounts/{username}/restore', { path: { username } });

export type Invited = Ours['InvitationWish'];
export const invitations = () => ours('get', '/invitations', { query: { limit: 40 } });
export const invite = (wish: Invited, key: string) => ours('post', '/invitations', { json: wish, key });
export const takeBack = (id: string) => ours('delete', '/invitations/{id}', { path: { id } });

export const signUps = () => ours('get', '/sign-ups', { query: { limit: 40 } });
export const approveSignUp = (id: string) => ours('post', '/sign-ups/{id}/approve', { path: { id } });
export const rejectSignUp = (id: string) => ours('post', '/sign-ups/{id}/reject', { path: { id } });

export const grants = (id: string) => ours('get', '/actors/{id}/grants', { path: { id } });
export const give = (id: string, username: string, role: GrantRole) =>
  ours('put', '/actors/{id}/grants/{username}', { path: { id, username }, json: { role } });
export const take = (id: string, username: string) =>
  ours('delete', '/actors/{id}/grants/{username}', { path: { id, username } });

export const policy = (id: string) => ours('get', '/actors/{id}/policy', { path: { id } });
export const setPolicy = (id: string, version: number, wish: Ours['PolicyWish']) =>
  ours('patch', '/actors/{id}/policy', { path: { id }, version, json: wish });
export const agree = (id: string, proposal: string) =>
  ours('post', '/actors/{id}/policy/proposals/{proposal}/confirm', { path: { id, proposal } });
export const disagree = (id: string, proposal: string) =>
  ours('delete', '/actors/{id}/policy/proposals/{proposal}', { path: { id, proposal } });

/** How far a brand reaches, or the whole company. */
export const exposure = (id?: string) =>
  id ? ours('get', '/actors/{id}/exposure', { path: { id } }) : ours('get', '/exposure');
export const setExposure = (level: Exposure, id?: string) =>
  id
    ? ours('put', '/actors/{id}/exposure', { path: { id }, json: { level } })
    : ours('put', '/exposure', { json: { level } });

export const crisis = () => ours('get', '/crisis');
export const beginCrisis = (reason: string, statement: string) =>
  ours('post', '/crisis', { json: { reason, statement } });
export const say = (statement: string) => ours('patch', '/crisis', { json: { statement } });
export const askToEnd = (reason: string) => ours('post', '/crisis/end', { json: reason ? { reason } : {} });
export const agreeToEnd = () => ours('post', '/crisis/end/confirm');
export const goOn = () => ours('delete', '/crisis/end');
