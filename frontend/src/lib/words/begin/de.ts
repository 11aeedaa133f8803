// Die Einrichtung, und wie die Firma aussieht, auf Deutsch.

import type { BeginWords } from './en.ts';

export const begin: BeginWords = {
  title: (company) => `${company} einrichten`,
  question: (which, all) => `Frage ${which} von ${all}`,
  left: (count) =>
    count === 1 ? 'Eine Frage der Einrichtung ist noch offen.' : `${count} Fragen der Einrichtung sind noch offen.`,
  goOn: 'Weiter einrichten',
  next: 'Weiter',
  later: 'Überspringen',
  back: 'Zurück',
  look: {
    ask: 'Wie sieht deine Firma aus?',
    place: 'Name, Farbe, Logo',
    more: 'Was Besucher zuerst sehen, und was deine Kollegen bei der Arbeit sehen.',
    name: 'Name',
    headline: 'Erster Satz der Startseite',
    headlineHint: 'Zum Beispiel „Fragt die Leute, die euer Rad schweißen.“ Ohne ihn schreiben wir einen.',
    description: 'Was ihr macht, in ein oder zwei Sätzen',
    website: 'Website',
    websiteHint: 'Wenn sie mit rel="me" zurückverweist, sieht das Fediverse, dass sie euch gehört.',
    colour: 'Farbe',
    colourHint: 'Sechs Ziffern oder Buchstaben nach einem #. Was du auch wählst: Wörter bleiben gut lesbar.',
    noColour: 'Sechs Ziffern oder Buchstaben nach einem #, etwa #7a1f3d.',
    pick: 'Farbe wählen',
    logo: 'Logo',
    logoHint:
      'PNG, JPEG oder WebP, das wir verkleinern, wenn es groß ist, oder SVG, höchstens 64 kB. Ohne Logo steht ein kleines Haus in eurer Farbe für euch. Am besten liest sich ein quadratisches Bild.',
    logoFirstHint:
      'PNG, JPEG oder WebP; ein großes wird verkleinert. Am besten liest sich ein quadratisches. Es wird auch das Bild eurer Marke; ein SVG kann später das Logo sein.',
    noLogo: 'Zurück zum Haus',
    preview: 'So wird es aussehen',
    byDay: 'Bei Tag',
    byNight: 'Bei Nacht',
    sample: 'Fragt uns alles',
    link: 'ein Link',
    save: 'Speichern',
    saved: 'Gespeichert. Neue Seiten sehen so aus.',
    partly: 'Alles außer dem Logo ist gespeichert.',
  },
  check: {
    ask: 'Können andere dich finden?',
    more: 'Wir sehen uns deinen Server so an, wie andere Server, Suchmaschinen und Besucher ihn sehen.',
    well: 'Alle können dich finden.',
    alone: 'Noch können dich nicht alle finden.',
    near: 'Nichts hindert andere daran, dich zu finden.',
    troubles: (count) => (count === 1 ? 'Eine Sache braucht einen Blick.' : `${count} Dinge brauchen einen Blick.`),
    aloneMore: 'Du kannst weitermachen; was hier steht, bleibt unter Firma, Andere Server, Doktor.',
    all: 'Alles ansehen, was geprüft wurde',
  },
  people: {
    ask: 'Wer kommt zuerst?',
    more: 'Menschen machen Geschäfte mit Menschen. Lade ein oder zwei Kollegen ein, die mit dir schreiben und antworten.',
  },
  post: {
    ask: (brand) => `Was sagt ${brand} zuerst?`,
    more: 'Ein erster Beitrag sagt, wer da ist und was man fragen darf. Er geht an alle im Internet, und du siehst ihn, bevor er hinausgeht.',
    text: (company) =>
      `Hallo! Hier ist ${company}. Wir sind die Menschen dahinter und antworten hier selbst. Was möchtet ihr wissen?`,
    write: 'Diesen Text nehmen',
    finish: 'Einrichtung abschließen',
  },
  done: {
    title: 'Dein Haus ist offen',
    more: 'Unter Firma lässt sich alles ändern.',
    page: 'Deine Seite ansehen',
    passkey: 'Nächstes Mal ohne Passwort anmelden: Passkey hinzufügen',
    home: 'Zur Startseite',
  },
};
