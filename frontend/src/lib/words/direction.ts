// In which direction a text runs. The server's pages decide by the same rule (src/text/direction.rs).

type Direction = 'ltr' | 'rtl' | 'auto';

const languages = new Set(
  'ar arc ary arz azb bal bgn bqi ckb dv fa glk he iw khw lrc mzn nqo pnb prs ps sd skr syr ug ur yi'.split(' '),
);
const scripts = new Set('adlm arab aran hebr mand nkoo rohg samr syrc thaa'.split(' '));

const strong = /[\p{Alphabetic}\u200e\u200f\u061c]/gu;
const fromRight = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\u200f]/u;

function runsFromRight(code: string): boolean {
  const [language = '', script] = code.toLowerCase().split(/[-_]/);
  return script?.length === 4 ? scripts.has(script) : languages.has(language);
}

/** That of a text as it was typed: no handle, hashtag or address before the words decides, but the language may. */
export function direction(text: string, language: string | null = null): Direction {
  const words = text.split(/\s+/).filter((word) => !/[@\uff20]|:\/\/|^[("“]*#/.test(word));
  const letters = words.join(' ').match(strong) ?? [];
  const named = !!language && runsFromRight(language);
  if (named && (letters.length === 0 || letters.some((one) => fromRight.test(one)))) return 'rtl';
  if (!letters[0]) return 'auto';
  return fromRight.test(letters[0]) ? 'rtl' : 'ltr';
}

/** That of clean HTML, in which no link decides either. */
export const directionOf = (html: string, language: string | null = null): Direction =>
  direction(
    html
      .replace(/<a[ >][\s\S]*?<\/a>/g, ' ')
      .replace(/<\/?span[^>]*>/g, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/&#?\w+;/g, ' '),
    language,
  );
