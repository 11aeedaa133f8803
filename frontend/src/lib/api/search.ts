// What is looked for, here and on other servers.

import { call } from './request.ts';
import type { Account, Relationship, Status, Tag } from './types.ts';

export type Kind = 'accounts' | 'hashtags' | 'statuses';

export interface Found {
  accounts: Account[];
  hashtags: Tag[];
  statuses: Status[];
}

/** Looks for it; a full handle or an address is looked up on its own server too. */
export const search = (as: string, q: string, type?: Kind, offset = 0, limit = 20) =>
  call<Found>('/api/v2/search', {
    as,
    query: { q, type, limit, resolve: offset === 0, offset: offset > 0 ? offset : undefined },
  });

/** How one stands to each of them, by id. */
export async function standings(as: string, accounts: Account[]): Promise<Record<string, Relationship>> {
  if (accounts.length === 0) return {};
  const all = await call<Relationship[]>('/api/v1/accounts/relationships', {
    as,
    query: { id: accounts.map((one) => one.id) },
  });
  return Object.fromEntries(all.map((one) => [one.id, one]));
}
