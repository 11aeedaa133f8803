// As whom the person reads and acts at this moment. It is remembered in this browser.

import { actable, own, told, type Identity } from '#lib/told.ts';

const KEY = `guildhall.acting.${own.id}`;

class Acting {
  #id = $state(localStorage.getItem(KEY) ?? own.id);

  /** Who; the person themselves where a role went away. */
  get as(): Identity {
    return actable.find((one) => one.id === this.#id) ?? own;
  }

  /** Somebody changed their name or picture. */
  renamed(id: string, now: Pick<Identity, 'name' | 'picture'>): void {
    const one = told.identities.find((known) => known.id === id);
    if (one) Object.assign(one, now);
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

/** How somebody is greeted: a person by the first name, a brand by all of its name. */
export const greeted = (one: Identity): string =>
  (one.brand ? one.name.trim() : one.name.trim().split(/\s+/)[0]) || told.company.name;
