// A trial as JSON for other programs.
import type { FrozenTrial } from '../../../core/tuning/journal/frozen-trial.js';

/** Reports are pairs of step and value; NaN becomes null. */
export function trialJson(trial: FrozenTrial) {
  const { number, state, value, params, intermediateValues, userAttributes, started, completed } = trial;
  const reports = [...intermediateValues].map(([step, report]) => [step, Number.isFinite(report) ? report : null]);
  return { number, state, value, params, reports, userAttributes, started, completed };
}
