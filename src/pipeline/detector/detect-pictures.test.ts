// Running a detector on pictures: what cannot be read, and what is no number.
import { describe, expect, test } from 'vitest';
import { untrainedDetector } from '../../../tests/fixtures/untrained-detector.js';
import { PlaceDetector } from '../../core/detect/places/place-detector.js';
import { DatasetError, MediaError, ModelFormatError } from '../../core/errors.js';
import type { Picture } from '../../core/image/picture.js';
import type { OpenSession } from '../../core/ports/session.js';
import { type DetectPicturesRequest, detectPictures, type EvaluatedFace } from './detect-pictures.js';

const blank: Picture = { width: 32, height: 32, channels: 1, data: new Uint8Array(32 * 32) };
const known = (file: string, read = async () => blank) => ({ file, faces: [], unsure: [], read });
const broken = known('broken.jpg', async () => {
  throw new MediaError('broken.jpg must be a picture');
});

function request(changes: Partial<DetectPicturesRequest>): DetectPicturesRequest & { readonly notes: string[] } {
  const notes: string[] = [];
  return {
    pictures: [known('a.jpg')],
    detect: async () => [],
    progress: { update: () => {}, note: (text) => notes.push(text), finish: () => {} },
    clock: () => 0,
    ...changes,
    notes,
  };
}

describe('detectPictures', () => {
  test('ends at a picture that cannot be decoded, or leaves it out and names it', async () => {
    const pictures = [broken, known('a.jpg')];
    await expect(detectPictures(request({ pictures }))).rejects.toThrow(MediaError);
    const skipping = request({ pictures, skipBad: true });
    expect((await detectPictures(skipping)).map((one) => one.known.file)).toEqual(['a.jpg']);
    expect(skipping.notes).toEqual([expect.stringContaining('broken.jpg')]);
  });

  test('refuses an empty set, and one of which nothing is left', async () => {
    await expect(detectPictures(request({ pictures: [] }))).rejects.toThrow(DatasetError);
    await expect(detectPictures(request({ pictures: [broken], skipBad: true }))).rejects.toThrow(DatasetError);
  });

  test.each<EvaluatedFace>([
    { box: [0, 0, Number.NaN, 5], score: 0.5, points: null },
    { box: [0, 0, 5, 5], score: Number.NaN, points: null },
    { box: [0, 0, 5, 5], score: 0.5, points: [1, 2, 3, 4, 5, 6, 7, Number.POSITIVE_INFINITY] },
  ])('refuses %j, naming the picture', async (face) => {
    const detecting = detectPictures(request({ detect: async () => [face] }));
    await expect(detecting).rejects.toThrow(ModelFormatError);
    await expect(detecting).rejects.toThrow(/finite numbers.*a\.jpg/);
  });

  test('a model that gives NaN is named, with the picture', async () => {
    const nan: OpenSession = async () => ({
      inputNames: ['image'],
      outputNames: ['places'],
      run: async () => ({ places: { dims: [1, 13, 1, 21], data: new Float32Array(13 * 21).fill(Number.NaN) } }),
      release: async () => undefined,
    });
    const detector = await PlaceDetector.open(untrainedDetector(), nan);
    const detect = async (picture: Picture): Promise<EvaluatedFace[]> =>
      (await detector.detect(picture)).map((face) => ({ ...face, points: null }));
    await expect(detectPictures(request({ detect }))).rejects.toThrow(/NaN.*a\.jpg/);
  });
});
