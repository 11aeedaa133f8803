// Who is named below a post of a brand, as its rules and the person wish it. The server decides; the letter tells it before
// there is a draft.

import type { Me } from '#lib/api/org.ts';
import type { Policy } from '#lib/api/types.ts';

/** How they are named; empty for not at all. */
export function signed(rules: Policy, person: Me, name: string): string {
  if (rules.signature === 'none' || person.named_as === 'none') return '';
  if (rules.signature === 'initials' || person.named_as === 'initials') return initials(name);
  return rules.signature_department && person.department ? `${name}, ${person.department.name}` : name;
}

/** The line of a post without the dash, where one is drawn in its place. */
export const undashed = (line: string): string => line.replace(/^—\s+/, '');

/** The first and the last word of a name, each by its first letter. */
export function initials(name: string): string {
  const letters = name
    .split(/\s+/)
    .map((word) => [...word].find((letter) => /[\p{L}\p{N}]/u.test(letter)))
    .filter((letter) => letter !== undefined);
  const told = letters.length > 1 ? [letters[0], letters.at(-1)] : letters;
  return told.map((letter) => `${letter?.toUpperCase()}.`).join(' ') || '…';
}
