// Near duplicates on pictures whose likeness is known: copies changed a little are found, other pictures are not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaussianBlur } from '../../image/gaussian-blur.js';
import { mirror } from '../../image/mirror.js';
import type { GreyPicture } from '../../image/picture.js';
import { resizeGrey } from '../../image/resize.js';
import { createRandom } from '../../numbers/random.js';
import { hammingPairs } from './hamming-pairs.js';
import { joinPairs } from './join-pairs.js';
import { findNearDuplicates } from './near-duplicates.js';
import { hashWords, mirrorHashes, perceptualHashes } from './perceptual-hash.js';
import { shiftedCorrelation } from './shifted-correlation.js';

/** Smooth blobs with a little detail: as much structure as a face has at 48 x 48. */
function scene(seed: number, width = 48, height = 48): GreyPicture {
  const random = createRandom(seed);
  const coarse = Uint8Array.from({ length: 100 }, () => random.integer(256));
  return resizeGrey({ width: 10, height: 10, channels: 1, data: coarse }, width, height);
}

function change(picture: GreyPicture, map: (value: number, x: number, y: number) => number): GreyPicture {
  const data = Uint8ClampedArray.from(picture.data, (value, i) =>
    map(value, i % picture.width, Math.floor(i / picture.width)),
  );
  return { ...picture, data: new Uint8Array(data) };
}

function shift(picture: GreyPicture, right: number): GreyPicture {
  return change(picture, (_, x, y) => picture.data[y * picture.width + Math.max(0, x - right)]!);
}

function samplesOf(pictures: readonly GreyPicture[]) {
  const { width, height } = pictures[0]!;
  const pixels = Uint8Array.from(pictures.flatMap(({ data }) => [...data]));
  return { width, height, count: pictures.length, pixels };
}
const all = (count: number) => Int32Array.from({ length: count }, (_, i) => i);

describe('findNearDuplicates', () => {
  const others = Array.from({ length: 60 }, (_, i) => scene(100 + i));
  const find = (copy: GreyPicture) => {
    const pictures = [scene(1), ...others, copy];
    return findNearDuplicates(samplesOf(pictures), all(pictures.length));
  };
  const noise = createRandom(9);

  it.each<[string, (picture: GreyPicture) => GreyPicture]>([
    ['darker and flatter', (picture) => change(picture, (value) => 0.6 * value + 20)],
    ['gamma', (picture) => change(picture, (value) => 255 * (value / 255) ** 1.4)],
    ['noise', (picture) => change(picture, (value) => value + 16 * (noise.next() - 0.5))],
    ['blurred', (picture) => gaussianBlur(picture, 1)],
    ['shifted by a pixel', (picture) => shift(picture, 1)],
    ['smaller and enlarged again', (picture) => resizeGrey(resizeGrey(picture, 32, 32), 48, 48)],
    ['a watermark', (picture) => change(picture, (value, x, y) => (y > 30 && y < 36 && x % 3 === 0 ? 255 : value))],
  ])('finds a copy that is %s, and it alone', (_, changed) => {
    const found = find(changed(scene(1)));
    expect(found.map(({ first, second, mirrored }) => [first, second, mirrored])).toEqual([[0, 61, false]]);
    expect(found[0]!.correlation).toBeGreaterThan(0.8);
  });

  it('finds a mirror image, and says that it is one', () => {
    expect(find(shift(mirror(scene(1)), 1)).map(({ first, second, mirrored }) => [first, second, mirrored])).toEqual([
      [0, 61, true],
    ]);
  });

  it('looks only at the samples that it is given', () => {
    const samples = samplesOf([scene(1), scene(2), scene(1)]);
    expect(findNearDuplicates(samples, Int32Array.of(2, 1))).toEqual([]);
    expect(findNearDuplicates(samples, Int32Array.of(2, 0))).toMatchObject([{ first: 0, second: 2, distance: 0 }]);
  });

  it('takes pictures of other and of tiny sizes', () => {
    for (const [width, height] of [
      [64, 40],
      [4, 4],
      [1, 1],
    ] as const) {
      const samples = samplesOf([scene(1, width, height), scene(1, width, height)]);
      expect(findNearDuplicates(samples, all(2))).toMatchObject([{ first: 0, second: 1, distance: 0 }]);
    }
  });
});

describe('perceptualHashes', () => {
  it('of a mirror image are the mirrored hashes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const samples = samplesOf([scene(seed), mirror(scene(seed))]);
        const hashes = perceptualHashes(samples, all(2));
        const mirrored = mirrorHashes(hashes);
        expect(mirrored.subarray(0, hashWords)).toEqual(hashes.subarray(hashWords));
        expect(mirrorHashes(mirrored)).toEqual(hashes);
      }),
      { numRuns: 20 },
    );
  });
});

describe('hammingPairs', () => {
  const hash = fc.array(fc.constantFrom(0, 1, 3, 0xff, 0xffffffff, 0x80000000), { minLength: 4, maxLength: 4 });

  it('equals the slow comparison of all pairs, bit by bit', () => {
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 12 }), fc.integer({ min: 0, max: 128 }), (rows, maxDistance) => {
        const bits = rows.map((words) => words.map((word) => word.toString(2).padStart(32, '0')).join(''));
        const slow = bits.flatMap((a, first) =>
          bits.slice(first + 1).flatMap((b, k) => {
            const distance = [...a].filter((bit, i) => bit !== b[i]).length;
            return distance <= maxDistance ? [{ first, second: first + 1 + k, distance }] : [];
          }),
        );
        expect(hammingPairs(Uint32Array.from(rows.flat()), maxDistance)).toEqual(slow);
      }),
    );
  });
});

describe('shiftedCorrelation', () => {
  it('is 1 for another light and a shift of up to a twelfth, whichever comes first, and -1 for the negative', () => {
    const picture = scene(3);
    const moved = shift(
      change(picture, (value) => 0.5 * value + 30),
      4,
    );
    expect(shiftedCorrelation(picture, moved)).toBeGreaterThan(0.98);
    expect(shiftedCorrelation(moved, picture)).toBe(shiftedCorrelation(picture, moved));
    expect(shiftedCorrelation(picture, scene(4))).toBeLessThan(0.8);
  });

  it('is 0 for an even picture, and refuses other sizes', () => {
    expect(
      shiftedCorrelation(
        scene(1),
        change(scene(1), () => 7),
      ),
    ).toBe(0);
    expect(() => shiftedCorrelation(scene(1), scene(1, 40, 48))).toThrow(RangeError);
  });
});

describe('joinPairs', () => {
  it('equals the slow spreading along pairs', () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 15 }), (pairs) => {
        const lowest = new Map(pairs.flat().map((member) => [member, member]));
        for (const _ of pairs) {
          for (const [a, b] of pairs) {
            const low = Math.min(lowest.get(a)!, lowest.get(b)!);
            lowest.set(a, low).set(b, low);
          }
        }
        const groups = [...new Set(lowest.values())].sort((a, b) => a - b);
        const slow = groups.map((group) =>
          [...lowest.keys()].filter((member) => lowest.get(member) === group).sort((a, b) => a - b),
        );
        expect(joinPairs(pairs)).toEqual(slow);
      }),
    );
  });
});
