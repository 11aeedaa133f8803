// What a field for a day and a time of day means: a time in the zone of this browser, where clocks are put on and back.

/** `skipped`: clocks jump over it, and the next minute is meant. `twice`: it comes twice, and the first is meant. */
export interface Meant {
  at: Date;
  how: 'once' | 'skipped' | 'twice';
}

const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * 60;
const two = (value: number) => String(value).padStart(2, '0');
const timeOf = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}`;

/** The moment at which clocks show this, where they do. */
function shown(typed: string): Date | null {
  const at = new Date(typed);
  return timeOf(at) === typed.slice(11, 16) ? at : null;
}

/** The first moment after a time that clocks jump over. */
function next(typed: string): Date | null {
  const counted = Date.parse(`${typed.slice(0, 16)}Z`);
  for (let minutes = 1; minutes <= DAY; minutes += 1) {
    const at = shown(new Date(counted + minutes * MINUTE).toISOString().slice(0, 16));
    if (at) return at;
  }
  return null;
}

/** Which moment is meant by the value of such a field (`2027-03-28T02:30`); nothing where it names none. */
export function meant(typed: string): Meant | null {
  if (!typed || Number.isNaN(new Date(typed).getTime())) return null;
  const at = shown(typed);
  if (!at) {
    const later = next(typed);
    return later && { at: later, how: 'skipped' };
  }
  // Where clocks are put back in the hours after it, the same time may come again by as much.
  const later = new Date(at.getTime() + 3 * HOUR);
  const back = (later.getTimezoneOffset() - at.getTimezoneOffset()) * MINUTE;
  const again = new Date(at.getTime() + back);
  return { at, how: back > 0 && timeOf(again) === timeOf(at) ? 'twice' : 'once' };
}
