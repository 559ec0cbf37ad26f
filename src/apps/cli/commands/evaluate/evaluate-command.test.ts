// `moodlens evaluate` on a tiny model: the contract's fields, both kinds of data, the test's guard.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../../../tests/fixtures/run-cli.js';
import { runFilesOf } from '../../../../../tests/fixtures/run-files.js';
import { tinyBrightness, tinyExpressionModel } from '../../../../../tests/fixtures/tiny-expression-model.js';
import { decodeRanges } from '../../../../core/dataset/index-ranges.js';

let root: string;
let csv: string;
let data: string;
let model: string;
const row = (label: number, seen: number, usage: string) =>
  `${label},${new Array(2304).fill(tinyBrightness(seen)).join(' ')},${usage}\n`;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'evaluate-'));
  [csv, data, model] = [join(root, 'f.csv'), join(root, 'data'), join(root, 'model.onnx')];
  await writeFile(model, tinyExpressionModel({ width: 48, height: 48 }));
  const rows = [row(3, 3, 'Training'), row(3, 3, 'PublicTest'), row(0, 6, 'PublicTest'), row(5, 5, 'PrivateTest')];
  await writeFile(csv, `emotion,pixels,Usage\n${rows.join('')}`);
  expect((await runCli('data', 'import', csv, '--out', data)).code).toBe(0);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const runJson = (dataset: string) => runFilesOf({ facts: { dataset } })['run.json']!;
const evaluate = (...args: readonly string[]) => runCli('evaluate', '--model', model, ...args);

describe('evaluate', () => {
  it('prints the contract as JSON, the same for a dataset and its CSV', async () => {
    const fromFolder = await evaluate('--data', data, '--split', 'PublicTest', '--json');
    const fromCsv = await evaluate('--data', csv, '--split', 'PublicTest', '--json', '--batch', '1');
    expect(fromFolder.code).toBe(0);
    const figures = JSON.parse(fromFolder.stdout);
    expect(JSON.parse(fromCsv.stdout).confusionMatrix).toEqual(figures.confusionMatrix);
    expect(figures).toMatchObject({
      accuracy: 0.5,
      n: 2,
      split: 'PublicTest',
      withoutTrainingTwins: { n: 1, accuracy: 0 },
    });
    for (const field of ['interval', 'macroF1', 'nll', 'ece', 'perClass']) expect(figures).toHaveProperty(field);
    expect(figures.confusionMatrix[0][6]).toBe(1);
    expect(figures.confusionMatrix[3][3]).toBe(1);
  });

  it('prints a table without --json, and writes the figures with --out', async () => {
    const file = join(root, 'figures.json');
    const { stdout } = await evaluate('--data', data, '--split', 'Training', '--out', file);
    expect(stdout).toMatch(/^Training: accuracy 100\.0 % \(95 % interval 20\.7-100\.0 %, n = 1\)/);
    expect(JSON.parse(await readFile(file, 'utf8')).accuracy).toBe(1);
  });

  it('measures on a set of a split file, and guards its test set', async () => {
    const file = join(root, 'splits.json');
    expect((await runCli('data', 'split', data, '--out', file, '--official')).code).toBe(0);
    const of = (...args: readonly string[]) => evaluate('--data', data, '--split-file', file, ...args);
    const plain = JSON.parse((await evaluate('--data', data, '--split', 'PublicTest', '--json')).stdout);
    const { confusionMatrix, split } = JSON.parse((await of('--split', 'publictest', '--json')).stdout);
    expect([confusionMatrix, split]).toEqual([plain.confusionMatrix, 'PublicTest']);
    expect((await of('--split', 'PrivateTest')).stderr).toContain('add --yes-this-is-the-test');
    expect((await of('--split', 'fold-1')).stderr).toContain('one of Training, PublicTest, PrivateTest');
    expect((await of('--run', root)).stderr).toContain('--split-file needs --split');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"0"', '"1"'));
    expect(await of('--split', 'PublicTest')).toMatchObject({ code: 1, stdout: '' });
  });

  it('counts the samples that a model of a split file was trained on, also under the names of the dataset', async () => {
    const [wide, packed, run] = [join(root, 'wide.csv'), join(root, 'wide'), join(root, 'run-of-file')];
    // Noise, so that no picture has a twin, which would stand in the same set.
    const line = (i: number) =>
      `${i % 7},${Array.from({ length: 2304 }, (_, k) => (i * 31 + k * 17 * (i + 1)) % 251).join(' ')},${i % 2 ? 'Training' : 'PublicTest'}\n`;
    await writeFile(wide, `emotion,pixels,Usage\n${Array.from({ length: 140 }, (_, i) => line(i)).join('')}`);
    expect((await runCli('data', 'import', wide, '--out', packed)).code).toBe(0);
    await mkdir(run);
    const file = join(run, 'splits.json');
    const shares = ['--shares', '50/50'];
    const made = JSON.parse((await runCli('data', 'split', packed, '--out', file, ...shares, '--json')).stdout);
    const split = 'trained on training of a split file, validated on validation';
    const metadata = { split, splitFile: made.hash, dataset: made.dataset };
    const trained = join(run, 'model.onnx');
    await writeFile(trained, tinyExpressionModel({ width: 48, height: 48, metadata }));
    const of = (path: string, ...args: readonly string[]) =>
      runCli('evaluate', '--model', path, '--data', packed, ...args);
    const told = await of(trained, '--split', 'PublicTest', '--json');
    const { seenInTraining, seenSamples, n } = JSON.parse(told.stdout);
    expect([seenInTraining, n]).toEqual([true, 70]);
    const { sets } = JSON.parse(await readFile(file, 'utf8'));
    const rows = decodeRanges(sets.training, 140) as Int32Array;
    expect(seenSamples).toBe(rows.filter((i) => i % 2 === 0).length);
    expect(seenSamples).toBeGreaterThan(0);
    expect(told.stderr).toContain(`warning: the model was trained on ${seenSamples} of these 70 samples`);
    const text = await of(trained, '--split', 'PublicTest');
    expect(text.stdout).toContain(
      `\n  the model was trained on ${seenSamples} of these 70 samples: on others it does worse\n`,
    );
    const own = await of(trained, '--split', 'validation', '--split-file', file, '--json');
    expect(JSON.parse(own.stdout)).toMatchObject({ seenInTraining: false, seenSamples: 0 });
    expect(own.stderr).not.toContain('warning');

    // Alone, or beside another file, it cannot be told, which is said.
    const elsewhere = join(root, 'elsewhere');
    await mkdir(elsewhere);
    const alone = join(elsewhere, 'model.onnx');
    await copyFile(trained, alone);
    for (const other of [undefined, 'no split file', (await readFile(file, 'utf8')).replace('training', 'trianing')]) {
      if (other !== undefined) await writeFile(join(elsewhere, 'splits.json'), other);
      const { code, stdout, stderr } = await of(alone, '--split', 'PublicTest', '--json');
      expect([code, JSON.parse(stdout)]).toEqual([
        0,
        expect.objectContaining({ seenInTraining: null, seenSamples: null }),
      ]);
      expect(stderr).toContain(
        'warning: whether the model was trained on these samples cannot be told (it was trained on training of',
      );
      expect((await of(alone, '--split', 'PublicTest')).stdout).toContain('cannot be told');
    }
    const named = await of(alone, '--split', 'validation', '--split-file', file, '--json');
    expect(JSON.parse(named.stdout).seenInTraining).toBe(false);

    // So is it of the model that another one is compared with.
    const compared = await of(model, '--compare', trained, '--split', 'PublicTest', '--json');
    expect(JSON.parse(compared.stdout)).toMatchObject({
      seenInTraining: false,
      comparison: { seenInTraining: true, seenSamples },
    });
    expect(compared.stderr).toContain(`warning: ${trained}: the model was trained on ${seenSamples} of these`);
    expect((await of(model, '--compare', trained, '--split', 'PublicTest')).stdout).toContain(
      'the model was trained on',
    );
  });

  it('averages over views of each picture, and says so', async () => {
    const { stdout } = await evaluate('--data', data, '--split', 'PublicTest', '--tta', 'flip', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ testTimeAugmentation: 'flip', n: 2, accuracy: 0.5 });
    const plain = await evaluate('--data', data, '--split', 'PublicTest', '--json');
    expect(JSON.parse(plain.stdout).testTimeAugmentation).toBe('none');
    const text = await evaluate('--data', data, '--split', 'PublicTest', '--tta', 'flip', '--stress');
    expect(text.stdout).toMatch(/n = 2\)\n {2}mean of the probabilities of each picture and its mirror image\n/);
    // The tiny model sees the whole picture.
    const crops = await evaluate('--data', data, '--split', 'PublicTest', '--tta', 'ten-crop');
    expect([crops.code, crops.stderr]).toEqual([2, expect.stringContaining('use flip')]);
    expect((await evaluate('--data', data, '--split', 'PublicTest', '--tta', 'twelve')).code).toBe(2);
  });

  it('looks at a test split only when told that it is one', async () => {
    const refused = await evaluate('--data', data, '--split', 'PrivateTest', '--json');
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('--yes-this-is-the-test');
    const done = await evaluate('--data', data, '--split', 'PrivateTest', '--yes-this-is-the-test', '--json');
    expect(done.code).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ test: true, n: 1, accuracy: 1 });
  });

  it('names the splits that there are when none is named', async () => {
    const { code, stdout, stderr } = await evaluate('--data', data);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/needs --split.* has Training, PublicTest, PrivateTest; name one of them, or a --run/);
    const both = await evaluate('--data', data, '--split', 'Training', '--run', root);
    expect(both.stderr).toMatch(/either a --split or a --run/);
    expect(stderr + both.stderr).not.toContain('at split');
    const file = join(root, 'two-sets.json');
    await runCli('data', 'split', data, '--out', file, '--shares', '50/50');
    expect((await evaluate('--data', data, '--split-file', file)).stderr).toContain(
      'has training, validation; name one',
    );
  });

  it('refuses data, splits and options that are wrong', async () => {
    const codes: number[] = [];
    await mkdir(join(root, 'empty'), { recursive: true });
    for (const args of [
      ['--data', join(root, 'none'), '--split', 'Training'],
      ['--data', join(root, 'empty'), '--split', 'Training'],
      ['--data', data, '--split', 'nothing'],
      ['--data', data, '--split', 'Training', '--batch', '0'],
      ['--data', data, '--split', 'Training', '--threads', 'x'],
      ['--data', data],
      ['--data', data, '--split', 'Training', '--run', root],
      ['--data', data, '--run', root],
      ['--data', data, '--split', 'Training', '--stress-samples', '5'],
      ['--data', data, '--split', 'Training', '--stress', '--stress-samples', 'many'],
      ['--data', model, '--split', 'Training'],
    ]) {
      const { code, stdout, stderr } = await evaluate(...args);
      codes.push(code);
      expect(stdout).toBe('');
      expect(stderr).not.toContain('UNEXPECTED');
    }
    expect(codes).toEqual([2, 1, 1, 2, 2, 2, 2, 1, 2, 2, 1]);
  });

  it('adds the stress test on demand, of all pictures or of some', async () => {
    const whole = await evaluate('--data', data, '--split', 'PublicTest', '--stress', '--json');
    const { stress, n } = JSON.parse(whole.stdout);
    expect(n).toBe(2);
    expect(stress).toMatchObject({ n: 2, clean: { accuracy: 0.5, n: 2 } });
    expect(stress.stresses).toHaveLength(8);
    for (const { strengths } of stress.stresses) expect(strengths).toHaveLength(3);
    expect(stress.cleanAndStressedMean).toBeCloseTo((0.5 + stress.stressedMean) / 2, 9);
    const some = await evaluate('--data', data, '--split', 'PublicTest', '--stress', '--stress-samples', '1');
    expect(some.code).toBe(0);
    expect(some.stdout).toMatch(/^PublicTest: .*n = 2\)/);
    expect(some.stdout).toMatch(/\nstress test: .*n = 1\n/);
    const none = await evaluate('--data', data, '--split', 'PublicTest', '--json');
    expect(JSON.parse(none.stdout)).not.toHaveProperty('stress');
  });

  it("evaluates a run's own model on what the run validated on", async () => {
    const run = join(root, 'run');
    const { hash } = JSON.parse(await readFile(join(data, 'dataset.json'), 'utf8'));
    await mkdir(run);
    await writeFile(join(run, 'config.json'), JSON.stringify({ validation: { split: 'PublicTest' } }));
    await writeFile(join(run, 'run.json'), runJson(hash));
    const unfinished = await runCli('evaluate', '--run', run, '--data', data);
    expect([unfinished.code, unfinished.stderr]).toEqual([1, expect.stringContaining('model.onnx')]);
    await copyFile(model, join(run, 'model.onnx'));
    const { stdout } = await runCli('evaluate', '--run', run, '--data', data, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ split: 'PublicTest', n: 2, accuracy: 0.5 });
    // The CSV has the rows of all splits, as the imported dataset has.
    expect((await evaluate('--run', run, '--data', csv, '--json')).code).toBe(0);
    await writeFile(join(run, 'config.json'), JSON.stringify({ validation: { split: 'PrivateTest' } }));
    const test = await runCli('evaluate', '--run', run, '--data', data);
    expect([test.code, test.stderr]).toEqual([2, expect.stringContaining('--yes-this-is-the-test')]);
    await writeFile(join(run, 'run.json'), runJson('other'));
    expect((await runCli('evaluate', '--run', run, '--data', data)).code).toBe(1);
  });

  it("evaluates an ensemble's folder on what all its members validated on", async () => {
    const folder = join(root, 'ensemble');
    const { hash } = JSON.parse(await readFile(join(data, 'dataset.json'), 'utf8'));
    await mkdir(join(folder, 'member-1'), { recursive: true });
    const members = [1, 2].map((seed) => ({ seed, validation: { split: 'PublicTest' } }));
    await writeFile(join(folder, 'ensemble.json'), JSON.stringify({ ensemble: members }));
    await writeFile(join(folder, 'member-1', 'config.json'), JSON.stringify(members[0]));
    await copyFile(model, join(folder, 'model.onnx'));
    const empty = await runCli('evaluate', '--run', folder, '--data', data);
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('member-1')]);
    await writeFile(join(folder, 'member-1', 'run.json'), runJson(hash));
    const { stdout } = await runCli('evaluate', '--run', folder, '--data', data, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ split: 'PublicTest', n: 2, accuracy: 0.5 });
    await writeFile(join(folder, 'member-1', 'run.json'), runJson('other'));
    expect((await runCli('evaluate', '--run', folder, '--data', data)).code).toBe(1);
  });

  it('writes every look at a test split down, in the run folder or beside the model', async () => {
    const consent = ['--data', data, '--split', 'PrivateTest', '--yes-this-is-the-test'];
    const file = `${model}.test-looks.jsonl`;
    await rm(file, { force: true });
    const first = await evaluate(...consent, '--json');
    expect(JSON.parse(first.stdout).testLook).toEqual({ number: 1, file });
    const second = await evaluate(...consent);
    expect(second.stdout).toMatch(/^PrivateTest \(test\): accuracy 100\.0 %/);
    expect(second.stdout).toContain(`look 2 at PrivateTest, written down in ${file}\n`);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1]!)).toMatchObject({ split: 'PrivateTest', n: 1, accuracy: 1, moodlens: '0.1.0' });
    for (const field of ['at', 'dataset', 'model', 'revision']) expect(JSON.parse(lines[1]!)).toHaveProperty(field);

    const run = join(root, 'looked-at');
    await mkdir(run);
    await writeFile(join(run, 'run.json'), '{}');
    await copyFile(model, join(run, 'model.onnx'));
    const inRun = await runCli(
      'evaluate',
      '--model',
      join(run, 'model.onnx'),
      ...consent,
      '--compare',
      model,
      '--json',
    );
    expect(JSON.parse(inRun.stdout).testLook).toEqual({ number: 1, file: join(run, 'test-looks.jsonl') });
    // The model that it was compared with was looked at too.
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(3);
    await evaluate('--data', data, '--split', 'PublicTest');
    expect((await readFile(file, 'utf8')).trimEnd().split('\n')).toHaveLength(3);
  });

  it('compares two models on the same samples', async () => {
    const other = join(root, 'other.onnx');
    const reversed = ['neutral', 'surprise', 'sad', 'happy', 'fear', 'disgust', 'angry'];
    await writeFile(other, tinyExpressionModel({ width: 48, height: 48, labels: reversed }));
    const args = ['--data', data, '--split', 'PublicTest', '--compare', other];
    const { stdout } = await evaluate(...args, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      accuracy: 0.5,
      comparison: {
        name: other,
        accuracy: 1,
        n: 2,
        both: 1,
        onlySecond: 1,
        onlyFirst: 0,
        neither: 0,
        difference: -0.5,
      },
    });
    expect((await evaluate(...args)).stdout).toContain(`beside ${other}: accuracy 100.0 %`);
    expect((await evaluate('--data', data, '--split', 'PublicTest', '--compare', join(root, 'no.onnx'))).code).toBe(2);
  });

  it('gives intervals, calibration and mistakes as JSON', async () => {
    const { stdout } = await evaluate('--data', data, '--split', 'PublicTest', '--json');
    const figures = JSON.parse(stdout);
    for (const name of ['macroF1', 'balancedAccuracy', 'top2', 'nll', 'brier', 'ece']) {
      expect(figures.intervals[name][0]).toBeLessThanOrEqual(figures[name]);
      expect(figures.intervals[name][1]).toBeGreaterThanOrEqual(figures[name]);
    }
    expect(figures.reliability).toHaveLength(15);
    expect(figures.confusionShares[0][6]).toBe(1);
    expect(figures.worstMistakes).toMatchObject([{ row: 2, truth: 'angry', predicted: 'neutral' }]);
    expect(figures.seenInTraining).toBe(false);
  });

  it('writes a report, over an old one only with --force, and over nothing else', async () => {
    const [out, figures] = [join(root, 'report'), join(root, 'same.json')];
    const args = ['--data', data, '--split', 'PublicTest', '--report', out];
    const { code, stdout, stderr } = await evaluate(...args, '--out', figures);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^PublicTest: accuracy 50\.0 %/)]);
    expect(stderr).toContain(`${join(out, 'report.html')} written, with 5 files beside it\n`);
    const files = ['classes.svg', 'confusion-matrix.svg', 'evaluation.json', 'reliability.svg', 'report.html'];
    expect((await readdir(out)).sort()).toEqual([...files, 'worst-mistakes.png']);
    expect(await readFile(join(out, 'evaluation.json'), 'utf8')).toBe(await readFile(figures, 'utf8'));
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('PublicTest: accuracy 50.0 %');

    const again = await evaluate(...args);
    expect([again.code, again.stdout, again.stderr]).toEqual([2, '', expect.stringContaining('must not exist yet')]);
    expect((await evaluate(...args, '--stress', '--force')).code).toBe(0);
    expect(await readdir(out)).toContain('stress.svg');
    await writeFile(join(out, 'thesis.tex'), 'x');
    const foreign = await evaluate(...args, '--force');
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('holds other files')]);
    expect(await readdir(out)).toContain('thesis.tex');
  });

  it('leaves no part of a report behind when it fails, and looks at no test for one that cannot be written', async () => {
    const out = join(root, 'unwritten');
    const before = await readdir(root);
    const wrong = await evaluate('--data', data, '--split', 'nothing', '--report', out);
    expect([wrong.code, wrong.stdout]).toEqual([1, '']);
    expect((await evaluate('--data', data, '--split', 'PublicTest', '--force')).code).toBe(2);
    const look = ['--data', data, '--split', 'PrivateTest', '--yes-this-is-the-test', '--report', model];
    const file = await evaluate(...look);
    expect([file.code, file.stdout, file.stderr]).toEqual([2, '', expect.stringContaining('must be a folder')]);
    expect(await readdir(root)).toEqual(before);
  });

  it('names a model file that is not one', async () => {
    const garbage = join(root, 'garbage.onnx');
    await writeFile(
      garbage,
      new Uint8Array(5000).map((_, i) => (i * 97) % 256),
    );
    const foreign = join(root, 'foreign.onnx');
    await writeFile(foreign, tinyExpressionModel({ metadataText: null }));
    for (const [file, message] of [
      [garbage, 'garbage.onnx'],
      [foreign, "metadata 'moodlens'"],
    ] as const) {
      const { code, stderr } = await runCli('evaluate', '--model', file, '--data', data, '--split', 'Training');
      expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    }
    const missing = await runCli('evaluate', '--model', join(root, 'no.onnx'), '--data', data, '--split', 'Training');
    expect(missing.code).toBe(2);
  });
});
