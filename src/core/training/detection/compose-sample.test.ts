// Training samples: pixels and annotations move together.
import { describe, expect, test } from 'vitest';
import type { AnnotatedFace, FacePicture } from '../../dataset/face-pictures.js';
import type { Picture } from '../../image/picture.js';
import { createRandom } from '../../numbers/random.js';
import { changeColours } from './change-colours.js';
import { type CompositionOptions, composeSample, type SourcePicture } from './compose-sample.js';
import { warpTile } from './warp-tile.js';

const side = 128;
const plain: CompositionOptions = {
  faceSizes: [30, 100],
  mosaic: [0, 0],
  flip: 0.5,
  rotation: 20,
  stretch: 0.1,
  occlusion: 0,
};

/** A dark picture whose key points are marked: left eye red, right eye green, nose blue. */
function marked(): SourcePicture {
  const [width, height] = [300, 200];
  const data = new Uint8Array(width * height * 3);
  const points = [130, 80, 170, 80, 150, 105, 150, 125];
  for (let i = 0; i < 3; i++) {
    for (let dy = -3; dy < 3; dy++) {
      for (let dx = -3; dx < 3; dx++) data[((points[2 * i + 1]! + dy) * width + points[2 * i]! + dx) * 3 + i] = 255;
    }
  }
  const box = [110, 50, 80, 100] as const;
  const described: FacePicture = { file: 'a', width, height, channels: 3, faces: [{ box, points }], unsure: [] };
  return { described, picture: { width, height, channels: 3, data } };
}

/** The middle of what is bright in a plane. */
function middle(plane: Uint8Array): [number, number] {
  let [sum, x, y] = [0, 0, 0];
  plane.forEach((value, i) => {
    sum += value;
    x += value * ((i % side) + 0.5);
    y += value * (Math.floor(i / side) + 0.5);
  });
  return [x / sum, y / sum];
}

function compose(source: SourcePicture, options: CompositionOptions, seed: number) {
  // What lies outside the picture is dark too, so that only the marks are bright.
  const random = createRandom(seed);
  random.integer = (count) => (count === 256 ? 0 : Math.floor(random.next() * count));
  const values = new Uint8Array(3 * side * side);
  const found = composeSample(() => source, side, { values, offset: 0 }, options, random);
  return { values, ...found };
}

describe('composeSample', () => {
  test('key points are where their marks are, turned, scaled and mirrored; left stays left as seen', () => {
    let mirrored = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { values, faces } = compose(marked(), plain, seed);
      if (faces.length === 0) continue;
      const points = faces[0]!.points!;
      expect(points[0]!).toBeLessThan(points[2]!);
      const planes = [0, 1, 2].map((i) => values.subarray(i * side * side, (i + 1) * side * side));
      const [red, green, blue] = planes.map(middle) as [[number, number], [number, number], [number, number]];
      const isMirrored = red[0] > green[0];
      if (isMirrored) mirrored++;
      const expected = [...(isMirrored ? [...green, ...red] : [...red, ...green]), ...blue];
      // A mark that the border cuts off is no measure.
      if (points.some((at) => at < 8 || at > side - 8)) continue;
      expected.forEach((at, i) => {
        expect(Math.abs(at - points[i]!), `seed ${seed}, value ${i}`).toBeLessThan(1);
      });
    }
    expect(mirrored).toBeGreaterThan(5);
    expect(mirrored).toBeLessThan(35);
  });

  test('faces lie in the sample, with sizes from the smallest to the largest that were asked for', () => {
    const sizes: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      for (const { box } of compose(marked(), { ...plain, faceSizes: [9, 100], mosaic: [0.4, 0.2] }, seed).faces) {
        const [x, y, width, height] = box;
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(x + width, y + height)).toBeLessThanOrEqual(side + 1e-9);
        sizes.push(Math.sqrt(width * height));
      }
    }
    expect(Math.min(...sizes)).toBeLessThan(16);
    expect(Math.max(...sizes)).toBeGreaterThan(80);
    expect(sizes.every((size) => size >= 8)).toBe(true);
  });

  test('a proposal that is sure is a face, and one that is not is ignored', () => {
    const source = marked();
    const [face] = source.described.faces as [AnnotatedFace];
    const withProposal = (score: number) => ({
      ...source,
      described: { ...source.described, faces: [], unsure: [{ ...face, score }] },
    });
    const still = { ...plain, rotation: 0, flip: 0, stretch: 0 };
    const results = [0.9, 0.6].map((score) =>
      Array.from({ length: 20 }, (_, seed) => compose(withProposal(score), still, seed)),
    );
    expect(results[0]!.some(({ faces }) => faces.length === 1)).toBe(true);
    expect(results[1]!.every(({ faces }) => faces.length === 0)).toBe(true);
    expect(results[1]!.some(({ ignored }) => ignored.length === 1)).toBe(true);
  });

  test('a covered face keeps its annotation', () => {
    const { values, faces } = compose(marked(), { ...plain, occlusion: 1 }, 3);
    const open = compose(marked(), plain, 3);
    expect(faces).toHaveLength(open.faces.length);
    expect(values).not.toEqual(open.values);
  });
});

describe('warpTile', () => {
  const picture: Picture = {
    width: 4,
    height: 4,
    channels: 1,
    data: Uint8Array.from({ length: 16 }, (_, i) => 10 * i),
  };
  const warp = (map: Parameters<typeof warpTile>[1], size: number, fill = 7) => {
    const values = new Uint8Array(3 * size * size);
    warpTile(picture, map, { values, offset: 0, side: size, left: 0, top: 0, size }, fill);
    return values;
  };

  test('copies a picture that is not moved, into all three planes', () => {
    const values = warp([1, 0, 0, 0, 1, 0], 4);
    for (let plane = 0; plane < 3; plane++) expect(values.subarray(16 * plane, 16 * (plane + 1))).toEqual(picture.data);
  });

  test('takes means where it shrinks', () => {
    expect([...warp([2, 0, 0, 0, 2, 0], 2).subarray(0, 4)]).toEqual([25, 45, 105, 125]);
  });

  test('mirrors, and fills what is outside', () => {
    expect([...warp([-1, 0, 4, 0, 1, 0], 4).subarray(0, 4)]).toEqual([30, 20, 10, 0]);
    expect([...warp([1, 0, 10, 0, 1, 0], 4).subarray(0, 4)]).toEqual([7, 7, 7, 7]);
  });

  test('leaves the rest of the sample alone', () => {
    const values = new Uint8Array(3 * 64).fill(1);
    warpTile(picture, [1, 0, 0, 0, 1, 0], { values, offset: 0, side: 8, left: 4, top: 4, size: 4 }, 0);
    expect([...values.subarray(0, 36)].every((value) => value === 1)).toBe(true);
    expect([...values.subarray(36, 40)]).toEqual([0, 10, 20, 30]);
  });
});

describe('changeColours', () => {
  const none = { grey: 0, light: 0, blur: 0, noise: [0, 10] as const, jpeg: [0, 25] as const };
  const area = 16 * 16;
  const random = createRandom(4);
  const values = Uint8Array.from({ length: 3 * area }, () => random.integer(256));
  const changed = (options: Partial<Parameters<typeof changeColours>[3]>) => {
    const copy = values.slice();
    changeColours(copy, 0, 16, { ...none, ...options }, createRandom(9));
    return copy;
  };

  test('changes nothing that it is not asked to', () => {
    expect(changed({})).toEqual(values);
  });

  test('grey makes all planes equal', () => {
    const grey = changed({ grey: 1 });
    expect(grey.subarray(0, area)).toEqual(grey.subarray(area, 2 * area));
    expect(grey.subarray(0, area)).toEqual(grey.subarray(2 * area));
  });

  const one = [{ light: 1 }, { blur: 1 }, { noise: [1, 20] as const }, { jpeg: [1, 25] as const }];
  test.each(one)('%j changes the picture', (options) => {
    expect(changed(options)).not.toEqual(values);
  });

  test('blur brings neighbours together', () => {
    const roughness = (picture: Uint8Array) =>
      picture.reduce((sum, value, i) => sum + (i % 16 === 0 ? 0 : Math.abs(value - picture[i - 1]!)), 0);
    expect(roughness(changed({ blur: 1 }))).toBeLessThan(0.7 * roughness(values));
  });
});
