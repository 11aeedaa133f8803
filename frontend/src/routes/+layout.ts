import { appearance } from '#lib/state/appearance.svelte.ts';
import { house } from '#lib/words/index.svelte.ts';

// The page is for one person who is signed in: nothing of it can be made before they come.
export const ssr = false;
export const prerender = false;

export async function load(): Promise<void> {
  appearance.begin();
  await house.begin();
}
