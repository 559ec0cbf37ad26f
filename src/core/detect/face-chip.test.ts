import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Picture, Point } from '../image/picture.js';
import type { Face, FaceKeypoints } from './face.js';
import { type ChipForm, faceChip } from './face-chip.js';

const form: ChipForm = {
  width: 150,
  height: 150,
  places: { rightEye: [48, 47], leftEye: [100, 47], nose: [74, 77], mouth: [74, 105] },
};
const names = ['rightEye', 'leftEye', 'nose', 'mouth'] as const;

/** The face whose chip is the square of `side` pixels around `centre`, turned by `angle` radians; with ears when asked. */
function faceAt(centre: Point, side: number, angle: number, ears = false): Face {
  const place = ([x, y]: Point): Point => {
    const u = ((x - 75) * side) / 150;
    const v = ((y - 75) * side) / 150;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [centre[0] + u * cos - v * sin, centre[1] + u * sin + v * cos];
  };
  const points = names.map((name) => [name, place(form.places[name])] as const);
  // Far from where ears are: they must not count.
  const more = ears ? { rightEar: [1, 1], leftEar: [2, 2] } : {};
  // As detectors frame a face.
  const box = 0.83 * side;
  return {
    box: [centre[0] - box / 2, centre[1] - box / 2 - 0.05 * side, box, box],
    score: 1,
    keypoints: { ...Object.fromEntries(points), ...more } as unknown as FaceKeypoints,
  };
}

/** Black, with a dot of another colour at each key point. */
function dotted(face: Face, radius: number): Picture {
  const [width, height] = [300, 260];
  const colours = [
    [250, 0, 0],
    [0, 250, 0],
    [0, 0, 250],
    [120, 120, 0],
  ];
  const data = new Uint8Array(width * height * 3);
  names.forEach((name, i) => {
    const [px, py] = face.keypoints![name];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (Math.hypot(x + 0.5 - px, y + 0.5 - py) <= radius) data.set(colours[i]!, (y * width + x) * 3);
      }
    }
  });
  return { width, height, channels: 3, data };
}

function colourAt({ data, width, channels }: Picture, [x, y]: Point): number[] {
  const i = (Math.floor(y) * width + Math.floor(x)) * channels;
  return Array.from(data.subarray(i, i + channels));
}

/** Centre of a channel's brightness, pixels. */
function centre({ data, width, channels }: Picture, channel: number, least: number): Point {
  let [sum, sx, sy] = [0, 0, 0];
  for (let i = channel, place = 0; i < data.length; i += channels, place++) {
    if (data[i]! < least) continue;
    sum += 1;
    sx += (place % width) + 0.5;
    sy += Math.floor(place / width) + 0.5;
  }
  return [sx / sum, sy / sum];
}

describe('faceChip', () => {
  it.each([
    [0, 150, false],
    [0.5, 110, true],
    [-0.8, 190, false],
  ])('puts the key points of a face turned by %f rad at their places, in colour', (angle, side, ears) => {
    const face = faceAt([150, 130], side, angle, ears);
    const chip = faceChip(dotted(face, 5), face, form);
    expect([chip.width, chip.height, chip.channels]).toEqual([150, 150, 3]);
    for (const [channel, name] of [[0, 'rightEye'] as const, [1, 'leftEye'] as const, [2, 'nose'] as const]) {
      const [x, y] = centre(chip, channel, 200);
      expect(Math.abs(x - form.places[name][0])).toBeLessThan(0.75);
      expect(Math.abs(y - form.places[name][1])).toBeLessThan(0.75);
    }
    expect(colourAt(chip, form.places.mouth)).toEqual([120, 120, 0]);
  });

  it('takes the box of a face whose key points are missing or do not fit it', () => {
    const face = faceAt([150, 130], 150, 0);
    const picture = dotted(face, 5);
    const fromBox = faceChip(picture, { ...face, keypoints: null }, form);
    const point: Point = [150, 130];
    const collapsed = { rightEye: point, leftEye: point, nose: point, mouth: point, rightEar: point, leftEar: point };
    expect(faceChip(picture, { ...face, keypoints: collapsed }, form)).toEqual(fromBox);
    // The box alone knows an upright face only roughly.
    const [x, y] = centre(fromBox, 0, 200);
    expect(Math.hypot(x - form.places.rightEye[0], y - form.places.rightEye[1])).toBeLessThan(4);
  });

  it('gives a chip of its size for any face and any channels, also outside the picture', () => {
    const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
    const side = fc.double({ min: 0.01, max: 3000, noNaN: true });
    const angle = fc.double({ min: -4, max: 4, noNaN: true });
    const small = { ...form, width: 12, height: 10 };
    fc.assert(
      fc.property(coordinate, coordinate, side, angle, fc.constantFrom(1, 3, 4), (x, y, length, turn, channels) => {
        const picture = { width: 20, height: 30, channels, data: new Uint8Array(600 * channels).fill(77) } as Picture;
        const chip = faceChip(picture, faceAt([x, y], length, turn), small);
        expect([chip.width, chip.height, chip.channels]).toEqual([12, 10, channels]);
        expect(chip.data.every((value) => value === 77)).toBe(true);
      }),
    );
  });

  it('refuses a face without area, and places that coincide', () => {
    const picture = dotted(faceAt([150, 130], 150, 0), 5);
    expect(() => faceChip(picture, { box: [1, 1, 0, 5], score: 1, keypoints: null }, form)).toThrow(RangeError);
    const point: Point = [75, 75];
    const places = { rightEye: point, leftEye: point, nose: point, mouth: point };
    expect(() => faceChip(picture, faceAt([150, 130], 150, 0), { ...form, places })).toThrow('must not coincide');
  });
});
