// A letter goes out: as oneself, as a change of what is out, or as the draft of a brand.

import * as guildhall from '#lib/api/guildhall.ts';
import * as mastodon from '#lib/api/mastodon.ts';
import { Failure } from '#lib/api/request.ts';
import type { Status } from '#lib/api/types.ts';
import { may, own, type Identity } from '#lib/told.ts';
import type { Letter } from './letter.svelte.ts';
import { meant } from './moment.ts';
import { isInside, isOpen } from './readers.ts';

export type Outcome =
  | { kind: 'post'; id: string; inside: boolean; edited?: boolean; only?: string[] }
  | { kind: 'scheduled'; at: string }
  | { kind: 'draft'; id: string; published: string | null; untimed?: boolean };

type Seen = { id: string; version: number };

/** What a post and a change of one have in common. */
const said = (letter: Letter) => ({
  status: letter.text,
  sensitive: letter.warned && letter.media.length > 0,
  language: letter.language || undefined,
  media_ids: letter.media.map((one) => one.id),
});

export async function saveEdit(letter: Letter, edits: { status: Status; as: string }): Promise<Outcome> {
  const kept = edits.status.poll;
  const until = kept?.expires_at ? new Date(kept.expires_at).getTime() - Date.now() : 0;
  const changed = await mastodon.editStatus(edits.as, edits.status.id, {
    ...said(letter),
    spoiler_text: letter.warned ? letter.warning : '',
    media_attributes: letter.media.map((one) => ({
      id: one.id,
      description: one.description,
      focus: one.focus && `${one.focus.x},${one.focus.y}`,
    })),
    // A poll stays as it is; votes are lost where its choices change.
    poll: kept
      ? {
          options: kept.options.map((one) => one.title),
          expires_in: Math.max(300, Math.round(until / 1000)),
          multiple: kept.multiple,
        }
      : undefined,
  });
  return { kind: 'post', id: changed.id, inside: isInside(letter.audience), edited: true };
}

/** What answers somebody goes with what it answers, and is said in one place. */
const saidInside = (letter: Letter, answered: Status | null) => {
  if (answered) return {};
  if (isInside(letter.audience)) return letter.inside.ofInside;
  return isOpen(letter.audience) ? letter.inside.ofOutside : {};
};

export async function sendAsOneself(
  letter: Letter,
  answered: Status | null,
  quotes: string | null,
  key: string,
): Promise<Outcome> {
  await Promise.all(letter.media.map((one) => mastodon.describe(own.id, one.id, one.description, one.focus)));
  const { poll } = letter;
  const at = meant(letter.at)?.at.toISOString();
  const wanted = {
    ...said(letter),
    ...saidInside(letter, answered),
    content_type: letter.format === 'markdown' ? ('text/markdown' as const) : ('text/plain' as const),
    guildhall_audience: letter.audience,
    spoiler_text: letter.warned ? letter.warning : undefined,
    in_reply_to_id: answered?.id,
    quoted_status_id: quotes ?? undefined,
    poll: poll
      ? {
          options: poll.options.filter((one) => one.trim()),
          expires_in: poll.hours * 3600,
          multiple: poll.multiple,
        }
      : undefined,
    scheduled_at: at,
  };
  const posted = await mastodon.post(own.id, wanted, key);
  if (at) return { kind: 'scheduled', at };
  // Who alone reads a direct one.
  const only = letter.audience === 'direct' ? posted.mentions.map((one) => `@${one.acct}`) : undefined;
  return { kind: 'post', id: posted.id, inside: isInside(letter.audience), only };
}

/** Hands a saved draft in, and goes on where the person may: it is scheduled, or it goes out. */
export async function handIn(brand: Identity, saved: Seen, at: string, seen: (now: Seen) => void): Promise<Outcome> {
  const handed = await guildhall.submit(saved.id, saved.version);
  seen({ id: handed.id, version: handed.version });
  const needs = handed.approvals.needed - handed.approvals.by.length;
  const waits: Outcome = { kind: 'draft', id: handed.id, published: null, untimed: at !== '' };
  const publishes = may(brand, 'publish');
  if (needs > 0 || !(publishes || (handed.reply_to && may(brand, 'reply_without_approval')))) return waits;
  const time = meant(at)?.at.toISOString();
  if (time) {
    await guildhall.schedule(handed.id, handed.version, time);
    return { kind: 'scheduled', at: time };
  }
  try {
    const out = await guildhall.publish(handed.id, handed.version);
    return { kind: 'draft', id: out.id, published: out.post?.id ?? null };
  } catch (error) {
    // Who answers without approval answers others; what goes on with our own words waits for who publishes.
    if (!publishes && error instanceof Failure && error.kind === 'refused') return waits;
    throw error;
  }
}
