// Teams as screens show them: who is in them, with their faces, and which of them are one's own.

import { known } from '#lib/api/mastodon.ts';
import { teams, type Team } from '#lib/api/org.ts';
import type { Account } from '#lib/api/types.ts';
import { isPersonHere } from '#lib/faces.ts';
import { isEmployee, own, told } from '#lib/told.ts';

/** How many faces stand beside a team. */
export const FACES = 6;

/** How many accounts are asked for at once. */
const AT_ONCE = 40;

/** A name that stands by itself between words of another direction. */
export const byItself = (name: string): string => `\u2068${name}\u2069`;

export const isIn = (team: Team): boolean => team.members.some((one) => one.id === own.id);

/** All teams as they were read last, for as long as the page is open. */
let last: Promise<Team[]> | null = null;

/** For which teams one writes: what the page knew when it began may be another by now. */
function remember(all: Team[]): void {
  last = Promise.resolve(all);
  const mine = all.filter(isIn).map((team) => ({ id: team.id, name: team.name, people: team.members.length }));
  told.teams.splice(0, told.teams.length, ...mine);
}

/** Whether somebody may be in a department, as far as who looks may know. */
export const mayHaveDepartment = (account: Account): boolean => isEmployee && isPersonHere(account);

/** The department of somebody. A page is whole without it. */
export async function departmentOf(person: string): Promise<Team | null> {
  last ??= teams();
  const all = await last.catch(() => {
    last = null;
    return [];
  });
  return all.find((team) => team.kind === 'department' && team.members.some((one) => one.id === person)) ?? null;
}

/** The people with these ids, by id. */
export async function peopleOf(ids: string[]): Promise<Map<string, Account>> {
  const parts: string[][] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) parts.push(ids.slice(from, from + AT_ONCE));
  const found = await Promise.all(parts.map((part) => known(own.id, part)));
  return new Map(found.flat().map((one) => [one.id, one]));
}

/** All teams, with the people whose faces are shown. */
export async function readTeams(): Promise<{ teams: Team[]; people: Map<string, Account> }> {
  const all = await teams();
  remember(all);
  const shown = new Set(all.flatMap((team) => team.members.slice(0, FACES).map((one) => one.id)));
  return { teams: all, people: await peopleOf([...shown]) };
}

/** One team with its people; nothing where it is gone. */
export async function readTeam(id: string): Promise<{ team: Team; people: Map<string, Account> } | null> {
  const all = await teams();
  remember(all);
  const team = all.find((one) => one.id === id);
  return team ? { team, people: await peopleOf(team.members.map((one) => one.id)) } : null;
}
