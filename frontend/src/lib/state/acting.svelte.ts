// As whom the person reads and acts at this moment. It is remembered in this browser.

import { actable, own, told, type Identity } from '#lib/told.ts';

const KEY = `guildhall.acting.${own.id}`;

class Acting {
  #id = $state(localStorage.getItem(KEY) ?? own.id);

  /** Who; the person themselves where a role went away. */
  get as(): Identity {
    return actable.find((one) => one.id === this.#id) ?? own;
  }

  get isBrand(): boolean {
    return this.as.brand !== null;
  }

  choose(id: string): void {
    this.#id = id;
    localStorage.setItem(KEY, id);
  }
}

export const acting = new Acting();

/** What a person is called by people who know them. */
export const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? told.company.name;
