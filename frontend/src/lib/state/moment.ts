// What a field for a day and a time of day means: a time in the zone of this browser, where clocks are put on and back.

/** `skipped`: clocks jump over it, and another time is meant. `twice`: it comes twice, and the first is meant. */
export interface Meant {
  at: Date;
  how: 'once' | 'skipped' | 'twice';
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
const two = (value: number) => String(value).padStart(2, '0');
const timeOf = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}`;

/** Which moment is meant by the value of such a field (`2027-03-28T02:30`); nothing where it names none. */
export function meant(typed: string): Meant | null {
  const at = new Date(typed);
  if (!typed || Number.isNaN(at.getTime())) return null;
  const time = typed.slice(11, 16);
  if (timeOf(at) !== time) return { at, how: 'skipped' };
  // Where clocks are put back in the hours after it, the same time may come again by as much.
  const later = new Date(at.getTime() + 3 * HOUR);
  const back = (later.getTimezoneOffset() - at.getTimezoneOffset()) * MINUTE;
  const again = new Date(at.getTime() + back);
  return { at, how: back > 0 && timeOf(again) === time ? 'twice' : 'once' };
}
