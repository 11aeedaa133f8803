// Our own API: who works here, what they may do, and the switches of the house. All of it is done as oneself.

import { ask, call } from './request.ts';
import type { Exposure, Grant, GrantRole, Invitation, Crisis, Login, Policy, Reach, SignUp } from './types.ts';

const ROOT = '/api/guildhall/v1';

/** Who did what, newest first. */
export const AUDIT = `${ROOT}/audit`;

/** Who has a login, newest first; those before an id. */
export const logins = (before?: string) => call<Login[]>(`${ROOT}/accounts`, { query: { limit: 80, max_id: before } });
export const lockOut = (username: string) =>
  call<unknown>(`${ROOT}/accounts/${encodeURIComponent(username)}/suspend`, { method: 'POST' });
export const letIn = (username: string) =>
  call<unknown>(`${ROOT}/accounts/${encodeURIComponent(username)}/restore`, { method: 'POST' });

export interface Invited {
  kind: 'employee' | 'customer';
  role?: string;
  grants?: { actor: string; role: GrantRole }[];
  email?: string;
}

export const invitations = () => call<Invitation[]>(`${ROOT}/invitations`, { query: { limit: 40 } });
export const invite = (wish: Invited, key: string) =>
  call<Invitation>(`${ROOT}/invitations`, {
    method: 'POST',
    json: { ...wish },
    headers: { 'idempotency-key': key },
  });
export const takeBack = (id: string) => call<Invitation>(`${ROOT}/invitations/${id}`, { method: 'DELETE' });

export const signUps = () => call<SignUp[]>(`${ROOT}/sign-ups`, { query: { limit: 40 } });
export const approveSignUp = (id: string) => call<unknown>(`${ROOT}/sign-ups/${id}/approve`, { method: 'POST' });
export const rejectSignUp = (id: string) => call<unknown>(`${ROOT}/sign-ups/${id}/reject`, { method: 'POST' });

export const grants = (brand: string) => call<Grant[]>(`${ROOT}/actors/${brand}/grants`);
export const give = (brand: string, username: string, role: GrantRole) =>
  call<Grant[]>(`${ROOT}/actors/${brand}/grants/${encodeURIComponent(username)}`, { method: 'PUT', json: { role } });
export const take = (brand: string, username: string) =>
  call<Grant[]>(`${ROOT}/actors/${brand}/grants/${encodeURIComponent(username)}`, { method: 'DELETE' });

export const policy = (brand: string) => call<Policy>(`${ROOT}/actors/${brand}/policy`);
export const setPolicy = (brand: string, version: number, wish: Record<string, unknown>) =>
  ask<Policy>(`${ROOT}/actors/${brand}/policy`, {
    method: 'PATCH',
    json: wish,
    headers: { 'if-match': `"${version}"` },
  }).then((answer) => answer.body);
export const agree = (brand: string, proposal: string) =>
  call<Policy>(`${ROOT}/actors/${brand}/policy/proposals/${proposal}/confirm`, { method: 'POST' });
export const disagree = (brand: string, proposal: string) =>
  call<Policy>(`${ROOT}/actors/${brand}/policy/proposals/${proposal}`, { method: 'DELETE' });

/** How far a brand reaches, or the whole company. */
export const exposure = (brand?: string) => call<Reach>(`${ROOT}${brand ? `/actors/${brand}` : ''}/exposure`);
export const setExposure = (level: Exposure, brand?: string) =>
  call<Reach>(`${ROOT}${brand ? `/actors/${brand}` : ''}/exposure`, { method: 'PUT', json: { level } });

export const crisis = () => call<Crisis>(`${ROOT}/crisis`);
export const beginCrisis = (reason: string, statement: string) =>
  call<Crisis>(`${ROOT}/crisis`, { method: 'POST', json: { reason, statement } });
export const say = (statement: string) => call<Crisis>(`${ROOT}/crisis`, { method: 'PATCH', json: { statement } });
export const askToEnd = (reason: string) =>
  call<Crisis>(`${ROOT}/crisis/end`, { method: 'POST', json: reason ? { reason } : {} });
export const agreeToEnd = () => call<Crisis>(`${ROOT}/crisis/end/confirm`, { method: 'POST' });
export const goOn = () => call<Crisis>(`${ROOT}/crisis/end`, { method: 'DELETE' });
