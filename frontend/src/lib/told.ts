// What the page was told when it began (src/http/web/workroom/told.rs): who is there, and whose house it is. Names and
// pictures are given new ones here as they change.

import { HOUSE_ROLES, type HouseRole } from './api/types.ts';
import { alive } from './state/alive.svelte.ts';

export type Right =
  | 'write_draft'
  | 'edit_others_draft'
  | 'submit'
  | 'approve'
  | 'request_changes'
  | 'publish'
  | 'schedule'
  | 'override'
  | 'reply_without_approval'
  | 'edit_published'
  | 'delete_published'
  | 'change_policy'
  | 'manage_grants'
  | 'read_drafts'
  | 'read_audit'
  | 'read_figures'
  | 'handle_crisis';

export type HouseRight =
  | 'invite_customer'
  | 'invite_member'
  | 'answer_sign_ups'
  | 'suspend_customer'
  | 'suspend_staff'
  | 'remove_owner'
  | 'change_roles'
  | 'change_owners'
  | 'limit_account'
  | 'handle_crisis'
  | 'set_exposure'
  | 'change_company'
  | 'give_certificates'
  | 'make_brands';

export interface Identity {
  id: string;
  username: string;
  name: string;
  handle: string;
  picture: string | null;
  followers: number;
  brand: { role: string; may: Right[]; min_approvals: number } | null;
}

export interface Team {
  id: string;
  name: string;
  people: number;
}

export interface Told {
  form_token: string;
  kind: 'employee' | 'customer' | 'partner' | 'press';
  role: string;
  may: HouseRight[];
  language: string | null;
  identities: [Identity, ...Identity[]];
  teams: Team[];
  /** When the page began; how it is now says `lib/state/crisis.svelte.ts`. */
  crisis: boolean;
  /** How many questions of the set-up are left, for whoever may answer them. */
  setup_left: number;
  staff: number;
  host: string;
  longest_post: number;
  /** Whether letters leave: without a mail server links are handed over by oneself. */
  sends_mail: boolean;
  company: { name: string; colour: string; logo: string | null };
}

export const told: Told = alive(JSON.parse(document.getElementById('told')?.textContent ?? '{}'));

/** The person themselves. */
export const own: Identity = told.identities[0];
/** The brands on which the person has a role. */
export const brands: Identity[] = told.identities.slice(1);
export const isEmployee = told.kind === 'employee';

export function may(brand: Identity, right: Right): boolean {
  return brand.brand?.may.includes(right) ?? false;
}

/** Whether the person may do this with the house. */
export const mayHere = (right: HouseRight): boolean => told.may.includes(right);

/** Whether the person may lock out somebody who is this here, or let them in again. */
export function mayLock(one: { kind: string; role: string }): boolean {
  if (one.role === 'owner') return mayHere('remove_owner');
  return mayHere(one.kind === 'employee' || one.role !== 'member' ? 'suspend_staff' : 'suspend_customer');
}

/** Which roles with the house the person may give to somebody who is this here; to themselves only an owner, who goes. */
export function rolesFor(one: { kind: string; role: string; username: string }): HouseRole[] {
  const makesOwners = mayHere('change_owners');
  if (one.kind !== 'employee' || !mayHere('change_roles')) return [];
  if (!makesOwners && (one.role === 'owner' || one.username === own.username)) return [];
  return HOUSE_ROLES.filter((role) => role !== 'owner' || makesOwners);
}

/** Whether the person may limit them: of colleagues as much as to lock them out, and everybody elsewhere. */
export function mayLimit(one: { kind: string; role: string } | null): boolean {
  const staff = one !== null && (one.kind === 'employee' || one.role !== 'member');
  return staff ? mayLock(one) : mayHere('limit_account');
}

/** As whom the person may read and act: brands only where they may publish. */
export const actable: Identity[] = told.identities.filter((one) => !one.brand || may(one, 'publish'));
/** For whom the person may write. */
export const writable: Identity[] = told.identities.filter((one) => !one.brand || may(one, 'write_draft'));

/** Whether the person runs the server: other servers, deliveries and the doctor. */
export const runsServer = isEmployee && (told.role === 'owner' || told.role === 'admin');
/** Whether the person handles reports. */
export const moderates = isEmployee && mayHere('limit_account');
/** Whether the person may read who did what: all of it, or what concerns a brand of theirs. */
export const readsAudit = isEmployee && (told.role === 'owner' || brands.some((one) => may(one, 'read_audit')));
