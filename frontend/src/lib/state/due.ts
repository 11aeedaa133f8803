// What goes out when, what was held, and what is out: drafts of brands, posts of apps, and posts.

import { base } from '#lib/base.ts';
import { DRAFTS } from '#lib/api/guildhall.ts';
import { publishedBy, SCHEDULED } from '#lib/api/mastodon.ts';
import type { Draft, Scheduled, Status } from '#lib/api/types.ts';
import { actable, brands, own, told, type Identity } from '#lib/told.ts';
import { whole } from './pages.svelte.ts';
import { brandOf, called } from './review.ts';

/** Something that goes out, was held, or is out. */
export interface Entry {
  key: string;
  at: string | null;
  who: Identity | null;
  by: string;
  text: string;
  held: string | null;
  isHeld: boolean;
  /** The draft, the post of an app, or the post that is out. */
  draft: string | null;
  post: string | null;
  out: string | null;
}

/** Where it is read; nothing for what an app scheduled, which the calendar alone shows. */
export function placeOf({ draft, out }: Entry): string | null {
  if (draft) return `${base}/review/${draft}`;
  return out ? `${base}/posts/${out}` : null;
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
  out: null,
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
  out: null,
});

/** The words of a post, without its links and paragraphs. */
function wordsOf(html: string): string {
  const page = new DOMParser().parseFromString(html.replace(/<br\b[^>]*>|<\/(?:p|li|h\d|pre)>/g, '$& '), 'text/html');
  return (page.body.textContent ?? '').replace(/\s+/g, ' ').trim();
}

const ofStatus = (who: Identity, one: Status): Entry => ({
  key: `out ${one.id}`,
  at: one.created_at,
  who,
  by: '',
  text: wordsOf(one.content) || one.spoiler_text || (one.media_attachments[0]?.description ?? ''),
  held: null,
  isHeld: false,
  draft: null,
  post: null,
  out: one.id,
});

const leftHouse = (one: Status): boolean => !one.local_only && one.guildhall.audience !== 'direct';

const byTime = (all: Entry[]): Entry[] => all.sort((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));

/** What the person and their brands published in this time, by time: no answers, and nothing that is inside or direct. */
export async function readOut(from: Date, until: Date): Promise<Entry[]> {
  const found = await Promise.all(
    told.identities.map(async (who) => {
      const posts = await publishedBy(own.id, who.id, from, until);
      return posts.filter(leftHouse).map((one) => ofStatus(who, one));
    }),
  );
  return byTime(found.flat());
}

/** All of it that the person may read, by time. */
export async function readDue(): Promise<Entry[]> {
  const drafts = (['scheduled', 'held'] as const).map((state) =>
    brands.length > 0 ? whole<Draft>(own.id, DRAFTS, { state, limit: 40 }) : Promise.resolve([]),
  );
  const posts = actable.map((who) =>
    whole<Scheduled>(who.id, SCHEDULED, { limit: 40 }).then((found) => found.map((one) => ofPost(who, one))),
  );
  const [found, waiting] = await Promise.all([Promise.all(drafts), Promise.all(posts)]);
  return byTime([...found.flat().map(ofDraft), ...waiting.flat()]);
}
