// Whether there are enough people whose yes counts for a brand, also where its rules ask for certified ones.

import { authority } from '#lib/api/guildhall.ts';
import { grants } from '#lib/api/house.ts';
import { certificates } from '#lib/api/org.ts';
import type { Grant, GrantRole, Policy } from '#lib/api/types.ts';
import { may, mayHere, own, type Identity } from '#lib/told.ts';

const APPROVERS: GrantRole[] = ['owner', 'manager', 'approver'];
const approves = (one: Grant): boolean => APPROVERS.includes(one.role) && !one.suspended;

/** How many approve for the brand and how many yeses a post would need, where that are too few for what anybody writes,
 * or for what one of those who approve writes themselves. */
export function tooFew(
  people: Grant[],
  rules: Pick<Policy, 'min_approvals' | 'topics' | 'self_approve'>,
): { have: number; need: number; own: boolean } | null {
  const have = people.filter(approves).length;
  const need = Math.max(rules.min_approvals, rules.topics.length > 0 ? 1 : 0);
  if (have < need) return { have, need, own: false };
  return need > 0 && have === need && !rules.self_approve ? { have, need, own: true } : null;
}

/** Whether nobody who approves for the brand is certified for it, as far as the person may know: who gives certificates
 * reads all of them, others their own, and once the rules ask for them, whose yes counts for what they write. */
export async function nobodyCertified(brand: Identity, inForce: boolean): Promise<boolean> {
  const known = (await certificates()).filter((one) => one.role === 'approver').map((one) => one.account.username);
  if (mayHere('give_certificates')) {
    const people = await grants(brand.id);
    return !people.some((one) => approves(one) && known.includes(one.username));
  }
  if (!inForce || (may(brand, 'approve') && known.includes(own.username))) return false;
  return (await authority(brand.id)).approvers.length === 0;
}
