// `moodlens bench inference --peers` with Keras, TensorFlow and PyTorch themselves.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { tinyExpressionModel } from '../../../../tests/fixtures/tiny-expression-model.js';
import { itWith, requirePython } from '../../../../tests/requirements.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-bench-'));
const path = (name: string) => join(root, name);
writeFileSync(path('tiny.onnx'), tinyExpressionModel());
afterAll(() => rmSync(root, { recursive: true, force: true }));

itWith(requirePython('keras', 'tensorflow', 'torch'), 'measures the same network in all of them', async () => {
  const asked = [
    ...['inference', '--peers', '--model', path('tiny.onnx'), '--runtime', 'node', '--threads', '1'],
    ...['--rounds', '1', '--calls', '10', '--steps', '1', '--peer-calls', '2,10', '--out', path('peers'), '--json'],
  ];
  const { code, stdout } = await runCli('bench', ...asked);
  expect(code).toBe(0);
  const found = JSON.parse(stdout).peers;
  expect(found).toMatchObject({ architecture: 'original', parameters: 2_346_887, runtime: 'node' });
  expect(found.results.map(({ engine, calls }: { engine: string; calls: number }) => [engine, calls])).toEqual(
    ['moodlens', 'keras-predict', 'keras-call', 'torch'].map((engine) => [engine, 10]),
  );
  expect(found.loops[1].predictOverCall).toBeGreaterThan(0);
  expect(readFileSync(join(path('peers'), 'inference.md'), 'utf8')).toMatch(/^\| Keras compiled call \| 1 \|/m);
  expect(readFileSync(join(path('peers'), 'peers.svg'), 'utf8')).toContain('PyTorch');
});
