// Letters that wait in this browser, each under the place where it was begun, and the readers to whom one is used.

import { isEmployee, own, type Identity } from '#lib/told.ts';
import type { KeptInside } from './inside.svelte.ts';
import { isInside } from './readers.ts';

export interface Attached {
  id: string;
  url: string | null;
  name: string;
  type: string;
  description: string;
  /** It is in a draft, and the brand's: its words are those with which it went there. */
  held: boolean;
  /** What must be seen in it, from -1 to 1 to the right and up; the middle where nobody said. */
  focus?: { x: number; y: number };
}

/** Who looks after the answers to a post of a brand: a username, or `team:` and an id, and how they are called. */
export interface LooksAfter {
  who: string;
  name: string;
}

export interface Kept {
  text: string;
  /** How it is written; plain where it was kept before there was another way. */
  format?: 'markdown' | 'plain';
  warning: string;
  audience: string;
  /** Beyond which it does not go unasked. */
  circle?: string | null;
  as: string;
  language: string;
  media: Attached[];
  /** `hidden`: votes are shown only when it has ended. */
  poll: { options: string[]; hours: number; multiple: boolean; hidden?: boolean } | null;
  at: string;
  /** Until when it stays inside, or what is said inside as well. */
  inside?: KeptInside;
  /** Who was chosen here to look after the answers. */
  replyOwner?: LooksAfter | null;
  /** The draft on the server, and which version of it. */
  draft: { id: string; version: number } | null;
  /** There is something in it that the server does not have. */
  unsaved: boolean;
  key: string;
  savedAt: number;
}

const ROOT = `guildhall.letter.${own.id}.`;
/** What is forgotten after so long was given up. */
const KEPT_FOR = 60 * 24 * 3600 * 1000;

/** A key that nobody else has: sent twice, it is one post. */
export const newKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-');

/** The letters that wait in this browser. */
export function keptLetters(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(ROOT));
  } catch {
    // A browser that keeps nothing has none.
    return [];
  }
}

export function throwAllAway(): void {
  for (const key of keptLetters()) localStorage.removeItem(key);
}

/** What lies at a place; nothing where it is not ours, or of another time. */
export function find(place: string): Kept | null {
  const found = localStorage.getItem(ROOT + place);
  if (!found) return null;
  const kept = read(found);
  if (!kept) forget(place);
  return kept;
}

/** A letter as it was kept; nothing where it is of another time, or too old. */
export function read(found: string | null): Kept | null {
  try {
    const kept = JSON.parse(found ?? '') as Kept;
    if (Array.isArray(kept.media) && Date.now() - kept.savedAt <= KEPT_FOR) return kept;
  } catch {
    // It is forgotten, as what is too old.
  }
  return null;
}

/** Whether another window forgot what lay at a place, and nothing lies there by now either. */
export const isEnd = (event: StorageEvent, place: string): boolean =>
  event.storageArea === localStorage &&
  event.key === ROOT + place &&
  event.newValue === null &&
  localStorage.getItem(event.key) === null;

/** Whether it is kept: the browser may have no room, or keep nothing. */
export function keep(place: string, kept: Kept): boolean {
  try {
    localStorage.setItem(ROOT + place, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function forget(place: string): void {
  localStorage.removeItem(ROOT + place);
}

/** Forgets what is kept of a draft, wherever it was begun or opened. */
export function forgetDraft(id: string): void {
  for (const key of keptLetters()) {
    if (read(localStorage.getItem(key))?.draft?.id === id) localStorage.removeItem(key);
  }
}

const usual = (as: string) => `guildhall.audience.${as}`;

/** For whom somebody wrote last, as themselves or for a brand: each has readers of its own. */
export function usualReaders(as: Identity): string {
  const found = localStorage.getItem(usual(as.id));
  if (as.brand) return found && !isInside(found) ? found : 'public';
  return found ?? (isEmployee ? 'company' : 'public');
}

export function rememberReaders(as: Identity, audience: string): void {
  try {
    localStorage.setItem(usual(as.id), audience);
  } catch {
    // Then the next letter begins as the first one did.
  }
}
