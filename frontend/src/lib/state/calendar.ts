// Days, weeks and months as the calendar shows them, in the time zone of whoever looks.

/** The day of a moment: 2026-11-27. */
export function dayOf(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** The month of a moment: 2026-11. */
export const monthOf = (moment: Date): string => dayOf(moment).slice(0, 7);

/** Noon of a day, so that no change of the clock makes it another one; today where it is none. */
export function read(day: string | null): Date {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '');
  const now = new Date();
  const noon = found
    ? new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]), 12)
    : new Date(now.getFullYear(), now.getMonth(), now.getDate(), 12);
  return Number.isNaN(noon.getTime()) ? now : noon;
}

/** When a day begins, in milliseconds. */
export const midnight = (day: Date): number => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();

export function plus(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, 12);
}

/** The first day of the month that is so many further. */
export function firstOf(day: Date, months = 0): Date {
  return new Date(day.getFullYear(), day.getMonth() + months, 1, 12);
}

/** On which day a week begins in a language, 0 for Sunday. */
const FIRST: Record<string, number> = { en: 1, de: 1, ar: 6 };

interface WithWeek {
  getWeekInfo?: () => { firstDay: number };
  weekInfo?: { firstDay: number };
}

/** The same where the browser says from which country one is: in the United States a week begins on Sunday. */
function firstDay(language: string): number {
  const here = navigator.languages.find((tag) => tag.startsWith(`${language}-`));
  if (here) {
    const locale = new Intl.Locale(here) as WithWeek;
    const first = (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay;
    if (first) return first % 7;
  }
  return FIRST[language] ?? 1;
}

/** The seven days of the week in which a day is. */
export function weekOf(day: Date, language: string): Date[] {
  const back = (day.getDay() - firstDay(language) + 7) % 7;
  return [0, 1, 2, 3, 4, 5, 6].map((more) => plus(day, more - back));
}

/** The whole weeks in which a month lies. */
export function weeksOf(day: Date, language: string): Date[][] {
  const weeks: Date[][] = [];
  for (let first = firstOf(day); weeks.length === 0 || monthOf(first) === monthOf(day); first = plus(first, 7)) {
    const week = weekOf(first, language);
    weeks.push(week);
    first = week[0]!;
  }
  return weeks;
}
