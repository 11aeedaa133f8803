// The handles of a letter: whom an answer names, and who stands in a text.

import type { Status } from '#lib/api/types.ts';
import { own, writable, type Identity } from '#lib/told.ts';

/** Whom an answer names: its author and whom they named, but not who answers. */
export function mentionsOf(status: Status, as: string): string {
  const names = status.account.id === as ? [] : [status.account.acct];
  for (const one of status.mentions) if (one.id !== as && one.id !== own.id) names.push(one.acct);
  return [...new Set(names)].map((name) => `@${name} `).join('');
}

/** The brand to which a post was written, where one writes for it and the post does not name who would answer. */
export function brandAsked(status: Status | null, as: Identity): Identity | null {
  if (!status || status.account.id === own.id) return null;
  const names = (one: Identity) => status.mentions.some((mention) => mention.id === one.id);
  if (as.brand || names(own)) return null;
  return writable.find((one) => one.brand && one.id !== status.account.id && names(one)) ?? null;
}

/** The handles that stand in a text. */
export function namedIn(text: string): string[] {
  const found = text.matchAll(/(?<![\w/.@])@([\w.-]*\w(?:@[\w.-]+\w(?::\d+)?)?)/g);
  return [...new Set([...found].map((match) => `@${match[1]}`))];
}
