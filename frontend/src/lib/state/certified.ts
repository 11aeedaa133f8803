// Whether anybody's yes would count where the rules of a brand ask for certified approvers.

import { authority } from '#lib/api/guildhall.ts';
import { grants } from '#lib/api/house.ts';
import { certificates } from '#lib/api/org.ts';
import type { GrantRole } from '#lib/api/types.ts';
import { may, mayHere, own, type Identity } from '#lib/told.ts';

const APPROVERS: GrantRole[] = ['owner', 'manager', 'approver'];

/** Whether nobody who approves for the brand is certified for it, as far as the person may know: who gives certificates
 * reads all of them, others their own, and once the rules ask for them, whose yes counts for what they write. */
export async function nobodyCertified(brand: Identity, inForce: boolean): Promise<boolean> {
  const known = (await certificates()).filter((one) => one.role === 'approver').map((one) => one.account.username);
  if (mayHere('give_certificates')) {
    const people = await grants(brand.id);
    return !people.some((one) => APPROVERS.includes(one.role) && !one.suspended && known.includes(one.username));
  }
  if (!inForce || (may(brand, 'approve') && known.includes(own.username))) return false;
  return (await authority(brand.id)).approvers.length === 0;
}
