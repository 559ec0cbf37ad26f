// Rates of open-set identification: by hand on a few probes, and the laws that hold for any.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hindsightThreshold, type OpenSetProbe, openSetCurve, openSetRates, rankOne } from './open-set-rates.js';

const known = (distance: number, isRight = true): OpenSetProbe => ({ isKnown: true, isRight, distance });
const stranger = (distance: number): OpenSetProbe => ({ isKnown: false, isRight: false, distance });
const few = [known(1), known(2), known(3, false), known(9), stranger(2.5), stranger(8)];

const anyProbes = fc
  .tuple(
    fc.array(fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.boolean()), { minLength: 1, maxLength: 20 }),
    fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 }),
  )
  .map(([friends, others]) => [...friends.map(([d, isRight]) => known(d, isRight)), ...others.map(stranger)]);

describe('openSetRates', () => {
  it('counts who is nearer than the threshold', () => {
    expect(openSetRates(few, 3.5)).toEqual({ named: 0.5, misnamed: 0.25, falseReject: 0.25, falseAccept: 0.5 });
    expect(openSetRates(few, 1)).toEqual({ named: 0, misnamed: 0, falseReject: 1, falseAccept: 0 });
    expect(openSetRates(few, Number.MAX_VALUE)).toEqual({
      named: 0.75,
      misnamed: 0.25,
      falseReject: 0,
      falseAccept: 1,
    });
    expect(rankOne(few)).toBe(0.75);
  });

  it('accounts for every known picture, and only grows with the threshold', () => {
    fc.assert(
      fc.property(
        anyProbes,
        fc.double({ min: 0, max: 110, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (probes, t, more) => {
          const rates = openSetRates(probes, t);
          expect(rates.named + rates.misnamed + rates.falseReject).toBeCloseTo(1, 12);
          const wider = openSetRates(probes, t + more);
          expect(wider.named).toBeGreaterThanOrEqual(rates.named);
          expect(wider.falseAccept).toBeGreaterThanOrEqual(rates.falseAccept);
          expect(rates.named).toBeLessThanOrEqual(rankOne(probes));
        },
      ),
    );
  });

  it('needs both kinds of pictures', () => {
    expect(() => openSetRates([known(1)], 1)).toThrow(/found 1 and 0/);
    expect(() => openSetRates([stranger(1)], 1)).toThrow(RangeError);
  });
});

describe('hindsightThreshold', () => {
  it('accepts no more strangers than asked, and a little more would', () => {
    expect(hindsightThreshold(few, 0)).toBe(2.5);
    expect(hindsightThreshold(few, 0.5)).toBe(8);
    fc.assert(
      fc.property(anyProbes, fc.double({ min: 0, max: 0.99, noNaN: true }), (probes, share) => {
        const threshold = hindsightThreshold(probes, share);
        expect(openSetRates(probes, threshold).falseAccept).toBeLessThanOrEqual(share);
        expect(openSetRates(probes, threshold + 1e-6).falseAccept).toBeGreaterThan(share);
      }),
    );
  });
});

describe('openSetCurve', () => {
  it('goes from nobody accepted to everybody', () => {
    fc.assert(
      fc.property(anyProbes, fc.integer({ min: 2, max: 40 }), (probes, count) => {
        const curve = openSetCurve(probes, count);
        expect(curve).toHaveLength(count);
        expect(curve[0]).toMatchObject({ falseReject: 1, falseAccept: 0 });
        expect(curve.at(-1)).toMatchObject({ falseReject: 0, falseAccept: 1 });
        for (const point of curve) expect(point).toMatchObject(openSetRates(probes, point.threshold));
      }),
    );
  });
});
