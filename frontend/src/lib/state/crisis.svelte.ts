// Whether crisis mode is on, for every screen: as the page was told when it began, until it is read from the server.

import { crisis as read } from '#lib/api/house.ts';
import type { Crisis } from '#lib/api/types.ts';
import { isEmployee, own, told } from '#lib/told.ts';

class CrisisNow {
  /** As it was read last. */
  value = $state.raw<Crisis | null>(null);

  get on(): boolean {
    return this.value?.active ?? told.crisis;
  }

  /** That somebody else asks to end it, where the person may agree. */
  get asks(): Crisis['end'] {
    const now = this.value;
    const mine = now?.end?.asked_by?.username === own.username;
    return now?.active && now.may_handle && !mine ? now.end : null;
  }

  /** Reads it while it is on. A help: where that does not work, what is known stays. */
  async look(): Promise<void> {
    if (!this.on || !isEmployee) return;
    try {
      const before = this.value;
      const now = await read();
      // What was done meanwhile is known better.
      if (this.value === before) this.value = now;
    } catch {
      // It is told where somebody reads of it.
    }
  }
}

export const crisisNow = new CrisisNow();
