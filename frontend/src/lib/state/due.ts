// What goes out when, and what was held: drafts of brands, and posts of apps.

import { DRAFTS } from '#lib/api/guildhall.ts';
import { SCHEDULED } from '#lib/api/mastodon.ts';
import type { Draft, Scheduled } from '#lib/api/types.ts';
import { actable, brands, own, type Identity } from '#lib/told.ts';
import { whole } from './pages.svelte.ts';
import { brandOf, called } from './review.ts';

/** Something that goes out, or was held. */
export interface Entry {
  key: string;
  at: string | null;
  who: Identity | null;
  by: string;
  text: string;
  held: string | null;
  isHeld: boolean;
  /** The draft, or the post of an app. */
  draft: string | null;
  post: string | null;
}

const ofDraft = (one: Draft): Entry => ({
  key: `draft ${one.id}`,
  at: one.scheduled_at,
  who: brandOf(one),
  by: called(one.author),
  text: one.body || one.content_warning,
  held: one.held,
  isHeld: one.state === 'held',
  draft: one.id,
  post: null,
});

const ofPost = (who: Identity, one: Scheduled): Entry => ({
  key: `post ${one.id}`,
  at: one.scheduled_at,
  who,
  by: '',
  text: one.params.text || (one.params.spoiler_text ?? ''),
  held: one.guildhall.failed,
  isHeld: one.guildhall.failed !== null,
  draft: null,
  post: one.id,
});

/** All of it that the person may read, by time. */
export async function readDue(): Promise<Entry[]> {
  const drafts = (['scheduled', 'held'] as const).map((state) =>
    brands.length > 0 ? whole<Draft>(own.id, DRAFTS, { state, limit: 40 }) : Promise.resolve([]),
  );
  const posts = actable.map((who) =>
    whole<Scheduled>(who.id, SCHEDULED, { limit: 40 }).then((found) => found.map((one) => ofPost(who, one))),
  );
  const [found, waiting] = await Promise.all([Promise.all(drafts), Promise.all(posts)]);
  return [...found.flat().map(ofDraft), ...waiting.flat()].sort((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));
}
