import { describe, expect, test } from 'vitest';
import { WeightAverage } from './weight-average.js';

const weights = (...values: number[]) => new Map([['w', Float32Array.from(values)]]);

describe('the average of weights', () => {
  test('is the weights themselves after one step, and then follows its rule', () => {
    const average = new WeightAverage({ decay: 0.5 });
    expect(average.values).toBeUndefined();
    average.update(weights(4, 8));
    expect(average.values!.get('w')).toEqual(Float32Array.from([4, 8]));
    // Warm-up: the second step keeps (1 + 1) / (10 + 1) of the old.
    average.update(weights(0, 0));
    expect(average.values!.get('w')![0]).toBeCloseTo((4 * 2) / 11, 6);
    for (let i = 0; i < 20; i++) average.update(weights(0, 0));
    const before = average.values!.get('w')![0]!;
    average.update(weights(0, 0));
    expect(average.values!.get('w')![0]! / before).toBeCloseTo(0.5, 6);
  });

  test('does not move the weights it averages', () => {
    const average = new WeightAverage({ decay: 0.9 });
    const own = weights(1);
    average.update(own);
    average.update(weights(5));
    expect(own.get('w')![0]).toBe(1);
  });

  test('continues from its saved state to the same bits', () => {
    const [whole, first] = [new WeightAverage({ decay: 0.99 }), new WeightAverage({ decay: 0.99 })];
    const series = Array.from({ length: 9 }, (_, i) => weights(Math.sin(i), Math.cos(i)));
    for (const w of series) whole.update(w);
    for (const w of series.slice(0, 4)) first.update(w);
    const second = new WeightAverage({ decay: 0.99 });
    second.restore(first.state());
    for (const w of series.slice(4)) second.update(w);
    expect(second.values).toEqual(whole.values);
  });
});
