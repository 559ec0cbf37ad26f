// Temperature scaling (Guo et al. 2017): one number that lowers or raises the confidence and changes no prediction.

import { argmax } from '../numbers/argmax.js';
import { negativeLogLikelihood, type Predictions } from './probability-metrics.js';

/** The range of the search. */
const range = { low: 0.05, high: 20 };

/** The smallest float32 that is not subnormal: replaces a probability that was rounded to 0. */
export const smallestProbability = 2 ** -126;

/**
 * The probabilities `[n, classes]` of the logits divided by `temperature`, which must be above 0. Logarithms of probabilities
 * work as logits: they differ by a constant.
 */
export function applyTemperature(probabilities: ArrayLike<number>, classes: number, temperature: number): Float32Array {
  const scaled = new Float32Array(probabilities.length);
  for (let row = 0; row * classes < probabilities.length; row++) {
    const largest = logOf(probabilities[row * classes + argmax(probabilities, row * classes, classes)]!);
    let sum = 0;
    for (let i = row * classes; i < (row + 1) * classes; i++) {
      scaled[i] = Math.exp((logOf(probabilities[i]!) - largest) / temperature);
      sum += scaled[i]!;
    }
    for (let i = row * classes; i < (row + 1) * classes; i++) scaled[i] = scaled[i]! / sum;
  }
  return scaled;
}

/**
 * The temperature, 0.05..20, with the lowest negative log likelihood of the predictions; never one at which it
 * is higher than at temperature 1. By golden section search over log T: in 1 / T the likelihood is convex.
 */
export function fitTemperature(predictions: Predictions): number {
  const lossAt = likelihoodOf(predictions);
  const found = Math.exp(goldenSection((x) => lossAt(Math.exp(x)), Math.log(range.low), Math.log(range.high)));
  const { probabilities, classes } = predictions;
  const scaled = { ...predictions, probabilities: applyTemperature(probabilities, classes, found) };
  return negativeLogLikelihood(scaled) < negativeLogLikelihood(predictions) ? found : 1;
}

/** The sum of the negative log likelihoods at a temperature, in float64 and without clipping, so that there is one minimum and no flat region. */
function likelihoodOf({ truth, probabilities, classes }: Predictions): (temperature: number) => number {
  const behind = Float64Array.from(probabilities, (probability, i) => {
    const row = Math.floor(i / classes);
    return logOf(probability) - logOf(probabilities[row * classes + truth[row]!]!);
  });
  return (temperature) => {
    let loss = 0;
    for (let row = 0; row < truth.length; row++) {
      const own = behind.subarray(row * classes, (row + 1) * classes);
      const largest = own.reduce((a, b) => Math.max(a, b));
      loss += largest / temperature + Math.log(own.reduce((sum, d) => sum + Math.exp((d - largest) / temperature), 0));
    }
    return loss;
  };
}

function goldenSection(f: (x: number) => number, low: number, high: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [left, right] = [b - ratio * (b - a), a + ratio * (b - a)];
  let [atLeft, atRight] = [f(left), f(right)];
  while (b - a > 1e-7) {
    if (atLeft <= atRight) {
      [b, right, atRight] = [right, left, atLeft];
      left = b - ratio * (b - a);
      atLeft = f(left);
    } else {
      [a, left, atLeft] = [left, right, atRight];
      right = a + ratio * (b - a);
      atRight = f(right);
    }
  }
  return (a + b) / 2;
}

function logOf(probability: number): number {
  return Math.log(Math.max(smallestProbability, probability));
}
