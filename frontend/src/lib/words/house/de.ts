// Das Haus führen, auf Deutsch.

import type { HouseWords } from './en.ts';

const n = (value: number) => value.toLocaleString('de');
const many = (value: number, one: string, other: string) => (value === 1 ? one : other);

export const run: HouseWords = {
  servers: {
    title: 'Andere Server',
    more: 'Mit wem dieses Haus spricht, wie gut das geht, und was wartet.',
    wayMore: 'Wie gut das Senden geht, was wartet, und der Doktor',
    find: 'Name eines Servers',
    findHint: 'Die Liste wird beim Tippen kürzer. Öffnen führt zu dem mit genau diesem Namen.',
    open: 'Öffnen',
    which: 'Welche Server',
    all: 'Alle',
    state: { fine: 'Gut', failing: 'Antwortet nicht', paused: 'Pausiert', blocked: 'Gesperrt' },
    means: {
      fine: 'Was wir senden, kommt an.',
      failing: 'Der letzte Versuch ging schief. Wir versuchen es von selbst wieder.',
      paused: 'Er hat mehrmals nicht geantwortet, deshalb warten wir vor dem nächsten Versuch. Nichts geht verloren.',
      blocked: 'Wir weisen ihn ab: Nichts geht hin, und nichts kommt von dort.',
    },
    limited: 'Eingeschränkt',
    waiting: (count) => `${n(count)} ${many(count, 'Zustellung wartet', 'Zustellungen warten')}`,
    failed: (count) => `${n(count)} aufgegeben`,
    retry: 'Noch einmal versuchen',
    retryAll: (count) => `${n(count)} ${many(count, 'Zustellung', 'Zustellungen')} jetzt noch einmal versuchen`,
    retried: (count, host) =>
      count === 0
        ? `Für ${host} wartet nichts.`
        : `${n(count)} ${many(count, 'Zustellung ist', 'Zustellungen sind')} wieder auf dem Weg zu ${host}.`,
    none: 'Wir kennen noch keinen anderen Server.',
    noneMore: 'Folge jemandem anderswo, oder lass dir folgen; dann steht der Server hier.',
    noneSo: 'Kein Server ist in diesem Zustand.',
    noneSoMore: 'Wähle „Alle“, um die anderen zu sehen.',
    notHere: (q) => `Kein Name in dieser Liste enthält „${q}“.`,
    notHereMore: 'Drücke „Öffnen“, um genau diesen Namen zu suchen, oder zeige mehr von der Liste.',
    unknown: (host) => `Wir kennen ${host} nicht.`,
    unknownMore:
      'Prüfe die Schreibweise. Ein Server ist bekannt, sobald sich jemand dort und jemand hier begegnet sind.',
    software: 'Dort läuft',
    lastSuccess: 'Zuletzt angekommen',
    lastFailure: 'Zuletzt misslungen',
    pausedUntil: 'Pausiert bis',
    blockedSince: 'Gesperrt seit',
    limitedSince: 'Eingeschränkt seit',
    why: 'Warum',
    limit: 'Diesen Server einschränken',
    limitSure: (host) => `${host} einschränken?`,
    limitMore: 'Seine Leute findet nur, wer ihnen folgt. Sie erfahren es nicht, und du kannst es jederzeit beenden.',
    reason: 'Warum',
    reasonHint: 'Für deine Kolleginnen und Kollegen. Es steht im Protokoll.',
    limitDone: (host) => `${host} ist eingeschränkt.`,
    unlimit: 'Einschränkung beenden',
    unlimitDone: (host) => `${host} ist nicht mehr eingeschränkt.`,
    owed: 'Was wir dorthin senden',
    owedWhich: 'Welche Zustellungen',
    noOwed: 'Es gibt keine solchen Zustellungen.',
    noOwedMore: 'Was angekommen ist, wird nach einer Weile vergessen.',
    jobs: 'Aufgegebene Arbeit',
    jobsMore:
      'Das Haus hat das mehrmals versucht. Sieh nach, warum es misslang, behebe es, und versuche es noch einmal.',
    jobsRetry: 'Alle noch einmal versuchen',
    jobsRetried: (count) =>
      many(count, 'Eine Arbeit wird noch einmal versucht.', `${n(count)} Arbeiten werden noch einmal versucht.`),
    noJobs: 'Nichts wurde aufgegeben.',
  },
  doctor: {
    title: 'Doktor',
    more: 'Sieht dieses Haus an, wie andere Server, Suchmaschinen und Besucher es sehen.',
    looking: 'Wird angesehen. Das dauert bis zu einer halben Minute.',
    well: 'Alles ist gut.',
    troubles: (count) => many(count, 'Eine Sache braucht dich.', `${n(count)} Sachen brauchen dich.`),
    looked: 'Angesehen',
    result: { failed: 'Nicht gut', warning: 'Könnte besser sein', ok: 'Gut', skipped: 'Nicht angesehen' },
    advice: 'Was zu tun ist',
    again: 'Noch einmal ansehen',
    fine: (count) => `Was gut ist (${n(count)})`,
    skipped: (count) => `Was nicht angesehen werden konnte (${n(count)})`,
  },
  receipts: {
    title: 'Wer es bekam',
    more: 'Welche Server diesen Beitrag haben, welche noch warten, und warum.',
    state: { delivered: 'Angekommen', waiting: 'Wartet', failed: 'Aufgegeben' },
    tries: (count) => `${n(count)} ${many(count, 'Versuch', 'Versuche')}`,
    next: (when) => `nächster Versuch ${when}`,
    servers: (count, whole) => `${n(count)}${whole ? '' : '+'}`,
    retry: 'Noch einmal versuchen',
    retryAll: 'Alles noch einmal versuchen, was nicht ankam',
    retried: (count) =>
      count === 0
        ? 'Nichts wartet.'
        : `${n(count)} ${many(count, 'Zustellung ist', 'Zustellungen sind')} wieder auf dem Weg.`,
    none: 'Diesen Beitrag bekam kein anderer Server.',
    noneMore: 'Er ging an niemanden anderswo: Niemand dort folgte oder war genannt, als er erschien.',
  },
};
