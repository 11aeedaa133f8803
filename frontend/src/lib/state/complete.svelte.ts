// What could be meant by the word at which somebody writes: a name after @, a hashtag after #, an emoji after a colon.

import { colleagues, emojis, people } from '#lib/api/mastodon.ts';
import { search } from '#lib/api/search.ts';
import { isPersonHere, nameOf, ofAccount } from '#lib/faces.ts';

export interface Suggestion {
  /** What is put in the place of the word. */
  text: string;
  name: string;
  more: string;
  face?: ReturnType<typeof ofAccount>;
  picture?: string;
}

const PAUSE = 200;
const MOST = 6;
/** How many are asked for where those from elsewhere and brands are left out of them. */
const MANY = 40;
/** The word before the cursor: a sign at its beginning, and at least one letter after it, two for emojis. */
const WORD = /(?:^|[\s(])(@[\w.-]+(?:@[\w.-]*)?|#[\p{L}\p{N}_]+|:\w{2,})$/u;

export class Complete {
  found = $state.raw<Suggestion[]>([]);
  /** Which one is chosen by Enter. */
  at = $state(0);
  #from = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  get open(): boolean {
    return this.found.length > 0;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.found = [];
  }

  /** Looks what could be meant, a moment after the last key. */
  look(as: string, text: string, cursor: number): void {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const word = WORD.exec(text.slice(0, cursor))?.[1];
    if (!word) {
      this.found = [];
      return;
    }
    this.#from = cursor - word.length;
    this.#ask(turn, () => this.#read(as, word));
  }

  /** The same for a field with one name in it, of people who work here. */
  lookFor(as: string, name: string): void {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const word = name.trim().replace(/^@/, '');
    if (!word) {
      this.found = [];
      return;
    }
    this.#from = 0;
    this.#ask(turn, async () => {
      const here = (await colleagues(as, word, MANY)).filter(isPersonHere);
      return here.map((one) => ({ text: one.username, name: nameOf(one), more: `@${one.acct}`, face: ofAccount(one) }));
    });
  }

  #ask(turn: number, reading: () => Promise<Suggestion[]>): void {
    this.#timer = setTimeout(() => {
      reading().then(
        (found) => {
          if (turn !== this.#turn) return;
          this.found = found.slice(0, MOST);
          this.at = 0;
        },
        // Suggestions are a help: where the server has none, one writes on.
        () => turn === this.#turn && (this.found = []),
      );
    }, PAUSE);
  }

  async #read(as: string, word: string): Promise<Suggestion[]> {
    const rest = word.slice(1);
    switch (word[0]) {
      case '@':
        return (await people(as, rest, MOST)).map((one) => ({
          text: `@${one.acct} `,
          name: nameOf(one),
          more: `@${one.acct}`,
          face: ofAccount(one),
        }));
      case '#':
        return (await search(as, rest, 'hashtags', 0, MOST)).hashtags.map((one) => ({
          text: `#${one.name} `,
          name: `#${one.name}`,
          more: '',
        }));
      default:
        return (await emojis(as))
          .filter((one) => one.shortcode.toLowerCase().includes(rest.toLowerCase()))
          .map((one) => ({
            text: `:${one.shortcode}: `,
            name: `:${one.shortcode}:`,
            more: '',
            picture: one.static_url,
          }));
    }
  }

  /** The text with what was chosen, and where the cursor is then. */
  take(index: number, text: string, cursor: number): { text: string; cursor: number } | null {
    const chosen = this.found[index];
    if (!chosen) return null;
    this.close();
    const before = text.slice(0, this.#from) + chosen.text;
    return { text: before + text.slice(cursor).replace(/^ /, ''), cursor: before.length };
  }

  step(by: number): void {
    this.at = (this.at + by + this.found.length) % this.found.length;
  }
}
