// Our own API: teams and departments, brands, and certificates. All of it is done as oneself.

import { ours, type Ours } from './ours.ts';

export type Kind = Ours['TeamKind'];
export const KINDS = ['department', 'team'] as const satisfies Kind[];
export type TeamMember = Ours['TeamMember'];
export type Team = Ours['Team'];
export interface TeamWish {
  name: string;
  kind: Kind;
}

export type BrandWish = Ours['BrandWish'];
export const makeBrand = (json: BrandWish) => ours('post', '/brands', { json });

/** Where one works, and what posts of brands may say of one. */
export type Me = Ours['Me'];
export const me = () => ours('get', '/me');
/** What posts of brands may say of one at most. */
export const nameMe = (named_as: Me['named_as']) => ours('patch', '/me', { json: { named_as } });

/** In which language letters come to one. */
export const writeMeIn = (letter_language: string) => ours('patch', '/me', { json: { letter_language } });

export const teams = () => ours('get', '/teams');
export const team = (id: string) => ours('get', '/teams/{id}', { path: { id } });
export const makeTeam = (json: TeamWish) => ours('post', '/teams', { json });
export const changeTeam = (id: string, json: Partial<TeamWish>) => ours('patch', '/teams/{id}', { path: { id }, json });
export const deleteTeam = (id: string) => ours('delete', '/teams/{id}', { path: { id } });
export const putInTeam = (id: string, username: string) =>
  ours('post', '/teams/{id}/members/{username}', { path: { id, username } });
export const takeOutOfTeam = (id: string, username: string) =>
  ours('delete', '/teams/{id}/members/{username}', { path: { id, username } });

export type CertificateRole = Ours['CertificateRole'];
export const CERTIFICATE_ROLES = [
  'responder',
  'approver',
  'publisher',
  'contributor',
  'manager',
] as const satisfies CertificateRole[];
export type Certificate = Ours['Certificate'];

/** Of everybody for who may give them, else one's own. */
export const certificates = () => ours('get', '/certificates');
export const certify = (json: Ours['CertificateWish']) => ours('post', '/certificates', { json });
export const revoke = (id: string) => ours('delete', '/certificates/{id}', { path: { id } });
