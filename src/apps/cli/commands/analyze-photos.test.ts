// `moodlens analyze` on photographs: the package's own, and copies of them; the tiny model reads expressions from brightness.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtCli, runProcess } from '../../../../tests/fixtures/killed-cli.js';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { tinyExpressionModel } from '../../../../tests/fixtures/tiny-expression-model.js';
import { describeWith, repositoryRoot } from '../../../../tests/requirements.js';
import { decodePicture, encodeJpeg } from '../../../adapters/node/image-codec.js';
import { openShippedDetector } from '../../../adapters/node/shipped-detector.js';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { expressionLabels } from '../../../core/dataset/labels.js';
import { People } from '../../../core/identity/people.js';
import { resize } from '../../../core/image/resize.js';

const demo = (n: number) => join(repositoryRoot, `node_modules/@vladmandic/face-api/demo/sample${n}.jpg`);
const detectorFile = shippedModelPath('face-detector.onnx');
const detector = {
  path: detectorFile,
  missing: existsSync(detectorFile) ? undefined : 'the detector is not there (models/face-detector.onnx)',
};

interface PhotoLine {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly name?: string;
  readonly faces: readonly {
    readonly box: readonly number[] | null;
    readonly score: number;
    readonly person: string | null;
    readonly distance: number | null;
    readonly expression: string;
    readonly probabilities: Readonly<Record<string, number>>;
  }[];
}

let root: string;
const path = (...names: readonly string[]) => join(root, ...names);
const analyze = (...args: readonly string[]) => runCli('analyze', ...args, '--model', path('model.onnx'));

function parsed(stdout: string) {
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { photos: lines.slice(0, -1) as PhotoLine[], summary: lines.at(-1).summary };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'moodlens-photos-'));
  await writeFile(path('model.onnx'), tinyExpressionModel());
  // Sample 1 lies on its side in the file and says so in its EXIF data.
  await mkdir(path('album', 'a'), { recursive: true });
  await mkdir(path('album', 'b'));
  const upright = await sharp(demo(1)).resize(960).toBuffer();
  await sharp(await sharp(upright).rotate(-90).toBuffer())
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toFile(path('album', 'a', 'me.jpg'));
  await copyFile(demo(6), path('album', 'b', 'me.jpg'));
  await writeFile(path('album', 'broken.jpg'), 'no picture');
});
afterAll(() => rm(root, { recursive: true, force: true }));

describeWith([detector], 'moodlens analyze on photographs', () => {
  it('takes each by itself: a line each that keeps the contract, unreadable ones named, then the summary', async () => {
    const { code, stdout, stderr } = await analyze(path('album'), '--json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/broken\.jpg must be a JPEG.*\n[\s\S]*1 of 3 pictures could not be read/);
    const { photos, summary } = parsed(stdout);
    expect(photos.map(({ file, width, height, faces }) => [file, width, height, faces.length])).toEqual([
      [path('album', 'a', 'me.jpg'), 960, 640, 3],
      [path('album', 'b', 'me.jpg'), 1920, 1537, 4],
    ]);
    for (const { width, height, faces } of photos) {
      for (const face of faces) {
        expect(Object.keys(face)).toEqual(['box', 'score', 'person', 'distance', 'expression', 'probabilities']);
        expect(face).toMatchObject({ person: null, distance: null });
        expect(Object.keys(face.probabilities)).toEqual([...expressionLabels]);
        expect(face.expression).toBe(Object.entries(face.probabilities).sort((a, b) => b[1] - a[1])[0]![0]);
        const [x, y, boxWidth, boxHeight] = face.box!;
        // Of the upright picture.
        expect(x! > 0 && y! > 0 && x! + boxWidth! < width && y! + boxHeight! < height).toBe(true);
        expect(boxHeight!).toBeGreaterThan(boxWidth!);
      }
    }
    expect(summary).toMatchObject({ photos: 2, faces: 7, withoutFace: 0, unreadable: 1, interrupted: false });
    expect(summary.people).toMatchObject([{ person: null, photos: 2, faces: 7 }]);
  });

  it('says the same in words', async () => {
    const { code, stdout } = await analyze(path('album', 'a'), demo(2));
    expect(code).toBe(0);
    expect(stdout).toMatch(/a\/me\.jpg: 3 faces\n(?: {2}\d {2}\d+ x \d+ at \d+, \d+: \w+ \d+ %, .*\n){3}/);
    expect(stdout).toMatch(
      /\nwho +photographs +faces +expressions\nall +2 +5 +\w+ \d+ %.*\n\n2 photographs, 5 faces\n$/,
    );
    expect((await analyze(demo(2))).stdout).not.toContain('photographs');
  });

  it('writes drawn pictures upright and under names of their own, crops by person, and leaves the originals', async () => {
    const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
    const originals = [path('album', 'a', 'me.jpg'), path('album', 'b', 'me.jpg')];
    const before = originals.map(hash);
    const open = await openShippedDetector({ search: 'thorough' });
    const picture = await decodePicture(originals[0]!);
    const [face] = (await open.detect(picture)).sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
    await open.release();
    await writeFile(
      path('people.yml'),
      People.train([['Jörg', [{ picture, face: face! }]]], { threshold: 0.001 }).toYaml(),
    );
    const folders = ['--out', path('drawn'), '--faces', path('faces')];
    const run = [path('album'), '--people', path('people.yml'), ...folders];
    const { code, stdout } = await analyze(...run);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^who .*\nJörg +1 +1 .*\nunknown +2 +6 /);
    expect(originals.map(hash)).toEqual(before);
    expect((await readdir(path('drawn'))).sort()).toEqual(['me-2.jpg', 'me.jpg', 'photos.jsonl']);
    const drawn = await decodePicture(path('drawn', 'me.jpg'));
    expect([drawn.width, drawn.height]).toEqual([960, 640]);
    // The box of the first face, Jörg's, in the first colour, at its left edge.
    const [x, y, , height] = face!.box;
    const at = (Math.round(y + height * 0.7) * 960 + Math.round(x) + 1) * 3;
    const [red, green, blue] = drawn.data.subarray(at, at + 3);
    expect([red! < 150, green! > 160, blue! > 200]).toEqual([true, true, true]);
    expect(await readdir(path('faces', 'Jörg'))).toEqual(['me-1.jpg']);
    expect(await readdir(path('faces', 'unknown'))).toHaveLength(6);
    const crop = await decodePicture(path('faces', 'Jörg', 'me-1.jpg'));
    expect(crop.width).toBe(Math.ceil(x + 1.35 * face!.box[2]) - Math.floor(x - 0.35 * face!.box[2]));

    // Again: nothing is analysed, the summary stays, and what is written is no photograph of the album.
    const lines = readFileSync(path('drawn', 'photos.jsonl'), 'utf8');
    const again = await analyze(...run);
    expect(again.stdout).toBe(stdout);
    expect(again.stderr).toContain('2 of 3 photographs have their results');
    expect(readFileSync(path('drawn', 'photos.jsonl'), 'utf8')).toBe(lines);
    const inside = await analyze(root, '--people', path('people.yml'), ...folders, '--json');
    expect(parsed(inside.stdout)).toMatchObject({ photos: [], summary: { photos: 2, unreadable: 1 } });
    // Other settings, other files in a folder, and a folder of the photographs: refused, and all stays.
    const without = await analyze(path('album'), ...folders);
    expect([without.code, without.stderr]).toEqual([2, expect.stringMatching(/--people is different/)]);
    for (const folder of [path('album'), path('faces'), path('people.yml')]) {
      expect((await analyze(demo(2), '--out', folder)).code).toBe(2);
    }
    expect(readFileSync(path('drawn', 'photos.jsonl'), 'utf8')).toBe(lines);
    expect((await readdir(path('faces'))).sort()).toEqual(['Jörg', 'unknown']);
  });

  it('takes a folder with depth as a recording unless told otherwise', async () => {
    await mkdir(path('room'));
    await copyFile(demo(1), path('room', '1-color.jpg'));
    const depth = { width: 1920, height: 1280, channels: 1 } as const;
    await sharp(Buffer.alloc(1920 * 1280 * 2), { raw: depth })
      .toColourspace('grey16')
      .png()
      .toFile(path('room', '1-depth.png'));
    expect((await analyze(path('room'), '--json')).stdout).toMatch(/^{"frame":0,/);
    const photos = await analyze(path('room'), '--as', 'photos', '--json');
    expect(parsed(photos.stdout).photos.map(({ faces }) => faces.length)).toEqual([3, 0]);
  });
});

describeWith([detector, builtCli], 'the moodlens program on photographs', () => {
  it('goes on behind the last whole photograph after a kill, to the results of a run without one', async () => {
    await mkdir(path('many'));
    const small = resize(await decodePicture(demo(3)), 640, 427);
    for (let n = 1; n <= 12; n++) await writeFile(path('many', `${n}.jpg`), await encodeJpeg(small, 60 + n));
    const args = (name: string) => [
      ...['analyze', path('many'), '--model', path('model.onnx')],
      ...['--out', path(name), '--faces', path(name, 'faces')],
    ];
    const lines = (name: string) => {
      const file = path(name, 'photos.jsonl');
      return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    };
    expect((await runProcess(args('whole'))).code).toBe(0);
    const killed = await runProcess(args('killed'), { killWhen: () => lines('killed').length > 4 });
    expect(killed.signal).toBe('SIGKILL');
    expect(lines('killed').length).toBeLessThan(14);
    const resumed = await runProcess(args('killed'));
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toMatch(/\d+ of 12 photographs have their results/);
    expect(lines('killed').slice(1)).toEqual(lines('whole').slice(1));
    const written = async (name: string) => {
      const names = (await readdir(path(name), { recursive: true })).filter((file) => file.endsWith('.jpg')).sort();
      return Promise.all(names.map(async (file) => [file, (await readFile(path(name, file))).toString('base64')]));
    };
    expect(await written('killed')).toEqual(await written('whole'));

    const stopped = await runProcess([...args('stopped'), '--json'], {
      killWhen: () => lines('stopped').length > 3,
      signal: 'SIGINT',
    });
    expect(stopped.code).toBe(130);
    const { photos, summary } = parsed(stopped.stdout);
    expect(summary).toMatchObject({ photos: photos.length, interrupted: true });
    expect(photos).toEqual(
      lines('stopped')
        .slice(1, -1)
        .map((line) => JSON.parse(line)),
    );
  });
});
