// Targets and decoding are each other's inverse; who answers for which face.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnnotatedFace } from '../../dataset/face-pictures.js';
import type { Box } from '../../image/picture.js';
import { assignTargets } from '../../training/detection/assign-targets.js';
import { decodePlaces } from './decode-places.js';
import { countPlaces, outputChannels, placeLevels, targetChannels } from './places.js';

const side = 256;
const places = countPlaces(side, side);

function assign(faces: readonly AnnotatedFace[], ignored: readonly Box[] = []) {
  const targets = new Float32Array(targetChannels.count * places);
  const answers = assignTargets({ faces, ignored }, side, targets, 0);
  const channel = (number: number) => targets.subarray(number * places, (number + 1) * places);
  return { targets, answers, channel };
}

/** What a perfect network would say of these targets. */
function perfect(targets: Float32Array): Float32Array {
  const out = new Float32Array(outputChannels.count * places);
  for (let place = 0; place < places; place++) {
    const told = (channel: number) => targets[channel * places + place]!;
    const [left, top, right, bottom] = [0, 1, 2, 3].map((i) => told(targetChannels.edges + i)) as [
      ...[number, number, number, number],
    ];
    out[place] = told(targetChannels.score);
    const values = [(left + right) / 2, (top + bottom) / 2, Math.log(right - left), Math.log(bottom - top)];
    for (let i = 0; i < 8; i++) values.push(told(targetChannels.points + i));
    values.forEach((value, i) => {
      out[(outputChannels.centre + i) * places + place] = value;
    });
  }
  return out;
}

const face = (x: number, y: number, width: number, height = width): AnnotatedFace => ({
  box: [x, y, width, height],
  points: [0.3, 0.4, 0.7, 0.4, 0.5, 0.6, 0.5, 0.8].map((share, i) =>
    i % 2 === 0 ? x + share * width : y + share * height,
  ),
});

test('the levels of a picture are numbered one after the other', () => {
  expect(placeLevels(320, 256)).toEqual([
    { stride: 8, columns: 40, rows: 32, first: 0 },
    { stride: 16, columns: 20, rows: 16, first: 1280 },
    { stride: 32, columns: 10, rows: 8, first: 1600 },
  ]);
  expect(countPlaces(320, 256)).toBe(1680);
});

test('what is decoded from perfect answers is what was told, for faces of all sizes', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 9, max: 120, noNaN: true }),
      fc.double({ min: 0.7, max: 1.4, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (width, ratio, u, v) => {
        // Two in different halves, so that none hides the other.
        const height = width * ratio;
        const first = face(u * Math.max(0, 128 - width), v * (side - height), Math.min(width, 128), height);
        const second = face(140 + 20 * v, 100 * u, 40, 50);
        const { targets } = assign([first, second]);
        const found = decodePlaces(perfect(targets), { width: side, height: side, minScore: 0.5 });
        expect(found).toHaveLength(2);
        for (const expected of [first, second]) {
          const near = found.find(({ box }) => Math.abs(box[0] - expected.box[0]) < 0.05)!;
          [...near.box, ...near.points].forEach((value, i) => {
            expect(Math.abs(value - [...expected.box, ...expected.points!][i]!)).toBeLessThan(0.05);
          });
        }
      },
    ),
  );
});

describe('assignTargets', () => {
  test.each([
    [20, 0],
    [43, 0],
    [45, 1],
    [99, 1],
    [101, 2],
    [200, 2],
  ])('a face of %f pixels belongs to level %i alone', (size, level) => {
    const { channel, answers } = assign([face(20, 20, size)]);
    const { first, columns, rows } = placeLevels(side, side)[level]!;
    const claimed = [...channel(targetChannels.score).keys()].filter((i) => channel(targetChannels.score)[i] === 1);
    expect(claimed).toHaveLength(answers);
    expect(claimed.every((place) => place >= first && place < first + columns * rows)).toBe(true);
  });

  test('a face between the places of its level has the place of its cell', () => {
    const { channel, answers } = assign([face(12.2, 12.2, 8.2)]);
    expect(answers).toBe(1);
    // Its centre, 16.3, lies in the third cell of the third row.
    expect(channel(targetChannels.score)[2 * 32 + 2]).toBe(1);
  });

  test('of two faces the nearer one has the place', () => {
    const [far, near] = [face(60, 60, 40), face(72, 60, 40)];
    const { channel } = assign([far, near]);
    const widths = (place: number) =>
      8 * (channel(targetChannels.edges + 2)[place]! - channel(targetChannels.edges)[place]!);
    expect(widths(10 * 32 + 11)).toBeCloseTo(40, 3);
    // This place is 4 pixels from the centre of the second and 16 from that of the first.
    const place = 10 * 32 + 11;
    expect(8 * channel(targetChannels.edges)[place]!).toBeCloseTo(72 - 92, 3);
  });

  test('around a face, and in what is ignored, nothing is asked; elsewhere the score is', () => {
    const { channel } = assign([face(100, 100, 40)], [[200, 200, 32, 32]]);
    const weight = channel(targetChannels.scoreWeight);
    const at = (x: number, y: number) => weight[Math.floor(y / 8) * 32 + Math.floor(x / 8)];
    expect(at(120, 120)).toBe(1);
    expect(at(108, 120)).toBe(0);
    expect(at(216, 216)).toBe(0);
    expect(at(20, 20)).toBe(1);
    expect(at(150, 120)).toBe(1);
  });

  test('a face without key points asks for its box alone', () => {
    const { channel, answers } = assign([{ ...face(100, 100, 40), points: null }]);
    const sum = (number: number) => channel(number).reduce((a, b) => a + b, 0);
    expect(sum(targetChannels.boxWeight)).toBe(answers);
    expect(sum(targetChannels.pointsWeight)).toBe(0);
  });
});

describe('decodePlaces', () => {
  test('refuses too few values', () => {
    expect(() => decodePlaces(new Float32Array(100), { width: 64, height: 64, minScore: 0.5 })).toThrow(RangeError);
  });

  test('of very many candidates the best count', () => {
    const side = 512;
    const places = countPlaces(side, side);
    const crowd = new Float32Array(outputChannels.count * places).fill(-6, outputChannels.size * places);
    for (let i = 0; i < places; i++) crowd[i] = 0.2 + (0.7 * i) / places;
    const found = decodePlaces(crowd, { width: side, height: side, minScore: 0.1 });
    expect(found).toHaveLength(1000);
    expect(found[0]!.score).toBeCloseTo(0.9, 2);
    expect(found.at(-1)!.score).toBeGreaterThan(0.76);
  });

  test('never fails on wild values, and gives finite boxes', () => {
    const random = fc.sample(fc.double({ noNaN: false }), 200);
    const wild = Float32Array.from({ length: outputChannels.count * countPlaces(64, 64) }, (_, i) => random[i % 200]!);
    expect(() => decodePlaces(wild, { width: 64, height: 64, minScore: 0.1 })).not.toThrow();
  });
});
