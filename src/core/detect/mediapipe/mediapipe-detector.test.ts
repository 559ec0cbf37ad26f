// The detector on real pictures, with the networks converted from the pinned package as the build does it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  countFaces,
  countInGroups,
  groupFaces,
  groupPhotograph,
  toWebcamSize,
} from '../../../../tests/fixtures/group-photographs.js';
import { describeWith, repositoryRoot, requireShared } from '../../../../tests/requirements.js';
import { decodePicture } from '../../../adapters/node/image-codec.js';
import { openSession } from '../../../adapters/node/session.js';
import { ModelFormatError } from '../../errors.js';
import { crop } from '../../image/crop.js';
import { toGrey } from '../../image/grey.js';
import type { Box, Picture } from '../../image/picture.js';
import { resize } from '../../image/resize.js';
import type { OpenSession } from '../../ports/session.js';
import { boxOverlap } from '../non-maximum-suppression.js';
import { convertDetector, detectorModels, detectorPackage } from './detector-models.js';
import { MediaPipeDetector, type MediaPipeModels } from './mediapipe-detector.js';

const models: MediaPipeModels = (() => {
  const [full, short] = detectorModels.map((model) =>
    convertDetector(model, readFileSync(join(repositoryRoot, 'node_modules', detectorPackage, model.tflite)), 'test'),
  );
  return { fullRange: full!, shortRange: short! };
})();

let detector: MediaPipeDetector;
beforeAll(async () => {
  detector = await MediaPipeDetector.open(models, openSession);
});
afterAll(() => detector.release());

describe('MediaPipeDetector', () => {
  it.each([
    { kind: 'whole, in colour', prepare: (picture: Picture) => picture, least: 22 },
    { kind: '640 pixels wide', prepare: toWebcamSize, least: 22 },
    // One laughing profile is too unsure without colour.
    { kind: 'grey', prepare: (picture: Picture) => toGrey(picture), least: 21 },
  ])('finds at least $least of 22 faces and nothing else in photographs: $kind', async ({ prepare, least }) => {
    const total = await countInGroups(detector, prepare);
    expect(total.wrong).toBe(0);
    expect(total.hits).toBeGreaterThanOrEqual(least);
  });

  it('puts the key points where they belong', async () => {
    for (const face of await detector.detect(await groupPhotograph('sample3.jpg'))) {
      const { rightEye, leftEye, nose, mouth } = face.keypoints!;
      const [x, y, width, height] = face.box;
      expect(rightEye[0]).toBeLessThan(leftEye[0]);
      expect(Math.max(rightEye[1], leftEye[1])).toBeLessThan(nose[1]);
      expect(nose[1]).toBeLessThan(mouth[1]);
      for (const [px, py] of [rightEye, leftEye, nose, mouth]) {
        expect(px > x && px < x + width && py > y && py < y + height).toBe(true);
      }
    }
  });

  it.each([0.15, 0.3, 0.5, 0.7, 0.85])('finds faces whose box is %f of the picture wide', async (share) => {
    let found = 0;
    for (const [name, boxes] of Object.entries(groupFaces)) {
      const picture = await groupPhotograph(name);
      for (const [x, y, width, height] of boxes) {
        const side = width / share;
        const view: Box = [x + width / 2 - side / 2, y + height / 2 - (side * 3) / 8, side, (side * 3) / 4];
        const frame = resize(crop(picture, view), 640, 480);
        const middle: Box = [320 - 320 * share, 240 - 320 * share, 640 * share, 640 * share];
        if ((await detector.detect(frame)).some((face) => boxOverlap(face.box, middle) > 0.4)) found++;
      }
    }
    expect(found).toBeGreaterThanOrEqual(21);
  });

  it('finds small faces when it searches thoroughly, and the large ones too', async () => {
    const thorough = await MediaPipeDetector.open(models, openSession, { search: 'thorough' });
    const name = 'sample3.jpg';
    const photograph = await groupPhotograph(name);
    expect(countFaces(await thorough.detect(photograph), groupFaces[name]!)).toEqual({ hits: 3, wrong: 0 });
    // On a wide canvas the same faces are 3 % of the longer side.
    const scale = 640 / photograph.width;
    const inset = toWebcamSize(photograph);
    const canvas: Picture = { width: 2700, height: 700, channels: 3, data: new Uint8Array(2700 * 700 * 3).fill(60) };
    for (let y = 0; y < inset.height; y++) {
      canvas.data.set(inset.data.subarray(y * 640 * 3, (y + 1) * 640 * 3), ((y + 100) * 2700 + 1500) * 3);
    }
    const small = groupFaces[name]!.map(
      ([x, y, w, h]): Box => [x * scale + 1500, y * scale + 100, w * scale, h * scale],
    );
    expect(countFaces(await thorough.detect(canvas), small)).toEqual({ hits: 3, wrong: 0 });
    expect(countFaces(await detector.detect(canvas), small).hits).toBeLessThan(3);
    await thorough.release();
  });

  it('answers calls made at the same time as it answers them one by one', async () => {
    const pictures = await Promise.all(['sample1.jpg', 'sample5.jpg', 'sample6.jpg'].map(groupPhotograph));
    const together = await Promise.all(pictures.map((picture) => detector.detect(picture)));
    for (const [i, picture] of pictures.entries()) expect(await detector.detect(picture)).toEqual(together[i]);
  });

  it('finds nothing in empty, noisy, tiny and narrow pictures', async () => {
    for (const [width, height] of [
      [640, 480],
      [1, 1],
      [3, 900],
      [2000, 1],
    ] as const) {
      const flat = new Uint8Array(width * height * 3).fill(128);
      const noise = flat.map((_, i) => (Math.imul(i + 1, 2654435761) >>> 24) & 255);
      for (const data of [flat, noise]) expect(await detector.detect({ width, height, channels: 3, data })).toEqual([]);
    }
  });

  it('goes on after a picture that it cannot take', async () => {
    await expect(detector.detect({ width: 0, height: 0, channels: 3, data: new Uint8Array() })).rejects.toThrow(
      RangeError,
    );
    expect(await detector.detect(await groupPhotograph('sample1.jpg'))).toHaveLength(3);
  });

  it('keeps fewer faces at a higher score', async () => {
    const strict = await MediaPipeDetector.open(models, openSession, { minScore: 0.84 });
    const found = await strict.detect(await groupPhotograph('sample1.jpg'));
    await strict.release();
    expect(found.length).toBeGreaterThan(0);
    for (const { score } of found) expect(score).toBeGreaterThanOrEqual(0.84);
    await expect(MediaPipeDetector.open(models, openSession, { minScore: 1 })).rejects.toThrow(RangeError);
  });

  it('refuses bytes that are no model, and another model', async () => {
    const garbage = MediaPipeDetector.open({ fullRange: new Uint8Array(50) }, openSession);
    await expect(garbage).rejects.toThrow(ModelFormatError);
    const swapped = MediaPipeDetector.open({ fullRange: models.shortRange! }, openSession);
    await expect(
      swapped.then((other) => other.detect({ width: 4, height: 4, channels: 1, data: new Uint8Array(16) })),
    ).rejects.toThrow(ModelFormatError);
  });
});

const negatives = requireShared('detection/negatives');
describeWith(negatives, 'MediaPipeDetector on scenes without faces', () => {
  it('finds no face in 137 scenes', async () => {
    const wrong: string[] = [];
    for (const name of readdirSync(negatives.path)) {
      const found = await detector.detect(await decodePicture(join(negatives.path, name)));
      if (found.length > 0) wrong.push(`${name} ${found.map(({ score }) => score.toFixed(2)).join(' ')}`);
    }
    expect(wrong).toEqual([]);
  });
});

describe('small faces in video', () => {
  /** The six photographs' faces, a tenth to a sixth as large, one photograph a frame size. */
  const small = async (name: string): Promise<{ picture: Picture; faces: Box[] }> => {
    const photograph = await groupPhotograph(name);
    const scale = 260 / photograph.width;
    const shrunk = resize(photograph, 260, Math.round(photograph.height * scale));
    const [left, top] = [310, 200];
    const picture: Picture = { width: 640, height: 480, channels: 3, data: new Uint8Array(640 * 480 * 3).fill(90) };
    for (let y = 0; y < shrunk.height; y++) {
      const row = shrunk.data.subarray(y * 260 * 3, (y + 1) * 260 * 3);
      picture.data.set(row, ((y + top) * 640 + left) * 3);
    }
    const at = ([x, y, w, h]: Box): Box => [x * scale + left, y * scale + top, w * scale, h * scale];
    return { picture, faces: groupFaces[name]!.map(at) };
  };

  it('are found in the parts of a few frames, and then stay while they move', async () => {
    const spread = await MediaPipeDetector.open(models, openSession, { search: 'spread', minFace: 24 });
    const { picture, faces: expected } = await small('sample4.jpg');
    const quick = countFaces(await detector.detect(picture), expected).hits;
    const hits: number[] = [];
    for (let frame = 0; frame < 24; frame++) {
      // Two pixels to the left and back.
      const moved =
        frame % 2 === 0
          ? picture
          : { ...picture, data: new Uint8Array([...picture.data.subarray(6), 0, 0, 0, 0, 0, 0]) };
      const found = await spread.detect(moved);
      hits.push(expected.filter((box) => found.some((face) => boxOverlap(face.box, box) > 0.3)).length);
      expect(countFaces(found, expected).wrong).toBeLessThanOrEqual(1);
    }
    expect(quick).toBeLessThan(expected.length);
    // One frame without a face is what trackers bridge; two in a row there are none.
    const pairs = hits.slice(12, -1).map((hit, i) => Math.max(hit, hits[i + 13]!));
    expect(pairs).toEqual(new Array(11).fill(expected.length));
    expect(Math.min(...hits.slice(12))).toBeGreaterThanOrEqual(expected.length - 1);
    // Where they were there is nothing any more.
    const empty = { ...picture, data: new Uint8Array(picture.data.length).fill(90) };
    expect(await spread.detect(empty)).toEqual([]);
    await spread.release();
  });

  it('does the same work in every frame', async () => {
    let passes = 0;
    const counting: OpenSession = async (model, options) => {
      const session = await openSession(model, options);
      const run: typeof session.run = (feeds) => {
        passes++;
        return session.run(feeds);
      };
      return {
        inputNames: session.inputNames,
        outputNames: session.outputNames,
        run,
        release: () => session.release(),
      };
    };
    const spread = await MediaPipeDetector.open(models, counting, { search: 'spread', minFace: 30 });
    const empty: Picture = { width: 640, height: 480, channels: 1, data: new Uint8Array(640 * 480) };
    const each: number[] = [];
    for (let frame = 0; frame < 12; frame++) {
      passes = 0;
      await spread.detect(empty);
      each.push(passes);
    }
    expect(new Set(each)).toEqual(new Set([5]));
    await spread.release();
  });
});
