// Distributions of every kind, for properties.
import fc from 'fast-check';
import {
  categoricalDistribution,
  type Distribution,
  floatDistribution,
  intDistribution,
} from './journal/distribution.js';

const floats = fc
  .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-6, max: 1e6, noNaN: true }))
  .map(([low, range]) => floatDistribution('x', low, low + range));
const logFloats = fc
  .tuple(fc.double({ min: 1e-9, max: 1e3, noNaN: true }), fc.double({ min: 1.01, max: 1e6, noNaN: true }))
  .map(([low, factor]) => floatDistribution('x', low, low * factor, { log: true }));
const steppedFloats = fc
  .tuple(fc.integer({ min: -100, max: 100 }), fc.constantFrom(0.1, 0.25, 1, 3), fc.integer({ min: 1, max: 50 }))
  .map(([low, step, count]) => floatDistribution('x', low, low + step * count, { step }));
const ints = fc
  .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 500 }))
  .map(([low, step, count]) => intDistribution('x', low, low + step * count, { step }));
const logInts = fc
  .tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 5000 }))
  .map(([low, range]) => intDistribution('x', low, low + range, { log: true }));
const categories = fc
  .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), { minLength: 1, maxLength: 6 })
  .map((choices) => categoricalDistribution('x', choices));

export const anyDistribution: fc.Arbitrary<Distribution> = fc.oneof(
  floats,
  logFloats,
  steppedFloats,
  ints,
  logInts,
  categories,
);
