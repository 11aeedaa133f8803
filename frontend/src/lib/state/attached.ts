// What is sent of a letter: its files, and all of it as a draft of a brand.

import type { Writing } from '#lib/api/guildhall.ts';
import * as mastodon from '#lib/api/mastodon.ts';
import { own } from '#lib/told.ts';
import type { Attached } from './kept.ts';
import type { Letter } from './letter.svelte.ts';
import { told as failure } from './load.svelte.ts';

export async function attach(letter: Letter, files: Iterable<File>): Promise<void> {
  for (const file of files) {
    letter.uploading += 1;
    try {
      const media = await mastodon.upload(letter.uploadsAs, file, '');
      letter.media.push({
        id: media.id,
        url: media.preview_url ?? media.url,
        name: file.name,
        type: media.type,
        description: '',
        held: false,
      });
      letter.changed();
    } catch (error) {
      letter.failed = failure(error);
    } finally {
      letter.uploading -= 1;
    }
  }
}

export const describe = (one: Attached) => mastodon.describe(own.id, one.id, one.description, one.focus);

/** All of it, as a draft says it. */
export const writingOf = (letter: Letter, { answers, quotes }: { answers: string; quotes: string }): Writing => ({
  body: letter.text,
  format: letter.format,
  content_warning: letter.warned ? letter.warning : '',
  sensitive: letter.warned && letter.media.length > 0,
  language: letter.language,
  audience: letter.audience,
  reply_to: answers,
  quote_of: quotes,
  // What is left out stays: whoever looked after them before may have no role any more.
  ...(letter.replyOwner && { reply_owner: letter.replyOwner.who }),
  // What has no words yet waits for them: once it is in the draft they cannot be changed.
  media: letter.media.filter((one) => one.held || one.description.trim() || one.type !== 'image').map((one) => one.id),
  poll: letter.asked,
});
