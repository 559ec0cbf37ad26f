import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../tests/fixtures/memory-store.js';
import { type RunSketch, runFilesOf } from '../../../../tests/fixtures/run-files.js';
import { StorageError } from '../../../core/errors.js';
import { listRuns, type RunFolder } from './list-runs.js';
import { describeRunList } from './report/describe-runs.js';
import type { RunSource } from './run-record.js';

const three = [
  [1.5, 0.5],
  [1.1, 0.62],
  [1.2, 0.6],
] as const;

function source(name: string, files: Record<string, string>, quietSeconds?: number): RunSource {
  const blobs = Object.entries(files).map(([file, text]) => [file, new TextEncoder().encode(text)] as const);
  return { name, store: createMemoryStore(new Map(blobs)), quietSeconds };
}

const folder = (found: RunSource, inner: readonly RunSource[] = []): RunFolder => ({
  ...found,
  inner: async () => inner,
});

async function summaryOf(sketch: RunSketch, quietSeconds?: number) {
  const { runs, skipped } = await listRuns([folder(source('a', runFilesOf(sketch), quietSeconds))]);
  expect(skipped).toEqual([]);
  return runs[0]!;
}

describe('a run in the list', () => {
  it('has its figures, with the interval of the kept epoch', async () => {
    const run = await summaryOf({
      epochs: three,
      facts: { starts: [{ at: '2026-03-01T10:00:00.000Z', moodlens: '0.1.0' }] },
    });
    expect(run).toMatchObject({
      architecture: 'compact',
      epochs: { done: 3, total: 4 },
      keep: 'last',
      kept: { epoch: 3, accuracy: 0.6, n: 100, validationLoss: 1.2 },
      best: { epoch: 2, accuracy: 0.62 },
      imagesPerSecond: 200,
      startedAt: '2026-03-01T10:00:00.000Z',
      seconds: 180,
    });
    // Wilson's interval of 60 of 100.
    expect(run.kept!.interval[0]).toBeCloseTo(0.502, 3);
    expect(run.kept!.interval[1]).toBeCloseTo(0.6906, 3);
  });

  it('keeps the best epoch when it is so configured', async () => {
    expect((await summaryOf({ epochs: three, config: { keep: 'best' } })).kept).toMatchObject({ epoch: 2 });
  });

  const ended = { epochs: 3, bestEpoch: 2, seconds: 200, endedAt: '2026-03-01T10:05:00.000Z' };
  it.each<[string, RunSketch, number | undefined]>([
    ['finished', { epochs: three, result: { end: 'finished', ...ended } }, undefined],
    ['stopped', { epochs: three, result: { end: 'stopped', ...ended } }, 5],
    ['failed', { epochs: three, result: { end: 'failed', reason: 'the disk is full', ...ended } }, 5],
    ['early', { epochs: three, hasModel: true }, undefined],
    ['finished', { epochs: [...three, [1, 0.6]], hasModel: true }, undefined],
    ['running?', { epochs: three }, 100],
    ['running?', { epochs: three }, undefined],
    ['running?', {}, 1000],
    ['stopped?', { epochs: three }, 86_400],
    ['running?', { epochs: three, result: { end: 'exploded' } }, 100],
  ])('is %s: %j', async (state, sketch, quietSeconds) => {
    expect((await summaryOf(sketch, quietSeconds)).state).toBe(state);
  });

  it('may have no epoch yet, and fields and keys of another version', async () => {
    const run = await summaryOf({ config: { futureKey: { a: 1 } }, facts: { futureFact: true } });
    expect(run).toMatchObject({ kept: null, best: null, imagesPerSecond: null, startedAt: null, seconds: 0 });
    expect(describeRunList({ runs: [run], skipped: [] }, 'runs')).toContain('0/4');
  });

  it('says why it failed', async () => {
    const run = await summaryOf({ result: { end: 'failed', reason: 'the disk is full', ...ended } });
    expect(describeRunList({ runs: [run], skipped: [] }, 'runs')).toContain('a failed: the disk is full');
  });
});

describe('what is no whole run', () => {
  const good = runFilesOf({ epochs: three });
  it.each<[string, Record<string, string>, 'damaged' | 'foreign', RegExp]>([
    [
      'a cut metrics line',
      { ...good, 'metrics.jsonl': `${good['metrics.jsonl']}{"epo` },
      'damaged',
      /line 4 of metrics/,
    ],
    ['metrics of something else', { ...good, 'metrics.jsonl': '{"epoch":"one"}' }, 'damaged', /epoch is wrong/],
    ['bytes in run.json', { ...good, 'run.json': '\u0000\u0001' }, 'damaged', /run\.json .* not JSON/],
    ['no config.json', { 'run.json': good['run.json']! }, 'damaged', /must hold config\.json/],
    [
      'no run.json',
      { 'metrics.jsonl': good['metrics.jsonl']!, 'config.json': good['config.json']! },
      'damaged',
      /run\.json/,
    ],
    [
      'an accuracy of 3',
      {
        ...good,
        'metrics.jsonl': good['metrics.jsonl']!.replace('"validationAccuracy":0.62', '"validationAccuracy":3'),
      },
      'damaged',
      /line 2/,
    ],
    ['another folder', { 'config.json': '{}', 'notes.txt': 'x' }, 'foreign', /no run|none/],
    ['an empty folder', {}, 'foreign', /none/],
  ])('%s is named and the others stay', async (_, files, kind, reason) => {
    const list = await listRuns([folder(source('odd', files)), folder(source('good', good))]);
    expect(list.runs.map(({ name }) => name)).toEqual(['good']);
    expect(list.skipped).toEqual([{ name: 'odd', kind, reason: expect.stringMatching(reason) }]);
    const text = describeRunList(list, 'runs');
    expect(text).toMatch(/good +compact/);
    expect(text).toContain(`${kind === 'damaged' ? 'damaged' : 'no run'}: odd`);
  });

  it('a folder with a file that cannot be read is named and the others stay', async () => {
    const denied = new StorageError('run.json must be read, and its permissions do not allow it; change them');
    const closed = source('closed', good);
    const unreadable = { ...closed, store: { ...closed.store, read: () => Promise.reject(denied) } };
    const list = await listRuns([folder(unreadable), folder(source('good', good))]);
    expect(list.runs.map(({ name }) => name)).toEqual(['good']);
    expect(list.skipped).toEqual([{ name: 'closed', kind: 'damaged', reason: denied.message }]);
  });

  it('a folder of runs stands for those, and names what else is in it', async () => {
    const inner = [source('seeds/1', good), source('seeds/notes', {}), source('seeds/2', good)];
    const list = await listRuns([folder(source('seeds', {}), inner)]);
    expect(list.runs.map(({ name }) => name)).toEqual(['seeds/1', 'seeds/2']);
    expect(list.skipped.map(({ name }) => name)).toEqual(['seeds/notes']);
  });

  it('nothing at all says how to make a run', () => {
    expect(describeRunList({ runs: [], skipped: [] }, 'runs')).toContain('moodlens train --out runs/NAME');
  });
});
