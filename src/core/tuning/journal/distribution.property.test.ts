import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../errors.js';
import { anyDistribution } from '../any-distribution.contract.js';
import { valueAt } from '../samplers/random-value.js';
import {
  areEqual,
  categoricalDistribution,
  contains,
  floatDistribution,
  fromInternal,
  intDistribution,
  toInternal,
} from './distribution.js';
import { distributionFromJson, distributionToJson } from './distribution-json.js';

describe('any distribution', () => {
  it('contains each value that is drawn from it, and tells it by its number', () => {
    fc.assert(
      fc.property(
        anyDistribution,
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (distribution, share) => {
          const value = valueAt(distribution, share);
          expect(contains(distribution, value)).toBe(true);
          expect(fromInternal(distribution, toInternal(distribution, value))).toBe(value);
        },
      ),
    );
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyDistribution, (distribution) => {
        expect(areEqual(distributionFromJson('x', distributionToJson(distribution)), distribution)).toBe(true);
      }),
    );
  });
});

describe('what is no distribution', () => {
  it.each([
    ['low above high', () => floatDistribution('rate', 2, 1), /rate: low must be at most high.*low 2 and high 1/],
    ['NaN', () => floatDistribution('rate', Number.NaN, 1), /rate: low must be at most high/],
    [
      'a logarithm of 0',
      () => floatDistribution('rate', 0, 1, { log: true }),
      /rate: with log, low must be above 0, found 0/,
    ],
    ['log and step', () => floatDistribution('rate', 1, 2, { log: true, step: 1 }), /rate: log and step/],
    [
      'a step that does not fit',
      () => floatDistribution('drop', 0, 1, { step: 0.3 }),
      /drop: step 0.3 does not lead from 0 to 1; .* 0.9/,
    ],
    ['a step of 0', () => intDistribution('units', 0, 4, { step: 0 }), /units: step must be above 0/],
    ['a broken whole number', () => intDistribution('units', 0.5, 4), /units: low must be a whole number, found 0.5/],
    [
      'a step on logarithms',
      () => intDistribution('units', 1, 9, { log: true, step: 2 }),
      /units: with log, step must be 1/,
    ],
    ['no choice', () => categoricalDistribution('kind', []), /kind: there must be at least one choice/],
    ['a choice twice', () => categoricalDistribution('kind', ['a', 'a']), /kind: each choice may be there once/],
  ])('%s is refused with its name', (_, make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  it('is refused as JSON, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), (json) => {
        expect(() => distributionFromJson('x', json)).toThrow(ConfigError);
      }),
    );
  });

  it('takes the names of old versions', () => {
    const read = (name: string, attributes: object) => distributionFromJson('x', JSON.stringify({ name, attributes }));
    expect(read('LogUniformDistribution', { low: 1, high: 2 })).toEqual(floatDistribution('x', 1, 2, { log: true }));
    expect(read('DiscreteUniformDistribution', { low: 0, high: 1, q: 0.5 })).toEqual(
      floatDistribution('x', 0, 1, { step: 0.5 }),
    );
    expect(read('IntUniformDistribution', { low: 0, high: 4, step: 2 })).toEqual(
      intDistribution('x', 0, 4, { step: 2 }),
    );
  });
});
