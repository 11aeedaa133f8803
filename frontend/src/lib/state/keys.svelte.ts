// Single keys, where nobody is writing. They can be switched off, which this browser remembers.

const KEY = 'guildhall.keys';

class Keys {
  on = $state(localStorage.getItem(KEY) !== 'off');
  /** The help over the screen. */
  help = $state(false);

  use(on: boolean): void {
    this.on = on;
    localStorage.setItem(KEY, on ? 'on' : 'off');
  }
}

export const keys = new Keys();

/** Where a key is a letter that somebody types, or belongs to what has the focus. */
export function isTaken(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input, textarea, select, [role=listbox], dialog, details[open]') !== null)
  );
}
