// Light or dark: as the device says, or as it was chosen here.

const KEY = 'guildhall.theme';

export type Theme = 'device' | 'light' | 'dark';

class Appearance {
  theme = $state<Theme>('device');

  begin(): void {
    const kept = localStorage.getItem(KEY);
    this.#show(kept === 'light' || kept === 'dark' ? kept : 'device');
  }

  choose(theme: Theme): void {
    localStorage.setItem(KEY, theme);
    this.#show(theme);
  }

  #show(theme: Theme): void {
    this.theme = theme;
    if (theme === 'device') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
}

export const appearance = new Appearance();
