// Importing folders of pictures: classes, splits, spellings, sizes, broken files.
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { decodePicture, encodeJpeg, encodePng } from '../../adapters/node/image-codec.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import { importFolder, type OriginalPicture } from './import-folder.js';

const picture = (value: number, width = 10, height = 10) =>
  encodePng({ width, height, channels: 1, data: new Uint8Array(width * height).fill(value) });

async function storeOf(files: Readonly<Record<string, number | string>>) {
  const store = createMemoryStore();
  for (const [name, content] of Object.entries(files)) {
    await store.write(name, typeof content === 'number' ? await picture(content) : content);
  }
  return store;
}

const load = async (files: Readonly<Record<string, number | string>>, options = {}) =>
  importFolder(await storeOf(files), 'faces', decodePicture, { size: 8, ...options });

describe('importFolder', () => {
  it('takes a folder per class, in the order of the names', async () => {
    const { dataset } = await load({ 'sad/b.png': 40, 'happy/z.png': 30, 'happy/a.png': 20, 'angry/x.png': 10 });
    expect(dataset).toMatchObject({ width: 8, height: 8, count: 4, splitNames: ['Training'] });
    expect([...dataset.classes]).toEqual([0, 3, 3, 4]);
    expect([0, 1, 2, 3].map((i) => dataset.pixels[i * 64])).toEqual([10, 20, 30, 40]);
    expect(dataset.source.files).toEqual(['angry/x.png', 'happy/a.png', 'happy/z.png', 'sad/b.png']);
    expect([...dataset.rows]).toEqual([0, 1, 2, 3]);
  });

  it('takes a folder per split above', async () => {
    const { dataset } = await load({ 'train/happy/a.png': 1, 'test/happy/a.png': 2, 'train/fear/deep/er/a.png': 3 });
    expect(dataset.splitNames).toEqual(['test', 'train']);
    expect([...dataset.splits]).toEqual([0, 1, 1]);
    expect([...dataset.classes]).toEqual([3, 2, 3]);
  });

  it('knows the spellings of published collections', async () => {
    const { dataset } = await load({ 'Anger/a.png': 1, 'Digust/a.png': 1, 'FEARFUL/a.png': 1, 'happiness/a.png': 1 });
    expect([...dataset.classes]).toEqual([0, 1, 2, 3]);
  });

  it('takes other class names when they are given', async () => {
    const { dataset } = await load({ 'no/a.png': 1, 'yes/a.png': 2 }, { labels: ['yes', 'no'] });
    expect(dataset.labels).toEqual(['yes', 'no']);
    expect([...dataset.classes]).toEqual([1, 0]);
  });

  it('makes colour grey and every size the same', async () => {
    const store = createMemoryStore();
    const data = new Uint8Array(30 * 20 * 3).map((_, i) => [255, 0, 0][i % 3]!);
    await store.write('happy/red.jpg', await encodeJpeg({ width: 30, height: 20, channels: 3, data }, 100));
    await store.write('happy/small.png', await picture(77, 3, 5));
    const { dataset } = await importFolder(store, 'faces', decodePicture, { size: 48 });
    expect(dataset.pixels).toHaveLength(2 * 48 * 48);
    expect(Math.abs(dataset.pixels[1000]! - 76)).toBeLessThan(3);
    expect(dataset.pixels[48 * 48]).toBe(77);
  });

  it('tells of every picture as it lay there', async () => {
    const store = createMemoryStore();
    const colour = { width: 30, height: 20, channels: 3 as const, data: new Uint8Array(1800).fill(9) };
    await store.write('test/happy/named-wrongly.png', await encodeJpeg(colour));
    await store.write('train/sad/a.png', await picture(77, 3, 5));
    await store.write('train/sad/broken.png', 'none');
    const originals: OriginalPicture[] = [];
    await importFolder(store, 'faces', decodePicture, { skipBad: true }, { onPicture: (one) => originals.push(one) });
    expect(originals).toEqual([
      { name: 'test/happy/named-wrongly.png', split: 'test', width: 30, height: 20, isGrey: false, format: 'JPEG' },
      { name: 'train/sad/a.png', split: 'train', width: 3, height: 5, isGrey: true, format: 'PNG' },
    ]);
  });

  it('passes over hidden files and files that are no pictures', async () => {
    const { dataset } = await load({
      'happy/a.png': 1,
      'happy/.b.png': 'x',
      'readme.txt': 'x',
      '.git/happy/a.png': 'x',
      'happy/notes.txt': 'x',
    });
    expect(dataset.source.files).toEqual(['happy/a.png']);
  });

  it('names pictures that cannot be read, or leaves them out', async () => {
    const files = { 'happy/a.png': 1, 'happy/broken.jpg': 'no picture', 'sad/empty.png': '', 'sad/z.png': 9 };
    await expect(load(files)).rejects.toThrow(DatasetError);
    await expect(load(files)).rejects.toThrow(/2 broken pictures:\n {2}happy\/broken.jpg: .*\n {2}sad\/empty.png: /);
    const { dataset, broken, problems } = await load(files, { skipBad: true });
    expect(dataset.source.files).toEqual(['happy/a.png', 'sad/z.png']);
    expect([...dataset.classes]).toEqual([3, 4]);
    expect([dataset.pixels[0], dataset.pixels[64]]).toEqual([1, 9]);
    expect([broken, problems.length]).toEqual([2, 2]);
  });

  it.each<[string, Record<string, number | string>, RegExp]>([
    ['a folder that is no class', { 'happy/a.png': 1, 'hapy/a.png': 1 }, /pictures in hapy; rename/],
    ['pictures without a class', { 'a.png': 1 }, /pictures in \./],
    ['no pictures', { 'happy/readme.txt': 'x' }, /has none/],
    ['nothing', {}, /has none/],
    ['splits above some classes only', { 'train/happy/a.png': 1, 'sad/a.png': 1 }, /beside/],
    ['only broken pictures', { 'happy/a.png': 'x' }, /broken picture/],
  ])('refuses %s', async (_, files, message) => {
    await expect(load(files)).rejects.toThrow(DatasetError);
    await expect(load(files)).rejects.toThrow(message);
  });

  it('refuses sizes and names that make no sense', async () => {
    await expect(load({ 'happy/a.png': 1 }, { size: 7 })).rejects.toThrow(ConfigError);
    await expect(load({ 'happy/a.png': 1 }, { size: Number.NaN })).rejects.toThrow(ConfigError);
    await expect(load({ 'happy/a.png': 1 }, { labels: ['one'] })).rejects.toThrow(ConfigError);
    await expect(load({ 'happy/a.png': 'x' }, { skipBad: true })).rejects.toThrow(/can be read and has none/);
  });
});
