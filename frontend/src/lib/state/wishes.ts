// Weaker rules that somebody wishes for a brand, a line each.

import type { Ours } from '#lib/api/ours.ts';
import { house } from '#lib/words/index.svelte.ts';

export function wishes(said: Ours['PolicyChange'] | null | undefined): string[] {
  if (!said) return [];
  const w = house.words.run;
  const r = house.words.org.rules;
  const topics = Array.isArray(said.topics) ? said.topics.map((one) => one.name) : null;
  return [
    typeof said.min_approvals === 'number'
      ? `${w.approvals} ${said.min_approvals === 0 ? w.approvalsNone : w.approvalsCount(said.min_approvals)}`
      : '',
    typeof said.approval_hours === 'number' ? `${r.lasts}: ${house.lasting(said.approval_hours * 3600)}` : '',
    said.reply_lane === 'free' ? `${w.answersToo}: ${w.answersFree}` : '',
    said.reply_lane === 'certified' ? `${w.answersToo}: ${r.certified}` : '',
    said.certified_approvers === false ? r.anyApprover : '',
    said.typo_lane === true ? w.typos : '',
    topics ? `${w.topicsWished}: ${house.list(topics) || '–'}` : '',
  ].filter(Boolean);
}
