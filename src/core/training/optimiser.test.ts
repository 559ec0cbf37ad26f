import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RunError } from '../errors.js';
import { createOptimiser, type OptimiserOptions } from './optimiser.js';
import { learningRate, type Schedule } from './schedule.js';

// Five steps in PyTorch (SGD) and Keras (Adam); tests/oracles/optimisers.py made them.
const fixture: Record<string, number[]> = JSON.parse(
  readFileSync(new URL('../../../tests/fixtures/optimisers.json', import.meta.url), 'utf8'),
);

const noise = (salt: number): Float32Array =>
  Float32Array.from({ length: 8 }, (_, i) => {
    const v = Math.sin(i * 12.9898 + salt * 78.233) * 43758.5453;
    return 2 * (v - Math.floor(v)) - 1;
  });

function run(options: OptimiserOptions, schedule: Schedule, l2: number, interruptAfter?: number): Float32Array {
  const weights = new Map([['w', noise(1)]]);
  let optimiser = createOptimiser(options);
  for (let k = 0; k < 5; k++) {
    optimiser.step(
      weights,
      new Map([['w', noise(2 + k)]]),
      { l2: new Map([['w', l2]]), decay: new Map() },
      learningRate(schedule, k, 5),
    );
    if (k === interruptAfter) {
      const state = optimiser.state();
      optimiser = createOptimiser(options);
      optimiser.restore(state);
    }
  }
  return weights.get('w')!;
}

const constant = { name: 'constant', rate: 0.05 } as const;
const decaying = { name: 'inverse-time', rate: 0.01, decay: 0.1 } as const;

describe('optimisers beside their originals', () => {
  test.each([
    ['nesterov', { name: 'sgd', nesterov: true }, constant, 0.01],
    ['momentum', { name: 'sgd', nesterov: false }, constant, 0.01],
    ['adam', { name: 'adam' }, decaying, 0],
  ] as const)('%s', (name, options, schedule, l2) => {
    const found = run(options, schedule, l2);
    fixture[name]!.forEach((value, i) => {
      expect(Math.abs(found[i]! - value)).toBeLessThan(2e-6);
    });
  });
});

test.each([{ name: 'adam' }, { name: 'sgd' }] as const)(
  '$name continues from its saved state to the same bits',
  (options) => {
    expect(run(options, constant, 0.01, 2)).toEqual(run(options, constant, 0.01));
  },
);

test.each([
  ['adam', 'sgd', 'velocity/w'],
  ['sgd', 'adam', 'step'],
] as const)('%s refuses the state of %s', (mine, other, strange) => {
  const optimiser = createOptimiser({ name: other });
  const still = { l2: new Map(), decay: new Map() };
  optimiser.step(new Map([['w', noise(1)]]), new Map([['w', noise(2)]]), still, 0.1);
  const restore = () => createOptimiser({ name: mine }).restore(optimiser.state());
  expect(restore).toThrow(RunError);
  expect(restore).toThrow(`this one has ${strange}`);
});

test.each([{ name: 'adam' }, { name: 'sgd', momentum: 0 }] as const)(
  '$name: decoupled decay shrinks weights by rate and decay alone, whatever the gradients',
  (options) => {
    const step = (decay: number): Float32Array => {
      const weights = new Map([['w', noise(1)]]);
      const shrinkage = { l2: new Map(), decay: new Map([['w', decay]]) };
      createOptimiser(options).step(weights, new Map([['w', noise(2)]]), shrinkage, 0.1);
      return weights.get('w')!;
    };
    const [plain, decayed] = [step(0), step(0.5)];
    noise(1).forEach((before, i) => {
      expect(decayed[i]! - plain[i]!).toBeCloseTo(-0.1 * 0.5 * before, 6);
    });
  },
);

describe('cosine', () => {
  const schedule = { name: 'cosine', rate: 0.2, warmUp: 10, final: 0.1 } as const;
  const rates = Array.from({ length: 110 }, (_, step) => learningRate(schedule, step, 110));

  test('warms up in a line over its steps', () => {
    for (let i = 0; i < 10; i++) expect(rates[i]!).toBeCloseTo((0.2 * (i + 1)) / 11, 10);
    expect(rates[10]).toBeCloseTo(0.2, 10);
  });

  test('is half way to its final share at half of the descent, and ends there', () => {
    expect(rates[60]).toBeCloseTo((0.2 + 0.02) / 2, 10);
    expect(rates[109]! - 0.02).toBeLessThan(1e-4);
    for (let i = 11; i < 110; i++) expect(rates[i]!).toBeLessThan(rates[i - 1]!);
  });

  test('a warm-up longer than the run only warms up', () => {
    expect(learningRate({ ...schedule, warmUp: 1000 }, 109, 110)).toBeCloseTo((0.2 * 110) / 111, 10);
  });
});

describe('one cycle', () => {
  const schedule = { name: 'one-cycle', rate: 0.1, warmUp: 0.2 } as const;
  const rates = Array.from({ length: 100 }, (_, step) => learningRate(schedule, step, 100));

  test('rises through the warm-up to the rate, then falls to almost zero', () => {
    for (let i = 1; i < 20; i++) expect(rates[i]!).toBeGreaterThan(rates[i - 1]!);
    expect(rates[20]).toBeCloseTo(0.1, 10);
    for (let i = 21; i < 100; i++) expect(rates[i]!).toBeLessThan(rates[i - 1]!);
    expect(rates[99]!).toBeLessThan(0.0002);
  });

  test('is half way down at half of the descent', () => {
    expect(rates[60]).toBeCloseTo(0.05, 10);
  });
});
