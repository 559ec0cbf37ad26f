// Importing annotated face pictures: what is read, scaled and refused.
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { decodePicture, encodePng } from '../../adapters/node/image-codec.js';
import { facesFiles, holdBack, readFacesDescription } from '../../core/dataset/face-pictures.js';
import { DatasetError } from '../../core/errors.js';
import type { Picture } from '../../core/image/picture.js';
import { silentProgress } from '../../core/ports/progress.js';
import { importFaces } from './import-faces.js';

const picture = (width: number, height: number, channels: 1 | 3 = 3): Picture => ({
  width,
  height,
  channels,
  data: Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7) % 256),
});

async function sourceWith(lines: readonly object[], pictures: Record<string, Picture>) {
  const source = createMemoryStore();
  await source.write('set.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
  for (const [name, each] of Object.entries(pictures)) await source.write(name, await encodePng(each));
  return source;
}

const bring = async (source: ReturnType<typeof createMemoryStore>, store = createMemoryStore()) => ({
  store,
  description: await importFaces({ source, store, decode: decodePicture, progress: silentProgress }),
});

const line = { file: 'set/a.png', width: 20, height: 10, boxes: [[2, 3, 8, 6]] };

describe('importFaces', () => {
  test('packs pictures with their boxes, points and proposals; grey ones with one channel', async () => {
    const points = [3, 4, 7, 4, 5, 6, 5, 8];
    const proposed = [{ score: 0.7, box: [12, 1, 4, 5], points: [1, 2, 3, 4, 5, 6, 10, 20, 14, 22] }];
    const grey = { ...line, file: 'set/b.png', boxes: [], points: [], proposed };
    const source = await sourceWith([{ ...line, points: [points] }, grey], {
      'set/a.png': picture(20, 10),
      'set/b.png': picture(20, 10, 1),
    });
    const { store, description } = await bring(source);
    expect(description.pictures).toEqual([
      {
        file: 'set/a.png',
        width: 20,
        height: 10,
        channels: 3,
        faces: [{ box: [2, 3, 8, 6], points }],
        unsure: [],
      },
      {
        file: 'set/b.png',
        width: 20,
        height: 10,
        channels: 1,
        faces: [],
        // The corners of the mouth, (10, 20) and (14, 22), become its middle.
        unsure: [{ score: 0.7, box: [12, 1, 4, 5], points: [1, 2, 3, 4, 5, 6, 12, 21] }],
      },
    ]);
    const pixels = await store.read(facesFiles.pictures);
    expect(pixels).toEqual(Uint8Array.from([...picture(20, 10).data, ...picture(20, 10, 1).data]));
    expect(await readFacesDescription(store)).toEqual(description);
  });

  test('scales large pictures down, and their annotations with them', async () => {
    const large = { file: 'a.png', width: 800, height: 400, boxes: [[100, 50, 40, 60]], points: [null] };
    const { description } = await bring(await sourceWith([large], { 'a.png': picture(800, 400) }));
    expect(description.pictures[0]).toMatchObject({
      width: 400,
      height: 200,
      faces: [{ box: [50, 25, 20, 30], points: null }],
    });
  });

  test('tells changed annotations and changed pictures by the hash', async () => {
    const hashes = new Set<string>();
    for (const [boxes, channels] of [
      [[[2, 3, 8, 6]], 3],
      [[[2, 3, 8, 7]], 3],
      [[[2, 3, 8, 6]], 1],
    ] as const) {
      const source = await sourceWith([{ ...line, boxes }], { 'set/a.png': picture(20, 10, channels) });
      hashes.add((await bring(source)).description.hash);
    }
    expect(hashes.size).toBe(3);
  });

  test.each([
    [{ ...line, boxes: [[1, 2, 3]] }, /set.jsonl, line 2: boxes.0/],
    [{ ...line, boxes: [[1, 2, 0, 4]] }, /line 2: boxes.0.2/],
    [{ ...line, points: [] }, /1 boxes and points of 0/],
    [{ ...line, width: 21 }, /set\/a.png is 20x10 and not 21x10/],
    [{ ...line, file: 'set/none.png' }, /there is no picture set\/none.png/],
  ])('names the line that is wrong: %j', async (broken, message) => {
    const source = await sourceWith([line, broken], { 'set/a.png': picture(20, 10) });
    await expect(bring(source)).rejects.toThrow(DatasetError);
    await expect(bring(source)).rejects.toThrow(message);
  });

  test('refuses a folder without annotations, and one without a picture', async () => {
    await expect(bring(createMemoryStore())).rejects.toThrow(/at least one .jsonl/);
    await expect(bring(await sourceWith([], {}))).rejects.toThrow(/at least one picture/);
  });
});

describe('holdBack', () => {
  const named = (count: number, from = 0) =>
    Array.from({ length: count }, (_, i) => ({ file: `set/${from + i}.webp` }));

  test('holds about the share back, each picture once', () => {
    const { training, validation } = holdBack(named(2000), 0.1);
    expect([...training, ...validation].sort((a, b) => a - b)).toEqual([...Array(2000).keys()]);
    expect(Math.abs(validation.length - 200)).toBeLessThan(60);
    expect(holdBack(named(50), 0).validation).toHaveLength(0);
  });

  test('goes by the file name alone: more pictures change nothing for those that were there', () => {
    const before = [...holdBack(named(300), 0.2).validation];
    const after = [...holdBack(named(600), 0.2).validation].filter((i) => i < 300);
    expect(after).toEqual(before);
  });
});
