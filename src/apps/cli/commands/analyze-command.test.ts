// `moodlens analyze` on a video that the test makes of a photograph; the tiny model reads expressions from brightness.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectConfirmed, parseAnalysis } from '../../../../tests/fixtures/analysis-lines.js';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { tinyExpressionModel } from '../../../../tests/fixtures/tiny-expression-model.js';
import { describeWith, repositoryRoot, requireCommand } from '../../../../tests/requirements.js';
import { decodePicture, encodePng } from '../../../adapters/node/image-codec.js';
import { openSession } from '../../../adapters/node/session.js';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { openVideo } from '../../../adapters/node/video/ffmpeg.js';
import { openEncoder } from '../../../adapters/node/video/ffmpeg-encoder.js';
import { expressionLabels } from '../../../core/dataset/labels.js';
import { MediaPipeDetector } from '../../../core/detect/mediapipe/mediapipe-detector.js';
import { People } from '../../../core/identity/people.js';
import type { Picture } from '../../../core/image/picture.js';
import { resize } from '../../../core/image/resize.js';

const detectors = shippedModelPath('face-full-range.onnx');
const built = {
  path: detectors,
  missing: existsSync(detectors) ? undefined : 'the detectors are not built (npm run build)',
};
const program = join(repositoryRoot, 'dist/apps/cli/main.js');
const compiled = { path: program, missing: existsSync(program) ? undefined : 'dist is not built (npm run build)' };
const ffmpeg = [requireCommand('ffmpeg'), requireCommand('ffprobe')];

let root: string;
let model: string;
let clip: string;
const path = (name: string) => join(root, name);
const frameCount = 44;

/** Sample 1's three people, 640 x 427; darker from frame 22 on. */
let bright: Picture;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'moodlens-analyze-'));
  model = path('model.onnx');
  clip = path('clip.mp4');
  await writeFile(model, tinyExpressionModel());
  if (ffmpeg.some(({ missing }) => missing)) return;
  const photo = await decodePicture(join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample1.jpg'));
  bright = resize(photo, 640, 426);
  const dark = { ...bright, data: bright.data.map((value) => value * 0.45) };
  const encoder = await openEncoder(clip, { width: 640, height: 426, framesPerSecond: 25 });
  for (let i = 0; i < frameCount; i++) await encoder.write(i < frameCount / 2 ? bright : dark);
  await encoder.finish();
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('moodlens analyze, wrong use', () => {
  it.each([
    [['analyze']],
    [['analyze', 'a.mp4', '--min-score', '1.5']],
    [['analyze', 'a.mp4', '--min-score', '']],
    [['analyze', 'a.mp4', '--frames', '0']],
    [['analyze', 'a.mp4', '--frames', 'all']],
    [['analyze', 'a.mp4', '--no-such-option']],
    [['analyze', 'a.mp4', '--window', 'round']],
    [['analyze', 'a.mp4', '--timeline', 'a.txt']],
    [['analyze', 'a.mp4', 'b.mp4']],
    [['analyze', 'a.mp4', '--faces', 'faces']],
    [['analyze', 'a.mp4', '--search', 'quick']],
    [['analyze', 'a.jpg', 'b.jpg', '--timeline', 'a.csv']],
    [['analyze', 'a.jpg', 'b.jpg', '--as', 'video']],
  ])('%j ends with 2 and prints nothing on stdout', async (line) => {
    const { code, stdout, stderr } = await runCli(...line);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
  });
});

describeWith([built, ...ffmpeg], 'moodlens analyze', () => {
  it('prints a line per frame that keeps the contract, then the summary', async () => {
    const { code, stdout } = await runCli('analyze', clip, '--model', model, '--window', 'original', '--json');
    expect(code).toBe(0);
    const { lines, summary } = parseAnalysis(stdout);
    expect(lines.map(({ frame }) => frame)).toEqual(Array.from({ length: frameCount }, (_, i) => i));
    expect(lines.map(({ timeMs }) => timeMs)).toEqual(lines.map(({ frame }) => frame * 40));
    for (const { faces } of lines) {
      expect(faces.map(({ track }) => track).sort()).toEqual([1, 2, 3]);
      for (const face of faces) {
        expect(face).toMatchObject({ person: null, distance: null, depthMm: null });
        expect(Object.keys(face.probabilities)).toEqual([...expressionLabels]);
        const likeliest = Object.entries(face.probabilities).sort((a, b) => b[1] - a[1])[0]![0];
        expect(face.expression).toBe(likeliest);
        const [x, y, width, height] = face.box;
        expect(x! > 0 && y! > 0 && x! + width! < 640 && y! + height! < 426).toBe(true);
      }
    }
    expectConfirmed(lines);
    // Each face darkened, so its expression changed, and was confirmed before and after.
    const of = (track: number) => lines.map(({ faces }) => faces.find((face) => face.track === track)!);
    for (const track of [1, 2, 3]) {
      const confirmed = of(track).map((face) => face.confirmed);
      expect(confirmed[21]).not.toBe('neutral');
      expect(confirmed.at(-1)).not.toBe(confirmed[21]);
    }
    expect(summary.frames).toBe(frameCount);
    expect(summary.framesPerSecond).toBeGreaterThan(0);
    expect(summary.latencyMs.p50).toBeGreaterThan(0);
    expect(summary.latencyMs.p95).toBeGreaterThanOrEqual(summary.latencyMs.p50);
    expect(summary.latencyMs.p99).toBeGreaterThanOrEqual(summary.latencyMs.p95);
  });

  it('names the people of the file and keeps their windows by name', async () => {
    const detector = await MediaPipeDetector.open({ fullRange: await readFile(detectors) }, openSession);
    const known = (await detector.detect(bright)).map((face, i) => ({ face, name: ['Ada', 'Bo', 'Cy'][i]! }));
    await detector.release();
    const people = People.train(
      known.map(({ face, name }) => [name, [{ picture: bright, face }]] as const),
      { threshold: 'none' },
    );
    await writeFile(path('people.yml'), people.toYaml());
    const result = await runCli(
      'analyze',
      clip,
      '--model',
      model,
      '--people',
      path('people.yml'),
      '--window',
      'original',
      '--json',
    );
    expect(result.code).toBe(0);
    const { lines } = parseAnalysis(result.stdout);
    for (const { frame, faces } of lines) {
      for (const { face, name } of known) {
        const same = faces.find(({ box }) => Math.abs(box[0]! - face.box[0]) < 8);
        // Four identifications must agree before a name shows.
        expect(same).toMatchObject({ person: frame < 3 ? null : name, distance: expect.any(Number) });
      }
    }
    expectConfirmed(lines);
  });

  it('writes an annotated video with every frame', async () => {
    const out = path('annotated.mp4');
    const { code, stdout } = await runCli('analyze', clip, '--model', model, '--out', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/face 1 +1\.8 s/);
    expect(stdout).toMatch(/44 frames, .* p95 /);
    let frames = 0;
    let coloured = 0;
    for await (const { picture } of await openVideo(out)) {
      expect(picture).toMatchObject({ width: 640, height: 426 });
      frames++;
      // The boxes' light blue, which the photograph has not.
      for (let i = 0; i < picture.data.length; i += 3) {
        const [r, g, b] = picture.data.subarray(i, i + 3);
        if (Math.abs(r! - 94) < 20 && Math.abs(g! - 199) < 20 && b! > 230) coloured++;
      }
    }
    expect(frames).toBe(frameCount);
    expect(coloured / frames).toBeGreaterThan(200);
    expect((await readdir(root)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('gives the frames before the cut, the summary and the video of a truncated file, then fails', async () => {
    const cut = path('cut.mkv');
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', clip, '-g', '5', path('whole.mkv')]);
    const bytes = await readFile(path('whole.mkv'));
    await writeFile(cut, bytes.subarray(0, Math.floor(bytes.length * 0.7)));
    const out = path('cut-annotated.mp4');
    const { code, stdout, stderr } = await runCli('analyze', cut, '--model', model, '--out', out, '--json');
    expect(code).toBe(1);
    expect(stderr).toMatch(/ends too early: \d+ frames .*\[MEDIA\]/s);
    const { lines, summary } = parseAnalysis(stdout);
    expect(summary.frames).toBe(lines.length);
    expect(lines.length).toBeGreaterThan(5);
    expect(existsSync(out)).toBe(true);
  });

  it('averages over time unless --window says otherwise, and writes the timeline as CSV and as JSON', async () => {
    const csv = path('timeline.csv');
    const { stdout } = await runCli('analyze', clip, '--model', model, '--timeline', csv, '--json');
    const { lines } = parseAnalysis(stdout);
    const first = lines.map(({ faces }) => faces.find(({ track }) => track === 1)!);
    const changed = first.findIndex(({ confirmed }) => confirmed !== 'neutral');
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(12);
    const rows = (await readFile(csv, 'utf8'))
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
    expect(rows[0]).toEqual(['who', 'expression', 'from_s', 'to_s']);
    const written = rows.filter(([who]) => who === 'face 1').map(([, expression]) => expression);
    expect(written).toEqual(first.map(({ confirmed }) => confirmed).filter((label, i, all) => label !== all[i - 1]));
    const json = path('timeline.json');
    expect(await runCli('analyze', clip, '--model', model, '--timeline', json)).toMatchObject({ code: 0 });
    const { stretches } = JSON.parse(await readFile(json, 'utf8'));
    expect(stretches[0]).toMatchObject({ who: 'face 1', expression: 'neutral', fromMs: 0 });
  });

  it('takes a folder of pictures as the frames of a video with --as video, all of one size', async () => {
    const album = path('album');
    await mkdir(album);
    await writeFile(join(album, '1.png'), await encodePng(bright));
    await writeFile(join(album, '2.png'), await encodePng(bright));
    const frames = await runCli('analyze', album, '--as', 'video', '--model', model, '--json');
    expect(frames.code).toBe(0);
    const { lines } = parseAnalysis(frames.stdout);
    expect(lines.map(({ frame, faces }) => [frame, faces.map(({ track }) => track).sort()])).toEqual([
      [0, [1, 2, 3]],
      [1, [1, 2, 3]],
    ]);
    await writeFile(join(album, '3.png'), await encodePng(resize(bright, 320, 213)));
    const mixed = await runCli('analyze', album, '--as', 'video', '--model', model, '--json');
    expect(mixed.code).toBe(1);
    expect(parseAnalysis(mixed.stdout).lines).toHaveLength(2);
    expect(mixed.stderr).toMatch(/3\.png must have the size .*640x426, found 320x213; .*--as photos/);
  });

  it('stops after --frames', async () => {
    const { code, stdout } = await runCli('analyze', clip, '--model', model, '--frames', '3', '--json');
    expect(code).toBe(0);
    expect(parseAnalysis(stdout)).toMatchObject({ summary: { frames: 3, interrupted: false }, lines: { length: 3 } });
  });

  it('ends with 1 and says why for each kind of bad file, and writes nothing', async () => {
    await writeFile(path('empty.mp4'), '');
    await writeFile(path('words.mp4'), 'no video '.repeat(1000));
    await writeFile(path('garbage.onnx'), 'no model '.repeat(1000));
    await writeFile(path('garbage.yml'), 'no people: [');
    const out = path('never.mp4');
    for (const [line, says] of [
      [[path('missing.mp4'), '--model', model], /no such file.*\[MEDIA\]/],
      [[path('empty.mp4'), '--model', model], /is empty.*\[MEDIA\]/],
      [[path('words.mp4'), '--model', model], /must be a video.*\[MEDIA\]/],
      [[clip, '--model', path('garbage.onnx')], /\[MODEL_FORMAT\]/],
      [[clip, '--model', model, '--people', path('garbage.yml')], /\[PEOPLE\]/],
    ] as const) {
      const { code, stdout, stderr } = await runCli('analyze', ...line, '--out', out, '--json');
      expect([code, stdout], line.join(' ')).toEqual([1, '']);
      expect(stderr).toMatch(says);
    }
    const unknown = await runCli('analyze', clip, '--model', model, '--people', path('missing.yml'), '--out', out);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/missing\.yml must be a people file and does not exist.*\[CONFIG\]/);
    for (const bad of [clip, path('video.txt')]) {
      expect(await runCli('analyze', clip, '--model', model, '--out', bad)).toMatchObject({ code: 2, stdout: '' });
    }
    expect(existsSync(out)).toBe(false);
    expect((await readdir(root)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describeWith([built, compiled, ...ffmpeg], 'the moodlens program, analyze', () => {
  const start = (...args: readonly string[]) =>
    spawn(process.execPath, [program, 'analyze', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const long = async () => {
    const target = path('long.mp4');
    if (!existsSync(target))
      execFileSync('ffmpeg', ['-v', 'error', '-stream_loop', '40', '-i', clip, '-c', 'copy', target]);
    return target;
  };

  it('finishes video and summary on Ctrl-C', async () => {
    const out = path('stopped.mp4');
    const child = start(await long(), '--model', model, '--out', out, '--json');
    let stdout = '';
    let isAsked = false;
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (stdout.split('\n').length > 10 && !isAsked) {
        isAsked = true;
        // Twice, as npx does.
        child.kill('SIGINT');
        setTimeout(() => child.kill('SIGINT'), 20);
      }
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    const { lines, summary } = parseAnalysis(stdout);
    expect(summary).toMatchObject({ frames: lines.length, interrupted: true });
    let frames = 0;
    for await (const _ of await openVideo(out)) frames++;
    expect(frames).toBe(lines.length);
    expect((await readdir(root)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('ends quietly when the reader of its output goes away', async () => {
    const child = start(await long(), '--model', model, '--out', path('unread.mp4'), '--json');
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(0);
    expect(stderr).not.toContain('error');
    expect((await readdir(root)).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(execFileSync('ps', ['-eo', 'args']).toString()).not.toContain(path('long.mp4'));
  });
});
