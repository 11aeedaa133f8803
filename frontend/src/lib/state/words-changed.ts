// What changed between two texts, by words: the longest common part, computed as in every diff.

export type Piece = { kind: 'same' | 'new' | 'gone'; text: string };

/** Longer texts are shown whole: a table of all pairs would be too large. */
const MOST = 4000;
/** What stands between two changes and has no more letters than this is too little to read them apart. */
const BRIDGE = 3;

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
  return gathered(pieces);
}

/** Changes that only white space or one short word keeps apart, as one: first all that is gone, then all that is new. */
function gathered(pieces: Piece[]): Piece[] {
  const found: Piece[] = [];
  let [gone, fresh] = ['', ''];
  const close = () => {
    if (gone) found.push({ kind: 'gone', text: gone });
    if (fresh) found.push({ kind: 'new', text: fresh });
    [gone, fresh] = ['', ''];
  };
  for (const [index, { kind, text }] of pieces.entries()) {
    if (kind === 'gone') gone += text;
    else if (kind === 'new') fresh += text;
    else if (isBridge(text) && isMixed(gone, fresh, pieces.slice(index + 1, index + 3))) {
      gone += text;
      fresh += text;
    } else {
      close();
      found.push({ kind, text });
    }
  }
  close();
  return found;
}

/** Whether something is gone and something new in what comes together: what was only put in stays as it is. */
function isMixed(gone: string, fresh: string, next: Piece[]): boolean {
  if (gone + fresh === '' || next.length === 0) return false;
  const has = (kind: Piece['kind']) => next.some((one) => one.kind === kind);
  return (gone !== '' || has('gone')) && (fresh !== '' || has('new'));
}

/** Paragraphs stay apart: a bridge has no line break. */
function isBridge(text: string): boolean {
  const words = text.split(/\s+/).filter(Boolean);
  return !text.includes('\n') && words.length <= 1 && [...(words[0] ?? '')].length <= BRIDGE;
}
