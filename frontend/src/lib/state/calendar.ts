// Days and weeks as the calendar shows them, in the time zone of whoever looks.

/** The day of a moment: 2026-11-27. */
export function dayOf(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** Noon of a day, so that no change of the clock makes it another one; today where it is none. */
export function read(day: string | null): Date {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '');
  const now = new Date();
  const noon = found
    ? new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]), 12)
    : new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12);
  return Number.isNaN(noon.getTime()) ? now : noon;
}

export function plus(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, 12);
}

/** On which day a week begins, 0 for Sunday. */
const FIRST: Record<string, number> = { en: 1, de: 1, ar: 6 };

/** The seven days of the week in which a day is. */
export function weekOf(day: Date, language: string): Date[] {
  const back = (day.getDay() - (FIRST[language] ?? 1) + 7) % 7;
  return [0, 1, 2, 3, 4, 5, 6].map((more) => plus(day, more - back));
}
