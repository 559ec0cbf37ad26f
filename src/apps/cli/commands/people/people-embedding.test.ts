// People known by a face embedding, through the whole command line: learnt, named, converted, and files that cannot be used.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { describeWith, repositoryRoot } from '../../../../../tests/requirements.js';
import { decodePicture, encodePng } from '../../../../adapters/node/image-codec.js';
import { openShippedDetector } from '../../../../adapters/node/shipped-detector.js';
import { shippedModelPath } from '../../../../adapters/node/shipped-models.js';
import { crop } from '../../../../core/image/crop.js';
import { mirror } from '../../../../core/image/mirror.js';
import { run } from '../../run.js';

const photograph = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample1.jpg');
const isThere = ['face-embedding.onnx', 'face-full-range.onnx'] as const;
const ready = {
  path: photograph,
  missing:
    existsSync(photograph) && isThere.every((name) => existsSync(shippedModelPath(name)))
      ? undefined
      : 'the embedding is not built (npm run build)',
};
const mediapipe = ['--detector', 'mediapipe'];

interface PeopleFileJson {
  embedding: { hash: string };
  people: { name: string; pictures: { embedding: string; picture: string | null }[]; taught?: unknown }[];
}

describeWith(ready, 'moodlens people by an embedding', () => {
  let made = '';
  let folder = '';
  let stdout = '';
  let stderr = '';
  const at = (...names: string[]) => join(folder, ...names);
  const people = () => at('people.json');
  const portrait = (name: string) => at('faces', name, '1.png');

  /** The commands run one after the other; their output is that of the last. */
  async function moodlensPeople(...words: string[]): Promise<number> {
    stdout = '';
    stderr = '';
    return run(['people', ...words]);
  }

  const changed = (change: (json: PeopleFileJson) => void): void => {
    const json = JSON.parse(readFileSync(people(), 'utf8')) as PeopleFileJson;
    change(json);
    writeFileSync(people(), JSON.stringify(json));
  };
  const lines = () =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { person: string | null });
  const predict = () =>
    moodlensPeople('predict', portrait('Ann'), portrait('Bo'), '--people', people(), ...mediapipe, '--json');

  /** Two people of a group photograph, each as in it and mirrored, a third as a stranger; and their people file. */
  beforeAll(async () => {
    made = mkdtempSync(join(tmpdir(), 'moodlens-embedding-'));
    const group = await decodePicture(photograph);
    const detector = await openShippedDetector({ search: 'thorough' }, 'mediapipe');
    const found = await detector.detect(group);
    await detector.release();
    for (const [i, name] of ['Ann', 'Bo', 'stranger'].entries()) {
      const [x, y, width, height] = found[i]!.box;
      const around = crop(group, [x - width * 0.55, y - height * 0.55, width * 2.1, height * 2.1]);
      const place = join(made, name === 'stranger' ? '' : 'faces', name);
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, '1.png'), await encodePng(around));
      writeFileSync(join(place, '2.png'), await encodePng(mirror(around)));
    }
    expect(await run(['people', 'train', join(made, 'faces'), '--out', join(made, 'people.json'), ...mediapipe])).toBe(
      0,
    );
  });
  afterAll(() => rmSync(made, { recursive: true }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'moodlens-embedding-'));
    cpSync(made, folder, { recursive: true });
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

  it('learns people, names them, and leaves a stranger unknown', async () => {
    const train = ['train', at('faces'), '--out', people(), ...mediapipe];
    expect(await moodlensPeople(...train, '--false-accepts', '0.001', '--json'), stderr).toBe(0);
    const facts = JSON.parse(stdout);
    expect(facts).toMatchObject({ method: 'embedding', people: { Ann: 2, Bo: 2 }, falseAccepts: 0.001, leftOut: [] });
    expect(facts.threshold).toBeGreaterThan(0.1);
    expect(facts.threshold).toBeLessThan(0.5);
    if (process.platform !== 'win32') expect(statSync(people()).mode & 0o777).toBe(0o600);
    const pictures = [portrait('Ann'), portrait('Bo'), at('stranger', '1.png')];
    expect(await moodlensPeople('predict', ...pictures, '--people', people(), ...mediapipe, '--json')).toBe(0);
    expect(lines().map(({ person }) => person)).toEqual(['Ann', 'Bo', null]);
    expect(await moodlensPeople('list', '--people', people())).toBe(0);
    expect(stdout).toMatch(/Ann +2\b[\s\S]*threshold {2}0\.\d{3}, chosen for 0\.1 % of the strangers named\n$/);
    expect(await moodlensPeople('forget', 'Ann', '--people', people())).toBe(0);
    expect((JSON.parse(readFileSync(people(), 'utf8')) as PeopleFileJson).people.map(({ name }) => name)).toEqual([
      'Bo',
    ]);
  });

  it('names faces in photographs that are analysed', async () => {
    expect(await run(['analyze', portrait('Bo'), '--people', people(), ...mediapipe, '--json']), stderr).toBe(0);
    expect(stdout).toContain('"person":"Bo"');
  });

  it('evaluates, with the threshold for the chosen share', async () => {
    cpSync(at('stranger'), at('faces', 'Cy'), { recursive: true });
    const evaluate = ['evaluate', at('faces'), ...mediapipe, '--splits', '2', '--pictures', '1', '--known', '0.6'];
    expect(await moodlensPeople(...evaluate, '--false-accepts', '0.02', '--json'), stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      config: { method: 'embedding', falseAccepts: 0.02 },
      rankOne: { mean: 1 },
    });
    expect(await moodlensPeople(...evaluate, '--method', 'lbph', '--json'), stderr).toBe(0);
    expect(JSON.parse(stdout).config.method).toBe('lbph');
  });

  it('embeds people of another embedding anew, says so, and keeps the result when asked to', async () => {
    changed((json) => {
      json.embedding.hash = 'ab'.repeat(32);
      for (const { pictures } of json.people) for (const one of pictures) one.embedding = vector(128);
    });
    expect(await predict(), stderr).toBe(0);
    expect(lines().map(({ person }) => person)).toEqual(['Ann', 'Bo']);
    expect(stderr).toContain('embedded anew from their pictures');
    expect(await moodlensPeople('convert', people(), '--out', people(), '--false-accepts', '0.005'), stderr).toBe(0);
    expect(stdout).toContain('chosen for 0.5 % of the strangers named');
    expect(await predict()).toBe(0);
    expect(stderr).not.toContain('anew');
    expect(lines().map(({ person }) => person)).toEqual(['Ann', 'Bo']);
  });

  it('names those of another embedding whose pictures are not in the file, and changes nothing', async () => {
    changed((json) => {
      json.embedding.hash = 'ab'.repeat(32);
      json.people[0]!.pictures.forEach((one) => {
        one.picture = null;
      });
      json.people[1]!.pictures[0]!.picture = Buffer.from('no picture').toString('base64');
    });
    const before = readFileSync(people(), 'utf8');
    expect(await predict()).toBe(1);
    expect(stderr).toMatch(/people\.json: .*none that can be read of Ann; train again.*\[PEOPLE\]/);
    expect(await moodlensPeople('convert', people(), '--out', people())).toBe(1);
    expect(readFileSync(people(), 'utf8')).toBe(before);
  });

  it.each<[string, (json: PeopleFileJson) => void, RegExp]>([
    [
      'of another length',
      (json) => (json.people[0]!.pictures[0]!.embedding = vector(5)),
      /128 numbers, and that of picture 1 of Ann has 5/,
    ],
    ['with two people of one name', (json) => (json.people[0]!.name = 'Bo'), /two are "Bo"/],
  ])('refuses a file %s', async (_, change, message) => {
    changed(change);
    expect(await predict()).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('refuses a file that is cut short', async () => {
    writeFileSync(people(), readFileSync(people(), 'utf8').slice(0, 5000));
    expect(await predict()).toBe(1);
    expect(stderr).toMatch(/people\.json: .*cut short.*\[PEOPLE\]/);
  });

  it('brings people of LBPH to the embedding and back by their pictures, with what they taught', async () => {
    const old = at('old.yml');
    expect(await moodlensPeople('train', at('faces'), '--out', old, ...mediapipe), stderr).toBe(0);
    const faces = ['--faces', at('faces'), ...mediapipe];
    const out = at('new.json');
    expect(await moodlensPeople('convert', old, '--out', out)).toBe(2);
    expect(stderr).toContain('add --faces DIR');
    // Who is not known stays out.
    cpSync(at('stranger'), at('faces', 'Cy'), { recursive: true });
    expect(await moodlensPeople('convert', old, '--out', out, ...faces, '--json'), stderr).toBe(0);
    expect(JSON.parse(stdout).people).toEqual({ Ann: 2, Bo: 2 });
    const pixels = '00'.repeat(64);
    const taught = {
      ...{ format: 'moodlens-personal', version: 1, model: 'cd'.repeat(32) },
      pictures: [{ expression: 'happy', width: 8, height: 8, pixels }],
    };
    changed((json) => (json.people[0]!.taught = taught));
    expect(await moodlensPeople('convert', people(), '--out', old, ...faces), stderr).toBe(0);
    expect(readFileSync(old, 'utf8')).toMatch(/^%YAML:1\.0[\s\S]*\nmoodlens_taught:\n/);
    expect(await moodlensPeople('convert', old, '--out', out, ...faces), stderr).toBe(0);
    expect((JSON.parse(readFileSync(out, 'utf8')) as PeopleFileJson).people[0]!.taught).toEqual(taught);
    rmSync(at('faces', 'Bo'), { recursive: true });
    expect(await moodlensPeople('convert', old, '--out', out, ...faces)).toBe(1);
    expect(stderr).toContain('has none of Bo');
  });

  it('keeps what was taught when people are learnt again', async () => {
    const pictures = [{ expression: 'happy', width: 8, height: 8, pixels: '07'.repeat(64) }];
    changed((json) => {
      json.people[1]!.taught = { format: 'moodlens-personal', version: 1, model: 'cd'.repeat(32), pictures };
    });
    expect(await moodlensPeople('train', at('faces'), '--out', people(), ...mediapipe), stderr).toBe(0);
    expect(await moodlensPeople('list', '--people', people(), '--json')).toBe(0);
    expect(JSON.parse(stdout).people).toMatchObject([{ taught: 0 }, { name: 'Bo', taught: 1 }]);
  });

  it('teaches expressions of somebody known, and by no picture of somebody else', async () => {
    for (const [expression, name, number] of [
      ['happy', 'Ann', 1],
      ['sad', 'Ann', 2],
      ['sad', 'Bo', 1],
    ] as const) {
      mkdirSync(at('teach', expression), { recursive: true });
      cpSync(at('faces', name, `${number}.png`), at('teach', expression, `${name}.png`));
    }
    // By the detector that teaches.
    expect(await moodlensPeople('train', at('faces'), '--out', people()), stderr).toBe(0);
    stdout = '';
    expect(await run(['teach', at('teach'), '--people', people(), '--person', 'Ann', '--json']), stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      taught: { happy: 1, sad: 1 },
      leftOut: [{ reason: 'it looks like Bo, not like Ann' }],
    });
    expect(await moodlensPeople('list', '--people', people(), '--json')).toBe(0);
    expect(JSON.parse(stdout).people).toMatchObject([{ name: 'Ann', taught: 2 }, { taught: 0 }]);
  });

  it('takes options and endings for what they are', async () => {
    const before = readFileSync(people(), 'utf8');
    for (const [words, message] of [
      [['--out', at('people.yml'), '--method', 'embedding'], /must end in \.json/],
      [['--out', people(), '--method', 'lbph'], /must end in \.yml/],
      [['--out', at('people.txt')], /must end in \.json for people known by an embedding, or in \.yml/],
      [['--out', people(), '--plain'], /--plain is for LBPH/],
      [['--out', people(), '--no-align'], /--no-align is for LBPH/],
      [['--out', at('people.yml'), '--false-accepts', '0.01'], /--false-accepts is for embeddings/],
      [['--out', people(), '--false-accepts', '0.7'], /falseAccepts|false-accepts/],
      [['--out', people(), '--method', 'eigen'], /embedding, lbph/],
    ] as const) {
      expect(await moodlensPeople('train', at('faces'), ...words), words.join(' ')).toBe(2);
      expect(stderr).toMatch(message);
    }
    writeFileSync(at('mine.json'), '{"mine":1}');
    expect(await moodlensPeople('train', at('faces'), '--out', at('mine.json'))).toBe(2);
    expect(readFileSync(at('mine.json'), 'utf8')).toBe('{"mine":1}');
    expect(readFileSync(people(), 'utf8')).toBe(before);
  });
});

function vector(length: number): string {
  return Buffer.from(Float32Array.from({ length }, (_, i) => i + 1).buffer).toString('base64');
}
