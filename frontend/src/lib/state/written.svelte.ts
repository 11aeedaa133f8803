// What a letter says, and to whom: the fields of the screen for writing, as they come from a post, from a draft, or from
// what was kept in this browser.

import type { source } from '#lib/api/mastodon.ts';
import type { Draft, Status } from '#lib/api/types.ts';
import { own, writable, type Identity } from '#lib/told.ts';
import { Inside } from './inside.svelte.ts';
import type { Attached, Kept, LooksAfter } from './kept.ts';

/** What the author of a post typed, and how. */
export type Typed = Awaited<ReturnType<typeof source>>;

export class Written {
  text = $state('');
  /** What was begun as plain text stays that. */
  format = $state<'markdown' | 'plain'>('markdown');
  warning = $state('');
  warned = $state(false);
  audience = $state('public');
  as = $state(own.id);
  language = $state('');
  media = $state<Attached[]>([]);
  poll = $state<Kept['poll']>(null);
  at = $state('');
  readonly inside = new Inside();
  /** Who was chosen here to look after the answers. */
  replyOwner = $state.raw<LooksAfter | null>(null);

  get identity(): Identity {
    return writable.find((one) => one.id === this.as) ?? own;
  }

  get isEmpty(): boolean {
    return this.text.trim() === '' && this.media.length === 0 && this.poll === null && this.warning === '';
  }

  /** What was plain text stays that. */
  protected type(typed: Typed): void {
    this.text = typed.text;
    this.format = typed.content_type === 'text/markdown' ? 'markdown' : 'plain';
  }

  /** With the readers, files and poll of a post. */
  protected fill(status: Status, warning: string): void {
    this.warning = warning;
    this.warned = warning !== '';
    this.audience = status.guildhall.audience;
    this.language = status.language ?? '';
    this.media = status.media_attachments.map((one) => ({
      id: one.id,
      url: one.preview_url ?? one.url,
      name: '',
      type: one.type,
      description: one.description ?? '',
      held: false,
      focus: one.meta.focus,
    }));
    const until = status.poll?.expires_at ? new Date(status.poll.expires_at).getTime() : 0;
    this.poll = status.poll && {
      options: status.poll.options.map((one) => one.title),
      hours: Math.max(1, Math.round((until - Date.now()) / 3_600_000)),
      multiple: status.poll.multiple,
    };
  }

  /** As it stands in a draft. */
  protected write(draft: Draft): void {
    this.text = draft.body;
    this.format = draft.format === 'plain' ? 'plain' : 'markdown';
    this.warning = draft.content_warning;
    this.warned = this.warning !== '';
    this.audience = draft.audience;
    this.as = draft.actor.id;
    this.language = draft.language ?? '';
    this.media = draft.media.map((one) => ({
      id: one.id,
      url: one.preview_url ?? one.url,
      name: '',
      type: one.type,
      description: one.description,
      held: true,
    }));
    this.poll = draft.poll && {
      options: draft.poll.options,
      hours: draft.poll.expires_in / 3600,
      multiple: draft.poll.multiple,
      hidden: draft.poll.hide_totals,
    };
    while (this.poll && this.poll.options.length < 2) this.poll.options.push('');
  }

  /** What it asks, for a draft: no choices where it asks nothing. */
  get asked() {
    const { options = [], hours = 0, multiple = false, hidden = false } = this.poll ?? {};
    return {
      options: options.filter((one) => one.trim()),
      expires_in: Math.round(hours * 3600),
      multiple,
      hide_totals: hidden,
    };
  }

  /** As it was kept. */
  protected putBack(kept: Kept): void {
    this.text = kept.text;
    this.format = kept.format ?? 'plain';
    this.warning = kept.warning;
    this.warned = kept.warning !== '';
    this.audience = kept.audience;
    this.as = writable.some((one) => one.id === kept.as) ? kept.as : own.id;
    this.language = kept.language;
    this.media = kept.media;
    this.poll = kept.poll;
    this.at = kept.at;
    this.inside.putBack(kept.inside);
    this.replyOwner = kept.replyOwner ?? null;
  }

  /** All of it, to be kept. */
  protected get written() {
    return {
      text: this.text,
      format: this.format,
      warning: this.warned ? this.warning : '',
      audience: this.audience,
      as: this.as,
      language: this.language,
      media: $state.snapshot(this.media),
      poll: $state.snapshot(this.poll),
      at: this.at,
      inside: this.inside.kept,
      replyOwner: this.replyOwner,
    };
  }
}
