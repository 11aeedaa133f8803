// All that the page of a draft shows of it, and what became of it while somebody read.

import { authority, draft as readDraft, history, preview } from '#lib/api/guildhall.ts';
import { status } from '#lib/api/mastodon.ts';
import { Failure } from '#lib/api/request.ts';
import type { Draft, PastText, Status } from '#lib/api/types.ts';
import { may, own } from '#lib/told.ts';
import { house } from '#lib/words/index.svelte.ts';
import { brandOf, called } from './review.ts';
import { undashed } from './signed.ts';

/** What it answers or quotes; `hidden` where that is gone, or not for this person. */
export type Seen = Status | 'hidden' | null;

export interface Reviewed {
  draft: Draft;
  texts: PastText[];
  answered: Seen;
  quoted: Seen;
  /** Whether one might say yes, and it would not count. */
  lacks: boolean;
  /** Whether the certificate of whoever wrote it spares it the approvals, and does not where this person sends it. */
  lacksSend: boolean;
  /** Who is named below it, behind the line that is drawn. */
  signature: string | null;
  /** Its words as they will look, where they are not shown as they were typed. */
  html: string | null;
}

export async function readReviewed(id: string): Promise<Reviewed> {
  const [draft, texts] = await Promise.all([readDraft(id), history(id)]);
  const [answered, quoted, lacks, lacksSend, signature, html] = await Promise.all([
    look(draft.reply_to),
    look(draft.quote_of),
    lacksCertificate(draft),
    lacksToSend(draft),
    signatureOf(draft),
    rendered(draft),
  ]);
  return { draft, texts, answered, quoted, lacks, lacksSend, signature, html };
}

/** The same after something was done with it, by which its words stayed. */
export async function after(shown: Reviewed, draft: Draft): Promise<Reviewed> {
  const [texts, lacksSend, signature] = await Promise.all([history(draft.id), lacksToSend(draft), signatureOf(draft)]);
  return { ...shown, draft, texts, lacksSend, signature };
}

async function look(post: string | null): Promise<Seen> {
  if (!post) return null;
  return status(own.id, post).catch((error: unknown) => {
    if (error instanceof Failure && error.kind === 'missing') return 'hidden';
    throw error;
  });
}

/** As it would go out now, or as it stands in the post. */
async function signatureOf(of: Draft): Promise<string | null> {
  if (of.state !== 'published') return of.signature && undashed(of.signature);
  const post = await look(of.post?.id ?? null).catch(() => null);
  if (!post || post === 'hidden') return null;
  const last = new DOMParser()
    .parseFromString(post.content, 'text/html')
    .querySelector('body > p:last-child')?.textContent;
  return last?.startsWith('— ') && !of.body.includes(last) ? undashed(last) : null;
}

const rendered = async (of: Draft): Promise<string | null> =>
  of.format === 'markdown'
    ? preview({ text: of.body, format: 'markdown' }).then(
        (shown) => shown.html,
        // Without it they are shown as they were typed.
        () => null,
      )
    : null;

async function lacksCertificate(of: Draft): Promise<boolean> {
  const whose = brandOf(of);
  if (of.state !== 'in_review' || !whose || !may(whose, 'approve')) return false;
  try {
    return (await authority(whose.id)).missing.some((one) => one.step === 'certificate_to_approve');
  } catch {
    // A help: the draft is shown without it, and the server decides.
    return false;
  }
}

async function lacksToSend(of: Draft): Promise<boolean> {
  const whose = brandOf(of);
  if (!of.reply_to || !['approved', 'scheduled'].includes(of.state) || !whose || !may(whose, 'publish')) return false;
  try {
    const { approvals, missing } = await authority(whose.id);
    return of.approvals.by.length < approvals && missing.some((one) => one.step === 'certificate_to_answer');
  } catch {
    return false;
  }
}

/** Whether a refusal says no more than that others were earlier: then what they did is said instead. */
export const outrun = (failed: Failure | null): boolean =>
  failed !== null && (failed.code === 'draft.stale' || failed.code === 'draft.state');

/** What others did with it between two readings, a sentence each. */
export function meanwhile(before: Draft, now: Draft): string[] {
  const w = house.words;
  const known = new Set(before.reviews.map((one) => one.at + one.by.account));
  const heard = now.reviews.filter((one) => !known.has(one.at + one.by.account));
  const said = heard.map((one) => (one.verdict === 'approved' ? w.approvedIt : w.askedIt)(called(one.by)));
  return [
    ...(before.version === now.version ? [] : [w.meanwhile.changed]),
    ...said.map((one) => `${one}.`),
    ...(before.state === now.state ? [] : [w.meanwhile.stands(w.state[now.state])]),
    ...(now.scheduled_at && before.scheduled_at !== now.scheduled_at
      ? [w.meanwhile.time(house.moment(now.scheduled_at))]
      : []),
  ];
}
