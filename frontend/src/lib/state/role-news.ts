// What somebody is told of a role of theirs, and where it leads.

import type { NotifiedRole } from '#lib/api/types.ts';
import { house } from '#lib/words/index.svelte.ts';

/** The news as a sentence; `brand` is what the brand is called. */
export function roleNews({ actor, role, by }: NotifiedRole, brand: string): string {
  const { roleNews: say, run } = house.words;
  const giver = by && (by.display_name || `@${by.username}`);
  if (actor === null) {
    const name = role && (say.houseRoles as Record<string, string>)[role];
    if (giver) return name ? say.houseBy(giver, name) : say.houseNoneBy(giver);
    return name ? say.house(name) : say.houseNone;
  }
  const name = role && ((run.role as Record<string, string>)[role] ?? role);
  if (giver) return name ? say.brandBy(giver, brand, name) : say.noneBy(giver, brand);
  return name ? say.brand(brand, name) : say.none(brand);
}

/** What one may do now, in a sentence; nothing where the role is gone. */
export function meaningOfRole({ actor, role }: NotifiedRole): string | null {
  const { houseDoes, brandDoes } = house.words.roleNews;
  return (
    (role && (actor === null ? (houseDoes as Record<string, string>) : (brandDoes as Record<string, string>))[role]) ||
    null
  );
}

/** Who has no role with a brand any more finds what everybody sees of it. */
export function placeOfRole({ actor, role }: NotifiedRole): string {
  if (actor === null) return role === 'moderator' ? '/company/reports' : '/company';
  return role ? `/company/brands/${actor}` : `/people/${actor}`;
}
