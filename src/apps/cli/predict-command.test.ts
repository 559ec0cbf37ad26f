// `moodlens predict` on a tiny model: a line per picture, bad pictures named, good ones still printed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../tests/fixtures/run-cli.js';
import { tinyBrightness, tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { encodePng } from '../../adapters/node/image-codec.js';
import { expressionLabels } from '../../core/dataset/labels.js';

let root: string;
let model: string;
const path = (name: string) => join(root, name);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'predict-'));
  model = path('model.onnx');
  await writeFile(model, tinyExpressionModel());
  const grey = new Uint8Array(20 * 30).fill(tinyBrightness(3));
  await writeFile(path('happy.png'), await encodePng({ width: 20, height: 30, channels: 1, data: grey }));
  const colour = new Uint8Array(5 * 5 * 3).fill(tinyBrightness(6));
  await writeFile(path('neutral.png'), await encodePng({ width: 5, height: 5, channels: 3, data: colour }));
  await writeFile(path('bad.png'), 'not a picture');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const predict = (...args: readonly string[]) => runCli('predict', '--model', model, ...args);

describe('predict', () => {
  it('prints a JSON line per picture, in order', async () => {
    const { code, stdout } = await predict(path('neutral.png'), path('happy.png'), '--json');
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ file, expression }) => [file, expression])).toEqual([
      [path('neutral.png'), 'neutral'],
      [path('happy.png'), 'happy'],
    ]);
    expect(Object.keys(lines[0].probabilities)).toEqual([...expressionLabels]);
    const sum = Object.values<number>(lines[1].probabilities).reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(1, 5);
  });

  it('prints the likeliest expressions without --json', async () => {
    const { stdout } = await predict(path('happy.png'));
    expect(stdout).toMatch(/happy\.png: happy \d+ %, /);
  });

  it('names bad pictures, prints the good ones and fails', async () => {
    const { code, stdout, stderr } = await predict(path('bad.png'), path('happy.png'), path('missing.png'), '--json');
    expect(code).toBe(1);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).expression),
    ).toEqual(['happy']);
    expect(stderr).toMatch(/2 of 3 pictures[\s\S]*bad\.png[\s\S]*missing\.png/);
  });

  it('wants pictures and a model', async () => {
    expect((await predict('--json')).code).toBe(2);
    const { code, stderr } = await runCli('predict', path('happy.png'), '--model', path('bad.png'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/bad\.png.*ONNX/)]);
  });
});
