// What goes out when, what was held, and what is out: drafts of brands, posts of apps, and posts.

import { base } from '#lib/base.ts';
import { DRAFTS } from '#lib/api/guildhall.ts';
import { begunBy, SCHEDULED } from '#lib/api/mastodon.ts';
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
  heldCode: string | null;
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
  heldCode: one.held_code,
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
  heldCode: one.guildhall.failed_code,
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
  heldCode: null,
  isHeld: false,
  draft: null,
  post: null,
  out: one.id,
});

const leftHouse = (one: Status): boolean => !one.local_only && one.guildhall.audience !== 'direct';

const byTime = (all: Entry[]): Entry[] => all.sort((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));

/** What may be the last part of a list, and how many parts are read at once. */
const [SHORT, PARTS] = [20, 10];

/** What one of them began, from now back as far as somebody looked. */
class Begun {
  posts: Status[] = [];
  #end = false;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(readonly who: Identity) {}

  /** Reads back to a moment; answers whether it came so far. */
  since(moment: Date): Promise<boolean> {
    const reading = this.#reading.then(() => this.#since(moment));
    // Whoever asked is told why it failed; the next one tries again.
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #since(moment: Date): Promise<boolean> {
    for (let part = 0; part < PARTS && !this.#reaches(moment); part += 1) {
      const found = await begunBy(own.id, this.who.id, this.posts.at(-1)?.id);
      this.posts.push(...found);
      this.#end = found.length < SHORT;
    }
    return this.#reaches(moment);
  }

  #reaches(moment: Date): boolean {
    const last = this.posts.at(-1);
    return this.#end || (last !== undefined && new Date(last.created_at) < moment);
  }
}

/** What the person and their brands published: no answers, and nothing that is inside or direct. */
export class Past {
  readonly #all = told.identities.map((who) => new Begun(who));

  /** What of it went out in this time, by time, and whether that is all: who goes far back reads on. */
  async read(from: Date, until: Date): Promise<{ entries: Entry[]; all: boolean }> {
    const reached = await Promise.all(this.#all.map((one) => one.since(from)));
    const within = (post: Status) => new Date(post.created_at) >= from && new Date(post.created_at) < until;
    const found = this.#all.flatMap(({ who, posts }) =>
      posts.filter((post) => leftHouse(post) && within(post)).map((post) => ofStatus(who, post)),
    );
    return { entries: byTime(found), all: reached.every(Boolean) };
  }
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
