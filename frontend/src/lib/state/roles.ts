// For which brands the person knows that the page of a brand names who writes for it: this browser remembers it.

import { brands, may, own, type Identity } from '#lib/told.ts';

const HEARD = `guildhall.heard-roles.${own.id}`;

const known = (): string[] => (localStorage.getItem(HEARD) ?? '').split(' ');

/** The brands for which the person writes, of which they have not heard that yet. */
export const unheard = (): Identity[] => brands.filter((one) => may(one, 'write_draft') && !known().includes(one.id));

/** They have heard it of all of them. A role that ended and comes again is told of again. */
export function heard(): void {
  const now = brands.filter((one) => may(one, 'write_draft')).map((one) => one.id);
  try {
    localStorage.setItem(HEARD, now.join(' '));
  } catch {
    // Then it is said once more.
  }
}
