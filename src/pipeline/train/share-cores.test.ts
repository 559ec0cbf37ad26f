import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrainConfig } from './config.js';
import { describeShare, keepShares, shareCores, shareCoresOfAll } from './share-cores.js';

describe('shareCores', () => {
  it.each([
    [{}, 1, [1, 1]],
    [{}, 2, [2, 2]],
    [{}, 4, [4, 4]],
    // A batch of 64 has four shares of 16 pictures.
    [{}, 5, [4, 4]],
    [{}, 7, [6, 3]],
    [{}, 16, [16, 4]],
    [{}, 500, [64, 4]],
    [{ batchSize: 10 }, 4, [4, 1]],
    [{ batchSize: 256 }, 8, [8, 8]],
    [{ ghostBatch: 8 }, 8, [8, 8]],
    [{ threads: 2 }, 8, [2, 2]],
    [{ threads: 2, workers: 1 }, 8, [2, 1]],
    [{ workers: 1 }, 8, [8, 1]],
    [{ workers: 3 }, 8, [6, 3]],
    [{ workers: 8 }, 2, [8, 8]],
  ])('%j on %i cores', (config, cores, [threads, workers]) => {
    expect(shareCores(config, { cores })).toEqual({ ...config, threads, workers });
  });

  it('gives a GPU one worker', () => {
    expect(shareCores({}, { cores: 8, isGpu: true })).toEqual({ threads: 8, workers: 1 });
  });

  it('keeps what is given, and makes a configuration that can be, on any machine', () => {
    const given = fc.record(
      {
        threads: fc.integer({ min: 8, max: 64 }),
        workers: fc.integer({ min: 1, max: 8 }),
        batchSize: fc.integer({ min: 1, max: 1024 }),
        ghostBatch: fc.integer({ min: 2, max: 64 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(given, fc.integer({ min: 1, max: 999 }), (config, cores) => {
        const shared = parseTrainConfig(shareCores(config, { cores }));
        expect(shared).toMatchObject(config);
        expect(shared.threads % shared.workers === 0 || 'threads' in config).toBe(true);
      }),
    );
  });

  it('leaves values that cannot be to the schema', () => {
    for (const config of [{ threads: 'many' }, { workers: -1 }, { threads: 1.5 }, { batchSize: Number.NaN }]) {
      expect(() => parseTrainConfig(shareCores(config, { cores: 4 }))).toThrow(Object.keys(config)[0]);
    }
  });

  it("shares out for each of an ensemble's members", () => {
    const shared = shareCoresOfAll({ workers: 1, ensemble: [{ threads: 2 }, { workers: 2 }] }, { cores: 4 });
    expect(shared.ensemble).toEqual([
      { threads: 2, workers: 1 },
      { threads: 4, workers: 2 },
    ]);
  });
});

describe('keepShares', () => {
  it('takes those of the run that is resumed where none are named', () => {
    const saved = { epochs: 3, threads: 7, workers: 1 };
    expect(keepShares({ epochs: 3 }, saved)).toEqual(saved);
    expect(keepShares({ threads: 2 }, saved)).toEqual({ threads: 2, workers: 1 });
    const members = [{ seed: 1 }, { seed: 2, workers: 2 }];
    const kept = { ensemble: [saved, saved] };
    expect(keepShares({ ensemble: members, threads: 3 }, kept)).toEqual({
      threads: 3,
      ensemble: [
        { seed: 1, threads: 3, workers: 1 },
        { seed: 2, threads: 3, workers: 2 },
      ],
    });
  });
});

it('describeShare', () => {
  const shares = [
    { threads: 1, workers: 1 },
    { threads: 2, workers: 2 },
    { threads: 6, workers: 3 },
  ];
  expect(shares.map(describeShare)).toEqual([
    '1 worker of 1 thread',
    '2 workers of 1 thread each',
    '3 workers of 2 threads each',
  ]);
});
