// Where this browser is told while no page of ours is open. The place belongs to the browser in which one signed in.

import { call } from './request.ts';
import type { Notified } from './types.ts';

const PATH = '/api/v1/push/subscription';

export interface Place {
  endpoint: string;
  alerts: Record<string, boolean>;
}

export const place = (as: string) => call<Place>(PATH, { as });

export const tellHere = (as: string, subscription: PushSubscriptionJSON, alerts: Record<string, boolean>) =>
  call<Place>(PATH, {
    as,
    method: 'POST',
    json: {
      subscription: { endpoint: subscription.endpoint, keys: subscription.keys, standard: true },
      data: { alerts, policy: 'all' },
    },
  });

export const changePlace = (as: string, alerts: Record<string, boolean>) =>
  call<Place>(PATH, { as, method: 'PUT', json: { data: { alerts, policy: 'all' } } });

export const endPlace = (as: string) => call<unknown>(PATH, { as, method: 'DELETE' });

/** The key by which push services know this server. */
export const serverKey = async (as: string) =>
  (await call<{ configuration: { vapid: { public_key: string } } }>('/api/v2/instance', { as })).configuration.vapid
    .public_key;

export interface Notice {
  type: string;
  account?: { id: string };
  status?: { id: string };
  guildhall?: Notified;
}
export const notice = (as: string, id: string) =>
  call<Notice>(`/api/v1/notifications/${encodeURIComponent(id)}`, { as });
