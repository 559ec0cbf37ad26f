// Importing annotated face pictures: what is read, scaled and refused.
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { decodePicture, encodePng } from '../../adapters/node/image-codec.js';
import { facesFiles, holdBack, readFacesDescription } from '../../core/dataset/face-pictures.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import type { Picture } from '../../core/image/picture.js';
import { silentProgress } from '../../core/ports/progress.js';
import { type ImportFacesRequest, importFaces } from './import-faces.js';

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

const bring = async (
  source: ReturnType<typeof createMemoryStore>,
  options: Partial<ImportFacesRequest> = {},
  store = createMemoryStore(),
) => ({
  store,
  ...(await importFaces({ source, name: 'sets', store, decode: decodePicture, progress: silentProgress, ...options })),
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
    [{ ...line, boxes: [[1, 2, Number.POSITIVE_INFINITY, 4]] }, /set.jsonl, line 2: boxes.0.2/],
    [{ ...line, boxes: [[1, 2, 0, 4]] }, /line 2: the box of 0 x 4 pixels at 1, 2 is less than a pixel wide/],
    [{ ...line, boxes: [[1, 2, 3, -4]] }, /line 2: the box of 3 x -4 pixels/],
    [
      { ...line, boxes: [[20, 2, 3, 4]] },
      /line 2: the box of 3 x 4 pixels at 20, 2 lies outside the picture of 20 x 10/,
    ],
    [{ ...line, points: [] }, /1 boxes and points of 0/],
    [{ ...line, width: 21 }, /set\/a.png is 20x10 and not 21x10/],
    [{ ...line, file: 'set/none.png' }, /line 2: there is no picture set\/none.png/],
    [{ ...line, file: '../set/a.png' }, /line 2: there is no picture ..\/set\/a.png/],
    [{ ...line, file: '/etc/passwd' }, /line 2: there is no picture \/etc\/passwd/],
    [{ ...line, file: 'set/text.png' }, /line 2, set\/text.png: .*must be a JPEG, PNG/],
  ])('names the line that is wrong, and leaves it out when told to: %j', async (broken, message) => {
    const good = { ...line, file: 'set/b.png' };
    const json = [good, broken].map((each) => JSON.stringify(each).replace('null,4', '1e999,4')).join('\n');
    const source = await sourceWith([], { 'set/a.png': picture(20, 10), 'set/b.png': picture(20, 10) });
    await source.write('set.jsonl', json);
    await source.write('set/text.png', 'no picture');
    // Whoever reads a name that leads out of the folder ends in this.
    const read = source.read;
    source.read = (name) => (/\.\.|^\//.test(name) ? Promise.reject(new RangeError(name)) : read(name));
    await expect(bring(source)).rejects.toThrow(DatasetError);
    await expect(bring(source)).rejects.toThrow(message);
    const { description, faults } = await bring(source, { skipBad: true });
    expect(description.pictures.map(({ file }) => file)).toEqual([good.file]);
    expect([faults.total, faults.named]).toEqual([1, [expect.stringMatching(message)]]);
  });

  test('refuses a picture on two lines: each lacks the boxes of the other', async () => {
    const other = { ...line, file: 'set/b.png' };
    const source = await sourceWith([line, other, line], {
      'set/a.png': picture(20, 10),
      'set/b.png': picture(20, 10),
    });
    await expect(bring(source)).rejects.toThrow(/line 3: set\/a.png is on line 1 already/);
    const { description } = await bring(source, { skipBad: true });
    expect(description.pictures.map(({ file }) => file)).toEqual(['set/b.png']);
  });

  test('cuts boxes that are partly outside', async () => {
    const boxes = [
      [-2, -3, 8, 6],
      [15, 6, 10, 10],
    ];
    const { description } = await bring(await sourceWith([{ ...line, boxes }], { 'set/a.png': picture(20, 10) }));
    expect(description.pictures[0]!.faces.map(({ box }) => box)).toEqual([
      [0, 0, 6, 3],
      [15, 6, 5, 4],
    ]);
  });

  test('checks everything before it fails: ten faults by name, all by their kind, nothing after the first in the packed form', async () => {
    const lines = Array.from({ length: 14 }, (_, i) => ({
      ...line,
      boxes: i === 0 ? [] : [[30 + i, 0, 5, 5]],
      file: `${i}.png`,
    }));
    const pictures = Object.fromEntries(lines.slice(0, 12).map(({ file }) => [file, picture(20, 10)]));
    const store = createMemoryStore();
    const failure = bring(await sourceWith(lines, pictures), {}, store);
    const message = await failure.then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message.split('\n')).toEqual([
      'sets must hold good annotations and pictures only and has 13 faults:',
      ...Array.from({ length: 10 }, (_, i) => expect.stringContaining(`  set.jsonl, line ${i + 2}: the box of 5 x 5`)),
      '  and 3 more',
      'In all: boxes without an area in their picture 11, annotations without a picture 2',
      'Mend them, or leave these pictures out with --skip-bad',
    ]);
    expect(await store.read(facesFiles.description)).toBeUndefined();
  });

  test('refuses a folder without annotations, without a picture, and without a good one', async () => {
    await expect(bring(createMemoryStore())).rejects.toThrow(/at least one .jsonl/);
    await expect(bring(await sourceWith([], {}))).rejects.toThrow(/at least one picture/);
    await expect(bring(await sourceWith([line], {}), { skipBad: true })).rejects.toThrow(
      /without faults and has none; the first: set.jsonl, line 1/,
    );
  });

  test('refuses text that is no UTF-8, and a damaged archive by its name', async () => {
    const source = await sourceWith([line], { 'set/a.png': picture(20, 10) });
    await source.write('other.jsonl', Uint8Array.of(0xff, 0xfe));
    await expect(bring(source)).rejects.toThrow(/other.jsonl: it is no UTF-8 text/);
    await source.write('other.jsonl', '');
    await source.write('other-0.tar', new Uint8Array(1024).fill(1));
    await expect(bring(source)).rejects.toThrow(/other-0.tar: a tar archive must be whole/);
  });

  test('takes no classes where there are none', async () => {
    const source = await sourceWith([line], { 'set/a.png': picture(20, 10) });
    await expect(bring(source, { classes: ['face'] })).rejects.toThrow(ConfigError);
  });
});

describe('importFaces of folders', () => {
  /** A store with text files as given, and pictures of 20 x 10 under the names that end in .png. */
  async function folderOf(texts: Record<string, string>, ...pictures: string[]) {
    const source = createMemoryStore();
    for (const [name, text] of Object.entries(texts)) await source.write(name, text);
    for (const name of pictures) await source.write(name, await encodePng(picture(20, 10)));
    return source;
  }
  const facesOf = async (source: ReturnType<typeof createMemoryStore>, options: Partial<ImportFacesRequest> = {}) => {
    const { description, faults } = await bring(source, options);
    return { faults, faces: Object.fromEntries(description.pictures.map(({ file, faces }) => [file, faces])) };
  };
  const object = (name: string, edges: readonly (number | string)[], more = '') => {
    const [left, top, right, bottom] = edges;
    return `<object><name>${name}</name>${more}\n<bndbox><xmin>${left}</xmin><ymin>${top}</ymin><xmax>${right}</xmax><ymax>${bottom}</ymax></bndbox></object>\n`;
  };
  const xml = (...objects: string[]) => `<annotation verified="yes">\n${objects.join('')}</annotation>`;

  test('YOLO: labels beside images, also below split folders and the other way round', async () => {
    const source = await folderOf(
      {
        'images/notes.md': 'x',
        'labels/train/a.txt': '0 0.5 0.5 0.4 0.6\r\n0 0.1 0.2 0.1 0.2\n',
        'valid/labels/b.txt': '',
        'labels/classes.txt': 'head',
      },
      'images/train/a.png',
      'valid/images/b.png',
    );
    const { faces } = await facesOf(source);
    expect(Object.keys(faces)).toEqual(['images/train/a.png', 'valid/images/b.png']);
    expect(faces['valid/images/b.png']).toEqual([]);
    const [first, second] = faces['images/train/a.png']!;
    const rounded = (box: readonly number[]) => box.map((value) => Number(value.toFixed(9)));
    expect([rounded(first!.box), rounded(second!.box)]).toEqual([
      [6, 2, 8, 6],
      [1, 1, 2, 2],
    ]);
  });

  test('YOLO: the class that is a face, by number, by name, or as the only one', async () => {
    const labels = { 'labels/a.txt': '0 0.5 0.5 0.4 0.6\n1 0.2 0.5 0.2 0.6\n1 0.2 0.5 0.2 0.8\n' };
    const countWith = async (texts: Record<string, string>, classes?: string[]) => {
      const source = await folderOf({ ...labels, ...texts }, 'images/a.png');
      return (await facesOf(source, { classes })).faces['images/a.png']!.length;
    };
    await expect(countWith({})).rejects.toThrow(/has 2: 1 \(2 boxes\), 0 \(1 box\); .* --class/);
    const named = { 'data.yaml': 'nc: 2\nnames: [car, Face]\n' };
    const mapped = { 'data.yaml': 'names:\n  0: mask\n  1: bare' };
    expect(await countWith(named)).toBe(2);
    expect(await countWith(named, ['car'])).toBe(1);
    expect(await countWith({}, ['0'])).toBe(1);
    expect(await countWith(mapped, ['mask', '1'])).toBe(3);
    await expect(countWith(mapped)).rejects.toThrow(/1 bare \(2 boxes\), 0 mask \(1 box\)/);
    await expect(countWith(mapped, ['face'])).rejects.toThrow(/of the class 'face' and has 1 bare/);
  });

  test.each<[string, Record<string, string>, string[], RegExp]>([
    ['a box outside', { 'labels/b.txt': '0 1.5 0.5 0.2 0.2' }, ['images/b.png'], /labels\/b.txt, line 1: .*outside/],
    [
      'no area',
      { 'labels/b.txt': '\n0 0.5 0.5 0 0.2' },
      ['images/b.png'],
      /labels\/b.txt, line 2: .*less than a pixel/,
    ],
    ['NaN', { 'labels/b.txt': '0 nan 0.5 0.1 0.2' }, ['images/b.png'], /b.txt, line 1: 'nan' is no finite number/],
    ['infinity', { 'labels/b.txt': '0 0.5 0.5 Infinity 0.2' }, ['images/b.png'], /'Infinity' is no finite number/],
    [
      'a polygon',
      { 'labels/b.txt': '0 .1 .1 .2 .1 .2 .2 .1 .2' },
      ['images/b.png'],
      /3 more for each key point; found 9/,
    ],
    ['no labels', {}, ['images/b.png'], /images\/b.png: there is no labels\/b.txt/],
    ['no picture', { 'labels/b.txt': '0 .5 .5 .1 .2' }, [], /labels\/b.txt: there is no picture images\/b/],
    ['no picture format', { 'labels/b.txt': '', 'images/b.jpg': 'text' }, [], /images\/b.jpg: .*must be a JPEG, PNG/],
  ])('YOLO: %s is named, and left out when told to', async (_, texts, pictures, message) => {
    const source = await folderOf({ 'labels/a.txt': '0 0.5 0.5 0.4 0.6', ...texts }, 'images/a.png', ...pictures);
    await expect(bring(source)).rejects.toThrow(message);
    const { faces, faults } = await facesOf(source, { skipBad: true });
    expect(Object.keys(faces)).toEqual(['images/a.png']);
    expect([faults.total, faults.named]).toEqual([1, [expect.stringMatching(message)]]);
  });

  test('Pascal VOC: beside JPEGImages or next to the pictures; what is difficult is neither right nor wrong', async () => {
    const source = await folderOf(
      {
        'Annotations/a.xml': xml(
          object('face', [1, 1, 20, 10]),
          object('face', [3, 4, 6, 9], '<difficult>1</difficult>'),
          object('car', [1, 1, 2, 2]),
        ),
        'more/b.xml': xml(),
      },
      'JPEGImages/a.png',
      'more/b.png',
      'SegmentationClass/a.png',
    );
    const { description } = await bring(source);
    expect(description.pictures.map(({ file, faces, unsure }) => ({ file, faces, unsure }))).toEqual([
      {
        file: 'JPEGImages/a.png',
        faces: [{ box: [0, 0, 20, 10], points: null }],
        unsure: [{ box: [2, 3, 4, 6], points: null, score: 0 }],
      },
      { file: 'more/b.png', faces: [], unsure: [] },
    ]);
  });

  test.each<[string, Record<string, string>, string[], RegExp]>([
    ['a box outside', { 'Annotations/b.xml': xml(object('face', [21, 1, 30, 9])) }, ['b'], /b.xml, line 2: .*outside/],
    [
      'no area',
      { 'Annotations/b.xml': xml(object('face', [9, 1, 4, 9])) },
      ['b'],
      /b.xml, line 2: .*less than a pixel/,
    ],
    ['NaN', { 'Annotations/b.xml': xml(object('face', ['NaN', 1, 4, 9])) }, ['b'], /line 2: xmin 'NaN' is no finite/],
    ['no XML', { 'Annotations/b.xml': '<annotation>\n<object></annotation>' }, ['b'], /b.xml, line 2: it is no XML/],
    ['another XML', { 'Annotations/b.xml': '<html/>' }, ['b'], /b.xml, line 1: it must be an <annotation>/],
    [
      'another size',
      { 'Annotations/b.xml': xml('<size><width>20</width><height>11</height></size>') },
      ['b'],
      /JPEGImages\/b.png is 20x10 and not 20x11/,
    ],
    ['no annotation', {}, ['b'], /JPEGImages\/b.png: there is no b.xml/],
    ['no picture', { 'Annotations/b.xml': xml() }, [], /Annotations\/b.xml: there is no picture JPEGImages\/b/],
  ])('Pascal VOC: %s is named, and left out when told to', async (_, texts, pictures, message) => {
    const good = { 'Annotations/a.xml': xml(object('face', [2, 2, 8, 8])) };
    const names = ['a', ...pictures].map((name) => `JPEGImages/${name}.png`);
    const source = await folderOf({ ...good, ...texts }, ...names);
    await expect(bring(source)).rejects.toThrow(message);
    const { faces, faults } = await facesOf(source, { skipBad: true });
    expect(Object.keys(faces)).toEqual(['JPEGImages/a.png']);
    expect([faults.total, faults.named]).toEqual([1, [expect.stringMatching(message)]]);
  });

  test('refuses two forms in one folder', async () => {
    const source = await folderOf({ 'labels/a.txt': '', 'a.xml': xml() }, 'images/a.png', 'a.png');
    await expect(bring(source)).rejects.toThrow(/has YOLO's labels \(labels\/a.txt\) and Pascal VOC's .*\(a.xml\)/);
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
