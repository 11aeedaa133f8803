// Topics of a brand: of what not everybody speaks without asking. The server decides; this tells it while one writes.

import type { Topic } from '#lib/api/types.ts';

const LETTER = '[\\p{L}\\p{N}\\p{M}_]';

const plain = (text: string) => text.toLowerCase().split(/\s+/u).join(' ').trim();

/** Whether a word stands in a text: whole, or with `*` behind it as the beginning of a longer one. */
function stands(word: string, text: string): boolean {
  const wanted = plain(word.replace(/\*$/u, ''));
  if (!wanted) return false;
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
  const after = word.endsWith('*') || !new RegExp(`${LETTER}$`, 'u').test(wanted) ? '' : `(?!${LETTER})`;
  const before = new RegExp(`^${LETTER}`, 'u').test(wanted) ? `(?<!${LETTER})` : '';
  return new RegExp(`${before}${escaped}${after}`, 'u').test(plain(text));
}

/** The names of those topics that a text touches. */
export const touched = (topics: { name: string; words: string[] }[], text: string): string[] =>
  topics.filter((topic) => topic.words.some((word) => stands(word, text))).map((topic) => topic.name);

/** Whether somebody could say something under the new topics that the old ones had wait. */
export function opens(old: Topic[], wished: Topic[]): boolean {
  const covered = (topic: Topic, word: string) =>
    wished.some(
      (one) =>
        one.words.some((other) => plain(other) === plain(word)) &&
        one.may.every((person) => topic.may.includes(person)),
    );
  return !old.every((topic) => topic.words.every((word) => covered(topic, word)));
}
