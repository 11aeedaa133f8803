// Our own API: how a brand's conversations and sending to other servers go, day by day in UTC, and in all.

import { ours, type Ours } from './ours.ts';

export type Day = Ours['DayFigures'];

export const figures = (id: string, days: number) =>
  ours('get', '/actors/{id}/figures', { path: { id }, query: { days } });

export type SendingDay = Ours['DayDeliveries'];

export const sending = (days: number) => ours('get', '/deliveries/figures', { query: { days } });

export type Meter = Ours['Meter'];

/** How much the brands on which one has a role answer, beside how much they announce. */
export const meters = () => ours('get', '/meters');

/** Who waits for an answer of oneself or of a brand. */
export const waiting = (id: string) => ours('get', '/actors/{id}/waiting', { path: { id } });
