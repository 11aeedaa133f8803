// A moment in which nothing is pressed, after one's own press changed what stands there: what a double click, or a key
// that is held, would do next is something else than what was meant.

/** So long, in milliseconds. */
const MOMENT = 1500;
/** After a press that came too early it lasts at least so long: a key that is held never gets through. */
const LONGER = 600;

export class Pause {
  on = $state(false);
  /** Whether a press came meanwhile and did nothing, which is said. */
  refused = $state(false);
  #until = 0;
  #ends: ReturnType<typeof setTimeout> | undefined;

  begin(): void {
    this.refused = false;
    this.#last(Date.now() + MOMENT);
  }

  /** Whether a press does nothing now. */
  holds(): boolean {
    this.refused = this.on;
    if (this.on) this.#last(Math.max(this.#until, Date.now() + LONGER));
    return this.on;
  }

  end(): void {
    clearTimeout(this.#ends);
    this.on = this.refused = false;
  }

  #last(until: number): void {
    this.on = true;
    this.#until = until;
    clearTimeout(this.#ends);
    this.#ends = setTimeout(() => (this.on = false), until - Date.now());
  }
}
