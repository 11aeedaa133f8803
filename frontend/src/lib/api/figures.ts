// Our own API: how a brand's conversations and sending to other servers go, day by day in UTC.

import { call } from './request.ts';

export interface Day {
  day: string;
  /** What the brand began. */
  posts: number;
  /** What it answered to others. */
  answers: number;
  /** What others wrote to it. */
  asked: number;
  /** In how many minutes half of those were answered whom it answered first on this day. */
  answered_within: number | null;
}

export const figures = (brand: string, days: number) =>
  call<Day[]>(`/api/guildhall/v1/actors/${brand}/figures`, { query: { days } });

export interface SendingDay {
  day: string;
  /** How many activities arrived at an inbox. */
  delivered: number;
  /** How many tries failed and were to be made again. */
  retried: number;
  /** How many were given up after a try. */
  given_up: number;
}

export const sending = (days: number) =>
  call<SendingDay[]>('/api/guildhall/v1/deliveries/figures', { query: { days } });
