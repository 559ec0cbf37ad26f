// On which samples a model was trained: the sentence in its metadata, written and read back.
import { splitNamesOf } from './choose-samples.js';
import type { TrainConfig } from './config.js';

/** What one network was trained on. */
export interface TrainedOn {
  /** Names of splits. */
  readonly names: readonly string[];
  /** True when they are sets of a split file, not splits of the dataset. */
  readonly isOfFile: boolean;
  /** The fold of them that was left out, when one was. */
  readonly leftOut: {
    readonly name: string;
    readonly fold: number;
    readonly folds: number;
    readonly seed: number;
  } | null;
  /** The split that validated it; null when a fold did, or nothing. */
  readonly validatedOn: string | null;
}

const description =
  /^trained on (.+?)( of a split file)?(?: without (fold (\d+) of (\d+) \(seed (\d+)\)))?, (?:validated on (.+)|with no row)/i;

/** What a model that was not trained says. */
export const trainedOnNothing = 'trained on nothing';

/** Of a model or of each member of an ensemble, in order; null where that cannot be read; empty for an untrained model. */
export function readTrainedOn(split: string): (TrainedOn | null)[] {
  if (split === trainedOnNothing) return [];
  return split.split('; ').map((text) => {
    const found = description.exec(text);
    if (found === null) return null;
    const [, names, isOfFile, name, fold, folds, seed, validatedOn] = found;
    return {
      names: names!.split(' and '),
      isOfFile: isOfFile !== undefined,
      leftOut: name === undefined ? null : { name, fold: Number(fold), folds: Number(folds), seed: Number(seed) },
      validatedOn: name === undefined ? (validatedOn ?? null) : null,
    };
  });
}

/** Which samples trained and validated, for people. */
export function describeSplit({ trainingSplit, validation, seed, splitFile }: TrainConfig): string {
  const names = splitNamesOf(trainingSplit).join(' and ');
  const trained = `trained on ${names}${splitFile === null ? '' : ' of a split file'}`;
  if (validation === null) return `${trained}, with no row left to validate`;
  return 'split' in validation
    ? `${trained}, validated on ${validation.split}`
    : `${trained} without fold ${validation.fold} of ${validation.folds} (seed ${validation.seed ?? seed}), validated on that fold`;
}
