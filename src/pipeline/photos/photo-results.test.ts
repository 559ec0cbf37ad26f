// The results file: whole photographs survive a cut at any byte; what is another file's is refused and stays.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import type { Photo } from './photo.js';
import { PhotoResults, photoResultsFile } from './photo-results.js';

const settings = { model: 'abc', people: null, minScore: 0.6 };
const photo = (file: string, name: string): Photo => ({
  file,
  name,
  width: 640,
  height: 480,
  faces: [
    {
      box: [1.5, 2, 30, 40],
      score: 0.9,
      person: 'Jörg',
      distance: 12.5,
      expression: 'happy',
      probabilities: { happy: 0.75, sad: 0.25 },
    },
  ],
});
const text = (store: ReturnType<typeof createMemoryStore>) =>
  new TextDecoder().decode(store.blobs.get(photoResultsFile));

async function written(files: readonly string[]) {
  const store = createMemoryStore();
  const results = await PhotoResults.open(store, settings, 'out');
  for (const file of files) await results.add(photo(file, results.nameFor(file)));
  return store;
}

describe('PhotoResults', () => {
  it('knows the photographs and the names of an earlier run', async () => {
    const store = await written(['/b/me.jpg', '/c/me.jpg']);
    const results = await PhotoResults.open(store, settings, 'out');
    expect(results.of('/b/me.jpg')).toEqual(photo('/b/me.jpg', 'me'));
    expect(results.of('/c/me.jpg')).toEqual(photo('/c/me.jpg', 'me-2'));
    expect(results.of('/a/me.jpg')).toBeUndefined();
    expect(results.nameFor('/a/me.jpg')).toBe('me-3');
  });

  it('keeps every whole line wherever a kill cuts the file, and goes on behind it', async () => {
    const files = ['/a/1.jpg', '/a/Zoë.jpg', '/a/3.jpg'];
    const store = await written(files);
    const whole = store.blobs.get(photoResultsFile)!;
    const first = whole.indexOf(10) + 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: first, max: whole.length }), async (length) => {
        const cut = createMemoryStore(new Map([[photoResultsFile, whole.slice(0, length)]]));
        const kept = text(cut).split('\n').length - 2;
        const results = await PhotoResults.open(cut, settings, 'out');
        expect(files.map((file) => results.of(file) !== undefined)).toEqual(files.map((_, i) => i < kept));
        for (const file of files) if (!results.of(file)) await results.add(photo(file, results.nameFor(file)));
        expect(cut.blobs.get(photoResultsFile)).toEqual(whole);
      }),
    );
  });

  it('refuses other settings by their options, and leaves the file as it is', async () => {
    const store = await written(['/a/1.jpg']);
    const before = text(store);
    const open = PhotoResults.open(store, { ...settings, people: 'def', minScore: 0.5 }, 'out');
    await expect(open).rejects.toThrow(ConfigError);
    await expect(open).rejects.toThrow(/^out must be continued.*--people, --min-score are different/);
    expect(text(store)).toBe(before);
  });

  it.each([
    ['no settings', () => '{"file":"a"}\n', 'line 1'],
    ['settings of another kind', () => '{"settings":[1]}\n', 'line 1'],
    ['null', () => 'null\n', 'line 1'],
    ['an empty file', () => '', 'line 1'],
    ['words', (good: string) => `${good}words\n`, 'line 3'],
    ['a photograph without faces', (good: string) => `${good}{"file":"a","width":1,"height":1}\n`, 'line 3'],
    ['an empty name', (good: string) => good.replace('"name":"1"', '"name":""'), 'line 2'],
  ])('refuses %s by its line, and leaves the file as it is', async (_, damage, line) => {
    const store = await written(['/a/1.jpg']);
    store.blobs.set(photoResultsFile, new TextEncoder().encode(damage(text(store))));
    const before = text(store);
    const open = PhotoResults.open(store, settings, 'out');
    await expect(open).rejects.toThrow(DatasetError);
    await expect(open).rejects.toThrow(new RegExp(`^out/photos.jsonl must hold .*${line} `));
    expect(text(store)).toBe(before);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const store = await written([]);
    await store.append(photoResultsFile, Uint8Array.of(0xff, 0xfe, 10));
    await expect(PhotoResults.open(store, settings, 'out')).rejects.toThrow(/line 2/);
  });
});
