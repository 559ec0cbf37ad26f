// Trials of one study into another.
import { isFinished } from '../../core/tuning/journal/frozen-trial.js';
import type { Study } from '../../core/tuning/study.js';

/** Copies the finished trials, and the study's attributes; how many trials there were. Those that run belong to their workers. */
export async function copyTrials(source: Study, target: Study): Promise<number> {
  for (const [name, value] of Object.entries(source.userAttributes)) await target.setUserAttribute(name, value);
  const finished = source.trials.filter(isFinished);
  // At once: a copy that breaks off has none of them, and can be begun again.
  await target.addTrials(finished);
  return finished.length;
}
