// A trial that was made elsewhere, as the fields of the record that creates it.
import { toInternal } from './distribution.js';
import { distributionToJson } from './distribution-json.js';
import { type FrozenTrial, trialStates } from './frozen-trial.js';

export function trialRecord(trial: Omit<FrozenTrial, 'id' | 'number'>): Readonly<Record<string, unknown>> {
  const entries = Object.entries(trial.distributions);
  return {
    state: trialStates.indexOf(trial.state),
    value: trial.value,
    values: null,
    datetime_start: trial.started,
    ...(trial.completed === null ? {} : { datetime_complete: trial.completed }),
    distributions: Object.fromEntries(entries.map(([name, one]) => [name, distributionToJson(one)])),
    params: Object.fromEntries(entries.map(([name, one]) => [name, toInternal(one, trial.params[name]!)])),
    user_attrs: trial.userAttributes,
    system_attrs: trial.systemAttributes,
    intermediate_values: Object.fromEntries(trial.intermediateValues),
  };
}
