// Whose turn it is with a draft.

import type { Draft, DraftState, Somebody } from '#lib/api/types.ts';
import { brands, may, own } from '#lib/told.ts';

export const brandOf = (draft: Draft) => brands.find((one) => one.id === draft.actor.id) ?? null;

/** How it stands by what counts now: rules that became stricter ask for more than it has. */
export const stateOf = (draft: Draft): DraftState =>
  draft.state === 'approved' && draft.approvals.by.length < draft.approvals.needed ? 'in_review' : draft.state;

/** Whether this draft waits for the person's own word. */
export function isMine(draft: Draft): boolean {
  const brand = brandOf(draft);
  if (!brand) return false;
  const wrote = draft.author.username === own.username;
  if (draft.state === 'changes_requested') return wrote;
  if (stateOf(draft) !== 'in_review' || wrote) return false;
  return may(brand, 'approve') && !draft.approvals.by.some((one) => one.username === own.username);
}

/** What a colleague is called: not everybody gave a name. */
export const called = (one: Somebody): string => one.display_name || one.username;
