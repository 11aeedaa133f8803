// The language of the house: chosen here, else the person's own, else the browser's. A catalogue is loaded alone.

import { untrack } from 'svelte';
import { told } from '#lib/told.ts';
import { en, type Words } from './en.ts';
import { localeOf } from './locale.ts';

export const languages = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const;
export type Language = keyof typeof languages;

const KEY = 'guildhall.language';
const load: Record<Language, () => Promise<Words>> = {
  en: () => Promise.resolve(en),
  de: () => import('./de.ts').then((found) => found.de),
  ar: () => import('./ar.ts').then((found) => found.ar),
};

/** Sentences of the server by their code, in the other languages; they are loaded when the first one is needed. */
const saying = {
  problems: {
    de: () => import('./problems/de.ts').then((found) => found.problems),
    ar: () => import('./problems/ar.ts').then((found) => found.problems),
  },
  doctor: {
    de: () => import('./doctor/de.ts').then((found) => found.doctor),
    ar: () => import('./doctor/ar.ts').then((found) => found.doctor),
  },
} as const;
export type Saying = keyof typeof saying;
type Sentences = Record<string, string>;

const known = (name: string | null | undefined): Language | null => {
  const short = name?.split('-')[0];
  return short && short in languages ? (short as Language) : null;
};

class House {
  language = $state<Language>('en');
  words = $state.raw<Words>(en);
  /** As what dates and numbers are written. */
  readonly locale = $derived(localeOf(this.language));
  #now = $state(Date.now());
  #said = $state.raw<Record<string, Sentences>>({});
  /** Catalogues that did not load when they were last wanted. */
  #missed = $state.raw<string[]>([]);
  readonly #learnt = new Set<Saying>();
  readonly #loading = new Map<string, Promise<void>>();

  constructor() {
    setInterval(() => (this.#now = Date.now()), 30_000);
  }

  async begin(): Promise<void> {
    const wished = [localStorage.getItem(KEY), told.language, ...navigator.languages];
    await this.speak(wished.map(known).find((one) => one !== null) ?? 'en');
  }

  async choose(language: Language): Promise<void> {
    localStorage.setItem(KEY, language);
    await this.speak(language);
  }

  private async speak(language: Language): Promise<void> {
    this.words = await load[language]();
    this.language = language;
    for (const of of this.#learnt) void this.learn(of);
    document.documentElement.lang = language;
    document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
  }

  /** Loads what the server says of something in this language, so that `sentence` has words for it. */
  async learn(of: Saying): Promise<void> {
    this.#learnt.add(of);
    const { language } = this;
    const which = `${of}.${language}`;
    if (language === 'en' || untrack(() => which in this.#said)) return;
    const load = this.#loading.get(which) ?? this.load(which, saying[of][language]);
    this.#loading.set(which, load);
    await load;
  }

  private async load(which: string, read: () => Promise<Sentences>): Promise<void> {
    try {
      const sentences = await read();
      this.#said = { ...this.#said, [which]: sentences };
    } catch {
      // Without them the sentence stays in English; whatever needs them next tries again.
      if (!this.#missed.includes(which)) this.#missed = [...this.#missed, which];
    }
    this.#loading.delete(which);
  }

  /** Whether it is known which words there are: until then nothing is said in English that is said otherwise at once. */
  knows(of: Saying): boolean {
    const which = `${of}.${this.language}`;
    return this.language === 'en' || which in this.#said || this.#missed.includes(which);
  }

  /** What the server says, by its code in this language, with the values in it; nothing where only English has words. */
  sentence(of: Saying, code: string | null | undefined, values: Record<string, string> = {}): string | null {
    const found = code ? this.#said[`${of}.${this.language}`]?.[code] : undefined;
    if (!found) return null;
    // A value runs in its own direction, whatever stands around it. What is copied into a shell or a file is only itself.
    const plain = this.language !== 'ar' || /proxy_pass|\{command\}/.test(found);
    const [from, to] = plain ? ['', ''] : ['\u2068', '\u2069'];
    const filled = found.replace(/\{(\w+)\}/g, (_, name: string) => `${from}${values[name] ?? ''}${to}`);
    return this.spoken(filled);
  }

  /** Whether it was within the last minute. */
  isNow(time: number): boolean {
    return Math.abs(time - this.#now) < 60_000;
  }

  /** How long ago, or when: in the largest unit that says something. */
  ago(time: string | number): string {
    const seconds = Math.round((new Date(time).getTime() - this.#now) / 1000);
    const format = new Intl.RelativeTimeFormat(this.locale, { numeric: 'auto', style: 'long' });
    for (const [unit, size, until] of [
      ['second', 1, 60],
      ['minute', 60, 3600],
      ['hour', 3600, 86_400],
      ['day', 86_400, 6 * 86_400],
    ] as const) {
      if (Math.abs(seconds) < until) {
        // Nobody needs to know it to the second, and a text that changes all the time cannot be read.
        return format.format(unit === 'second' ? 0 : Math.trunc(seconds / size), unit);
      }
    }
    const year = new Date(time).getFullYear() === new Date(this.#now).getFullYear() ? undefined : 'numeric';
    return new Intl.DateTimeFormat(this.locale, { day: 'numeric', month: 'short', year }).format(new Date(time));
  }

  /** A day, with its year. */
  day(time: string | number): string {
    return new Intl.DateTimeFormat(this.locale, { dateStyle: 'long' }).format(new Date(time));
  }

  /** A day of figures, which are by days in UTC, without its year. */
  dayInUtc(date: string): string {
    const format = new Intl.DateTimeFormat(this.locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
    return format.format(new Date(date));
  }

  /** The time of day. */
  time(time: string | number): string {
    return new Intl.DateTimeFormat(this.locale, { hour: 'numeric', minute: '2-digit' }).format(new Date(time));
  }

  /** The whole date and time. */
  moment(time: string | number): string {
    return new Intl.DateTimeFormat(this.locale, { dateStyle: 'full', timeStyle: 'short' }).format(new Date(time));
  }

  /** The same to the second, with the time zone. */
  exactly(time: string | number): string {
    return new Intl.DateTimeFormat(this.locale, { dateStyle: 'full', timeStyle: 'long' }).format(new Date(time));
  }

  /** A sentence of the server, with the times in it as people say them. */
  spoken(sentence: string): string {
    return sentence.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)/g, (time) => this.moment(time));
  }

  /** What the time zone of this browser is called, in which people choose times. */
  get zone(): string {
    const parts = new Intl.DateTimeFormat(this.locale, { timeZoneName: 'longGeneric' }).formatToParts();
    return parts.find((one) => one.type === 'timeZoneName')?.value ?? '';
  }

  /** For how long, in the largest unit that says it: minutes, hours, days. */
  lasting(seconds: number): string {
    const units = { day: 86_400, hour: 3600, minute: 60 };
    const whole = Object.entries(units).find(([, length]) => seconds >= length && seconds % length === 0);
    const [unit, length] = whole ?? (seconds < 3600 ? ['minute', 60] : ['hour', 3600]);
    const count = Math.round((seconds / Number(length)) * 10) / 10;
    return new Intl.NumberFormat(this.locale, { style: 'unit', unit: String(unit), unitDisplay: 'long' }).format(count);
  }

  /** How much a file has, in kilobytes, from a thousand of them on in megabytes; never less than it is. */
  size(bytes: number): string {
    const [unit, length] = bytes < 1024 * 1024 ? ['kilobyte', 1024] : ['megabyte', 1024 * 1024];
    return new Intl.NumberFormat(this.locale, {
      style: 'unit',
      unit,
      maximumFractionDigits: 1,
    }).format(Math.ceil((bytes / length) * 10) / 10);
  }

  /** One of them. */
  either(names: string[]): string {
    return new Intl.ListFormat(this.locale, { type: 'disjunction' }).format(names);
  }

  list(names: string[]): string {
    return new Intl.ListFormat(this.locale, { type: 'conjunction' }).format(names);
  }
}

export const house = new House();
