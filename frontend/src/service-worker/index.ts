// While no page of the workroom is open: tells of news, and says so where there is no connection. It keeps the built
// files, which belong to nobody, and nothing that an API or the server ever answered.

import { version } from '$app/env';
import { immutable } from '$app/manifest';
import { self as worker } from '$app/service-worker';
import type { Kept, Opened } from '../lib/worker.ts';

const FILES = `guildhall.files.${version}`;
/** What the page has told us: words in its language, and what may be shown. */
const TOLD = 'guildhall.told';
const HOME = '/home';

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(FILES)
      .then((cache) => cache.addAll(immutable.map(({ path }) => `${HOME}/${path}`)))
      .then(() => worker.skipWaiting()),
  );
});

// Pages that are still open go on with the files that they came with: those of the version before stay.
worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith('guildhall.files.') && name !== FILES);
      await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith(`${HOME}/_app/immutable/`)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === 'navigate' && (url.pathname === HOME || url.pathname.startsWith(`${HOME}/`))) {
    event.respondWith(fetch(request).catch(withoutConnection));
  }
});

async function told(): Promise<Kept | null> {
  const cache = await caches.open(TOLD);
  const kept = await cache.match(HOME);
  return kept ? ((await kept.json()) as Kept) : null;
}

const escaped = (text: string) =>
  text.replace(/[&<>"]/gu, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);

/** A page that says what is safe and what to do; it goes away by itself when the server answers again. */
async function withoutConnection(): Promise<Response> {
  const kept = await told();
  if (!kept) return Response.error();
  const nonce = crypto.randomUUID();
  const { title, more, again } = kept.offline;
  const html = `<!doctype html><html lang="${escaped(kept.language)}" dir="${kept.language === 'ar' ? 'rtl' : 'ltr'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title><style nonce="${nonce}">:root{color-scheme:light dark}body{font:1.0625rem/1.6 system-ui,sans-serif;max-inline-size:32rem;margin:18vh auto 0;padding:0 1rem}a{display:inline-block;margin-block-start:.5rem;padding:.75rem 1rem;border:2px solid;border-radius:4px;color:inherit;font-weight:600;text-decoration:none}</style></head><body><main><h1>${escaped(title)}</h1><p>${escaped(more)}</p><p><a href="">${escaped(again)}</a></p></main><script nonce="${nonce}">setInterval(() => fetch(location.href, { method: 'HEAD', redirect: 'manual' }).then(() => location.reload(), () => undefined), 3000)</script></body></html>`;
  return new Response(html, {
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'`,
    },
  });
}

/** What a message of the server says (src/jobs/pushes.rs). */
interface News {
  notification_id?: number | string;
  notification_type?: string;
  title?: string;
  body?: string;
  icon?: string;
}

worker.addEventListener('push', (event) => {
  event.waitUntil(show(read(event.data)));
});

function read(data: PushMessageData | null): News {
  try {
    return (data?.json() ?? {}) as News;
  } catch {
    return {};
  }
}

async function show(news: News): Promise<void> {
  const kept = await told();
  const kind = news.notification_type ?? '';
  const data = { path: `${HOME}/go?notification=${encodeURIComponent(String(news.notification_id ?? ''))}` };
  // Names and words stand on the screen of a locked device only where its owner wants that.
  if (kept?.shows === 'all' && news.title) {
    return worker.registration.showNotification(news.title, {
      body: news.body,
      icon: news.icon,
      tag: String(news.notification_id ?? kind),
      data,
    });
  }
  return worker.registration.showNotification(kept?.company ?? 'Guildhall', {
    body: kept?.kinds[kind] ?? kept?.other ?? '',
    icon: kept?.icon,
    tag: kind,
    lang: kept?.language,
    dir: kept?.language === 'ar' ? 'rtl' : 'ltr',
    data,
  });
}

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data as Opened | null)?.path ?? HOME));
});

/** In a window that is open already, but never in one in which somebody writes. */
async function open(path: string): Promise<void> {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const free = windows.find((one) => {
    const { pathname } = new URL(one.url);
    return (pathname === HOME || pathname.startsWith(`${HOME}/`)) && pathname !== `${HOME}/write`;
  });
  if (!free) return void (await worker.clients.openWindow(path));
  await free.focus();
  free.postMessage({ path } satisfies Opened);
}
