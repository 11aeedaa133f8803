// What a letter says of its being inside: why, until when, and whether the same is said inside as well.

import { REASONS, type Reason, type SaidInside } from '#lib/api/copies.ts';

/** In how many days an internal post is looked at again where nobody says otherwise. */
export const DAYS = 90;
const MOST_DAYS = 5 * 365 - 1;

/** A day as fields for dates name it, in the place where one is. */
export function dayIn(days: number): string {
  const day = new Date();
  day.setDate(day.getDate() + days);
  return new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
export const firstDay = (): string => dayIn(1);
export const lastDay = (): string => dayIn(MOST_DAYS);
/** The morning of a day, as the API says times. */
export const morning = (day: string): string => new Date(`${day}T09:00`).toISOString();

export interface KeptInside {
  reason: Reason | '';
  day: string | null;
  also: string;
  comment: string;
}

export class Inside {
  reason = $state<Reason | ''>('');
  /** Nothing while nobody touched it, empty for none. */
  day = $state<string | null>(null);
  /** For whom it is said inside as well. */
  also = $state('');
  comment = $state('');

  get kept(): KeptInside {
    return { reason: this.reason, day: this.day, also: this.also, comment: this.comment };
  }

  putBack(kept: KeptInside | undefined): void {
    this.reason = REASONS.find((one) => one === kept?.reason) ?? '';
    this.day = kept?.day ?? null;
    this.also = kept?.also ?? '';
    this.comment = kept?.comment ?? '';
  }

  /** What a post for inside says of it. */
  get ofInside(): SaidInside {
    const day = this.day ?? (this.reason ? dayIn(DAYS) : '');
    return {
      ...(this.reason ? { guildhall_reason: this.reason } : {}),
      ...(day ? { guildhall_review_at: morning(day) } : {}),
    };
  }

  /** What a post in the open says of it. */
  get ofOutside(): SaidInside {
    return this.also ? { guildhall_also_internal: { audience: this.also, text: this.comment.trim() } } : {};
  }
}
