// What changed between two texts, by words: the longest common part, computed as in every diff.

export type Piece = { kind: 'same' | 'new' | 'gone'; text: string };

/** Longer texts are shown whole: a table of all pairs would be too large. */
const MOST = 4000;

export function changes(before: string, after: string): Piece[] {
  const split = (text: string) => text.match(/\s+|[^\s]+/g) ?? [];
  const [old, fresh] = [split(before), split(after)];
  if (old.length * fresh.length > MOST * MOST) {
    return [
      { kind: 'gone', text: before },
      { kind: 'new', text: after },
    ];
  }
  const width = fresh.length + 1;
  const table = new Uint16Array((old.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pieces: Piece[] = [];
  const add = (kind: Piece['kind'], text: string) => {
    const last = pieces.at(-1);
    if (last?.kind === kind) last.text += text;
    else pieces.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      add('same', old[i]!);
      i += 1;
      j += 1;
    } else if (i < old.length && (j >= fresh.length || at(i + 1, j) >= at(i, j + 1))) {
      add('gone', old[i]!);
      i += 1;
    } else {
      add('new', fresh[j]!);
      j += 1;
    }
  }
  return pieces;
}
