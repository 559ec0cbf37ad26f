// `moodlens people` through the whole command line: on made pictures, on photographs, on bad input.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeWith, repositoryRoot } from '../../../../../tests/requirements.js';
import { decodePicture, encodePng } from '../../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../../adapters/node/shipped-models.js';
import { crop } from '../../../../core/image/crop.js';
import { run } from '../../run.js';

let stdout = '';
let stderr = '';
let folder = '';
beforeEach(() => {
  stdout = '';
  stderr = '';
  folder = mkdtempSync(join(tmpdir(), 'moodlens-people-'));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

interface Line {
  readonly file: string;
  readonly person: string | null;
  readonly distance: number;
}
const lines = (): Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

function pgm(path: string, seed: number, width = 40, height = 36): string {
  const data = Uint8Array.from(
    { length: width * height },
    (_, i) => (Math.imul(i + 1, 2654435761 + seed * 40503) >>> 16) & 255,
  );
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]));
  return path;
}

describe('moodlens people', () => {
  const faces = () => join(folder, 'faces');
  const out = () => join(folder, 'out/people.yml');

  it('learns from folders and answers per picture', async () => {
    for (const [i, name] of ['Ann', 'Ann', 'Bo', 'Bo'].entries()) pgm(join(faces(), name, `${i}.pgm`), i);
    expect(await run(['people', 'train', faces(), '--out', out(), '--no-align', '--json'])).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ out: out(), people: { Ann: 2, Bo: 2 }, whole: 0, leftOut: [] });
    stdout = '';
    const [known, stranger] = [join(faces(), 'Bo', '2.pgm'), pgm(join(folder, 'x.pgm'), 77)];
    expect(await run(['people', 'predict', known, stranger, '--people', out(), '--json'])).toBe(0);
    expect(lines()[0]).toEqual({ file: known, person: 'Bo', distance: 0 });
    expect(lines()[1]).toMatchObject({ file: stranger, person: null });
    stdout = '';
    expect(await run(['people', 'predict', stranger, '--people', out()])).toBe(0);
    expect(stdout).toMatch(/x\.pgm: unknown \(distance \d+\.\d\d\)\n$/);
  });

  it.skipIf(process.platform === 'win32')("writes for the owner's eyes only, whatever stood there before", async () => {
    pgm(join(faces(), 'Ann', '1.pgm'), 1);
    mkdirSync(join(folder, 'out'));
    writeFileSync(out(), '%YAML:1.0\n');
    chmodSync(out(), 0o644);
    expect(await run(['people', 'train', faces(), '--out', out(), '--no-align'])).toBe(0);
    expect(statSync(out()).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'out'))).toEqual(['people.yml']);
  });

  it('names the picture of odd size and leaves the old file as it was', async () => {
    for (let i = 0; i < 3; i++) pgm(join(faces(), 'Ann', `${i}.pgm`), i);
    expect(await run(['people', 'train', faces(), '--out', out(), '--no-align'])).toBe(0);
    const before = readFileSync(out());
    pgm(join(faces(), 'Bo', 'odd.pgm'), 5, 41);
    expect(await run(['people', 'train', faces(), '--out', out(), '--no-align'])).toBe(1);
    expect(stderr).toMatch(/40x36; Bo\/odd\.pgm is 41x36.*\[PEOPLE\]/);
    expect(readFileSync(out()).equals(before)).toBe(true);
  });

  it('does not replace what is no people file', async () => {
    pgm(join(faces(), 'Ann', '1.pgm'), 1);
    const precious = join(folder, 'precious.yml');
    writeFileSync(precious, 'a: 1\n');
    for (const path of [precious, join(folder, 'faces'), join(folder, 'people.txt')]) {
      expect(await run(['people', 'train', faces(), '--out', path, '--no-align'])).toBe(2);
    }
    expect(readFileSync(precious, 'utf8')).toBe('a: 1\n');
  });

  it('tells wrong use from bad data', async () => {
    pgm(join(faces(), 'Ann', '1.pgm'), 1);
    const use = (...words: string[]) => run(['people', ...words]);
    expect(await use('train', join(folder, 'no'), '--out', out())).toBe(2);
    expect(await use('train', faces())).toBe(2);
    for (const threshold of ['low', '0', '-1', '', 'NaN']) {
      expect(await use('train', faces(), '--out', out(), '--no-align', '--threshold', threshold)).toBe(2);
    }
    expect(await use('predict', 'x.png', '--people', join(folder, 'no.yml'))).toBe(2);
    writeFileSync(join(folder, 'other.yml'), 'hello: world\n');
    expect(await use('predict', 'x.png', '--people', join(folder, 'other.yml'))).toBe(1);
    expect(stderr).toMatch(/other\.yml: .*OpenCV/);
    mkdirSync(join(folder, 'empty'));
    expect(await use('train', join(folder, 'empty'), '--out', out(), '--no-align')).toBe(1);
    expect(existsSync(out())).toBe(false);
  });

  it('answers for the other pictures when one cannot be read', async () => {
    const good = pgm(join(faces(), 'Ann', '1.pgm'), 1);
    await run(['people', 'train', faces(), '--out', out(), '--no-align']);
    stdout = '';
    writeFileSync(join(folder, 'bad.png'), 'text');
    expect(await run(['people', 'predict', join(folder, 'bad.png'), good, '--people', out(), '--json'])).toBe(1);
    expect(lines()).toEqual([{ file: good, person: 'Ann', distance: 0 }]);
    expect(stderr).toContain('bad.png');
  });

  it('answers for every picture of a folder', async () => {
    const paths = ['Ann/1.pgm', 'Bo/2.pgm', 'Bo/10.pgm'].map((name, i) => pgm(join(faces(), name), i));
    await run(['people', 'train', faces(), '--out', out(), '--no-align']);
    stdout = '';
    expect(await run(['people', 'predict', faces(), '--people', out(), '--json'])).toBe(0);
    expect(lines().map(({ file, person }) => [file, person])).toEqual([
      [paths[0], 'Ann'],
      [paths[1], 'Bo'],
      [paths[2], 'Bo'],
    ]);
  });
});

describe('moodlens people evaluate', () => {
  const faces = () => join(folder, 'faces');
  const report = () => join(folder, 'report');
  const evaluate = (...words: string[]) => run(['people', 'evaluate', faces(), '--no-align', ...words]);
  beforeEach(() => {
    for (let i = 0; i < 12; i++) pgm(join(faces(), `P${i % 4}`, `${i}.pgm`), i);
  });

  it('tells the rates, as JSON too, and writes a page with its charts', async () => {
    expect(await evaluate('--splits', '2', '--pictures', '2', '--report', report(), '--json')).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ people: 4, pictures: 12, whole: 0, leftOut: [], config: { splits: 2, seed: 1 } });
    expect(result.splits).toHaveLength(2);
    expect(readdirSync(report()).sort()).toEqual([
      'evaluation.json',
      'named-by-false-accepts.svg',
      'rates-by-threshold.svg',
      'report.html',
    ]);
    expect(stderr).toContain(`${join(report(), 'report.html')} written, with 3 files beside it`);
    stdout = '';
    expect(await evaluate('--splits', '2', '--pictures', '2')).toBe(0);
    expect(stdout).toMatch(/2 splits, seeds 1 to 2; .*\n.*\n\n.*\nknown, accepted and named rightly +\d/);
  });

  it('replaces a report when forced, and nothing else', async () => {
    const asked = ['--splits', '1', '--report', report()];
    expect(await evaluate(...asked)).toBe(0);
    expect(await evaluate(...asked)).toBe(2);
    expect(await evaluate(...asked, '--force')).toBe(0);
    writeFileSync(join(report(), 'mine.txt'), 'mine');
    expect(await evaluate(...asked, '--force')).toBe(2);
    expect(readFileSync(join(report(), 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('says what is wrong with the use or the folder', async () => {
    expect(await evaluate('--force')).toBe(2);
    for (const wrong of [
      ['--known', '1'],
      ['--known', 'half'],
      ['--pictures', '0'],
      ['--splits', ''],
      ['--seed', '-1'],
    ]) {
      stderr = '';
      expect(await evaluate(...wrong)).toBe(2);
      expect(stderr).toContain(wrong[0]!.slice(2));
    }
    expect(await run(['people', 'evaluate', join(folder, 'no')])).toBe(2);
    expect(stderr).toContain('does not exist');
    for (const name of ['P2', 'P3']) rmSync(join(faces(), name), { recursive: true });
    expect(await evaluate()).toBe(1);
    expect(stderr).toMatch(/a stranger; found 2 people.*\[PEOPLE\]/);
    expect(stdout).toBe('');
  });
});

const photographs = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo');
const models = shippedModelPath('face-full-range.onnx');
const ready = {
  path: models,
  missing: existsSync(models) && existsSync(photographs) ? undefined : 'the detectors are not built (npm run build)',
};

describeWith(ready, 'moodlens collect and people on photographs', () => {
  /** The two best faces of a group photograph, with their surroundings. */
  async function portraits(): Promise<string[]> {
    const path = join(photographs, 'sample1.jpg');
    const group = await decodePicture(path);
    expect(await run(['detect', path, '--json'])).toBe(0);
    const boxes = (JSON.parse(stdout).faces as { box: [number, number, number, number] }[]).map(({ box }) => box);
    stdout = '';
    return Promise.all(
      boxes.slice(0, 2).map(async ([x, y, width, height], i) => {
        const portrait = join(folder, `portrait-${i}.png`);
        const around = crop(group, [x - width * 0.55, y - height * 0.55, width * 2.1, height * 2.1]);
        writeFileSync(portrait, await encodePng(around));
        return portrait;
      }),
    );
  }

  it('collects a face and knows it again in the photograph', async () => {
    const people = join(folder, 'people');
    const pictures = await portraits();
    for (const [i, portrait] of pictures.entries()) {
      const collect = ['collect', `Person ${i}`, portrait, '--out', people, '--min-face', '40', '--max-tilt', '40'];
      expect(await run([...collect, '--json'])).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ person: `Person ${i}`, saved: 1, looked: 1, rejected: {} });
      stdout = '';
      const [file] = readdirSync(join(people, `Person ${i}`));
      expect(file).toMatch(/^face-0001-[0-9a-f]{8}\.png$/);
      if (process.platform === 'win32') continue;
      expect(statSync(join(people, `Person ${i}`)).mode & 0o777).toBe(0o700);
      expect(statSync(join(people, `Person ${i}`, file!)).mode & 0o777).toBe(0o600);
    }
    const out = join(folder, 'people.yml');
    expect(await run(['people', 'train', people, '--out', out, '--threshold', 'none', '--json'])).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ people: { 'Person 0': 1, 'Person 1': 1 }, whole: 0, leftOut: [] });
    stdout = '';
    expect(await run(['people', 'predict', ...pictures, '--people', out, '--json'])).toBe(0);
    expect(lines().map(({ person }) => person)).toEqual(['Person 0', 'Person 1']);
  });

  it('never overwrites: a second collection goes on counting', async () => {
    const place = join(folder, 'people', 'Ann');
    const [portrait] = await portraits();
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'face-0041-00000000.png'), 'kept');
    for (let i = 0; i < 2; i++) {
      expect(await run(['collect', 'Ann', portrait!, '--out', join(folder, 'people'), '--min-face', '40'])).toBe(0);
    }
    expect(readFileSync(join(place, 'face-0041-00000000.png'), 'utf8')).toBe('kept');
    expect(readdirSync(place).map((file) => file.slice(0, 9))).toEqual(['face-0041', 'face-0042', 'face-0043']);
  });

  it('looks over pictures, removes them by number, lists and forgets people', async () => {
    const people = join(folder, 'people');
    const pictures = await portraits();
    for (const [i, portrait] of pictures.entries()) {
      mkdirSync(join(people, `Person ${i}`), { recursive: true });
      copyFileSync(portrait, join(people, `Person ${i}`, 'a.png'));
      copyFileSync(pictures[0]!, join(people, `Person ${i}`, 'b.png'));
    }
    const sheet = join(folder, 'sheet.png');
    for (const method of ['embedding', 'lbph']) {
      stdout = '';
      rmSync(sheet, { force: true });
      expect(await run(['people', 'review', people, '--out', sheet, '--method', method, '--json'])).toBe(0);
      const found = JSON.parse(stdout).pictures as { number: number; file: string; doubt: string | null }[];
      expect(found.map(({ number, file, doubt }) => [number, file, doubt])).toEqual([
        [1, 'Person 0/a.png', null],
        [2, 'Person 0/b.png', 'the same as another'],
        [3, 'Person 1/a.png', null],
        [4, 'Person 1/b.png', 'nearer to another'],
      ]);
    }
    expect((await decodePicture(sheet)).width).toBeGreaterThan(400);
    expect(statSync(sheet).mode & 0o077).toBe(process.platform === 'win32' ? 0o066 : 0);
    stdout = '';
    expect(await run(['people', 'review', people])).toBe(0);
    expect(stdout).toMatch(
      /^4 pictures of 2 people, 2 to look at\n[\s\S]*4 +Person 1 +nearer to Person 0 \(0\.00; own [\d.]+\)/,
    );

    expect(await run(['people', 'review', people, '--remove', '2-9'])).toBe(2);
    expect(readdirSync(join(people, 'Person 0'))).toHaveLength(2);
    expect(await run(['people', 'review', people, '--remove', '2, 4'])).toBe(0);
    expect(['Person 0', 'Person 1'].map((name) => readdirSync(join(people, name)))).toEqual([['a.png'], ['a.png']]);

    const out = join(folder, 'people.yml');
    expect(await run(['people', 'train', people, '--out', out])).toBe(0);
    stdout = '';
    expect(await run(['people', 'list', '--people', out, '--json'])).toBe(0);
    expect(JSON.parse(stdout).people).toEqual([0, 1].map((i) => ({ name: `Person ${i}`, pictures: 1, taught: 0 })));

    expect(await run(['people', 'forget', 'Person 9', '--people', out, '--faces', people])).toBe(1);
    expect(await run(['people', 'forget', 'Person 0'])).toBe(2);
    expect(await run(['people', 'forget', '../people', '--faces', people])).toBe(1);
    expect(readdirSync(people)).toEqual(['Person 0', 'Person 1']);
    cpSync(join(people, 'Person 0'), join(people, 'Person\u202e 0'), { recursive: true });
    expect(await run(['people', 'forget', 'Person 0', '--people', out, '--faces', people])).toBe(0);
    expect(existsSync(join(people, 'Person\u202e 0'))).toBe(false);
    expect(readdirSync(people)).toEqual(['Person 1']);
    expect(readFileSync(out, 'utf8')).not.toContain('Person 0');
    expect(statSync(out).mode & 0o077).toBe(process.platform === 'win32' ? 0o066 : 0);
    expect(await run(['people', 'forget', 'Person 1', '--people', out])).toBe(0);
    expect(existsSync(out)).toBe(false);
  });
});
