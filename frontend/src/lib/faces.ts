// How somebody is shown beside their name.

import type { Account } from './api/types.ts';
import type { Identity } from './told.ts';

export function ofAccount(account: Account) {
  const kind = account.guildhall.kind;
  // Whoever has no picture is given the usual one by the API; their letters say more.
  const usual = account.avatar.endsWith('/assets/avatar.svg');
  return {
    name: nameOf(account),
    username: account.username,
    picture: usual ? null : account.avatar,
    house: kind === 'Organization' || kind === 'Group',
    ours: !account.acct.includes('@'),
  };
}

export function ofIdentity(identity: Identity) {
  return {
    name: identity.name,
    username: identity.username,
    picture: identity.picture,
    house: identity.brand !== null,
    ours: true,
  };
}

export const nameOf = (account: Account): string => account.display_name || account.username;

/** Whether it is a person with an account here, and no brand. */
export const isPersonHere = (account: Account): boolean =>
  !account.acct.includes('@') && account.guildhall.kind === 'Person';
