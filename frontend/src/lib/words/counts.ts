// Numbers in sentences, for all catalogues: how they are written, and which form of a word follows them.

import { localeOf } from './locale.ts';

/** How a language writes numbers, and the form of a word for one and for all other counts. */
export function counting(language: 'en' | 'de') {
  const locale = localeOf(language);
  const rules = new Intl.PluralRules(language);
  return {
    n: (value: number): string => value.toLocaleString(locale),
    many: (value: number, one: string, other: string): string => (rules.select(value) === 'one' ? one : other),
  };
}

const arabic = new Intl.PluralRules('ar');
const arab = localeOf('ar');

export const inArabic = {
  n: (value: number): string => value.toLocaleString(arab),
  /** The form for one, for two, with 3 to 10 and with 11 to 99; behind whole hundreds the last one loses its ending. */
  many(value: number, one: string, two: string, few: string, other: string): string {
    switch (arabic.select(value)) {
      case 'one':
        return one;
      case 'two':
        return two;
      case 'few':
        return `${inArabic.n(value)} ${few}`;
      case 'other':
        return `${inArabic.n(value)} ${other.replace(/\u064b\u0627|\u0627\u064b/gu, '')}`;
      default:
        return `${inArabic.n(value)} ${other}`;
    }
  },
};
