// What the set-up still asks of whoever may answer.

import { questions, settle, type Step } from '#lib/api/company.ts';
import { told } from '#lib/told.ts';

export const STEPS: readonly Step[] = ['look', 'check', 'people', 'post'];

class Setup {
  /** How many questions are left, as far as this page knows. */
  count = $state(told.setup_left);

  async left(): Promise<Step[]> {
    return this.#now((await questions()).left);
  }

  async settle(step: Step): Promise<Step[]> {
    return this.#now((await settle(step)).left);
  }

  #now(left: Step[]): Step[] {
    this.count = left.length;
    return left;
  }
}

export const setup = new Setup();
