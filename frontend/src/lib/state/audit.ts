// What an entry of the log says, in words: who, to whom, as whom, and what it was before. Older entries say less, and one
// of another version may say what this one does not know: then that is left out here, and stands as it is in the fold.

import type { Act } from '#lib/api/types.ts';
import { house } from '#lib/words/index.svelte.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const detailsOf = (one: Act): Fields => (isFields(one.details) ? one.details : {});
const idOf = (one: Act): string => one.about.slice(one.about.indexOf(':') + 1);
const words = () => house.words.house.audit;
/** The word for something the server calls so; as it is where there is none. */
const called = (known: object, name: unknown): string =>
  (typeof name === 'string' && (known as Record<string, string>)[name]) || String(name);

/** What somebody is called whom it names. */
function nameOf(one: Act, account: unknown): string {
  return one.people.find((known) => known.account === account)?.display_name ?? words().somebody;
}

/** Who did it. */
export const whoDid = (one: Act): string => (one.by ? nameOf(one, one.by.account) : words().itself);

/** The person whom an entry is about, where there is one. */
export const personOf = (one: Act) =>
  one.about.startsWith('account:') ? (one.people.find((known) => known.account === idOf(one)) ?? null) : null;

/** What somebody is called to whom it was done, or for which address an invitation is. */
function whomOf(one: Act): string | null {
  if (one.about.startsWith('account:')) return nameOf(one, idOf(one));
  // Whoever came by an invitation is the one to name.
  const { account } = detailsOf(one);
  if (one.act === 'invitation.accepted') return typeof account === 'string' ? nameOf(one, account) : null;
  return one.about_name;
}

/** The entry as the server keeps it, in one line: all that its hash covers, for whoever is asked about it. */
export function raw({ id, at, by, act, about, actor, reason, details, previous, hash }: Act): string {
  return JSON.stringify({ id, at, person: by?.account ?? null, act, about, actor, reason, details, previous, hash });
}

/** Whether nobody's yes is behind what went out. */
const unapproved = ({ act, details }: Act): boolean =>
  act === 'draft.published' &&
  isFields(details) &&
  Array.isArray(details.approved_by) &&
  details.approved_by.length === 0;

/** Whether it is a post that needed none. Older entries do not say how many were needed. */
const freely = (one: Act): boolean => {
  const { needed, edit } = detailsOf(one);
  return unapproved(one) && needed === 0 && edit !== true;
};

/** What was done as one says it, by whom and to whom, where there is such a sentence. */
function deed(one: Act): string | null {
  const { deeds } = words();
  const d = detailsOf(one);
  const role = (value: unknown) => called(house.words.run.role, value);
  const who = whoDid(one);
  const whom = whomOf(one);
  if (freely(one)) return deeds.freely(who);
  if (one.act === 'invitation.accepted' && whom) {
    return typeof d.by === 'string' ? deeds.accepted(whom, nameOf(one, d.by)) : deeds.cameIn(whom);
  }
  if (!whom) return plainly(one);
  const whole: Record<string, (who: string, whom: string) => string> = words().toWhom;
  const to = whole[one.act];
  if (to) return to(who, whom);
  const before = typeof d.before === 'string' ? role(d.before) : null;
  if (one.act === 'grant.taken') return before ? deeds.took(who, whom, before) : null;
  if (one.act !== 'grant.given' || typeof d.role !== 'string') return plainly(one);
  return before && d.before !== d.role
    ? deeds.changed(who, whom, before, role(d.role))
    : deeds.gave(who, whom, role(d.role));
}

/** Who did it, as a sentence, where one says it so. */
function plainly(one: Act): string | null {
  const said = actOf(one);
  return typeof said === 'function' ? said(whoDid(one)) : null;
}

const actOf = ({ act }: Act): string | ((who: string) => string) | undefined =>
  (words().acts as Record<string, string | ((who: string) => string)>)[act];

/** What was done, and who did it, where the sentence does not say it. */
export function line(one: Act): { who: string | null; what: string } {
  const said = deed(one);
  return said ? { who: null, what: said } : { who: whoDid(one), what: sentence(one) };
}

/** What was done, and to whom. */
function sentence(one: Act): string {
  const w = words();
  if (one.act === 'token.issued') {
    // Older entries do not say who holds the token.
    const { holder, name } = detailsOf(one);
    if (holder === 'app') return w.signedIn(String(name));
    if (holder === 'workroom') return w.signedInHere;
    if (holder === 'command_line') return w.commandLine(String(name));
  }
  if (one.act === 'exposure.set' && one.about === 'company') return w.companyReach;
  const named: Record<string, (name: string) => string> = w.whom;
  const name = whomOf(one);
  const whom = named[one.act];
  if (name && whom) return whom(name);
  const said = actOf(one);
  return typeof said === 'string' ? said : one.act;
}

/** What else there is to know of it, a line each. */
export function facts(one: Act): string[] {
  const w = words();
  const f = w.facts;
  const d = detailsOf(one);
  const { run, org } = house.words;
  const names = (ids: unknown): string =>
    Array.isArray(ids) && ids.length > 0 ? house.list(ids.map((id) => nameOf(one, id))) : w.nobody;
  const moment = (time: unknown): string => (typeof time === 'string' ? house.moment(time) : String(time));
  /** With what it was before, where it was something else. */
  const now = (name: string, value: unknown, before: unknown, word: (value: unknown) => string): string[] => {
    if (value === undefined || value === null) return [];
    if (before === undefined || before === null) return [w.fact(name, word(value))];
    return before === value ? [] : [w.fromTo(name, word(before), word(value))];
  };
  const role = (value: unknown) => called(run.role, value);
  switch (one.act) {
    case 'account.role': {
      const before = isFields(d.before) ? d.before : {};
      return [
        ...now(f.kind, d.kind, before.kind, (kind) => called(run.kind, kind)),
        ...now(f.houseRole, d.role, before.role, (kind) => called({ ...run.house, member: w.ordinary }, kind)),
      ];
    }
    case 'certificate.given':
    case 'certificate.revoked':
      return [
        ...now(f.certificate, d.role, null, (kind) => called(org.certificates.for, kind)),
        ...now(f.until, d.valid_until, null, moment),
      ];
    case 'registrations.changed':
      return now(f.signUp, d.registrations, d.before, (kind) => called(w.signUps, kind));
    case 'exposure.set':
      return now(f.reach, d.now, d.before, (rung) => called(run.rung, rung));
    case 'company.changed':
    case 'profile.edited': {
      const changed = Array.isArray(d.changed) ? d.changed.map((field) => called(w.fields, field)) : [];
      return changed.length > 0 ? [w.fact(f.changed, house.list(changed))] : [];
    }
    case 'team.joined':
    case 'team.left':
      return typeof d.name === 'string' ? [w.inTeam(d.name)] : [];
    case 'team.created':
    case 'team.changed':
      return [
        ...(one.act === 'team.changed' ? now(f.name, d.name, d.name_before, String) : []),
        ...now(f.kindOfTeam, d.kind, d.before, (kind) => called(w.teams, kind)),
      ];
    case 'emoji.added':
    case 'emoji.removed':
      return now(f.emoji, d.shortcode, null, (name) => `:${String(name)}:`);
    case 'invitation.revoked':
    case 'invitation.accepted':
    case 'invitation.made': {
      const roles = Array.isArray(d.grants) ? d.grants.flatMap((one) => (isFields(one) ? [role(one.role)] : [])) : [];
      const many = typeof d.people === 'number' && d.people > 1;
      return [
        ...now(f.as, d.kind, null, (kind) => called(run.invited, kind)),
        ...(d.role === 'member' ? [] : now(f.houseRole, d.role, null, (kind) => called(run.house, kind))),
        ...(roles.length > 0 ? [w.fact(f.roles, house.list(roles))] : []),
        ...(many ? [w.fact(f.people, String(d.people))] : []),
        ...(many ? now(f.came, d.accepted, null, String) : []),
        ...(one.act === 'invitation.accepted' ? [] : now(f.invitedBy, d.by, null, (id) => nameOf(one, id))),
        ...now(f.madeAt, d.made_at, null, moment),
        ...now(f.until, d.until, null, moment),
      ];
    }
    case 'crisis.started':
      return typeof d.held_drafts === 'number' && typeof d.held_posts === 'number'
        ? [run.crisisHeld(d.held_drafts, d.held_posts)]
        : [];
    case 'post.edited':
      return now(f.characters, d.characters, null, String);
    case 'draft.changed':
    case 'draft.submitted':
      return [
        ...(d.author === one.by?.account ? [] : now(f.author, d.author, null, (id) => nameOf(one, id))),
        ...now(f.was, d.before, null, (state) => called(house.words.state, state)),
        ...now(f.wasAt, d.at, null, moment),
      ];
    case 'draft.scheduled':
      return now(f.at, d.at, null, moment);
    case 'draft.unscheduled':
      return now(f.wasAt, d.at, null, moment);
    case 'draft.held':
    case 'draft.discarded':
    case 'draft.published':
    case 'draft.overridden':
      return [
        ...now(f.author, d.author, null, (id) => nameOf(one, id)),
        ...now(f.needed, d.needed, null, (count) => house.words.run.approvalsCount(Number(count))),
        ...(unapproved(one) ? [] : now(f.approvedBy, d.approved_by, null, names)),
      ];
    case 'policy.changed':
      return [...rules(d.before, d.now), ...now(f.proposedBy, d.proposed_by, null, (id) => nameOf(one, id))];
    case 'policy.proposed':
      return rules(d.before, d.wished);
    case 'policy.dropped':
      return now(f.proposedBy, d.proposed_by, null, (id) => nameOf(one, id));
    default:
      return [];
  }
}

/** Which rules were changed, from what to what. What is not named stays. */
function rules(before: unknown, after: unknown): string[] {
  const w = words();
  if (!isFields(before) || !isFields(after)) return [];
  return Object.entries(w.rules).flatMap(([rule, name]) => {
    const [was, is] = [before[rule], after[rule]];
    if (is === undefined || is === null || JSON.stringify(was) === JSON.stringify(is)) return [];
    return [w.fromTo(name, ruled(rule, was), ruled(rule, is))];
  });
}

function ruled(rule: string, value: unknown): string {
  const w = words();
  const { run } = house.words;
  if (typeof value === 'boolean') return value ? w.yes : w.no;
  switch (rule) {
    case 'min_approvals':
      return value === 0 ? run.approvalsNone : run.approvalsCount(Number(value));
    case 'approval_hours':
      return house.lasting(Number(value) * 3600);
    case 'reply_lane':
      return called(w.lanes, value);
    case 'signature':
      return called(run.signatures, value);
    case 'topics': {
      const named = Array.isArray(value) ? value.flatMap((one) => (isFields(one) ? [String(one.name)] : [])) : [];
      return named.length > 0 ? house.list(named) : w.nothing;
    }
    default:
      return String(value);
  }
}
