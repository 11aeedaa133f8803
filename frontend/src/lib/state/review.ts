// Whose turn it is with a draft.

import type { Draft, Somebody } from '#lib/api/types.ts';
import type { Words } from '#lib/words/en.ts';
import { brands, may, own } from '#lib/told.ts';
import type { LooksAfter } from './kept.ts';

export const brandOf = (draft: Draft) => brands.find((one) => one.id === draft.actor.id) ?? null;

/** Whether this draft waits for the person's own word. */
export function isMine(draft: Draft): boolean {
  const brand = brandOf(draft);
  if (!brand) return false;
  const wrote = isOwn(draft);
  if (draft.state === 'changes_requested') return wrote;
  // Whoever changed what another wrote agrees to it as little, and nobody agrees twice.
  const done = [...draft.changed_by, ...draft.approvals.by].some((one) => one.username === own.username);
  if (draft.waits_for_publisher) return may(brand, 'publish') && !wrote;
  return draft.state === 'in_review' && may(brand, 'approve') && !wrote && !done;
}

/** How far it is, in words: for the person themselves, where it waits for them. */
export function stands(draft: Draft, words: Words): string {
  if (draft.waits_for_publisher) return isMine(draft) ? words.forYouToPublish : words.forPublisher;
  return isMine(draft) && draft.state === 'in_review' ? words.forYou : words.state[draft.state];
}

/** Whether the person began it. */
export const isOwn = (draft: Draft): boolean => draft.author.username === own.username;

/** Whether it is the person's own, has its approvals, and may be published by them. */
export function isReady(draft: Draft): boolean {
  const brand = brandOf(draft);
  return draft.state === 'approved' && isOwn(draft) && brand !== null && may(brand, 'publish');
}

/** Whether it is neither out nor thrown away. */
export const isUnfinished = (draft: Draft): boolean => draft.state !== 'published' && draft.state !== 'discarded';

/** Whether a change takes something back: colleagues were asked or said yes, or it has a time. */
export const isSettled = (draft: Draft): boolean => ['in_review', 'approved', 'scheduled'].includes(draft.state);

/** What that is. */
export function takes(draft: Draft): 'losesTime' | 'losesYes' | 'leavesReview' {
  if (draft.scheduled_at) return 'losesTime';
  return draft.approvals.by.length > 0 ? 'losesYes' : 'leavesReview';
}

/** Its words for a line of a list: what is Markdown without its signs. */
export function inShort(draft: Draft): string {
  if (draft.format !== 'markdown') return draft.body;
  return draft.body
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[ \t]*(?:#{1,6}|>|[-*+]|\d+[.)])[ \t]+/gm, '')
    .replace(/\*\*|__|~~|`/g, '')
    .replace(/(^|[\s(])[*_](\S(?:[^*_\n]*\S)?)[*_](?=$|[\s).,;:!?])/g, '$1$2');
}

/** What a colleague is called: not everybody gave a name. */
export const called = (one: Somebody): string => one.display_name || one.username;

/** Who looks after the answers. */
export const looksAfter = ({ reply_team: team, reply_owner: owner }: Draft): LooksAfter =>
  team ? { who: `team:${team.id}`, name: team.name } : { who: owner.username, name: called(owner) };
