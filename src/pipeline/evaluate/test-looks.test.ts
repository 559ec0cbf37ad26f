import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { recordTestLook, type TestLook, testLooksFile } from './test-looks.js';

const look = (split = 'PrivateTest'): TestLook => ({
  ...{ at: '2026-01-02T03:04:05.000Z', split, n: 10, dataset: 'd', model: 'm', moodlens: '0.1.0', revision: null },
  accuracy: 0.6,
});
const text = (store: ReturnType<typeof createMemoryStore>) => new TextDecoder().decode(store.blobs.get(testLooksFile));

describe('recordTestLook', () => {
  it('adds a line for each look and counts those at the same split', async () => {
    const store = createMemoryStore();
    expect(await recordTestLook(store, testLooksFile, look())).toBe(1);
    expect(await recordTestLook(store, testLooksFile, look('test'))).toBe(1);
    expect(await recordTestLook(store, testLooksFile, look())).toBe(2);
    const lines = text(store).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([look(), look('test'), look()]);
  });

  it('counts a damaged line as a look, and begins a new line after half a one', async () => {
    const store = createMemoryStore();
    await store.append(testLooksFile, `${JSON.stringify(look())}\n{"at":"2026`);
    expect(await recordTestLook(store, testLooksFile, look())).toBe(3);
    expect(text(store).split('\n')[2]).toBe(JSON.stringify(look()));
  });
});
