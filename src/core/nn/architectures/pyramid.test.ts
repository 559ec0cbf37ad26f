// The whole detector beside PyTorch float64 (tests/oracles/gradients.py), and what it gives for pictures of other sizes.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { openSession } from '../../../adapters/node/session.js';
import { targetChannels } from '../../detect/places/places.js';
import { createRandom } from '../../numbers/random.js';
import { LocalEngine } from '../../training/engine.js';
import { randomBatch } from '../../training/random-batch.js';
import { elements } from '../layers/layer.js';
import { atSide, countParameters, parametersOf } from './architecture.js';
import { createArchitecture } from './create-architecture.js';
import { initialWeights } from './parameters.js';

interface Numbers {
  readonly norm: number;
  readonly step: number;
  readonly values: readonly number[];
}

const {
  detector: expected,
}: { detector: { loss: number; probabilities: Numbers; parameters: Record<string, Numbers> } } = JSON.parse(
  readFileSync(new URL('../../../../tests/fixtures/gradients.json', import.meta.url), 'utf8'),
);

/** The oracle's formula. */
function noise(shape: readonly number[], salt: number, low: number, high: number): Float32Array {
  return Float32Array.from({ length: elements(shape) }, (_, i) => {
    const v = Math.sin(i * 12.9898 + salt * 78.233) * 43758.5453;
    return low + (high - low) * (v - Math.floor(v));
  });
}

/** The oracle's ranges of weights. */
function bounds(name: string, shape: readonly number[]): [number, number] {
  if (name.endsWith('/bias')) return [-0.1, 0.1];
  if (name.endsWith('/scale')) return [0.5, 1.5];
  if (name.endsWith('/shift')) return [-0.3, 0.3];
  if (name.startsWith('1-')) return [-0.02, 0.02];
  const limit = Math.sqrt(6 / elements(shape.slice(1)));
  return [-limit, limit];
}

/** The oracle's targets, `[size, 16, 1, places]`: salt and range of each stretch of channels. */
function targetsFor(size: number, places: number): Float32Array {
  const stretches: [channels: number, salt: number, low: number, high: number][] = [
    ...([
      [1, 2, 0, 1],
      [1, 3, 0, 2],
    ] as [number, number, number, number][]),
    ...([
      [1, 4, -4, 0.5],
      [1, 5, -4, 0.5],
      [1, 6, 0.6, 4],
      [1, 7, 0.6, 4],
    ] as [number, number, number, number][]),
    ...([
      [1, 8, 0, 1],
      [8, 9, -3, 3],
      [1, 10, 0, 1],
    ] as [number, number, number, number][]),
  ];
  const targets = new Float32Array(size * targetChannels.count * places);
  let first = 0;
  for (const [channels, salt, low, high] of stretches) {
    const values = noise([size, channels, 1, places], salt, low, high).map((v) => (first === 0 ? Math.round(v) : v));
    for (let sample = 0; sample < size; sample++) {
      const own = values.subarray(sample * channels * places, (sample + 1) * channels * places);
      targets.set(own, (sample * targetChannels.count + first) * places);
    }
    first += channels;
  }
  return targets;
}

const size = 3;
const side = 64;
const places = 64 + 16 + 4;
const architecture = createArchitecture('pyramid', { classes: 1 });
const small = atSide(architecture, side);

let engine: LocalEngine;
afterEach(() => engine?.release());

describe.each([
  ['cpu', 2],
  ['cpu', 1],
  ['portable', 1],
] as const)('by the %s formulas and %i threads', (formulas, threads) => {
  test('loss, scores and every gradient are PyTorch float64s', async () => {
    const weights = new Map(
      parametersOf(small).map(({ name, shape }, i) => [name, noise(shape, 101 + i, ...bounds(name, shape))]),
    );
    engine = new LocalEngine(small, openSession, { optimiser: { name: 'sgd' }, weights, formulas, threads });
    const pixels = Uint8Array.from(noise([size, 3, side, side], 50, 0, 255));
    const found = await engine.gradients({ size, side, pixels, targets: targetsFor(size, places), masks: [] });
    expect(found.loss / expected.loss).toBeCloseTo(1, 5);
    expect(relativeError(found.probabilities, expected.probabilities)).toBeLessThan(1e-4);
    expect([...found.gradients.keys()].sort()).toEqual(Object.keys(expected.parameters).sort());
    for (const [name, numbers] of Object.entries(expected.parameters)) {
      expect(relativeError(found.gradients.get(name)!, numbers), name).toBeLessThan(1e-3);
    }
  });
});

/** Of the stored values, as the norm of the difference over the norm. */
function relativeError(found: Float32Array, { values, step }: Numbers): number {
  const differences = values.map((value, i) => found[i * step]! - value);
  return Math.hypot(...differences) / Math.hypot(...values);
}

test('has no more parameters than a detector for small machines should', () => {
  expect(countParameters(architecture)).toBeLessThanOrEqual(120_000);
});

test('looks at squares of any size that 32 divides, and says the same of a picture wherever it stands in a batch', async () => {
  const random = createRandom(2);
  engine = new LocalEngine(small, openSession, { optimiser: { name: 'sgd' }, weights: initialWeights(small, random) });
  const one = Uint8Array.from({ length: 3 * 96 * 96 }, () => random.integer(256));
  const predictions = await engine.predict(one, 1);
  expect(predictions).toHaveLength(13 * (144 + 36 + 9));
  const both = await engine.predict(Uint8Array.from([...one.toReversed(), ...one]), 2);
  const second = both.subarray(predictions.length);
  expect(Math.max(...second.map((value, i) => Math.abs(value - predictions[i]!)))).toBeLessThan(1e-4);
});

test('learns: the loss on a batch that it sees again and again falls', async () => {
  const random = createRandom(5);
  engine = new LocalEngine(small, openSession, { optimiser: { name: 'adam' }, weights: initialWeights(small, random) });
  const batch = randomBatch(small, { size: 2, masks: [] }, random);
  const losses: number[] = [];
  for (let step = 0; step < 30; step++) losses.push((await engine.step(batch, 0.01)).loss);
  expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
});
