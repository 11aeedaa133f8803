// Audiences: who reads. Their names are those of the API: `public`, `unlisted`, `followers`, `direct`, `company`, `team:ID`.

import type { Preview } from '#lib/api/types.ts';
import { isEmployee, told, type Identity } from '#lib/told.ts';
import type { Words } from '#lib/words/en.ts';

export type Look = 'public' | 'company' | 'team' | 'direct';

export interface Readers {
  audience: string;
  look: Look;
  /** Unlisted and for followers only: public's blue, as an outline. */
  outline: boolean;
  icon: 'globe' | 'hall' | 'table' | 'letter' | 'people';
  title: string;
  more: string;
  button: string;
  /** From few to many. */
  width: number;
}

/** What an audience is, for somebody who writes. `named` are those whom the words name, `reach` whom it would reach. */
export function readers(
  words: Words,
  audience: string,
  as: Identity,
  named: string[],
  list: (names: string[]) => string,
  reach: Preview | null = null,
): Readers {
  const open = { look: 'public' as const, icon: 'globe' as const };
  const staff = reach?.people ?? told.staff;
  switch (audience) {
    case 'public':
      return {
        ...open,
        audience,
        outline: false,
        title: words.everyone,
        more: words.everyoneMore(reach?.followers ?? as.followers, reach?.servers ?? 0),
        button: words.toEveryone,
        width: 5,
      };
    case 'unlisted':
      return {
        ...open,
        audience,
        outline: true,
        title: words.quiet,
        more: words.quietMore,
        button: words.toQuiet,
        width: 4,
      };
    case 'followers':
      return {
        ...open,
        icon: 'people',
        audience,
        outline: true,
        title: words.followers,
        more: words.followersMore(reach?.followers ?? as.followers, reach?.servers ?? 0),
        button: words.toFollowers,
        width: 3,
      };
    case 'company':
      return {
        audience,
        look: 'company',
        icon: 'hall',
        outline: false,
        title: words.staff(told.company.name, staff),
        more: words.staffMore,
        button: words.toStaff(Math.max(staff - 1, 0)),
        width: 2,
      };
    case 'direct':
      return {
        audience,
        look: 'direct',
        icon: 'letter',
        outline: false,
        title: named.length > 0 ? words.directTo(list(named)) : words.direct,
        more: reach ? words.directMore(hostsOf(reach)) : words.directMoreUnknown,
        button: words.toDirect,
        width: 0,
      };
    default: {
      const team = told.teams.find((one) => audience === `team:${one.id}`);
      return {
        audience,
        look: 'team',
        icon: 'table',
        outline: false,
        title: words.team(team?.name ?? words.teamSome, reach?.people ?? team?.people ?? 0),
        more: words.teamMore,
        button: words.toTeam(Math.max((reach?.people ?? team?.people ?? 1) - 1, 0)),
        width: 1,
      };
    }
  }
}

/** Where it goes: servers that are known, and those of people whom nobody here has met. */
function hostsOf(reach: Preview): string[] {
  return [...new Set([...reach.hosts, ...reach.unknown.map((handle) => handle.slice(handle.lastIndexOf('@') + 1))])];
}

export const isInside = (audience: string): boolean => audience === 'company' || audience.startsWith('team:');

/** Everybody may read it, whether it is shown to them or not. */
export const isOpen = (audience: string): boolean => audience === 'public' || audience === 'unlisted';

export const insides = (): string[] => (isEmployee ? ['company', ...told.teams.map((team) => `team:${team.id}`)] : []);

/** Whom one may write to: as whom, and in answer to what. What answers something inside stays inside. */
export function choices(as: Identity, answered: string | null): string[] {
  if (answered && isInside(answered)) return [answered];
  const outside = ['public', 'unlisted', 'followers', 'direct'];
  if (answered === 'direct') return ['direct', ...outside.filter((one) => one !== 'direct')];
  return as.brand ? outside : [outside[0]!, ...insides(), ...outside.slice(1)];
}

/** A short name, for the mark beside a name. */
export function shortName(words: Words, audience: string): string {
  switch (audience) {
    case 'public':
      return words.publicShort;
    case 'unlisted':
      return words.unlistedShort;
    case 'followers':
      return words.followersShort;
    case 'direct':
      return words.directShort;
    case 'company':
      return words.companyShort(told.company.name);
    default: {
      const team = told.teams.find((one) => audience === `team:${one.id}`);
      return words.teamShort(team?.name ?? words.teamSome);
    }
  }
}

export function lookOf(audience: string): { look: Look; outline: boolean; icon: Readers['icon'] } {
  if (audience === 'company') return { look: 'company', outline: false, icon: 'hall' };
  if (audience.startsWith('team')) return { look: 'team', outline: false, icon: 'table' };
  if (audience === 'direct') return { look: 'direct', outline: false, icon: 'letter' };
  return { look: 'public', outline: audience !== 'public', icon: audience === 'followers' ? 'people' : 'globe' };
}
