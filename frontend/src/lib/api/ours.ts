// Calls of our own API, below /api/guildhall/v1. What each takes and answers is known from its OpenAPI document:
// openapi.ts is made of docs/openapi.json by `make openapi`, and has types only.

import type { components, paths } from './openapi.ts';
import { ask } from './request.ts';

/** The types of what is answered, by their names in the document. */
export type Ours = components['schemas'];

const ROOT = '/api/guildhall/v1';
/** Paths of our own API below its root, as the document writes them. */
type Path = keyof paths extends infer P ? (P extends `${typeof ROOT}${infer Rest}` ? Rest : never) : never;
type Item<P extends Path> = paths[`${typeof ROOT}${P}`];
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type MethodOf<P extends Path> = { [M in Method]: Item<P> extends Record<M, object> ? M : never }[Method];
type Operation<P extends Path, M extends MethodOf<P>> = Item<P>[M];

type Told<O, Where extends string> = O extends { parameters: { [W in Where]?: infer T } } ? NonNullable<T> : never;
type Body<O> = O extends { requestBody?: infer B }
  ? NonNullable<B> extends { content: { 'application/json': infer T } }
    ? T
    : never
  : never;
type Success = 200 | 201 | 202 | 204;
type AnswerOf<R> = R extends { content: { 'application/json': infer T } } ? T : null;
type Answer<O> = O extends { responses: infer R }
  ? { [S in keyof R & Success]: AnswerOf<R[S]> }[keyof R & Success]
  : never;
/** A file as the whole body, where one is taken. */
type Sent<O> = O extends { requestBody: { content: { '*/*': unknown } } } ? { file: Blob } : { file?: never };
type IfHeader<O, Name extends string, T> = [Told<O, 'header'>] extends [never]
  ? never
  : Name extends keyof Told<O, 'header'>
    ? T
    : never;

/** The version that was seen, where one is told, and where one must be. */
type Seen<O> = [Told<O, 'header'>] extends [never]
  ? { version?: never }
  : Told<O, 'header'> extends { 'If-Match': string }
    ? { version: number }
    : { version?: IfHeader<O, 'If-Match', number> };

type Said<O> = {
  /** The actor as whom it is asked; oneself where it says nothing. */
  as?: string;
  query?: Told<O, 'query'>;
  /** Ends the call when nobody waits for it any more. */
  signal?: AbortSignal;
  /** It is sent although the page goes away. */
  keepalive?: boolean;
  json?: Body<O>;
  /** The name of this request, so that it is done once however often it is sent. */
  key?: IfHeader<O, 'Idempotency-Key', string>;
} & Sent<O> &
  Seen<O> &
  ([Told<O, 'path'>] extends [never] ? { path?: never } : { path: Told<O, 'path'> });

/** The address of something, each gap of its path filled. */
export function address(path: Path, gaps: Record<string, string> = {}): string {
  return ROOT + path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(gaps[name] ?? ''));
}

/** What our API answers to a call. */
export async function ours<P extends Path, M extends MethodOf<P>>(
  method: M,
  path: P,
  ...[said]: [Told<Operation<P, M>, 'path'>] extends [never]
    ? [said?: Said<Operation<P, M>>]
    : [said: Said<Operation<P, M>>]
): Promise<Answer<Operation<P, M>>> {
  const headers: Record<string, string> = {};
  if (said?.key !== undefined) headers['idempotency-key'] = said.key;
  if (said?.version !== undefined) headers['if-match'] = `"${said.version}"`;
  const answer = await ask<Answer<Operation<P, M>>>(address(path, said?.path), {
    method: method.toUpperCase() as Uppercase<Method>,
    as: said?.as,
    query: said?.query,
    json: said?.json as Record<string, unknown> | undefined,
    file: said?.file,
    headers,
    signal: said?.signal,
    keepalive: said?.keepalive,
  });
  return answer.body;
}
