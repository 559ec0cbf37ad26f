// The packed dataset: round trip, damage, splits and selections.
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { DatasetError } from '../errors.js';
import {
  createDataset,
  readPackedDataset,
  samplePicture,
  selectSamples,
  splitIndices,
  writeDataset,
} from './packed-dataset.js';

const dataset = smallDataset([
  { label: 3, split: 0, pixels: 10 },
  { label: 6, split: 1, pixels: 20 },
  { label: 0, split: 0, pixels: 30 },
]);

describe('reading and writing', () => {
  let store: ReturnType<typeof createMemoryStore>;
  beforeEach(async () => {
    store = createMemoryStore();
    await writeDataset(store, dataset);
  });

  const increment = (name: string, at: number) => {
    const blob = store.blobs.get(name)!;
    blob[at] = blob[at]! + 1;
  };
  const editDescription = (change: (json: Record<string, unknown>) => void) => {
    const json = JSON.parse(new TextDecoder().decode(store.blobs.get('dataset.json')));
    change(json);
    store.blobs.set('dataset.json', new TextEncoder().encode(JSON.stringify(json)));
  };

  it('gives back what was written', async () => {
    expect(await readPackedDataset(store)).toEqual(dataset);
  });

  it('keeps names outside ASCII and rows above 16 bits', async () => {
    const named = createDataset({
      ...dataset,
      splitNames: ['übung', 'prüfung', '測試'],
      rows: Int32Array.of(0, 70000, 2e9),
    });
    await writeDataset(store, named);
    expect(await readPackedDataset(store)).toEqual(named);
  });

  it.each<[string, () => void, RegExp]>([
    ['no dataset.json', () => store.blobs.delete('dataset.json'), /there is none/],
    ['a dataset.json that is not JSON', () => store.blobs.set('dataset.json', Uint8Array.of(0xff, 0)), /must be JSON/],
    ['another version', () => editDescription((json) => Object.assign(json, { version: 2 })), /version/],
    ['a count without bound', () => editDescription((json) => Object.assign(json, { count: 1e15 })), /at most/],
    [
      'a count that does not fit',
      () => editDescription((json) => Object.assign(json, { count: 4 })),
      /must have 64 bytes for 4 samples and has 48/,
    ],
    [
      'classes of the same name',
      () => editDescription((json) => Object.assign(json, { labels: ['a', 'a'] })),
      /must differ/,
    ],
    ['renamed classes', () => editDescription((json) => (json['labels'] as string[]).reverse()), /hash/],
    ['a missing file', () => store.blobs.delete('rows.bin'), /rows.bin .* is missing/],
    ['a file cut short', () => store.blobs.set('pixels.bin', new Uint8Array(47)), /must have 48 bytes .* has 47/],
    ['a changed pixel', () => increment('pixels.bin', 5), /hash/],
    ['a changed class', () => increment('classes.bin', 0), /hash/],
  ])('refuses %s', async (_, damage, message) => {
    damage();
    await expect(readPackedDataset(store)).rejects.toThrow(DatasetError);
    await expect(readPackedDataset(store)).rejects.toThrow(message);
  });
});

describe('createDataset', () => {
  it('refuses classes, splits and sizes that do not fit', () => {
    expect(() => createDataset({ ...dataset, classes: Uint8Array.of(7, 0, 0) })).toThrow(DatasetError);
    expect(() => createDataset({ ...dataset, splits: Uint8Array.of(3, 0, 0) })).toThrow(DatasetError);
    // What models tell of their training could not be read back.
    const joined = ['day and night', 'b', 'c'];
    expect(() => createDataset({ ...dataset, splitNames: joined })).toThrow(
      /must not hold ' and ', found 'day and night'/,
    );
    expect(() => createDataset({ ...dataset, pixels: new Uint8Array(47) })).toThrow(DatasetError);
    expect(() => createDataset({ ...dataset, classes: new Uint8Array(0) })).toThrow(DatasetError);
  });

  it('gives every content its own hash, and the same content the same', () => {
    const pixels = Uint8Array.from(dataset.pixels);
    expect(createDataset({ ...dataset, pixels }).hash).toBe(dataset.hash);
    pixels[47] = 1;
    expect(createDataset({ ...dataset, pixels }).hash).not.toBe(dataset.hash);
  });
});

describe('samples', () => {
  it('finds a split whatever its case and names the splits there are', () => {
    expect([...splitIndices(dataset, 'Training')]).toEqual([0, 2]);
    expect([...splitIndices(dataset, 'publictest')]).toEqual([1]);
    expect(() => splitIndices(dataset, 'PrivateTest')).toThrow(/one of Training, PublicTest and is 'PrivateTest'/);
    expect(() => splitIndices(dataset, 'x')).toThrow(DatasetError);
  });

  it('selects samples in the given order', () => {
    const selected = selectSamples(dataset, [2, 1]);
    expect([...selected.classes]).toEqual([0, 6]);
    expect([...selected.rows]).toEqual([2, 1]);
    expect([...samplePicture(selected, 0).data]).toEqual(new Array(16).fill(30));
    expect(selected.hash).not.toBe(dataset.hash);
    expect(() => selectSamples(dataset, [3])).toThrow(RangeError);
  });
});
