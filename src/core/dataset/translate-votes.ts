// Translates votes over one set of classes into probabilities of another. FER+'s voters and FER2013's labellers label the
// same faces differently, so the mapping is fitted on the training rows instead of matching equal names.
import { DatasetError } from '../errors.js';

export interface VotedSamples {
  /** `[count, kinds]`, not all zero in a row. */
  readonly votes: Float32Array;
  readonly kinds: number;
  /** The label of every sample. */
  readonly classes: Uint8Array;
  readonly classCount: number;
}

/** Iterations of the fit; its loss has converged to three digits by then. */
const iterations = 300;
/** Ridge penalty, needed for kinds of votes that hardly occur. */
const ridge = 1e-4;

/**
 * Multinomial logistic regression from the shares of votes (and their square roots, which separate one vote from none) to the
 * labels, fitted on `training` by Nesterov's accelerated gradient. Returns `[count, classCount]`, rows sum to 1.
 */
export function translateVotes(samples: VotedSamples, training: Int32Array): Float32Array {
  const { kinds, classCount } = samples;
  const count = samples.classes.length;
  if (samples.votes.length !== count * kinds) {
    throw new DatasetError(
      `votes must be there for all ${count} samples, and there are ${samples.votes.length / kinds}`,
    );
  }
  const features = votingFeatures(samples);
  const width = 2 * kinds + 1;
  const weights = new Float64Array(width * classCount);
  const ahead = weights.slice();
  const gradient = new Float64Array(weights.length);
  // The features' squares sum to at most 3, so the loss' curvature is at most 3 / 2.
  const rate = 1 / (1.5 + ridge);
  const probabilities = new Float64Array(classCount);
  for (let iteration = 0; iteration < iterations; iteration++) {
    gradient.forEach((_, k) => {
      gradient[k] = ridge * ahead[k]!;
    });
    for (const i of training) {
      softmax(features, i * width, ahead, probabilities);
      probabilities[samples.classes[i]!]! -= 1;
      for (let f = 0; f < width; f++) {
        const value = features[i * width + f]! / training.length;
        if (value !== 0)
          for (let c = 0; c < classCount; c++) gradient[f * classCount + c]! += value * probabilities[c]!;
      }
    }
    const momentum = iteration / (iteration + 3);
    for (let k = 0; k < weights.length; k++) {
      const next = ahead[k]! - rate * gradient[k]!;
      ahead[k] = next + momentum * (next - weights[k]!);
      weights[k] = next;
    }
  }
  const translated = new Float32Array(count * classCount);
  for (let i = 0; i < count; i++) {
    softmax(features, i * width, weights, probabilities);
    translated.set(probabilities, i * classCount);
  }
  return translated;
}

/** `[count, 2 * kinds + 1]`: shares, their roots, and 1. */
function votingFeatures({ votes, kinds, classes }: VotedSamples): Float32Array {
  const width = 2 * kinds + 1;
  const features = new Float32Array(classes.length * width);
  for (let i = 0; i < classes.length; i++) {
    let total = 0;
    for (let k = 0; k < kinds; k++) total += votes[i * kinds + k]!;
    for (let k = 0; k < kinds; k++) {
      const share = total === 0 ? 0 : votes[i * kinds + k]! / total;
      features[i * width + k] = share;
      features[i * width + kinds + k] = Math.sqrt(share);
    }
    features[i * width + 2 * kinds] = 1;
  }
  return features;
}

function softmax(features: Float32Array, offset: number, weights: Float64Array, out: Float64Array): void {
  const classCount = out.length;
  const width = weights.length / classCount;
  out.fill(0);
  for (let f = 0; f < width; f++) {
    const value = features[offset + f]!;
    if (value !== 0) for (let c = 0; c < classCount; c++) out[c]! += value * weights[f * classCount + c]!;
  }
  const largest = Math.max(...out);
  let sum = 0;
  for (let c = 0; c < classCount; c++) {
    out[c] = Math.exp(out[c]! - largest);
    sum += out[c]!;
  }
  for (let c = 0; c < classCount; c++) out[c]! /= sum;
}
