// `moodlens teach` and `--personal` with the shipped model, on faces that the test makes.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../../../tests/fixtures/run-cli.js';
import { describeWith, repositoryRoot, requireCommand } from '../../../../../tests/requirements.js';
import { encodePng } from '../../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../../adapters/node/shipped-models.js';
import { People } from '../../../../core/identity/people.js';
import type { FrameResult } from '../../../../core/live/frame-result.js';
import { createRandom } from '../../../../core/numbers/random.js';
import { writePersonalFile } from '../../../../core/personal/personal-file.js';
import { openDetector } from '../../arguments/detector.js';
import { guideTeaching } from './guide-teaching.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-teach-'));
const path = (...names: string[]) => join(root, ...names);
const built = (['face-full-range.onnx', 'expression.onnx'] as const).find(
  (name) => !existsSync(shippedModelPath(name)),
);
const ready = { path: shippedModelPath('expression.onnx'), missing: built && 'the build (npm run build)' };
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A drawn face whose mouth is a bow upwards, downwards or open, under this light. */
async function draw(file: string, mouth: 'up' | 'down' | 'open', light: number, seed: number): Promise<void> {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: 48 * 48 }, (_, i) => {
    const [x, y] = [(i % 48) - 23.5, Math.floor(i / 48) - 23.5];
    const isFace = (x / 19) ** 2 + (y / 23) ** 2 < 1;
    const isEye = Math.hypot(Math.abs(x) - 8, y + 6) < 2.6;
    const bow = mouth === 'up' ? 14 - (x / 5) ** 2 : mouth === 'down' ? 9 + (x / 5) ** 2 : 12;
    const isMouth = mouth === 'open' ? Math.hypot(x, y - 12) < 5 : Math.abs(x) < 10 && Math.abs(y - bow) < 1.6;
    const grey = !isFace ? 40 : isEye || isMouth ? 30 : 170;
    return Math.max(0, Math.min(255, grey * light + 6 * random.normal()));
  });
  writeFileSync(file, await encodePng({ width: 48, height: 48, channels: 1, data }));
}

describeWith(ready, 'moodlens teach', () => {
  const mouths = { happy: 'up', sad: 'down', surprise: 'open' } as const;
  beforeAll(async () => {
    for (const [expression, mouth] of Object.entries(mouths)) {
      mkdirSync(path('taught', expression), { recursive: true });
      mkdirSync(path('asked'), { recursive: true });
      for (let i = 0; i < 2; i++) await draw(path('taught', expression, `${i}.png`), mouth, 1 - 0.1 * i, i);
      for (let i = 0; i < 4; i++) await draw(path('asked', `${expression}-${i}.png`), mouth, 0.75 + 0.12 * i, 10 + i);
    }
  });
  const asked = () => Object.keys(mouths).flatMap((name) => [0, 1, 2, 3].map((i) => path('asked', `${name}-${i}.png`)));
  const read = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { file: string; expression: string; probabilities: Record<string, number> });
  const right = (lines: ReturnType<typeof read>) =>
    lines.filter(({ file, expression }) => file.includes(`/asked/${expression}-`)).length;

  it('reads a person rightly whom the general model does not', async () => {
    const general = await runCli('predict', ...asked(), '--json');
    const out = path('ada.json');
    const taught = await runCli('teach', path('taught'), '--out', out, '--json');
    expect(taught.code, taught.stderr).toBe(0);
    expect(JSON.parse(taught.stdout)).toMatchObject({
      taught: { happy: 2, sad: 2, surprise: 2, angry: 0 },
      n: 6,
      leftOut: [],
    });
    if (process.platform !== 'win32') expect(statSync(out).mode & 0o777).toBe(0o600);
    const personal = await runCli('predict', ...asked(), '--personal', out, '--json');
    const [before, after] = [right(read(general.stdout)), right(read(personal.stdout))];
    expect(after).toBeGreaterThanOrEqual(before);
    for (const { probabilities } of read(personal.stdout)) {
      expect(Object.values(probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
    }
    const text = await runCli('teach', path('taught'), '--out', out);
    expect(text.stdout).toMatch(
      /^taught: happy 2, sad 2, surprise 2\nnot taught, left to the general model unless it contradicts the pictures: angry, .*\neach picture read by what the others teach \(n = 6\): /,
    );
  });

  it('says what is wrong, and keeps what was taught before', async () => {
    const out = path('bo.json');
    const bo = writePersonalFile({
      model: 'a'.repeat(64),
      pictures: [{ expression: 'sad', picture: { width: 8, height: 8, channels: 1, data: new Uint8Array(64) } }],
    });
    writeFileSync(out, bo);
    mkdirSync(path('wrong', 'joyful'), { recursive: true });
    await draw(path('wrong', 'joyful', 'a.png'), 'up', 1, 1);
    const wrong = await runCli('teach', path('wrong'), '--out', out);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('found joyful; rename it') });
    mkdirSync(path('one', 'happy'), { recursive: true });
    await draw(path('one', 'happy', 'a.png'), 'up', 1, 1);
    const one = await runCli('teach', path('one'), '--out', path('new.json'));
    expect(one).toMatchObject({ code: 2, stderr: expect.stringContaining('at least two expressions') });
    expect((await runCli('teach', path('nowhere'), '--out', out)).code).toBe(2);
    expect(readFileSync(out, 'utf8')).toBe(bo);
    writeFileSync(path('other.json'), '{"name":"precious"}');
    const other = await runCli('teach', path('taught'), '--out', path('other.json'));
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('replaces a personal file only') });
    expect(readFileSync(path('other.json'), 'utf8')).toBe('{"name":"precious"}');
    const damaged = await runCli('predict', ...asked(), '--personal', path('other.json'));
    expect(damaged).toMatchObject({ code: 1, stderr: expect.stringContaining('other.json: a personal file must be') });
  });

  it('teaches one expression again and keeps the others, and leaves out what is dark, hidden or there twice', async () => {
    const out = path('again.json');
    expect((await runCli('teach', path('taught'), '--out', out)).code).toBe(0);
    mkdirSync(path('again', 'happiness'), { recursive: true });
    mkdirSync(path('again', '.thumbs'), { recursive: true });
    for (const name of ['a', 'b']) await draw(path('again', 'happiness', `${name}.png`), 'up', 1, 77);
    await draw(path('again', 'happiness', 'dark.png'), 'up', 0.05, 3);
    await draw(path('again', '.thumbs', 'x.png'), 'up', 1, 5);
    const again = await runCli('teach', path('again'), '--out', out, '--json');
    expect(again.code, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      taught: { happy: 1, sad: 2, surprise: 2 },
      leftOut: [
        { file: 'happiness/b.png', reason: 'it is the same picture as happiness/a.png' },
        { file: 'happiness/dark.png', reason: expect.stringMatching(/Too dark/) },
      ],
    });
  });

  it('writes no more pictures than it reads', async () => {
    const picture = { width: 8, height: 8, channels: 1 as const, data: new Uint8Array(64) };
    const pictures = Array.from({ length: 501 }, () => ({ expression: 'sad', picture }));
    expect(() => writePersonalFile({ model: 'a'.repeat(64), pictures })).toThrow(/1 to 500 pictures, found 501/);
    expect(() => writePersonalFile({ model: 'a'.repeat(64), pictures: [] })).toThrow(/found 0/);
    const people = People.train([
      ['Ada', [{ picture: { ...picture, width: 16, height: 16, data: new Uint8Array(256) }, face: null }]],
    ]);
    people.taught = new Map([['Ada', { model: 'a'.repeat(64), pictures }]]);
    expect(() => people.toYaml()).toThrow(/found 501/);
  });

  describeWith(requireCommand('ffmpeg'), 'with a people file and a camera', () => {
    let clip: string;
    /** Longer than what is taken from it, also while other work holds the reader up. */
    let camera: string;
    const people = path('people.yml');
    const analyze = async (...more: string[]) => {
      const { code, stdout, stderr } = await runCli('analyze', clip, '--json', ...more);
      expect(code, stderr).toBe(0);
      const lines = stdout.trim().split('\n').slice(0, -1);
      const faces = lines.flatMap((line) => (JSON.parse(line) as FrameResult).faces);
      // The person's own way counts once they are recognised.
      return faces.slice(10).map(({ person, expression }) => `${person} ${expression}`);
    };

    beforeAll(async () => {
      clip = path('ada.mp4');
      const picture = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample3.jpg');
      const pan = "crop=480:360:x='960+12*sin(2*PI*t)':y=160,scale=640:480,format=yuv420p";
      const input = ['-loop', '1', '-framerate', '30', '-i', picture, '-vf', pan];
      execFileSync('ffmpeg', ['-v', 'error', ...input, '-t', '2', clip]);
      camera = path('camera.mp4');
      execFileSync('ffmpeg', ['-v', 'error', '-stream_loop', '59', '-i', clip, '-c', 'copy', camera]);
      mkdirSync(path('stills', 'sad'), { recursive: true });
      const stills = ['-i', clip, '-vf', 'fps=3', path('stills', 'sad', '%d.png')];
      execFileSync('ffmpeg', ['-v', 'error', ...stills]);
      const found = await runCli('collect', 'Ada', clip, '--photos', '5', '--out', path('faces'), '--json');
      expect(found.code, found.stderr).toBe(0);
      const train = await runCli('people', 'train', path('faces'), '--out', people, '--threshold', 'none');
      expect(train.code, train.stderr).toBe(0);
    });

    it('reads whoever is recognised in their own way, until they are taught or forgotten otherwise', async () => {
      const [expression] = (await analyze('--people', people))[0]!.split(' ').slice(1);
      expect(expression).not.toBe('sad');
      // What the model takes for this expression is taught to be sad; the expression itself looks otherwise.
      mkdirSync(path('stills', expression!), { recursive: true });
      for (let i = 0; i < 3; i++) await draw(path('stills', expression!, `${i}.png`), 'up', 1 - 0.1 * i, i);
      const taught = await runCli('teach', path('stills'), '--people', people, '--person', 'Ada', '--json');
      expect(taught.code, taught.stderr).toBe(0);
      expect(JSON.parse(taught.stdout)).toMatchObject({ people, person: 'Ada', out: null });
      const seen = await analyze('--people', people);
      expect(new Set(seen)).toEqual(new Set(['Ada sad']));
      expect(new Set(await analyze())).toEqual(new Set([`null ${expression}`]));

      // Learnt again from the same faces, what was taught stays; taught anew, what was not asked for stays.
      await runCli('people', 'train', path('faces'), '--out', people, '--threshold', 'none');
      expect(new Set(await analyze('--people', people))).toEqual(new Set(['Ada sad']));
      const list = await runCli('people', 'list', '--people', people, '--json');
      const { taught: count } = JSON.parse(list.stdout).people[0];
      expect(count).toBeGreaterThan(5);
      expect(statSync(people).mode & 0o777).toBe(0o600);
      const unknown = await runCli('teach', path('stills'), '--people', people, '--person', 'Bob');
      expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('must know Bob and knows Ada') });
    });

    it('uses a single expression, and waits for a model that knows the others', async () => {
      const file = path('corrected.yml');
      const corrected = People.fromYaml(readFileSync(people, 'utf8'));
      const { model, pictures } = corrected.taught.get('Ada')!;
      const [one] = pictures;
      corrected.taught = new Map([['Ada', { model, pictures: [one!, { ...one!, expression: 'bored' }] }]]);
      writeFileSync(file, corrected.toYaml());
      const { code, stdout, stderr } = await runCli('analyze', clip, '--people', file, '--json');
      expect([code, stderr]).toEqual([0, expect.stringContaining('Ada taught 2 pictures, of which 1 can be used')]);
      expect(stdout).toContain('"person":"Ada"');
    });

    it('takes no photograph of somebody else', async () => {
      const file = path('two.yml');
      mkdirSync(path('faces', 'Bob'), { recursive: true });
      await draw(path('faces', 'Bob', '1.png'), 'open', 1, 1);
      expect((await runCli('people', 'train', path('faces'), '--out', file, '--threshold', 'none')).code).toBe(0);
      cpSync(path('stills', 'sad'), path('bobs', 'sad'), { recursive: true });
      mkdirSync(path('bobs', 'happy'));
      await draw(path('bobs', 'happy', '1.png'), 'up', 1, 1);
      const taught = await runCli('teach', path('bobs'), '--people', file, '--person', 'Bob', '--json');
      expect(taught.code, taught.stderr).toBe(2);
      expect(taught.stderr).toContain('it looks like Ada, not like Bob');
    });

    it('takes frames of each expression in front of a camera, and none of somebody else', async () => {
      const detector = await openDetector();
      try {
        const limits = { wanted: 2, countdownMs: 100, spacingMs: 40, shownMs: 50 };
        const common = { size: { width: 48, height: 48 }, detector, limits };
        const pictures = await guideTeaching({
          ...common,
          source: camera,
          expressions: ['happy', 'neutral'],
          identity: undefined,
        });
        expect(pictures!.map(({ expression }) => expression)).toEqual(['neutral', 'neutral', 'happy', 'happy']);
        expect(pictures![0]!.picture).toMatchObject({ width: 48, height: 48, channels: 1 });
        const known = People.fromYaml(readFileSync(people, 'utf8'));
        const identity = { name: 'Bob', people: known };
        await expect(guideTeaching({ ...common, source: clip, expressions: ['happy'], identity })).rejects.toThrow(
          /ended before all was shown; nothing is kept/,
        );
      } finally {
        await detector.release();
      }
    });

    it('tells what it asks for, line by line, and keeps nothing of a camera that ends', async () => {
      const before = readFileSync(people, 'utf8');
      const ended = await runCli('teach', '--camera', clip, '--people', people, '--person', 'Ada');
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/1 of 7: neutral\. Relax your face.*\n {2}in 3 s/);
      expect(ended.stderr).toContain('nothing is kept');
      expect(readFileSync(people, 'utf8')).toBe(before);
    });

    it.each([
      [['--out', 'a.json'], /a folder with a folder of pictures per expression, or --camera/],
      [['faces', '--camera', '--out', 'a.json'], /name one of them/],
      [['--camera'], /needs a place/],
      [['--camera', '--people', 'people.yml'], /belong together/],
      [['--camera', '--out', 'a.txt'], /must end in \.json/],
    ])('refuses %j', async (args, message) => {
      const { code, stderr } = await runCli('teach', ...args);
      expect([code, message.test(stderr)], stderr).toEqual([2, true]);
    });
  });
});
