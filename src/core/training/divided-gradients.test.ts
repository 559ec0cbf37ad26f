// Parts of a batch give what the whole gives, in any order, from any number of sources.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../adapters/node/session.js';
import type { Architecture } from '../nn/architectures/architecture.js';
import { initialWeights } from '../nn/architectures/parameters.js';
import { relu } from '../nn/layers/activation.js';
import { conv2d } from '../nn/layers/conv2d.js';
import { dense, flatten } from '../nn/layers/dense.js';
import { rescale } from '../nn/layers/normalise.js';
import { maxPool2d } from '../nn/layers/pooling.js';
import { sequence } from '../nn/layers/sequence.js';
import { createRandom } from '../numbers/random.js';
import type { Batch } from './batch.js';
import { DividedGradients, equalParts, partsUpTo } from './divided-gradients.js';
import { type BatchGradients, type GradientSource, GraphGradients } from './gradient-source.js';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe('the sizes of parts', () => {
  test('add up to the batch and differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20 }), (size, count) => {
        const parts = equalParts(count)(size);
        expect(parts).toHaveLength(Math.min(count, size));
        expect(sum(parts)).toBe(size);
        expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('keep below a limit, in as few parts as that takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 64 }), (size, largest) => {
        const parts = partsUpTo(largest)(size);
        expect(sum(parts)).toBe(size);
        expect(Math.max(...parts)).toBeLessThanOrEqual(largest);
        expect(parts).toHaveLength(Math.ceil(size / largest));
      }),
    );
  });
});

/** Means over the batch's rows, after a pause; as a session does, it may use its arrays again for the next batch. */
function meanSource(pause: () => Promise<void>): GradientSource & { sizes: number[]; isReleased: boolean } {
  const mean = new Float32Array(1);
  const source = {
    sizes: [] as number[],
    isReleased: false,
    async gradients(_: unknown, { size, pixels, masks }: Batch): Promise<BatchGradients> {
      await pause();
      source.sizes.push(size);
      mean[0] = sum([...pixels]) / size;
      return {
        loss: sum([...masks[0]!]) / size,
        probabilities: Float32Array.from(pixels),
        gradients: new Map([['w', mean]]),
        statistics: new Map([['m', { value: mean, momentum: 0.9 }]]),
      };
    },
    async release() {
      source.isReleased = true;
    },
  };
  return source;
}

function rows(size: number): Batch {
  const random = createRandom(size);
  const values = (): Float32Array => Float32Array.from({ length: size }, () => random.between(-1, 1));
  return { size, side: 1, pixels: values(), targets: values(), masks: [values()] };
}

describe('gradients of parts', () => {
  test.each([
    [1, 3],
    [2, 2],
    [2, 5],
    [3, 2],
  ])('by %i sources of %i parts are those of the whole, whoever is done first', async (sources, parts) => {
    const batch = rows(13);
    const run = async (delays: (source: number) => number): Promise<BatchGradients> => {
      const divided = new DividedGradients(
        Array.from({ length: sources }, (_, i) => meanSource(() => new Promise((r) => setTimeout(r, delays(i))))),
        equalParts(parts),
      );
      await divided.gradients(new Map(), rows(7)); // nothing of an earlier batch may stay
      return divided.gradients(new Map(), batch);
    };
    const found = await run((i) => 3 * i);
    expect(found.gradients.get('w')![0]).toBeCloseTo(sum([...batch.pixels]) / 13, 6);
    expect(found.statistics.get('m')!.value[0]).toBeCloseTo(sum([...batch.pixels]) / 13, 6);
    expect(found.statistics.get('m')!.momentum).toBe(0.9);
    expect(found.loss).toBeCloseTo(sum([...batch.masks[0]!]) / 13, 6);
    expect([...found.probabilities]).toEqual([...batch.pixels]);
    const otherOrder = await run((i) => 3 * (sources - i));
    expect(otherOrder.gradients.get('w')![0]).toBe(found.gradients.get('w')![0]);
  });

  test('fail when one of them does', async () => {
    const failing: GradientSource = {
      gradients: () => Promise.reject(new RangeError('no memory')),
      release: async () => {},
    };
    const divided = new DividedGradients([meanSource(async () => {}), failing], equalParts(2));
    await expect(divided.gradients(new Map(), rows(4))).rejects.toThrow('no memory');
  });

  test('are released with their sources', async () => {
    const sources = [meanSource(async () => {}), meanSource(async () => {})];
    await new DividedGradients(sources, equalParts(2)).release();
    expect(sources.every(({ isReleased }) => isReleased)).toBe(true);
  });

  test('of a network without batch norm are those of the whole batch', async () => {
    const architecture: Architecture = {
      name: 'small',
      input: { height: 14, width: 14 },
      view: { height: 14, width: 14 },
      crop: { height: 14, width: 14 },
      features: sequence(rescale(1 / 255), conv2d({ filters: 4, kernel: 3 }), maxPool2d(), relu(), flatten()),
      head: dense({ units: 3 }),
      auxiliary: dense({ units: 2 }),
    };
    const random = createRandom(3);
    const weights = initialWeights(architecture, random);
    const batch: Batch = {
      size: 5,
      side: 14,
      pixels: Float32Array.from({ length: 5 * 196 }, () => random.between(0, 255)),
      targets: Float32Array.from({ length: 15 }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0)),
      votes: Float32Array.from({ length: 10 }, () => random.between(0, 0.4)),
      masks: [],
    };
    const source = new GraphGradients(architecture, openSession);
    const whole = await source.gradients(weights, batch);
    const parts = await new DividedGradients([source], partsUpTo(2)).gradients(weights, batch);
    expect(parts.loss).toBeCloseTo(whole.loss, 5);
    expect([...parts.gradients.keys()]).toEqual([...whole.gradients.keys()]);
    for (const [name, expected] of whole.gradients) {
      const found = parts.gradients.get(name)!;
      const difference = Math.hypot(...found.map((value, i) => value - expected[i]!));
      expect(difference, name).toBeLessThan(1e-5 * Math.hypot(...expected));
    }
    await source.release();
  });
});
