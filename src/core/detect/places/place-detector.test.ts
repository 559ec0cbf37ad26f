// A detector file in use: sizes, scaling, and files that are none.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { untrainedModel } from '../../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../../adapters/node/session.js';
import { ModelFormatError } from '../../errors.js';
import type { Picture } from '../../image/picture.js';
import { buildDetectorModel } from '../../model/build-detector-model.js';
import { createArchitecture } from '../../nn/architectures/create-architecture.js';
import { initialWeights } from '../../nn/architectures/parameters.js';
import { createRandom } from '../../numbers/random.js';
import type { OpenSession, Session, Tensor } from '../../ports/session.js';
import { PlaceDetector, shiftScore } from './place-detector.js';
import { countPlaces, outputChannels } from './places.js';

const architecture = createArchitecture('pyramid', { classes: 1 });
const metadata = {
  format: 1,
  kind: 'face-detector',
  architecture: 'pyramid',
  parameters: 1,
  dataset: 'd',
  run: 'r',
  validationShare: 0.1,
  epoch: 3,
  validationPrecision: null,
} as const;
const model = buildDetectorModel(architecture, initialWeights(architecture, createRandom(1)), metadata);

const picture = (width: number, height: number, channels: 1 | 3 = 3): Picture => ({
  width,
  height,
  channels,
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 31) % 251),
});

/** A session that says that there is one face, of 40 pixels around (60, 60), in every picture; it keeps what it was shown. */
function oneFace() {
  const shown: Tensor[] = [];
  const open: OpenSession = async () =>
    ({
      run: async ({ image }) => {
        shown.push(image!);
        const [, , height, width] = image!.dims as [number, number, number, number];
        const places = countPlaces(width, height);
        const data = new Float32Array(outputChannels.count * places);
        const place = 7 * (width / 8) + 7;
        data[place] = 0.9;
        data[3 * places + place] = data[4 * places + place] = Math.log(5);
        // The eye on the left as seen.
        data[5 * places + place] = -1;
        return { places: { dims: [1, outputChannels.count, 1, places], data } };
      },
      release: async () => undefined,
    }) as Partial<Session> as Session;
  return { open, shown };
}

describe('PlaceDetector', () => {
  test('runs what training writes, on pictures of any size, grey and colour', async () => {
    const detector = await PlaceDetector.open(model, openSession, { minScore: 0.01, search: 'thorough' });
    expect(detector.metadata).toEqual(metadata);
    for (const [width, height, channels] of [
      [70, 33, 3],
      [33, 100, 1],
      [1, 1, 3],
      [700, 2, 3],
    ] as const) {
      const faces = await detector.detect(picture(width, height, channels));
      for (const { box, keypoints } of faces) {
        expect([...box, ...Object.values(keypoints!).flat()].every(Number.isFinite)).toBe(true);
      }
    }
    await detector.release();
  });

  test('shows the picture whole, with padding to sides that 32 divides', async () => {
    const { open, shown } = oneFace();
    const detector = await PlaceDetector.open(model, open);
    const shownPicture = picture(100, 70);
    const [face] = await detector.detect(shownPicture);
    const [{ dims, data }] = shown as [Tensor];
    expect(dims).toEqual([1, 3, 96, 128]);
    expect(data[128 * 96 + 128 * 5 + 7]).toBe(shownPicture.data[(5 * 100 + 7) * 3 + 1]);
    expect([data[100], data[70 * 128]]).toEqual([114, 114]);
    expect(face!.box.map(Math.round)).toEqual([40, 40, 40, 40]);
    // The eye on the left as seen is the person's right one.
    expect(face!.keypoints!.rightEye[0]).toBeLessThan(face!.keypoints!.leftEye[0]);
  });

  test('scales large pictures down for video, and gives boxes in their own pixels', async () => {
    const { open, shown } = oneFace();
    const detector = await PlaceDetector.open(model, open);
    const [face] = await detector.detect(picture(2560, 1280, 1));
    expect(shown.map(({ dims }) => dims)).toEqual([[1, 3, 224, 416]]);
    expect(face!.box.map(Math.round)).toEqual([246, 246, 246, 246]);
  });

  test('shows as much of the picture as the smallest face needs, and leaves smaller ones out', async () => {
    const { open, shown } = oneFace();
    const detector = await PlaceDetector.open(model, open, { search: 'spread', minFace: 5 });
    await detector.detect(picture(300, 200));
    expect(shown.pop()!.dims).toEqual([1, 3, 416, 608]);
    detector.setSearch({ search: 'quick', minFace: 60 });
    expect(await detector.detect(picture(100, 100))).toEqual([]);
    detector.setSearch({ search: 'quick', minFace: 45 });
    expect(await detector.detect(picture(100, 100))).toHaveLength(1);
    expect(() => detector.setSearch({ minFace: 0 })).toThrow(RangeError);
  });

  test('searches a photograph in a small copy too, and tells each face once', async () => {
    const { open, shown } = oneFace();
    const detector = await PlaceDetector.open(model, open, { search: 'thorough' });
    // The network's one face is another one in the copy, four times as large.
    const faces = await detector.detect(picture(1024, 512));
    expect(shown.map(({ dims }) => dims)).toEqual([
      [1, 3, 512, 1024],
      [1, 3, 128, 256],
    ]);
    expect(faces.map(({ box }) => Math.round(box[2]))).toEqual([40, 160]);
    const near = await PlaceDetector.open(model, oneFace().open, { search: 'thorough' });
    expect(await near.detect(picture(300, 300))).toHaveLength(1);
  });

  test('shifts scores so that the threshold of the file becomes 0.6', async () => {
    const { open } = oneFace();
    const at = async (threshold: number, minScore = 0.6) => {
      const own = buildDetectorModel(architecture, initialWeights(architecture, createRandom(1)), {
        ...metadata,
        threshold,
      });
      const detector = await PlaceDetector.open(own, open, { minScore });
      return (await detector.detect(picture(100, 100))).map(({ score }) => score);
    };
    expect(await at(0.8999)).toEqual([expect.closeTo(0.6, 3)]);
    expect(await at(0.91)).toEqual([]);
    expect(await at(0.91, 0.5)).toEqual([expect.closeTo(0.572, 3)]);
    expect((await at(0.3))[0]).toBeGreaterThan(0.9);
  });

  test('refuses other files, and scores out of range', async () => {
    const expression = untrainedModel('compact', 1);
    await expect(PlaceDetector.open(expression, openSession)).rejects.toThrow(ModelFormatError);
    await expect(PlaceDetector.open(Uint8Array.of(1, 2, 3), openSession)).rejects.toThrow(ModelFormatError);
    await expect(PlaceDetector.open(model, openSession, { minScore: 1 })).rejects.toThrow(RangeError);
  });

  test.each([
    ['another number of places', new Float32Array(5), /must give 13 values/],
    [
      'scores that are no numbers',
      new Float32Array(outputChannels.count * countPlaces(64, 64)).fill(Number.NaN),
      /must be numbers/,
    ],
  ])('refuses a model that gives %s', async (_, data, message) => {
    const open: OpenSession = async () =>
      ({ run: async () => ({ places: { dims: [1], data } }) }) as Partial<Session> as Session;
    const detector = await PlaceDetector.open(model, open);
    await expect(detector.detect(picture(64, 64))).rejects.toThrow(message);
  });
});

describe('shiftScore', () => {
  test('keeps order, takes one threshold to the other, and there is a way back', () => {
    const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(share, share, share, share, (a, b, from, to) => {
        expect(shiftScore(from, from, to)).toBeCloseTo(to, 9);
        expect(shiftScore(shiftScore(a, from, to), to, from)).toBeCloseTo(a, 6);
        if (a < b) expect(shiftScore(a, from, to)).toBeLessThanOrEqual(shiftScore(b, from, to));
      }),
    );
    expect([0, 1].map((score) => shiftScore(score, 0.3, 0.6))).toEqual([0, 1]);
  });
});
