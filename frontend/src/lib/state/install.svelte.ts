// The workroom as an app of its own on this device: some browsers offer it to the page, others have a menu for it.

interface Offer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

class Install {
  #offer = $state.raw<Offer | null>(null);
  installed = $state(matchMedia('(display-mode: standalone)').matches);

  constructor() {
    // The browser shows nothing by itself: the offer waits in the settings.
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault();
      this.#offer = event as Offer;
    });
    addEventListener('appinstalled', () => {
      this.installed = true;
      this.#offer = null;
    });
  }

  get offered(): boolean {
    return this.#offer !== null;
  }

  async install(): Promise<void> {
    const offer = this.#offer;
    this.#offer = null;
    await offer?.prompt();
  }
}

export const install = new Install();
