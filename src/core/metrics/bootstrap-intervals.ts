// Bootstrap intervals of figures that are not shares: the samples are resampled with replacement (Efron 1979).

import { argmax } from '../numbers/argmax.js';
import { quantile } from '../numbers/quantile.js';
import { createRandom, type Random } from '../numbers/random.js';
import { balancedAccuracy, macroF1 } from './confusion-matrix.js';
import { brierAt, confidenceBin, confidenceBins, logLossAt, type Predictions } from './probability-metrics.js';

export type Interval = readonly [low: number, high: number];

/** The figures that get an interval by resampling. */
export const bootstrappedFigures = ['macroF1', 'balancedAccuracy', 'nll', 'brier', 'ece'] as const;

export type BootstrappedFigure = (typeof bootstrappedFigures)[number];

export type FigureValues = Readonly<Record<BootstrappedFigure, number>>;

export interface BootstrapOptions {
  readonly seed: number;
  /** Number of resamples; default 2000. */
  readonly resamples?: number;
}

/**
 * 95 % intervals of the figures `of` the predictions. By the percentile method; for the calibration error by the basic
 * one (Davison & Hinkley 1997, 5.2): it sums absolute gaps of bins, so resampling increases it, and percentiles would be too
 * high. Each interval contains its figure. With a few dozen samples or less the intervals are too narrow. The same seed
 * gives the same intervals. Work: resamples x (n + classes^2).
 */
export function bootstrapIntervals(
  predictions: Predictions,
  of: FigureValues,
  { seed, resamples = 2000 }: BootstrapOptions,
): Record<BootstrappedFigure, Interval> {
  const samples = summarise(predictions);
  const random = createRandom(seed);
  const drawn = Object.fromEntries(bootstrappedFigures.map((name) => [name, new Float64Array(resamples)])) as Record<
    BootstrappedFigure,
    Float64Array
  >;
  for (let k = 0; k < resamples; k++) {
    const figures = resample(samples, random);
    for (const name of bootstrappedFigures) drawn[name][k] = figures[name];
  }
  const percentiles = (name: BootstrappedFigure): Interval => {
    const sorted = drawn[name].sort();
    return hold([quantile(sorted, 0.025), quantile(sorted, 0.975)], of[name]);
  };
  const [low, high] = percentiles('ece');
  return {
    macroF1: percentiles('macroF1'),
    balancedAccuracy: percentiles('balancedAccuracy'),
    nll: percentiles('nll'),
    brier: percentiles('brier'),
    ece: hold([Math.max(0, 2 * of.ece - high), Math.min(1, 2 * of.ece - low)], of.ece),
  };
}

/** The values of each sample that the figures need. */
interface SampleFacts {
  readonly n: number;
  readonly classes: number;
  /** `truth * classes + predicted`: the cell of the confusion matrix. */
  readonly cell: Uint32Array;
  readonly logLoss: Float64Array;
  readonly brier: Float64Array;
  readonly bin: Uint8Array;
  /** 1 or 0 for right or wrong, minus the confidence. */
  readonly gap: Float64Array;
}

function summarise(predictions: Predictions): SampleFacts {
  const { truth, probabilities, classes } = predictions;
  const n = truth.length;
  const best = Uint16Array.from({ length: n }, (_, i) => argmax(probabilities, i * classes, classes));
  const confidence = Float64Array.from(best, (c, i) => probabilities[i * classes + c]!);
  return {
    n,
    classes,
    cell: Uint32Array.from(best, (c, i) => truth[i]! * classes + c),
    logLoss: Float64Array.from(best, (_, i) => logLossAt(predictions, i)),
    brier: Float64Array.from(best, (_, i) => brierAt(predictions, i)),
    bin: Uint8Array.from(confidence, (value) => confidenceBin(value, confidenceBins)),
    gap: Float64Array.from(best, (c, i) => (c === truth[i] ? 1 : 0) - confidence[i]!),
  };
}

function resample({ n, classes, cell, logLoss, brier, bin, gap }: SampleFacts, random: Random): FigureValues {
  const cells = new Float64Array(classes * classes);
  const gaps = new Float64Array(confidenceBins);
  let [nll, distance] = [0, 0];
  for (let k = 0; k < n; k++) {
    const i = random.integer(n);
    cells[cell[i]!] = cells[cell[i]!]! + 1;
    gaps[bin[i]!] = gaps[bin[i]!]! + gap[i]!;
    nll += logLoss[i]!;
    distance += brier[i]!;
  }
  const counts = Array.from({ length: classes }, (_, row) => [...cells.subarray(row * classes, (row + 1) * classes)]);
  return {
    macroF1: macroF1(counts),
    balancedAccuracy: balancedAccuracy(counts),
    nll: nll / n,
    brier: distance / n,
    ece: gaps.reduce((sum, value) => sum + Math.abs(value), 0) / n,
  };
}

/** Widens the interval where the figure itself lies outside, which can happen with few samples. */
function hold([low, high]: Interval, figure: number): Interval {
  return [Math.min(low, figure), Math.max(high, figure)];
}
