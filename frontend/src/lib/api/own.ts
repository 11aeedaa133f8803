// One's own page, and by whom one is told at once.

import { call } from './request.ts';
import type { Credentials, Filter, FilterAction, FilterContext, NoticePolicy } from './types.ts';

export const credentials = (as: string) => call<Credentials>('/api/v1/accounts/verify_credentials', { as });

export interface Page {
  display_name: string;
  note: string;
  locked: boolean;
  discoverable: boolean;
  indexable: boolean;
  hide_collections: boolean;
  fields: { name: string; value: string }[];
  avatar: File | null;
  header: File | null;
}
export function savePage(as: string, page: Page): Promise<Credentials> {
  const form = new FormData();
  form.append('display_name', page.display_name);
  form.append('note', page.note);
  for (const flag of ['locked', 'discoverable', 'indexable', 'hide_collections'] as const) {
    form.append(flag, String(page[flag]));
  }
  page.fields.forEach((field, index) => {
    form.append(`fields_attributes[${index}][name]`, field.name);
    form.append(`fields_attributes[${index}][value]`, field.value);
  });
  if (page.avatar) form.append('avatar', page.avatar);
  if (page.header) form.append('header', page.header);
  return call<Credentials>('/api/v1/accounts/update_credentials', { as, method: 'PATCH', form });
}
export const removePicture = (as: string, which: 'avatar' | 'header') =>
  call<Credentials>(`/api/v1/profile/${which}`, { as, method: 'DELETE' });

const FILTERS = '/api/v2/filters';
export interface FilterWish {
  title: string;
  context: FilterContext[];
  filter_action: FilterAction;
  /** Seconds, or nothing for good. Left out it stays. */
  expires_in?: number | null;
  keywords_attributes: { id?: string; keyword: string; whole_word: boolean; _destroy?: boolean }[];
}
export const filters = (as: string) => call<Filter[]>(FILTERS, { as });
export const filter = (as: string, id: string) => call<Filter>(`${FILTERS}/${id}`, { as });
export const saveFilter = (as: string, id: string | null, wish: FilterWish) =>
  call<Filter>(id ? `${FILTERS}/${id}` : FILTERS, { as, method: id ? 'PUT' : 'POST', json: { ...wish } });
export const deleteFilter = (as: string, id: string) => call<unknown>(`${FILTERS}/${id}`, { as, method: 'DELETE' });

const POLICY = '/api/v2/notifications/policy';
export const noticePolicy = (as: string) => call<NoticePolicy>(POLICY, { as });
export const setNoticePolicy = (as: string, wish: Record<string, string>) =>
  call<NoticePolicy>(POLICY, { as, method: 'PATCH', json: wish });
export const answerApart = (as: string, id: string, verb: 'accept' | 'dismiss') =>
  call<unknown>(`/api/v1/notifications/requests/${id}/${verb}`, { as, method: 'POST' });
