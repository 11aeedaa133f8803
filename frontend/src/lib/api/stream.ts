// What happens, as it happens: server-sent events, read with `fetch` because the request says by headers who asks.

import { open } from './request.ts';
import type { Notification, Status } from './types.ts';

export type Heard =
  | { event: 'update' | 'status.update'; status: Status }
  | { event: 'notification'; notification: Notification }
  | { event: 'delete'; id: string };

function read(event: string, data: string): Heard | null {
  switch (event) {
    case 'update':
    case 'status.update':
      return { event, status: JSON.parse(data) as Status };
    case 'notification':
      return { event, notification: JSON.parse(data) as Notification };
    case 'delete':
      return { event, id: data };
    default:
      return null;
  }
}

/** Listens to what is for somebody, or to one of their lists, until it is ended or the connection breaks; then the promise settles. */
export async function listen(
  as: string,
  opened: () => void,
  hear: (heard: Heard) => void,
  signal: AbortSignal,
  list?: string,
): Promise<void> {
  const response = await open(`/api/v1/streaming/${list ? 'list' : 'user'}`, {
    as,
    signal,
    query: { list },
    headers: { accept: 'text/event-stream' },
  });
  opened();
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const part = (name: string) =>
        lines
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart())
          .join('\n');
      const heard = read(part('event'), part('data'));
      if (heard) hear(heard);
    }
  }
}
