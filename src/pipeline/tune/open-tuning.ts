// The study of a search: new, or continued by the same search on the same data.
import { StudyError } from '../../core/errors.js';
import type { Journal } from '../../core/ports/journal.js';
import { createStudy } from '../../core/tuning/create-study.js';
import { areCompatible, type Distribution, describeDistribution } from '../../core/tuning/journal/distribution.js';
import { distributionFromJson, distributionToJson } from '../../core/tuning/journal/distribution-json.js';
import { isObject } from '../../core/tuning/journal/is-object.js';
import type { Pruner } from '../../core/tuning/pruners/pruner.js';
import type { Sampler } from '../../core/tuning/samplers/sampler.js';
import type { Study } from '../../core/tuning/study.js';
import type { Search } from './search-space.js';

export interface TuningRequest {
  readonly name: string;
  readonly storage: Journal;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly search: Search;
  /** Hash of the dataset. */
  readonly dataset: string;
}

/** The user attribute in which a study stores its search. */
const ATTRIBUTE = 'moodlens';

/** Throws StudyError when the study of that name belongs to another search. */
export async function openTuning({ name, storage, sampler, pruner, search, dataset }: TuningRequest): Promise<Study> {
  const direction = search.objective === 'loss' ? 'minimize' : 'maximize';
  const study = await createStudy({ name, storage, sampler, pruner, direction });
  const { space, config, objective, folds, use, foldSeed } = search;
  const ranges = Object.fromEntries([...space].map(([key, one]) => [key, distributionToJson(one)]));
  const about = { dataset, config, objective, folds, use, foldSeed, space: ranges };
  if (await study.begin(ATTRIBUTE, about, search.first)) return study;
  const kept = study.userAttributes[ATTRIBUTE];
  if (!isObject(kept)) throw new StudyError(`study ${name} was not made by 'moodlens tune'; take another name`);
  if (kept['dataset'] !== dataset) refuse(name, 'data', kept['dataset'], dataset);
  for (const [key, own] of Object.entries({ config, objective, folds, use, foldSeed })) {
    if (JSON.stringify(kept[key]) !== JSON.stringify(own)) refuse(name, key, kept[key], own);
  }
  compareSpaces(name, isObject(kept['space']) ? kept['space'] : {}, space);
  return study;
}

/** Ranges may change; keys, kinds and choices may not. */
function compareSpaces(name: string, kept: Record<string, unknown>, space: Search['space']): void {
  const [before, now] = [Object.keys(kept).sort(), [...space.keys()].sort()];
  if (before.join() !== now.join()) refuse(name, 'keys', before.join(', '), now.join(', '));
  for (const [key, own] of space) {
    const earlier: Distribution = distributionFromJson(key, kept[key]);
    if (!areCompatible(earlier, own))
      refuse(name, `range of ${key}`, describeDistribution(earlier), describeDistribution(own));
  }
}

function refuse(name: string, what: string, kept: unknown, found: unknown): never {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 300);
  throw new StudyError(
    `study ${name} searches with another ${what}: it has ${text(kept)}, found ${text(found)}; name another study with --study`,
  );
}
