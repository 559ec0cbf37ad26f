// Copies trials from one study into another.
import { isFinished } from '../../core/tuning/journal/frozen-trial.js';
import type { Study } from '../../core/tuning/study.js';

/** Copies the finished trials and the study's attributes, and returns their number. Running trials belong to their workers. */
export async function copyTrials(source: Study, target: Study): Promise<number> {
  for (const [name, value] of Object.entries(source.userAttributes)) await target.setUserAttribute(name, value);
  const finished = source.trials.filter(isFinished);
  // In one append: after an interrupted copy there are none, and it can be repeated.
  await target.addTrials(finished);
  return finished.length;
}
