// In which direction a text runs: by its own letters, not by the handles and addresses with which it may begin.

const BLOCK = /<\/?(?:p|br|li|ul|ol|div|pre|blockquote|h\d)\b[^>]*>/gi;
const NO_LETTERS = /&#?\w+;|https?:\/\/\S+|(?<![\w/.])[@#][\w.-]+(?:@[\w.-]+(?::\d+)?)?/gi;
const FROM_RIGHT = /[\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}\p{sc=Adlam}]/u;
const LANGUAGES = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** The direction of a text, or of HTML, in a language; `auto` where neither tells. */
export function directionOf(text: string, language: string | null = null): 'ltr' | 'rtl' | 'auto' {
  const said = text
    .replace(BLOCK, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(NO_LETTERS, ' ');
  const spoken = language?.split('-')[0]?.toLowerCase() ?? '';
  const letters = said.match(/\p{L}/gu) ?? [];
  // Such a text may begin with a name in other letters.
  if (LANGUAGES.has(spoken) && letters.some((one) => FROM_RIGHT.test(one))) return 'rtl';
  if (letters[0]) return FROM_RIGHT.test(letters[0]) ? 'rtl' : 'ltr';
  if (spoken) return LANGUAGES.has(spoken) ? 'rtl' : 'ltr';
  return 'auto';
}
