// Photographs one by one: who is who, what is written for each, what a stop or a broken picture costs.
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import type { Face } from '../../core/detect/face.js';
import { MediaError, ModelFormatError } from '../../core/errors.js';
import type { Box, Picture } from '../../core/image/picture.js';
import type { AskedModel } from '../../core/model/expression-model.js';
import { silentProgress } from '../../core/ports/progress.js';
import { analyzePhotos, type PhotosPorts } from './analyze-photos.js';
import type { Photo } from './photo.js';
import { PhotoFiles } from './photo-files.js';
import { PhotoResults } from './photo-results.js';
import type { FaceReaders } from './read-faces.js';

const width = 400;
const grey = (value: number, size = width): Picture => ({
  width: size,
  height: size,
  channels: 1,
  data: new Uint8Array(size * size).fill(value),
});
const faceAt = (box: Box): Face => ({ box, score: 0.9, keypoints: null });
const left: Box = [20, 100, 60, 80];
const right: Box = [200, 100, 90, 120];

/** Says happy of bright faces; its feature is the brightness. */
const model = {
  metadata: { labels: ['sad', 'happy'], input: { width: 8, height: 8 } },
  predict: async (faces: readonly Picture[]) =>
    faces.map(({ data }) => {
      const happy = data[0]! / 255;
      return {
        label: happy > 0.5 ? 1 : 0,
        probabilities: Float32Array.of(1 - happy, happy),
        embedding: Float32Array.of(happy),
      };
    }),
} as unknown as AskedModel;

const readersOf = (boxes: readonly Box[], more: Partial<FaceReaders> = {}): FaceReaders => ({
  detector: { detect: async () => boxes.map(faceAt), release: async () => undefined },
  model,
  ...more,
});

async function run(ports: Partial<PhotosPorts> & Pick<PhotosPorts, 'readers'>) {
  const photos: Photo[] = [];
  const errors: string[] = [];
  const summary = await analyzePhotos({
    files: ['a.jpg', 'b.jpg'],
    decode: async () => grey(200),
    progress: silentProgress,
    onPhoto: async (photo) => void photos.push(photo),
    onUnreadable: ({ message }) => void errors.push(message),
    ...ports,
  });
  return { photos, errors, summary };
}

describe('analyzePhotos', () => {
  it('gives the faces of each photograph, the largest first, and the summary', async () => {
    const { photos, summary } = await run({
      readers: readersOf([left, right]),
      decode: async (file) => grey(file === 'a.jpg' ? 200 : 20),
    });
    expect(photos).toMatchObject([
      {
        file: 'a.jpg',
        width,
        height: width,
        faces: [
          { box: [...right], score: 0.9, person: null, distance: null, expression: 'happy' },
          { box: [...left], expression: 'happy' },
        ],
      },
      { file: 'b.jpg', faces: [{ expression: 'sad' }, { expression: 'sad' }] },
    ]);
    expect(photos[0]!.faces[0]!.probabilities['happy']).toBeCloseTo(200 / 255, 5);
    expect(summary).toEqual({
      ...{ photos: 2, faces: 4, withoutFace: 0, unreadable: 0, interrupted: false },
      people: [{ person: null, photos: 2, faces: 4, expressions: { happy: 2, sad: 2 } }],
    });
  });

  it('names faces, nobody twice in a photograph, and reads expressions as the person taught them', async () => {
    const { photos, summary } = await run({
      readers: readersOf([left, right], {
        people: { identify: async (_, face) => ({ person: 'Ada', distance: face!.box[0] === left[0] ? 10 : 20 }) },
        personal: new Map([['Ada', { adapt: () => Float32Array.of(0.9, 0.1) }]]),
      }),
    });
    expect(photos[0]!.faces).toMatchObject([
      { box: [...right], person: null, distance: 20, expression: 'happy' },
      { box: [...left], person: 'Ada', distance: 10, expression: 'sad', probabilities: { sad: expect.closeTo(0.9) } },
    ]);
    expect(summary.people).toEqual([
      { person: 'Ada', photos: 2, faces: 2, expressions: { sad: 2 } },
      { person: null, photos: 2, faces: 2, expressions: { happy: 2 } },
    ]);
  });

  it('takes a small picture whole, also for its name', async () => {
    const { photos } = await run({
      files: ['a.png'],
      decode: async () => grey(200, 48),
      readers: readersOf([], { people: { identify: (_, face) => ({ person: face && 'Ada', distance: 1 }) } }),
    });
    expect(photos[0]!.faces).toMatchObject([
      { box: null, score: null, person: null, distance: 1, expression: 'happy' },
    ]);
  });

  it('names and counts what is no picture and goes on; a failing model ends it', async () => {
    const decode = async (file: string) => {
      if (file === 'a.jpg') throw new MediaError('a.jpg is broken');
      return grey(200);
    };
    const { photos, errors, summary } = await run({ readers: readersOf([]), decode });
    expect(errors).toEqual(['a.jpg is broken']);
    expect(photos.map(({ file }) => file)).toEqual(['b.jpg']);
    expect(summary).toMatchObject({ photos: 1, withoutFace: 1, unreadable: 1 });
    const failing = { ...model, predict: async () => Promise.reject(new ModelFormatError('no')) } as AskedModel;
    await expect(run({ readers: readersOf([left], { model: failing }) })).rejects.toThrow(ModelFormatError);
  });
});

describe('the files of photographs', () => {
  const open = async (stores = [createMemoryStore(), createMemoryStore()]) => {
    const [out, faces] = stores as [(typeof stores)[0], (typeof stores)[0]];
    const encoded: Picture[] = [];
    const encode = async (picture: Picture) => {
      encoded.push({ ...picture, data: Uint8Array.from(picture.data) });
      return Uint8Array.of(encoded.length);
    };
    const results = await PhotoResults.open(out, {}, 'out');
    const files = new PhotoFiles({ drawn: out, crops: faces }, encode, ['Ada', 'unknown']);
    return { stores, out, faces, encoded, kept: { results, files } };
  };
  const people = {
    identify: (_: Picture, face: Face | null) => ({
      person: face!.box[0] === left[0] ? 'unknown' : null,
      distance: 1,
    }),
  };

  it('are the drawn picture and a crop by person, which shows no drawing', async () => {
    const { out, faces, encoded, kept } = await open();
    await run({ files: ['/a/me.jpg', '/b/me.jpg'], readers: readersOf([left, right], { people }), kept });
    expect([...out.blobs.keys()]).toEqual(['photos.jsonl', 'me.jpg', 'me-2.jpg']);
    // A person may be called unknown.
    expect([...faces.blobs.keys()]).toEqual([
      ...['unknown/me-1.jpg', 'unknown-2/me-2.jpg'],
      ...['unknown/me-2-1.jpg', 'unknown-2/me-2-2.jpg'],
    ]);
    const [ofRight, ofLeft, drawn] = encoded;
    expect([ofRight!.width, ofRight!.height]).toEqual([154, 204]);
    expect(ofLeft!.data.every((value) => value === 200)).toBe(true);
    expect(ofRight!.data.every((value) => value === 200)).toBe(true);
    // In colour: the box of the largest face in the first colour.
    expect([drawn!.width, drawn!.channels]).toEqual([width, 3]);
    const at = ([x, y]: Box) => [...drawn!.data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
    expect(at([right[0], right[1] + 60, 0, 0])).toEqual([94, 199, 255]);
  });

  it('are not written again for a photograph that has its line, and new ones take no name of theirs', async () => {
    const first = await open();
    const readers = readersOf([left], { people });
    const stopped = await run({
      ...{ files: ['/b/me.jpg', '/c/me.jpg'], readers, kept: first.kept },
      shouldStop: () => first.kept.results.of('/b/me.jpg') !== undefined,
    });
    expect(stopped.summary).toMatchObject({ photos: 1, interrupted: true });
    const second = await open(first.stores);
    const files = ['/a/me.jpg', '/b/me.jpg', '/c/me.jpg'];
    const { photos, summary } = await run({ files, readers, kept: second.kept });
    expect(photos.map(({ file, name }) => [file, name])).toEqual([
      ['/a/me.jpg', 'me-2'],
      ['/c/me.jpg', 'me-3'],
    ]);
    expect(second.encoded).toHaveLength(4);
    expect(summary).toMatchObject({ photos: 3, faces: 3, interrupted: false });
    expect(summary.people).toMatchObject([{ person: 'unknown', photos: 3, faces: 3 }]);
  });
});
