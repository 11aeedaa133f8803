// Our own API: how a brand's conversations and sending to other servers go, day by day in UTC.

import { ours, type Ours } from './ours.ts';

export type Day = Ours['DayFigures'];

export const figures = (id: string, days: number) =>
  ours('get', '/actors/{id}/figures', { path: { id }, query: { days } });

export type SendingDay = Ours['DayDeliveries'];

export const sending = (days: number) => ours('get', '/deliveries/figures', { query: { days } });

/** Who waits for an answer of oneself or of a brand. */
export const waiting = (id: string) => ours('get', '/actors/{id}/waiting', { path: { id } });
