// Letters that only those read whom they name, by whom they are with.

import { call } from './request.ts';
import type { Talk } from './types.ts';

const at = (id: string) => `/api/v1/conversations/${id}`;

export const markTalk = (as: string, id: string, read: boolean) =>
  call<Talk>(`${at(id)}/${read ? 'read' : 'unread'}`, { as, method: 'POST' });
export const takeTalk = (as: string, id: string) => call<unknown>(at(id), { as, method: 'DELETE' });
