import { describe, expect, test } from 'vitest';
import { type BatchOptions, TrainingBatches } from './batches.js';

const [side, count] = [12, 20];
const options: BatchOptions = {
  samples: {
    width: side,
    height: side,
    pixels: Uint8Array.from({ length: count * side * side }, (_, i) => (i * 31) % 251),
    classes: Uint8Array.from({ length: count }, (_, i) => i % 3),
    indices: Int32Array.from({ length: count }, (_, i) => i),
  },
  view: { width: 10, height: 10 },
  classCount: 3,
  batchSize: 5,
  seed: 3,
  labelSmoothing: 0,
  softLabelWeight: 0,
  auxiliaryWeight: 1,
  classWeights: null,
  mixup: null,
  augmentation: null,
  progressive: [],
  masks: [],
};
const rowsOf = (targets: Float32Array): number[][] =>
  Array.from({ length: targets.length / 3 }, (_, i) => [...targets.subarray(3 * i, 3 * i + 3)]);

describe('training batches', () => {
  test('progressive stages come first, each for its epochs, then the whole view', () => {
    const batches = new TrainingBatches({
      ...options,
      progressive: [
        { side: 4, epochs: 2 },
        { side: 6, epochs: 1 },
      ],
    });
    expect([0, 1, 2, 3, 9].map((epoch) => batches.batch(epoch, 0).side)).toEqual([4, 4, 6, 10, 10]);
    expect(batches.batch(2, 1).pixels.length).toBe(5 * 36);
  });

  test('an epoch has every sample once, in an order of its own', () => {
    const batches = new TrainingBatches(options);
    const order = (epoch: number): number[] =>
      Array.from({ length: 4 }, (_, number) => [...batches.batch(epoch, number).pixels]).flat();
    expect(order(0)).not.toEqual(order(1));
    expect([...order(0)].sort()).toEqual([...order(1)].sort());
  });

  test('targets: smoothing, soft labels and class weights', () => {
    const classesOf = new TrainingBatches(options).classes(0, 0);
    const targets = (changes: Partial<BatchOptions>): number[][] =>
      rowsOf(new TrainingBatches({ ...options, ...changes }).batch(0, 0).targets);
    classesOf.forEach((label, i) => {
      const hard = [0, 1, 2].map((c) => (c === label ? 1 : 0));
      expect(targets({})[i]).toEqual(hard);
      targets({ labelSmoothing: 0.3 })[i]!.forEach((value, c) => {
        expect(value).toBeCloseTo(0.7 * hard[c]! + 0.1, 6);
      });
      targets({ classWeights: [1, 2, 5] })[i]!.forEach((value, c) => {
        expect(value).toBe(hard[c]! * [1, 2, 5][label]!);
      });
    });
    const softLabels = Float32Array.from({ length: count * 3 }, (_, i) => [0.2, 0.3, 0.5][i % 3]!);
    const soft = targets({ samples: { ...options.samples, softLabels }, softLabelWeight: 0.5 });
    classesOf.forEach((label, i) => {
      soft[i]!.forEach((value, c) => {
        expect(value).toBeCloseTo((c === label ? 0.5 : 0) + 0.5 * [0.2, 0.3, 0.5][c]!, 6);
      });
    });
  });

  test('votes of the batch in its order, each row weighing what the auxiliary loss does', () => {
    const votes = Float32Array.from({ length: count * 2 }, (_, i) =>
      i % 2 === 0 ? (i >> 1) / count : 1 - (i >> 1) / count,
    );
    const made = new TrainingBatches({ ...options, samples: { ...options.samples, votes }, auxiliaryWeight: 0.5 });
    const batch = made.batch(0, 0);
    expect(new TrainingBatches(options).batch(0, 0).votes).toBeUndefined();
    batch.targets.forEach((value, i) => {
      if (value !== 1) return;
      const row = Math.floor(i / 3);
      const [first = 0, second = 0] = batch.votes!.subarray(2 * row, 2 * row + 2);
      expect(first + second).toBeCloseTo(0.5, 6);
      // Sample n votes n / count for the first kind, and its class is n % 3.
      expect(Math.round(2 * first * count) % 3).toBe(i % 3);
    });
  });

  test('mixup blends targets, and the same batch comes out the same again', () => {
    const batches = new TrainingBatches({ ...options, mixup: { alpha: 1 } });
    const { targets, pixels } = batches.batch(1, 2);
    expect(targets.some((value) => value > 0.01 && value < 0.99)).toBe(true);
    for (const row of rowsOf(targets)) expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(new TrainingBatches({ ...options, mixup: { alpha: 1 } }).batch(1, 2).pixels).toEqual(pixels);
  });
});
