// `moodlens bench` on a tiny model with few calls, each configuration in a real process.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { tinyExpressionModel } from '../../../../tests/fixtures/tiny-expression-model.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-bench-'));
const path = (name: string) => join(root, name);
const few = ['--rounds', '1', '--calls', '10', '--steps', '1'];

beforeAll(() => {
  writeFileSync(path('tiny.onnx'), tinyExpressionModel());
  writeFileSync(path('bad.onnx'), 'no model');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('bench inference', () => {
  it('prints each configuration as JSON, and writes table and chart', async () => {
    const out = path('report');
    const { code, stdout } = await runCli(
      ...['bench', 'inference', '--model', path('tiny.onnx'), '--threads', '1', '--batch', '1,3', ...few],
      ...['--out', out, '--json'],
    );
    expect(code).toBe(0);
    const figures = JSON.parse(stdout);
    expect(figures).toMatchObject({ benchmark: 'inference', rounds: 1, models: [{ name: 'tiny', form: 'float32' }] });
    expect(figures.results.map(({ runtime, batch }: { runtime: string; batch: number }) => [runtime, batch])).toEqual([
      ...[
        ['node', 1],
        ['node', 3],
      ],
      ...[
        ['web', 1],
        ['web', 3],
      ],
    ]);
    for (const { calls, latencyMs, imagesPerSecond, memoryMb, addedMemoryMb } of figures.results) {
      expect(calls).toBe(10);
      expect(latencyMs.inference.p50).toBeGreaterThan(0);
      expect(latencyMs.p99).toBeGreaterThanOrEqual(latencyMs.p50);
      expect(imagesPerSecond).toBeGreaterThan(0);
      // A runtime was loaded: more than nothing, less than the whole process.
      expect(addedMemoryMb).toBeGreaterThan(0);
      expect(memoryMb).toBeGreaterThan(addedMemoryMb);
    }
    expect(JSON.parse(readFileSync(join(out, 'inference.json'), 'utf8')).results).toEqual(figures.results);
    expect(readFileSync(join(out, 'inference.md'), 'utf8')).toMatch(/\| tiny \| onnxruntime-web \| 1 \| 3 \|/);
    expect(readFileSync(join(out, 'inference.svg'), 'utf8')).toMatch(/^<svg /);
  });

  it.each([
    [['speed'], 2, /names/],
    [['inference', '--model', path('no.onnx')], 2, /no\.onnx cannot/],
    [['inference', '--model', path('bad.onnx')], 1, /bad\.onnx: this is not an ONNX model/],
    [['inference', '--threads', 'many'], 2, /threads/],
    [['inference', '--runtime', 'gpu'], 2, /runtimes/],
    [['train', '--peers'], 2, /beside inference/],
  ])('refuses %j', async (args, code, message) => {
    const result = await runCli('bench', ...args, '--out', path('none'), ...few);
    expect([result.code, result.stdout]).toEqual([code, '']);
    expect(result.stderr).toMatch(message);
    expect(existsSync(path('none'))).toBe(false);
  });
});

it('bench train prints the rate of the reference network', async () => {
  const { code, stdout } = await runCli('bench', 'train', '--threads', '1', ...few, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ benchmark: 'train', architecture: 'reference', batch: 64, threads: 1 },
    imagesPerSecond: expect.any(Number),
    engines: [{ workers: 1, ghostBatch: null, memoryMb: expect.any(Number) }],
  });
  expect(JSON.parse(stdout).imagesPerSecond).toBeGreaterThan(0);
});

describe('bench --peers', () => {
  const peers = ['inference', '--peers', '--model', path('tiny.onnx'), '--runtime', 'node', '--threads', '1', ...few];

  it('says before it measures when there is no Python with the peers', async () => {
    vi.stubEnv('MOODLENS_PEERS_PYTHON', process.execPath);
    try {
      const { code, stdout, stderr } = await runCli('bench', ...peers);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/keras, tensorflow and torch.*MOODLENS_PEERS_PYTHON.*\[DEVICE\]/);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
