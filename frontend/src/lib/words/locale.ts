// How dates and numbers are written: as the browser's own region does where it speaks the same language.

/** The locale for a language of the house, with the digits of the language itself. */
export function localeOf(language: string): string {
  try {
    const here = navigator.language;
    if (here.split('-')[0] !== language) return language;
    const { numberingSystem } = new Intl.NumberFormat(language).resolvedOptions();
    return new Intl.Locale(here, { numberingSystem }).toString();
  } catch {
    // A browser may call its language as nobody else does, or not say it.
    return language;
  }
}
