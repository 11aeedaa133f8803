// Lists of people, and what those people say.

import { call } from './request.ts';
import type { Account, List } from './types.ts';

const ROOT = '/api/v1/lists';
export type ListWish = Pick<List, 'title' | 'replies_policy' | 'exclusive'>;

export const lists = (as: string) => call<List[]>(ROOT, { as });
export const list = (as: string, id: string) => call<List>(`${ROOT}/${id}`, { as });
export const makeList = (as: string, wish: ListWish) => call<List>(ROOT, { as, method: 'POST', json: { ...wish } });
export const changeList = (as: string, id: string, wish: ListWish) =>
  call<List>(`${ROOT}/${id}`, { as, method: 'PUT', json: { ...wish } });
export const deleteList = (as: string, id: string) => call<unknown>(`${ROOT}/${id}`, { as, method: 'DELETE' });
export const members = (as: string, id: string) =>
  call<Account[]>(`${ROOT}/${id}/accounts`, { as, query: { limit: 0 } });
export const putIn = (as: string, id: string, account: string) =>
  call<unknown>(`${ROOT}/${id}/accounts`, { as, method: 'POST', json: { account_ids: [account] } });
export const takeOut = (as: string, id: string, account: string) =>
  call<unknown>(`${ROOT}/${id}/accounts`, { as, method: 'DELETE', json: { account_ids: [account] } });
/** Which lists somebody is in. */
export const listsWith = (as: string, account: string) => call<List[]>(`/api/v1/accounts/${account}/lists`, { as });
/** People whom one follows, by a part of their name. */
export const followed = (as: string, q: string) =>
  call<Account[]>('/api/v1/accounts/search', { as, query: { q, following: true, limit: 8 } });
