// News on this device while the workroom is closed: whether it can be, is, and of what. It is for the person themselves;
// it begins only with a press, and ends with one, or with signing out.

import { changePlace, endPlace, place, serverKey, tellHere } from '#lib/api/push.ts';
import { Failure } from '#lib/api/request.ts';
import { brands, moderates, own } from '#lib/told.ts';
import type { Shows } from '#lib/worker.ts';
import * as worker from './worker.ts';

/** What people choose by, and the kinds of news that it stands for, as the API names them. */
export const GROUPS = {
  answers: ['mention', 'quote'],
  people: ['follow', 'follow_request'],
  posts: ['status', 'update', 'quoted_update'],
  likes: ['favourite', 'reblog'],
  polls: ['poll'],
  inside: ['guildhall.role', 'guildhall.review', 'guildhall.consent'],
  drafts: ['guildhall.draft'],
  house: ['admin.report', 'admin.sign_up'],
} as const;
export type Group = keyof typeof GROUPS;
const isFor: Partial<Record<Group, boolean>> = { drafts: brands.length > 0, house: moderates };
export const groups = (Object.keys(GROUPS) as Group[]).filter((one) => isFor[one] ?? true);
const FIRST: Group[] = ['answers', 'people', 'inside', 'drafts', 'house'];

const alertsOf = (chosen: Group[]) =>
  Object.fromEntries(groups.flatMap((group) => GROUPS[group].map((kind) => [kind, chosen.includes(group)])));

/** `apple`: it begins to be possible once the workroom is on the home screen. */
export type Standing = 'unsupported' | 'apple' | 'denied' | 'off' | 'on';

class Push {
  standing = $state<Standing>('off');
  chosen = $state<Group[]>(FIRST.filter((one) => groups.includes(one)));
  shows = $state<Shows>(worker.shows());

  /** How it stands on this device. */
  async look(): Promise<void> {
    const registration = await worker.begin();
    if (!registration || !('PushManager' in globalThis) || !('Notification' in globalThis)) {
      this.standing = isApplePhone() && !isInstalled() ? 'apple' : 'unsupported';
      return;
    }
    if (Notification.permission === 'denied') return void (this.standing = 'denied');
    const here = await registration.pushManager.getSubscription();
    const there = here && (await known());
    // Both must mean the same place: after signing out and in again the browser's own is nobody's.
    if (here?.endpoint !== there?.endpoint || !there) return void (this.standing = 'off');
    this.chosen = groups.filter((group) => GROUPS[group].some((kind) => there.alerts[kind]));
    this.standing = 'on';
    // A group may have got a kind since it was chosen: then the server does not know of that yet.
    const whole = this.chosen.every((group) => GROUPS[group].every((kind) => there.alerts[kind]));
    if (!whole) await changePlace(own.id, alertsOf(this.chosen));
  }

  /** After a press: asks the browser, which asks the person. */
  async begin(): Promise<void> {
    const registration = await worker.begin();
    if (!registration) return void (this.standing = 'unsupported');
    if ((await Notification.requestPermission()) !== 'granted') {
      this.standing = Notification.permission === 'denied' ? 'denied' : 'off';
      return;
    }
    const key = await serverKey(own.id);
    await worker.tell();
    const old = await registration.pushManager.getSubscription();
    // It may be for another key, or somebody else's who was signed in here.
    await old?.unsubscribe();
    const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    try {
      await tellHere(own.id, made.toJSON(), alertsOf(this.chosen));
    } catch (error) {
      await made.unsubscribe();
      throw error;
    }
    this.standing = 'on';
  }

  /** Of what it tells. */
  async choose(group: Group, yes: boolean): Promise<void> {
    const before = this.chosen;
    this.chosen = groups.filter((one) => (one === group ? yes : before.includes(one)));
    if (this.standing !== 'on') return;
    try {
      await changePlace(own.id, alertsOf(this.chosen));
    } catch (error) {
      this.chosen = before;
      throw error;
    }
  }

  async show(what: Shows): Promise<void> {
    this.shows = what;
    await worker.show(what);
  }

  /** No more of it on this device. The server comes first: what it does not send, nobody shows. */
  async end(): Promise<void> {
    await endPlace(own.id);
    const registration = await worker.begin();
    await (await registration?.pushManager?.getSubscription())?.unsubscribe();
    this.standing = 'off';
  }

  /** Before signing out: nothing of the person stays on the screen or in the browser, and it does not wait for long. */
  async leave(): Promise<void> {
    const leaving = (async () => {
      const registration = await worker.begin();
      const subscription = await registration?.pushManager?.getSubscription();
      if (subscription) await Promise.allSettled([endPlace(own.id), subscription.unsubscribe()]);
      for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
      await worker.forget();
    })();
    await Promise.race([leaving.catch(() => undefined), new Promise((ready) => setTimeout(ready, 2000))]);
  }
}

export const push = new Push();

const known = () =>
  place(own.id).catch((error: unknown) => {
    if (error instanceof Failure && error.kind === 'missing') return null;
    throw error;
  });

const isApplePhone = () =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);

export const isInstalled = () => matchMedia('(display-mode: standalone)').matches;
