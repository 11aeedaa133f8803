// Our own API: how a brand's conversations go, day by day in UTC.

import { ours, type Ours } from './ours.ts';

export type Day = Ours['DayFigures'];

export const figures = (id: string, days: number) =>
  ours('get', '/actors/{id}/figures', { path: { id }, query: { days } });
