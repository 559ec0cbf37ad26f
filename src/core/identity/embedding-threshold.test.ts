// The threshold of an embedding: what it is for, what makes it smaller, and whether it holds for drawn strangers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeopleError } from '../errors.js';
import { createRandom } from '../numbers/random.js';
import { unitDistance } from './embedding/unit-distance.js';
import { strangerThreshold } from './embedding-threshold.js';

const known = 'dlib-resnet-29';

/** Unit vectors around a direction that all share, as faces are. */
function faces(people: number, pictures: number, seed = 1): Float32Array[][] {
  const random = createRandom(seed);
  const vector = (about: readonly number[], spread: number) =>
    unit(about.map((value) => value + spread * random.normal()));
  const middle = Array.from({ length: 64 }, () => 1);
  return Array.from({ length: people }, () => {
    const own = vector(middle, 0.4);
    return Array.from({ length: pictures }, () => vector([...own], 0.005));
  });
}

function unit(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => value / length);
}

describe('strangerThreshold', () => {
  it('lies where the usual distances say for one person', () => {
    // 2.3263 deviations below the mean.
    expect(strangerThreshold(known, faces(1, 3), 0.01)).toBeCloseTo(0.558 - 2.3263 * 0.0606, 4);
  });

  it('falls with fewer false accepts and with more people', () => {
    const rates = fc.tuple(
      fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
      fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
    );
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 6 }), ([a, b], people) => {
        const gallery = faces(people, 1);
        const [least, most] = [Math.min(a, b), Math.max(a, b)];
        expect(strangerThreshold(known, gallery, least)).toBeLessThan(strangerThreshold(known, gallery, most) + 1e-9);
        // The same distances, so that only the number counts.
        const twice = [...gallery, ...gallery];
        expect(strangerThreshold(known, twice, most)).toBeLessThan(strangerThreshold(known, gallery, most) + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('holds for strangers that no one has seen, by the distances of the gallery', () => {
    const all = faces(440, 1);
    const gallery = all.slice(0, 40);
    const threshold = strangerThreshold('another', gallery, 0.1);
    const isNamed = ([stranger]: Float32Array[]) => gallery.some(([one]) => unitDistance(one!, stranger!) < threshold);
    const named = all.slice(40).filter(isNamed).length;
    expect(named).toBeGreaterThan(0);
    expect(named).toBeLessThan(120);
  });

  it('needs five people where nothing else is known of the embedding', () => {
    expect(() => strangerThreshold('another', faces(4, 5), 0.01)).toThrow(/5 people or more, and there are 4/);
    expect(strangerThreshold('another', faces(5, 5), 0.01)).toBeGreaterThan(0);
    // A name that every object has.
    expect(() => strangerThreshold('constructor', faces(1, 1), 0.01)).toThrow(PeopleError);
  });

  it('takes a picture under two names for no evidence', () => {
    const gallery = faces(12, 1);
    const doubled = gallery.map((own, i) => (i === 1 ? [...own, gallery[0]![0]!] : own));
    expect(strangerThreshold(known, doubled, 0.01)).toBeCloseTo(strangerThreshold(known, gallery, 0.01), 2);
  });

  it.each([0, -1, 5e-324, 0.51, Number.NaN])('refuses the rate %s', (rate) => {
    expect(() => strangerThreshold(known, faces(1, 1), rate)).toThrow(PeopleError);
  });
});
