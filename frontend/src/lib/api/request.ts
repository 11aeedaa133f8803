// Every request to the two APIs. There is no token here: the cookie, which no script can read, and the form token let
// us in (src/http/extract/workroom.rs). As whom we ask is said each time.

import { base } from '#lib/base.ts';
import { own, told } from '#lib/told.ts';
import { house } from '#lib/words/index.svelte.ts';

/** Why something did not work, in a form that screens can show. */
export class Failure extends Error {
  constructor(
    /** `offline`: nobody answered; `ended`: not signed in any more; else what the server said. */
    readonly kind: 'offline' | 'ended' | 'conflict' | 'missing' | 'refused' | 'broken',
    message: string,
    more: Partial<Pick<Failure, 'status' | 'code' | 'current' | 'merged' | 'rule'>> = {},
  ) {
    super(message);
    Object.assign(this, more);
  }

  readonly status: number = 0;
  /** What the server calls it, by which there are words for it in other languages. */
  readonly code: string | null = null;
  /** What is there now, where somebody else was faster. */
  readonly current: unknown = null;
  /** What one wrote and what is there now as one text, where the server could put them together. */
  readonly merged: string | null = null;
  /** The page on which the rule stands that says no. */
  readonly rule: string | null = null;
}

type Fields = Record<string, unknown>;

export interface Asked {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The actor as whom it is asked. */
  as?: string;
  query?: Record<string, string | number | boolean | string[] | null | undefined>;
  json?: Fields;
  form?: FormData;
  /** The body itself. */
  file?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  keepalive?: boolean;
}

export interface Answer<T> {
  body: T;
  headers: Headers;
}

const entered = new Map<string, Promise<void>>();

function headers(actor: string): Record<string, string> {
  return { 'guildhall-form-token': told.form_token, 'guildhall-as': actor };
}

/** Gives this browser its token for an actor, once for each page load. */
function enter(actor: string, anew = false): Promise<void> {
  const known = entered.get(actor);
  if (known && !anew) return known;
  const entering = send(`${base}/enter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ form_token: told.form_token, act_as: actor }),
  }).then((response) => {
    if (!response.ok) {
      entered.delete(actor);
      return failure(response).then((failed) => Promise.reject(failed));
    }
  });
  entering.catch(() => entered.delete(actor));
  entered.set(actor, entering);
  return entering;
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Failure('offline', '');
  }
}

async function failure(response: Response): Promise<Failure> {
  const body = await response.json().catch(() => ({}));
  const sentence = body.detail ?? body.error ?? '';
  const { status } = response;
  const code: string | null = body.code ?? body.guildhall?.code ?? null;
  await house.learn('problems');
  // Whoever signed out in another tab has a new cookie, to which the form token of this page does not belong.
  if (status === 401 || code === 'form.token') return new Failure('ended', sentence, { status, code });
  if (status === 409) {
    const { current = null, merged } = body;
    return new Failure('conflict', sentence, { status, code, current, merged: merged?.body ?? null });
  }
  if (status === 404 || status === 410) return new Failure('missing', sentence, { status, code });
  const rule = here(body.policy_url);
  return new Failure(status >= 500 ? 'broken' : 'refused', sentence, { status, code, rule });
}

/** The path of an address of this house; nothing where it leads elsewhere. */
function here(address: unknown): string | null {
  if (typeof address !== 'string' || !URL.canParse(address, location.origin)) return null;
  const { origin, pathname } = new URL(address, location.origin);
  return origin === location.origin ? pathname : null;
}

/** The response itself, for streams. */
export async function open(path: string, asked: Asked = {}): Promise<Response> {
  const actor = asked.as ?? own.id;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked.query ?? {})) {
    if (Array.isArray(value)) for (const one of value) query.append(`${name}[]`, one);
    else if (value !== null && value !== undefined) query.append(name, String(value));
  }
  const init: RequestInit = {
    method: asked.method ?? 'GET',
    headers: {
      ...headers(actor),
      ...(asked.json ? { 'content-type': 'application/json' } : {}),
      ...asked.headers,
    },
    body: asked.form ?? asked.file ?? (asked.json ? JSON.stringify(asked.json) : undefined),
    signal: asked.signal,
    keepalive: asked.keepalive,
  };
  const address = query.size > 0 ? `${path}?${query}` : path;
  await enter(actor);
  let response = await send(address, init);
  if (response.status === 401) {
    await enter(actor, true);
    response = await send(address, init);
  }
  if (!response.ok) throw await failure(response);
  return response;
}

/** What was answered, with its headers. */
export async function ask<T>(path: string, asked: Asked = {}): Promise<Answer<T>> {
  const response = await open(path, asked);
  const body: unknown = response.status === 204 ? null : await response.json();
  return { body: body as T, headers: response.headers };
}

/** What was answered. */
export async function call<T>(path: string, asked: Asked = {}): Promise<T> {
  return (await ask<T>(path, asked)).body;
}
