// Our own API: what the company says of itself, how it looks, and what the set-up still asks. All of it as oneself.

import { call } from './request.ts';

const ROOT = '/api/guildhall/v1';

export interface Company {
  name: string;
  headline: string | null;
  description: string | null;
  website: string | null;
  colour: string;
  logo: string | null;
}

/** CSS colours of one scheme. */
export interface Theme {
  facade: string;
  on_facade: string;
  accent: string;
  accent_edge: string;
  accent_wash: string;
}

export interface Colours {
  brand: string;
  on_brand: string;
  light: Theme;
  dark: Theme;
}

export type Step = 'look' | 'check' | 'people' | 'post';

export const company = () => call<Company>(`${ROOT}/company`);
export const changeCompany = (wish: Partial<Omit<Company, 'logo'>>) =>
  call<Company>(`${ROOT}/company`, { method: 'PATCH', json: { ...wish } });
/** What follows from a colour; nothing is changed. */
export const colours = (colour: string, signal?: AbortSignal) =>
  call<Colours>(`${ROOT}/company/colours`, { query: { colour }, signal });
export const setLogo = (file: Blob) => call<Company>(`${ROOT}/company/logo`, { method: 'PUT', file });
export const removeLogo = () => call<Company>(`${ROOT}/company/logo`, { method: 'DELETE' });

interface Asked {
  left: Step[];
}
export const questions = () => call<Asked>(`${ROOT}/setup`);
/** This was answered, or is not to be asked again. */
export const settle = (step: Step) => call<Asked>(`${ROOT}/setup/${step}`, { method: 'DELETE' });
