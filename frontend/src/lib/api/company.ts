// Our own API: what the company says of itself, how it looks, and what the set-up still asks. All of it as oneself.

import { ours, type Ours } from './ours.ts';

export type Company = Ours['Company'];
/** CSS colours of one scheme. */
export type Theme = Ours['ColourTheme'];
export type Colours = Ours['Colours'];
export type Step = Ours['Step'];

export const company = () => ours('get', '/company');
export const changeCompany = (wish: Ours['CompanyWish']) => ours('patch', '/company', { json: wish });
/** What follows from a colour; nothing is changed. */
export const colours = (colour: string, signal?: AbortSignal) =>
  ours('get', '/company/colours', { query: { colour }, signal });
export const setLogo = (file: Blob) => ours('put', '/company/logo', { file });
export const removeLogo = () => ours('delete', '/company/logo');

export const questions = () => ours('get', '/setup');
/** This was answered, or is not to be asked again. */
export const settle = (step: Step) => ours('delete', '/setup/{step}', { path: { step } });
