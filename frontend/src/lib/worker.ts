// What the page and its service worker say to each other.

export type Shows = 'kind' | 'all';

/** What the worker knows. It belongs to the house: nothing of a person is in it. */
export interface Kept {
  company: string;
  icon: string | undefined;
  language: string;
  /** Whether names and words are shown, or only what kind of news it is. */
  shows: Shows;
  kinds: Record<string, string>;
  other: string;
  offline: { title: string; more: string; again: string };
}

/** Where a press on news leads. */
export interface Opened {
  path: string;
}
