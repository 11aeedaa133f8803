// The service worker, as the page sees it: it is begun, told in which words it speaks, and may lead to a screen.

import { base } from '#lib/base.ts';
import { own, told } from '#lib/told.ts';
import type { Kept, Shows } from '#lib/worker.ts';
import { house } from '#lib/words/index.svelte.ts';

const TOLD = 'guildhall.told';
/** Each person chooses for themselves, also where several sign in. */
const SHOWS = `guildhall.push.shows.${own.id}`;

export const shows = (): Shows => (localStorage.getItem(SHOWS) === 'all' ? 'all' : 'kind');

/** Chooses what stands on the screen of this device. */
export async function show(what: Shows): Promise<void> {
  localStorage.setItem(SHOWS, what);
  await tell();
}

let begun: Promise<ServiceWorkerRegistration | null> | undefined;

/** The worker, begun once for each page load; nothing where the browser has none, or may not begin it. */
export const begin = (): Promise<ServiceWorkerRegistration | null> => (begun ??= register());

async function register(): Promise<ServiceWorkerRegistration | null> {
  if (!('serviceWorker' in navigator)) return null;
  try {
    const options = { scope: base, updateViaCache: 'none' } as const;
    return (await navigator.serviceWorker.register(`${base}/service-worker.js`, options)) ?? null;
  } catch {
    // Private windows and some settings forbid it; everything but news outside of the page works without it.
    return null;
  }
}

/** Says in which words it speaks. */
export async function tell(): Promise<void> {
  if (!('caches' in globalThis)) return;
  const w = house.words;
  const kept: Kept = {
    company: told.company.name,
    icon: told.company.logo ?? undefined,
    language: house.language,
    shows: shows(),
    kinds: w.own.push.told,
    other: w.own.push.other,
    offline: { title: w.offline, more: w.own.push.away, again: w.again },
  };
  try {
    const cache = await caches.open(TOLD);
    await cache.put(base, new Response(JSON.stringify(kept), { headers: { 'content-type': 'application/json' } }));
  } catch {
    // Without room it speaks as it did before.
  }
}

/** Forgets what a person chose here. */
export async function forget(): Promise<void> {
  localStorage.removeItem(SHOWS);
  if ('caches' in globalThis) await caches.delete(TOLD);
}
