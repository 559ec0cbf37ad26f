// Evaluates recognition and rejection on a folder per person: some people are enrolled, with the threshold from their own
// pictures, and the others serve as strangers.

import { EmbeddedGallery, type EmbeddedPicture, type EmbeddingFacts } from '../../core/identity/embedded-gallery.js';
import {
  hindsightThreshold,
  type OpenSetProbe,
  type OpenSetRates,
  openSetCurve,
  openSetRates,
  rankOne,
} from '../../core/identity/open-set-rates.js';
import { type FaceSample, People } from '../../core/identity/people.js';
import { mean } from '../../core/numbers/mean.js';
import { type Progress, silentProgress } from '../../core/ports/progress.js';
import { type EvaluatePeopleConfig, faceOptions } from './config.js';
import { type PeopleSplit, splitPeople } from './split-people.js';

/** Thresholds of the curve. */
const curvePoints = 61;
/** False-accept rates at which the best threshold in hindsight is reported. */
const hindsightShares = [0.01, 0.02] as const;

/** The result of one split. */
export interface SplitFigures extends OpenSetRates {
  readonly seed: number;
  /** Number of enrolled people, and of pictures of each kind. */
  readonly knownPeople: number;
  readonly learnt: number;
  readonly knownProbes: number;
  readonly strangerProbes: number;
  readonly rankOne: number;
  /** The threshold, estimated from the gallery alone; null when the gallery gives none. */
  readonly threshold: number | null;
  /** Share named correctly with the best threshold in hindsight, at each of `hindsightShares`. */
  readonly inHindsight: readonly number[];
}

/** Mean and sample deviation over the splits; `deviation` is null for one split. */
export interface MeanAndDeviation {
  readonly mean: number;
  readonly deviation: number | null;
}

export interface PeopleEvaluation {
  readonly people: number;
  readonly pictures: number;
  readonly config: EvaluatePeopleConfig;
  readonly rankOne: MeanAndDeviation;
  readonly named: MeanAndDeviation;
  readonly misnamed: MeanAndDeviation;
  readonly falseReject: MeanAndDeviation;
  readonly falseAccept: MeanAndDeviation;
  readonly threshold: MeanAndDeviation | null;
  readonly inHindsight: readonly { readonly falseAccept: number; readonly named: MeanAndDeviation }[];
  /** The probes of all splits together. */
  readonly curve: ReturnType<typeof openSetCurve>;
  readonly splits: readonly SplitFigures[];
}

/** People learnt from a gallery of `T`. */
export interface LearntPeople<T> {
  /** Undefined: everybody is named. */
  readonly threshold: number | undefined;
  /** The person of the nearest known face, regardless of the threshold. */
  nearest(sample: T): { readonly person: string; readonly distance: number };
}

export type LearnPeople<T> = (
  gallery: ReadonlyMap<string, readonly T[]>,
  config: EvaluatePeopleConfig,
) => LearntPeople<T>;

/** LBPH, on the faces of `readFaces`. */
export const learnLbph: LearnPeople<FaceSample> = (gallery, config) => {
  const people = People.train(gallery, faceOptions(config));
  return { threshold: people.threshold, nearest: ({ picture, face }) => people.nearest(picture, face) };
};

/** A face embedding, on faces that it has embedded already. */
export function learnEmbedding(facts: EmbeddingFacts): LearnPeople<EmbeddedPicture> {
  return (gallery, { falseAccepts }) => {
    const people = EmbeddedGallery.train(facts, gallery, { falseAccepts });
    return { threshold: people.threshold, nearest: ({ embedding }) => people.nearest(embedding) };
  };
}

/** Evaluates on `config.splits` draws. Throws PeopleError when there are too few people or pictures. */
export function evaluatePeople<T>(
  { byName }: { readonly byName: ReadonlyMap<string, readonly T[]> },
  config: EvaluatePeopleConfig,
  learn: LearnPeople<T>,
  progress: Progress = silentProgress,
): PeopleEvaluation {
  const all: OpenSetProbe[] = [];
  const splits = Array.from({ length: config.splits }, (_, i) => {
    const seed = config.seed + i;
    const split = splitPeople(byName, config, seed);
    const { figures, probes } = evaluateSplit(split, seed, learn(split.gallery, config));
    all.push(...probes);
    progress.update(i + 1, config.splits, 'splits');
    return figures;
  });
  progress.finish();
  const over = (pick: (split: SplitFigures) => number) => meanAndDeviation(splits.map(pick));
  const thresholds = splits.flatMap(({ threshold }) => threshold ?? []);
  return {
    people: byName.size,
    pictures: [...byName.values()].reduce((sum, { length }) => sum + length, 0),
    config,
    rankOne: over((split) => split.rankOne),
    named: over(({ named }) => named),
    misnamed: over(({ misnamed }) => misnamed),
    falseReject: over(({ falseReject }) => falseReject),
    falseAccept: over(({ falseAccept }) => falseAccept),
    threshold: thresholds.length === 0 ? null : meanAndDeviation(thresholds),
    inHindsight: hindsightShares.map((falseAccept, i) => ({
      falseAccept,
      named: over(({ inHindsight }) => inHindsight[i]!),
    })),
    curve: openSetCurve(all, curvePoints),
    splits,
  };
}

function evaluateSplit<T>(
  { gallery, known, strangers }: PeopleSplit<T>,
  seed: number,
  people: LearntPeople<T>,
): { figures: SplitFigures; probes: OpenSetProbe[] } {
  const probes = [...known, ...strangers].map(([name, sample], i): OpenSetProbe => {
    const { person, distance } = people.nearest(sample);
    return { isKnown: i < known.length, isRight: person === name, distance };
  });
  const figures = {
    seed,
    knownPeople: gallery.size,
    learnt: [...gallery.values()].reduce((sum, { length }) => sum + length, 0),
    knownProbes: known.length,
    strangerProbes: strangers.length,
    rankOne: rankOne(probes),
    threshold: people.threshold ?? null,
    ...openSetRates(probes, people.threshold ?? Number.MAX_VALUE),
    inHindsight: hindsightShares.map((share) => openSetRates(probes, hindsightThreshold(probes, share)).named),
  };
  return { figures, probes };
}

function meanAndDeviation(values: readonly number[]): MeanAndDeviation {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return { mean: middle, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null };
}
