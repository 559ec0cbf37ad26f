// `moodlens predict` on a tiny model: cropped faces and photographs, files and folders; bad pictures named, good ones still printed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { tinyBrightness, tinyExpressionModel } from '../../../../tests/fixtures/tiny-expression-model.js';
import { describeWith, repositoryRoot } from '../../../../tests/requirements.js';
import { decodePicture, encodePng } from '../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { expressionLabels } from '../../../core/dataset/labels.js';
import { crop } from '../../../core/image/crop.js';

const program = join(repositoryRoot, 'dist/apps/cli/main.js');
const compiled = { path: program, missing: existsSync(program) ? undefined : 'dist is not built (npm run build)' };
const detectors = shippedModelPath('face-full-range.onnx');
const built = {
  path: detectors,
  missing: existsSync(detectors) ? undefined : 'the detectors are not built (npm run build)',
};
/** Three people, 1920 x 1280. */
const group = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample1.jpg');

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

interface Line {
  file: string;
  expression: string | null;
  probabilities: Record<string, number> | null;
  faces: { expression: string; probabilities: Record<string, number>; box: number[] | null; score: number | null }[];
}
const linesOf = (stdout: string): Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

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
    expect(stderr).toMatch(/bad\.png[\s\S]*missing\.png[\s\S]*2 of 3 pictures/);
  });

  it('reads folders, also below, 2 before 10, and passes over what is no picture', async () => {
    const folder = path('folder');
    await mkdir(join(folder, 'below'), { recursive: true });
    await mkdir(join(folder, '.hidden'));
    const picture = await encodePng({ width: 2, height: 2, channels: 1, data: new Uint8Array(4) });
    const files = ['10.png', '2.png', 'below/1.png', '.hidden/1.png', '._2.png'];
    for (const file of files) await writeFile(join(folder, file), picture);
    await writeFile(join(folder, 'notes.txt'), 'no picture');
    const { code, stdout } = await predict(folder, path('happy.png'), '--json');
    expect(code).toBe(0);
    expect(linesOf(stdout).map(({ file }) => file)).toEqual([
      ...['2.png', '10.png', 'below/1.png'].map((file) => join(folder, file)),
      path('happy.png'),
    ]);
  });

  it('names the broken ones of a folder, empty folders and missing files, and loses no result', async () => {
    const [mixed, empty] = [path('mixed'), path('empty')];
    await mkdir(mixed);
    await mkdir(empty);
    await writeFile(join(mixed, 'text.jpg'), 'no picture');
    await writeFile(join(mixed, 'nothing.jpg'), '');
    await writeFile(
      join(mixed, 'good.png'),
      await encodePng({ width: 2, height: 2, channels: 1, data: new Uint8Array(4) }),
    );
    const good = Array.from({ length: 2500 }, () => path('happy.png'));
    const { code, stdout, stderr } = await predict(
      ...[...good, mixed, path('gone.png'), empty, ...good],
      ...['--cropped', '--json'],
    );
    expect(code).toBe(1);
    const lines = linesOf(stdout);
    expect(lines).toHaveLength(5001);
    expect(lines[2500]!.file).toBe(join(mixed, 'good.png'));
    for (const name of ['text.jpg', 'nothing.jpg', 'gone.png']) {
      expect(stderr).toMatch(new RegExp(`^error: .*${name} must be .*\\[MEDIA\\]$`, 'm'));
    }
    expect(stderr).toMatch(/^error: .*empty must hold pictures and holds none/m);
    expect(stderr).toMatch(/^error: 4 of 5005 pictures could not be read/m);
  });

  it('says what is wrong with a single one', async () => {
    const { code, stderr } = await predict(path('bad.png'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*bad\.png must be a JPEG[^\n]*\n$/);
  });

  it('wants pictures and a model', async () => {
    expect((await predict('--json')).code).toBe(2);
    const { code, stderr } = await runCli('predict', path('happy.png'), '--model', path('bad.png'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/bad\.png.*ONNX/)]);
  });
});

describeWith(built, 'predict on photographs', () => {
  it('finds every face, the largest first, whose expression is the picture’s', async () => {
    const { stdout } = await predict(group, '--json');
    const [{ faces, expression, probabilities }] = linesOf(stdout) as [Line];
    expect(faces).toHaveLength(3);
    const widths = faces.map(({ box }) => box![2]!);
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
    expect(widths[2]).toBeGreaterThan(100);
    expect({ expression, probabilities }).toEqual({
      expression: faces[0]!.expression,
      probabilities: faces[0]!.probabilities,
    });
    expect((await predict(group)).stdout).toMatch(
      /sample1\.jpg: 3 faces\n( {2}\d+ x \d+ at \d+, \d+: \w+ \d+ %.*\n){3}$/,
    );
  });

  it('reads a picture upright that its camera wrote on its side', async () => {
    const portrait = crop(await decodePicture(group), [700, 300, 500, 600]);
    const upright = sharp(portrait.data, { raw: { width: 500, height: 600, channels: 3 } });
    await upright.clone().png().toFile(path('upright.png'));
    await upright.rotate(-90).withMetadata({ orientation: 6 }).png().toFile(path('turned.png'));
    const { stdout } = await predict(path('upright.png'), path('turned.png'), '--json');
    const [first, second] = linesOf(stdout) as [Line, Line];
    expect(first.faces).toHaveLength(1);
    expect(second.faces).toEqual(first.faces);
  });

  it('says where there is no face, and takes the picture whole when asked', async () => {
    const wall = path('wall.png');
    const data = new Uint8Array(300 * 200).fill(tinyBrightness(3));
    await writeFile(wall, await encodePng({ width: 300, height: 200, channels: 1, data }));
    const { code, stdout, stderr } = await predict(wall, '--json');
    expect(code).toBe(0);
    expect(linesOf(stdout)).toEqual([{ file: wall, expression: null, probabilities: null, faces: [] }]);
    expect(stderr).toMatch(/no face is found in 1 of 1 pictures; .*--cropped/);
    expect((await predict(wall)).stdout).toBe(`${wall}: no face found\n`);
    const [whole] = linesOf((await predict(wall, '--cropped', '--json')).stdout);
    expect(whole).toMatchObject({ expression: 'happy', faces: [{ expression: 'happy', box: null, score: null }] });
  });

  it('finds the face of a crop so tight that it needs a margin', async () => {
    const { box } = linesOf((await predict(group, '--json')).stdout)[0]!.faces[0]!;
    const tight = crop(await decodePicture(group), box!.map(Math.round) as [number, number, number, number]);
    await writeFile(path('tight.png'), await encodePng(tight));
    const [line] = linesOf((await predict(path('tight.png'), '--json')).stdout);
    expect(line!.faces).toHaveLength(1);
    expect(line!.faces[0]!.box).not.toBeNull();
  });
});

describeWith([built, compiled], 'the moodlens program, predict', () => {
  it('reads 5,000 paths', () => {
    const paths = Array.from({ length: 5000 }, () => path('happy.png'));
    const { status, signal, stdout } = spawnSync(
      process.execPath,
      [program, 'predict', '--model', model, '--json', ...paths],
      { encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    expect([status, signal]).toEqual([0, null]);
    expect(linesOf(stdout)).toHaveLength(5000);
  });
});
