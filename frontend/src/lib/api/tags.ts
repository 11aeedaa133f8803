// Hashtags: which they are, and following them.

import { call } from './request.ts';
import type { Tag } from './types.ts';

const at = (name: string) => `/api/v1/tags/${encodeURIComponent(name)}`;

export const tag = (as: string, name: string) => call<Tag>(at(name), { as });

export const followTag = (as: string, name: string, on: boolean) =>
  call<Tag>(`${at(name)}/${on ? 'follow' : 'unfollow'}`, { as, method: 'POST' });
