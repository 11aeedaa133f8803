// Topics of a brand: of what not everybody speaks without asking. The server decides; this tells it while one writes.

import type { Topic } from '#lib/api/types.ts';

const LETTER = '[\\p{L}\\p{N}\\p{M}_]';

const plain = (text: string) =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().split(/\s+/u).join(' ').trim();

/** Whether a word stands in a text: whole, or with `*` behind or before it as the beginning or the end of a longer one. */
function stands(word: string, text: string): boolean {
  const wanted = plain(word.replace(/^\*+|\*+$/gu, ''));
  if (!wanted) return false;
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
  const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(wanted);
  const after = dense || word.endsWith('*') || !new RegExp(`${LETTER}$`, 'u').test(wanted) ? '' : `(?!${LETTER})`;
  const before = !dense && !word.startsWith('*') && new RegExp(`^${LETTER}`, 'u').test(wanted) ? `(?<!${LETTER})` : '';
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
