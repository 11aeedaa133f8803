// Our own API: teams and departments, and certificates. All of it is done as oneself.

import { call } from './request.ts';

const ROOT = '/api/guildhall/v1';

export const KINDS = ['department', 'team'] as const;
export type Kind = (typeof KINDS)[number];

export interface TeamMember {
  id: string;
  username: string;
  display_name: string;
}

export interface Team {
  id: string;
  name: string;
  kind: Kind;
  audience: string;
  created_at: string;
  members: TeamMember[];
}

export interface TeamWish {
  name: string;
  kind: Kind;
}

const TEAMS = `${ROOT}/teams`;
const memberOf = (team: string, username: string) => `${TEAMS}/${team}/members/${encodeURIComponent(username)}`;

export const teams = () => call<Team[]>(TEAMS);
export const team = (id: string) => call<Team>(`${TEAMS}/${id}`);
export const makeTeam = (wish: TeamWish) => call<Team>(TEAMS, { method: 'POST', json: { ...wish } });
export const changeTeam = (id: string, wish: Partial<TeamWish>) =>
  call<Team>(`${TEAMS}/${id}`, { method: 'PATCH', json: { ...wish } });
export const deleteTeam = (id: string) => call<null>(`${TEAMS}/${id}`, { method: 'DELETE' });
export const putInTeam = (id: string, username: string) => call<Team>(memberOf(id, username), { method: 'POST' });
export const takeOutOfTeam = (id: string, username: string) => call<Team>(memberOf(id, username), { method: 'DELETE' });

export const CERTIFICATE_ROLES = ['responder', 'approver', 'publisher', 'contributor', 'manager'] as const;
export type CertificateRole = (typeof CERTIFICATE_ROLES)[number];

/** A person by their login. */
interface Holder {
  id: string;
  username: string;
  display_name: string;
}

export interface Certificate {
  id: string;
  account: Holder;
  role: CertificateRole;
  /** What they passed. */
  note: string | null;
  given_by: Holder | null;
  given_at: string;
  valid_until: string;
  /** Its time is over, and it counts for some days more. */
  grace: boolean;
}

export interface CertificateWish {
  /** A username. */
  account: string;
  role: CertificateRole;
  note: string;
  valid_until: string;
}

const CERTIFICATES = `${ROOT}/certificates`;

/** Of everybody for who may give them, else one's own. */
export const certificates = () => call<Certificate[]>(CERTIFICATES);
export const certify = (wish: CertificateWish) =>
  call<Certificate>(CERTIFICATES, { method: 'POST', json: { ...wish } });
export const revoke = (id: string) => call<null>(`${CERTIFICATES}/${id}`, { method: 'DELETE' });
