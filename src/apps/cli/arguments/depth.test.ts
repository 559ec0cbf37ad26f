// `--depth` and `--depth-filter` of `moodlens detect` and `analyze`, on a room that the test builds.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { depthScenes, facePhotos } from '../../../../tests/fixtures/depth-scenes.js';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { tinyExpressionModel } from '../../../../tests/fixtures/tiny-expression-model.js';
import { describeWith } from '../../../../tests/requirements.js';
import { encodePng } from '../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { encodeDepth } from '../../../adapters/node/video/depth-codec.js';

const network = shippedModelPath('face-full-range.onnx');
const missing = existsSync(network) ? undefined : 'the detectors are not built (npm run build)';
const built = { path: network, missing };

let root: string;
const path = (name: string) => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'moodlens-depth-options-'));
  await writeFile(path('model.onnx'), tinyExpressionModel());
  await mkdir(path('room'));
  await mkdir(path('empty'));
  const room = depthScenes(await facePhotos(), 1).find(({ name }) => name === 'a print held up, life-size')!;
  for (const n of [1, 2, 3]) await writeFile(path(`room/${n}-color.png`), await encodePng(room.scene.picture));
  for (const n of [1, 2]) await writeFile(path(`room/${n}-depth.png`), await encodeDepth(room.depth));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Found {
  readonly faces: readonly { readonly box: readonly number[]; readonly depthMm: number | null }[];
  readonly rejected: readonly { readonly reason: string }[];
}
const linesOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Found);

describe('wrong use of depth', () => {
  it.each<[args: string[], said: string]>([
    [['detect', 'a.png', '--depth-filter', 'size'], '--depth-filter needs depth'],
    [['detect', 'a.png', '--near', '900'], '--near needs depth'],
    [['detect', 'a.png', '--depth', 'room', '--near', '900'], '--near is for segmentation'],
    [['detect', 'a.png', '--depth', 'room', '--depth-filter', 'segment', '--near', 'far'], 'nearMm'],
    [['detect', 'a.png', '--depth', 'room', '--depth-filter', 'magic'], 'magic'],
    [['detect', 'a.png', '--depth', 'room'], 'found none for a.png'],
    [['detect', 'a.png', '--depth', 'gone'], 'it does not exist'],
    [['detect', 'a.png', '--depth', 'empty'], 'holds none'],
    [['analyze', 'empty', '--as', 'video'], 'must hold pictures'],
    [['analyze', 'rtsp://127.0.0.1/x', '--depth', 'room'], 'belongs to a video file'],
  ])('%j', async (args, said) => {
    const placed = args.map((arg) => (['room', 'gone', 'empty'].includes(arg) ? path(arg) : arg));
    const { code, stdout, stderr } = await runCli(...placed);
    expect(stderr).toContain(said);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

describeWith(built, 'depth on the command line', () => {
  it('detect: the person stays, the print that is held up goes', async () => {
    const pictures = [path('room/1-color.png'), path('room/3-color.png')];
    const { code, stdout } = await runCli('detect', ...pictures, '--depth', path('room'), '--json');
    expect(code).toBe(0);
    const [paired, without] = linesOf(stdout);
    expect(paired!.faces).toHaveLength(1);
    expect(paired!.faces[0]!.depthMm).toBeCloseTo(1155, -2);
    expect(paired!.rejected).toMatchObject([{ reason: 'flat: a picture of a face' }]);
    // A picture without depth is looked at without it.
    expect(without!.faces.map(({ depthMm }) => depthMm)).toEqual([null, null]);
    expect(without!.rejected).toEqual([]);
  });

  it('detect: of a folder that holds both, the colour pictures', async () => {
    const { code, stdout } = await runCli('detect', path('room'), '--depth', path('room'), '--json');
    expect(code).toBe(0);
    expect(linesOf(stdout).map(({ faces }) => faces.length)).toEqual([1, 1, 2]);
  });

  it('detect: says in words how far, and why not', async () => {
    const { stdout } = await runCli(
      'detect',
      path('room/1-color.png'),
      '--depth',
      path('room'),
      '--out',
      path('drawn'),
    );
    expect(stdout).toMatch(/, 1\.1\d m away\n {2}not {3}\d+ x \d+ at \d+, \d+: flat: a picture of a face\n/);
    expect(existsSync(path('drawn/1-color.png'))).toBe(true);
  });

  it('analyze: a folder of pairs is a source with depth', async () => {
    const { code, stdout } = await runCli('analyze', path('room'), '--model', path('model.onnx'), '--json');
    expect(code).toBe(0);
    const frames = linesOf(stdout).slice(0, 3);
    expect(frames.map(({ rejected }) => rejected.length)).toEqual([1, 1, 0]);
    expect(frames[0]!.faces[0]!.depthMm).toBeCloseTo(1155, -2);
    expect(frames[2]!.faces[0]!.depthMm).toBeNull();
  });

  it.each([
    ['off', [], 2],
    ['segment', ['--near', '1050'], 1],
  ])('analyze --depth-filter %s %j', async (mode, more, faces) => {
    const args = ['--depth-filter', mode, ...more, '--model', path('model.onnx'), '--json', '--frames', '1'];
    const { code, stdout } = await runCli('analyze', path('room'), ...args);
    expect(code).toBe(0);
    const [frame] = linesOf(stdout);
    expect(frame!.faces).toHaveLength(faces);
    expect(frame!.faces.every(({ depthMm }) => depthMm !== null)).toBe(true);
  });
});
