// Whose turn it is with a draft.

import type { Draft, Somebody } from '#lib/api/types.ts';
import { brands, may, own } from '#lib/told.ts';

export const brandOf = (draft: Draft) => brands.find((one) => one.id === draft.actor.id) ?? null;

/** Whether this draft waits for the person's own word. */
export function isMine(draft: Draft): boolean {
  const brand = brandOf(draft);
  if (!brand) return false;
  const wrote = draft.author.username === own.username;
  if (draft.state === 'changes_requested') return wrote;
  if (draft.state !== 'in_review' || wrote) return false;
  return may(brand, 'approve') && !draft.approvals.by.some((one) => one.username === own.username);
}

/** What a colleague is called: not everybody gave a name. */
export const called = (one: Somebody): string => one.display_name || one.username;
