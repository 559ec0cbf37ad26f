// `moodlens detector` from the first picture to the measured model.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faceScenes } from '../../../../../tests/fixtures/face-scenes.js';
import { runCli } from '../../../../../tests/fixtures/run-cli.js';
import { describeWith, repositoryRoot } from '../../../../../tests/requirements.js';
import { encodePng } from '../../../../adapters/node/image-codec.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-detector-'));
const path = (...names: string[]) => join(root, ...names);
const program = join(repositoryRoot, 'dist/apps/cli/main.js');
const built = { path: program, missing: existsSync(program) ? undefined : 'the build (npm run build)' };

beforeAll(async () => {
  const { faces, read } = faceScenes(20);
  mkdirSync(path('scenes'));
  mkdirSync(path('boxed'));
  mkdirSync(path('empty'));
  const lines: string[] = [];
  for (const [i, { file, width, height, faces: own }] of faces.pictures.entries()) {
    const png = await encodePng(read(i));
    writeFileSync(path('scenes', file), png);
    if (i < 3) writeFileSync(path('boxed', file), png);
    if (own.length === 0) writeFileSync(path('empty', file), png);
    lines.push(
      JSON.stringify({
        file,
        width,
        height,
        boxes: own.map(({ box }) => box),
        points: own.map(({ points }) => points),
      }),
    );
  }
  writeFileSync(path('scenes', 'all.jsonl'), lines.join('\n'));
  const images = faces.pictures.slice(0, 3).map(({ file, faces: own }) => ({ file, boxes: own.map(({ box }) => box) }));
  writeFileSync(path('boxed', 'boxes.json'), JSON.stringify({ images }));
  const config = { side: 64, batchSize: 4, threads: 1, workers: 1, ghostBatch: null, validationShare: 0.2 };
  writeFileSync(path('config.json'), JSON.stringify(config));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describeWith(built, 'moodlens detector', () => {
  it('imports, trains, and measures what it trained', async () => {
    const imported = await runCli('detector', 'import', path('scenes'), '--out', path('packed'), '--json');
    expect([imported.code, imported.stderr]).toEqual([0, expect.stringContaining('all.jsonl: 20 pictures, 16 faces')]);
    expect(JSON.parse(imported.stdout)).toMatchObject({ pictures: 20, faces: 16, withPoints: 16, bytes: 20 * 96 * 96 });

    const training = ['detector', 'train', '--data', path('packed'), '--config', path('config.json'), '--epochs', '1'];
    const trained = await runCli(...training, '--out', path('run'));
    expect([trained.code, trained.stderr]).toEqual([0, expect.stringMatching(/epoch 1\/1: training loss/)]);
    expect(trained.stdout).toContain('average precision');
    expect(JSON.parse(readFileSync(path('run', 'run.json'), 'utf8'))).toMatchObject({ name: 'run' });
    const again = await runCli(...training, '--out', path('run'));
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('--resume')]);

    const model = ['--detector', path('run', 'model.onnx')];
    const measured = await runCli('detector', 'evaluate', ...model, '--data', path('packed'), '--json');
    expect(measured.code).toBe(0);
    const figures = JSON.parse(measured.stdout);
    expect(figures.pictures).toBeLessThan(12);
    expect(figures.ranges).toHaveLength(5);
    const everything = await runCli('detector', 'evaluate', ...model, '--data', path('packed'), '--all', '--json');
    expect(JSON.parse(everything.stdout)).toMatchObject({ pictures: 20, faces: 16 });

    const exporting = ['detector', 'export', path('run')];
    const bare = await runCli(...exporting, '--out', path('now.onnx'));
    expect([bare.code, bare.stdout]).toEqual([0, expect.stringMatching(/now\.onnx: .*\n.*no threshold.*--data/)]);
    expect(existsSync(path('now.md'))).toBe(false);
    writeFileSync(path('notes.md'), 'Made-up scenes.');
    const withData = ['--data', path('packed'), '--notes', path('notes.md'), '--json'];
    const exported = await runCli(...exporting, '--out', path('now.onnx'), ...withData);
    expect(exported.code).toBe(0);
    const { threshold, card, bytes } = JSON.parse(exported.stdout);
    expect(readFileSync(card, 'utf8')).toContain('Made-up scenes.');
    expect(readFileSync(path('now.onnx'))).toHaveLength(bytes);
    const saved = JSON.parse(readFileSync(path('now.evaluation.json'), 'utf8'));
    expect(saved.atScore.score).toBe(0.6);
    expect(threshold).toBeGreaterThan(0);
    const byOwn = await runCli(
      'detector',
      'evaluate',
      '--detector',
      path('now.onnx'),
      '--data',
      path('packed'),
      '--json',
    );
    expect(JSON.parse(byOwn.stdout).atScore).toEqual(saved.atScore);
    expect(JSON.parse(byOwn.stdout)).toMatchObject({ model: saved.model, seenPictures: 0, detector: 'run' });
    // A later export without the pictures has no card: that of another model would be left.
    expect((await runCli(...exporting, '--out', path('now.onnx'))).code).toBe(0);
    expect(['now.md', 'now.evaluation.json'].map((name) => existsSync(path(name)))).toEqual([false, false]);
    writeFileSync(path('mine.md'), '# Mine');
    const taken = await runCli(...exporting, '--out', path('mine.onnx'));
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringMatching(/mine\.md is something else/)]);
    expect(readFileSync(path('mine.md'), 'utf8')).toBe('# Mine');
    const others = await runCli(...exporting, '--data', path('boxed'));
    expect([others.code, others.stderr]).toEqual([1, expect.stringMatching(/faces\.json/)]);

    const boxed = await runCli('detector', 'evaluate', ...model, '--data', path('boxed'), '--match', 'centre');
    expect(boxed.stdout).toMatch(/3 pictures of the folder, 3 faces[\s\S]*average precision/);
    expect(everything.stderr).toMatch(/warning: run: the model was trained on \d+ of these 20 pictures/);
    const empty = await runCli('detector', 'evaluate', ...model, '--data', path('empty'), '--without-faces');
    expect(empty.stdout).toMatch(/4 pictures without a face, 0 faces\nfrom a score of 0\.\d+: \d+ false detections?/);
  });

  it('writes a report, and replaces it only when forced', async () => {
    const words = ['detector', 'evaluate', '--detector', 'haar', '--data', path('boxed'), '--out', path('report')];
    const { code, stdout, stderr } = await runCli(...words);
    expect([code, stderr]).toEqual([0, expect.stringContaining('report.html written')]);
    expect(stdout).toContain('from a score of 1:');
    expect(readFileSync(path('report', 'report.html'), 'utf8')).toContain('Face detector: haar');
    expect(JSON.parse(readFileSync(path('report', 'evaluation.json'), 'utf8'))).toMatchObject({
      pictures: 3,
      faces: 3,
    });
    const beside = await runCli(...words, '--force', '--compare', 'mediapipe,haar');
    expect(beside.stdout).toMatch(/detector +average precision[\s\S]*\nhaar [\s\S]*\nmediapipe [\s\S]*\nhaar /);
    expect(existsSync(path('report', 'detectors.svg'))).toBe(true);
    expect((await runCli(...words)).code).toBe(2);
    expect((await runCli(...words, '--force')).code).toBe(0);
    writeFileSync(path('report', 'mine.txt'), '');
    expect(await runCli(...words, '--force')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('other files'),
    });
  });

  it('names what it cannot use of boxes.json, and leaves it out when asked', async () => {
    mkdirSync(path('bad'));
    const { images } = JSON.parse(readFileSync(path('boxed', 'boxes.json'), 'utf8'));
    copyFileSync(path('boxed', images[0].file), path('bad', images[0].file));
    copyFileSync(path('boxed', images[1].file), path('bad', images[1].file));
    writeFileSync(path('bad', 'torn.png'), 'no picture');
    const flat = { ...images[1], boxes: [[1, 2, 0, 5]] };
    const listed = [images[0], flat, { file: 'gone.png', boxes: [] }, { file: 'torn.png', boxes: [] }];
    writeFileSync(path('bad', 'boxes.json'), JSON.stringify({ images: listed }));
    const words = ['detector', 'evaluate', '--detector', 'haar', '--data', path('bad')];
    const { code, stderr } = await runCli(...words);
    expect(code).toBe(1);
    expect(stderr).toMatch(/2 of its entries cannot be used: .*box 1 is \[1,2,0,5\]; gone\.png is not in .*--skip-bad/);
    const skipping = await runCli(...words, '--skip-bad');
    expect([skipping.code, skipping.stdout]).toEqual([
      0,
      expect.stringMatching(/^1 picture of the folder, .*; 3 pictures left out/),
    ]);
    for (const name of [flat.file, 'gone.png', 'torn.png']) {
      expect(skipping.stderr).toMatch(new RegExp(`left out: .*${name}`));
    }
  });

  it('imports YOLO folders; what is broken ends the import with nothing written, or is left out', async () => {
    const [source, out] = [path('yolo'), path('from-yolo')];
    mkdirSync(join(source, 'images/train'), { recursive: true });
    mkdirSync(join(source, 'labels/train'), { recursive: true });
    const grey = { width: 20, height: 10, channels: 1 as const, data: new Uint8Array(200) };
    for (const name of ['a', 'b']) writeFileSync(join(source, `images/train/${name}.png`), await encodePng(grey));
    writeFileSync(join(source, 'labels/train/a.txt'), '0 0.5 0.5 0.5 0.5\n1 0.5 0.5 0.1 0.1\n');
    writeFileSync(join(source, 'labels/train/b.txt'), '0 0.5 0.5 0.5 0.5\n0 2 2 0.1 0.1\n');
    const importing = ['detector', 'import', source, '--out', out];

    const unclear = await runCli(...importing);
    expect([unclear.code, unclear.stderr]).toEqual([
      1,
      expect.stringMatching(/0 \(3 boxes\), 1 \(1 box\); .* --class/),
    ]);
    const broken = await runCli(...importing, '--class', '0');
    expect([broken.code, broken.stderr]).toEqual([
      1,
      expect.stringMatching(/1 fault:\n {2}labels\/train\/b.txt, line 2/),
    ]);
    expect(readdirSync(root).filter((name) => name.includes('from-yolo'))).toEqual([]);

    const skipped = await runCli(...importing, '--class', '0', '--skip-bad');
    expect([skipped.code, skipped.stderr]).toEqual([
      0,
      expect.stringContaining('left out: labels/train/b.txt, line 2'),
    ]);
    expect(skipped.stderr).toContain('left out: class 1 (1 box)');
    expect(skipped.stdout).toContain('1 picture with 1 face,');
    const json = await runCli(...importing, '--class', '0', '--skip-bad', '--force', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ pictures: 1, broken: 1, problems: [expect.any(String)] });
  });

  it.each([
    [['train', '--data', 'x'], /--out for a new run, or --resume/],
    [['train', '--data', '/nowhere', '--out', '/nowhere/run'], /faces.json/],
    [['import', '/nowhere', '--out', 'x'], /must be a folder of annotated pictures and does not exist/],
    [['import', program, '--out', 'x'], /must be a folder of annotated pictures and is a file/],
    [['import', join(repositoryRoot, 'configs'), '--out', 'x'], /at least one .jsonl/],
    [['evaluate', '--data', '.'], /boxes.json, or pictures without a face/],
    [['evaluate', '--data', 'x', '--all', '--held-back', '0.1'], /exclude each other/],
    [['evaluate', '--data', 'x', '--detector', '/nowhere.onnx'], /--detector must be one of .* that can be read/],
    [['evaluate', '--data', 'x', '--held-back', 'some'], /--held-back must be above 0 and at most 1, found some/],
    [['evaluate', '--data', 'x', '--score', '2'], /--score must be a number from 0 to 1, found 2/],
    [['evaluate', '--data', 'x', '--compare', 'yunet'], /must be one of .*found 'yunet'/],
    [['evaluate', '--data', 'x', '--force'], /add --out/],
    [['export', 'x', '--out', 'model.txt'], /ends in .onnx/],
    [['export', 'x', '--notes', 'notes.md'], /add --data/],
  ])('refuses %j', async (words, message) => {
    const { code, stderr } = await runCli('detector', ...words);
    expect(stderr).toMatch(message);
    expect(code).toBeGreaterThan(0);
  });
});
