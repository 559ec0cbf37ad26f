// A detector file in use: sizes, scaling, and files that are none.
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
import { PlaceDetector } from './place-detector.js';
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
        return { places: { dims: [1, outputChannels.count, 1, places], data } };
      },
      release: async () => undefined,
    }) as Partial<Session> as Session;
  return { open, shown };
}

describe('PlaceDetector', () => {
  test('runs what training writes, on pictures of any size, grey and colour', async () => {
    const detector = await PlaceDetector.open(model, openSession, { minScore: 0 });
    expect(detector.metadata).toEqual(metadata);
    for (const [width, height, channels] of [
      [70, 33, 3],
      [33, 100, 1],
      [1, 1, 3],
    ] as const) {
      const faces = await detector.detect(picture(width, height, channels));
      expect(faces.every(({ box, points }) => [...box, ...points].every(Number.isFinite))).toBe(true);
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
  });

  test('scales large pictures down, and gives boxes in their own pixels', async () => {
    const { open, shown } = oneFace();
    const detector = await PlaceDetector.open(model, open, { longestSide: 128 });
    const [face] = await detector.detect(picture(512, 256, 1));
    expect(shown[0]!.dims).toEqual([1, 3, 64, 128]);
    expect(face!.box.map(Math.round)).toEqual([160, 160, 160, 160]);
    expect(face!.points).toHaveLength(8);
  });

  test('keeps to the lowest score', async () => {
    const { open } = oneFace();
    const strict = await PlaceDetector.open(model, open, { minScore: 0.95 });
    expect(await strict.detect(picture(100, 100))).toEqual([]);
  });

  test('refuses other files', async () => {
    const expression = untrainedModel('compact', 1);
    await expect(PlaceDetector.open(expression, openSession)).rejects.toThrow(ModelFormatError);
    await expect(PlaceDetector.open(Uint8Array.of(1, 2, 3), openSession)).rejects.toThrow(ModelFormatError);
  });

  test('refuses a model that gives another number of places', async () => {
    const open: OpenSession = async () =>
      ({ run: async () => ({ places: { dims: [1], data: new Float32Array(5) } }) }) as Partial<Session> as Session;
    const detector = await PlaceDetector.open(model, open);
    await expect(detector.detect(picture(64, 64))).rejects.toThrow(/must give 13 values/);
  });
});
