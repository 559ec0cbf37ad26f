// The report of an evaluation: that it holds the figures, loads nothing, and that its charts and pictures can be read again.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../tests/fixtures/memory-store.js';
import { writeFolderAtomic } from '../../../adapters/node/files.js';
import { decodePicture, encodePng } from '../../../adapters/node/image-codec.js';
import { createDataset } from '../../../core/dataset/packed-dataset.js';
import { wilsonInterval } from '../../../core/metrics/wilson-interval.js';
import type { ModelMetadata } from '../../../core/model/model-metadata.js';
import { createRandom } from '../../../core/numbers/random.js';
import { compareModels } from '../compare-models.js';
import { judgePredictions } from '../evaluate.js';
import { samplesOfSplit } from '../evaluated-samples.js';
import type { StressEvaluation } from '../stress.js';
import { stresses } from '../stresses.js';
import { writeEvaluationReport } from './evaluation-report.js';
import type { EvaluationFigures } from './format-evaluation.js';

const metadata = (labels: readonly string[], run: string): ModelMetadata => ({
  format: 1,
  architecture: 'tiny',
  labels: [...labels],
  input: { height: 48, width: 48 },
  embedding: 1,
  parameters: 1,
  multiplyAdds: 1,
  split: 'trained on train, validated on val',
  metrics: {},
  dataset: 'none',
  run,
  licence: 'MIT',
});

/** `count` pictures of noise in a split; the last class has none. */
function noise(labels: readonly string[], count: number) {
  const random = createRandom(3);
  return createDataset({
    width: 48,
    height: 48,
    labels,
    splitNames: ['train', 'val'],
    pixels: Uint8Array.from({ length: count * 48 * 48 }, () => random.integer(256)),
    classes: Uint8Array.from({ length: count }, (_, i) => i % (labels.length - 1)),
    splits: new Uint8Array(count).fill(1),
    rows: Int32Array.from({ length: count }, (_, i) => i),
    source: { kind: 'csv', name: 'noise.csv', brokenRows: 0 },
  });
}

/** Guesses that are right with the probability `skill`, each with a confidence of its own. */
function guess(truth: Uint8Array, classes: number, { skill, seed }: { skill: number; seed: number }) {
  const random = createRandom(seed);
  const probabilities = new Float32Array(truth.length * classes);
  truth.forEach((label, k) => {
    const said = random.next() < skill ? label : random.integer(classes);
    const confidence = random.between(0.5, 0.99);
    for (let c = 0; c < classes; c++) {
      probabilities[k * classes + c] = c === said ? confidence : (1 - confidence) / (classes - 1);
    }
  });
  return probabilities;
}

function stressOf(n: number): StressEvaluation {
  const share = (hits: number) => ({ accuracy: hits / n, interval: wilsonInterval(hits, n), n });
  const clean = share(90);
  const mean = 0.5;
  return {
    ...{ n, clean, stressedMean: mean, stressedInterval: wilsonInterval(mean * n, n) },
    ...{ cleanAndStressedMean: 0.55, cleanAndStressedInterval: wilsonInterval(0.55 * n, n) },
    stresses: stresses.map(({ name, unit, strengths }) => ({
      ...{ name, unit, mean, interval: wilsonInterval(mean * n, n), change: mean - clean.accuracy },
      strengths: strengths.map((strength, i) => ({ strength, ...share(80 - 10 * i), change: -0.1 * i })),
    })),
  };
}

const labels = ['<b>yes</b> & "no"', 'happy', 'sad', 'nobody'];

function figuresOf(names: readonly string[], skill: number, count = 150) {
  const dataset = noise(names, count);
  const samples = samplesOfSplit(dataset, 'val');
  const { indices } = samples;
  const truth = Uint8Array.from(indices, (i) => dataset.classes[i]!);
  const predictedBy = (run: string, seed: number) => ({
    predictions: { indices, truth, probabilities: guess(truth, names.length, { skill, seed }) },
    metadata: metadata(names, run),
  });
  const first = predictedBy('first', 1);
  const evaluation = judgePredictions(dataset, samples, first);
  return { dataset, evaluation, comparison: compareModels(first, predictedBy('second', 2), 'b<c>.onnx') };
}

async function report(figures: EvaluationFigures, dataset: ReturnType<typeof noise>) {
  const store = createMemoryStore();
  const files = await writeEvaluationReport(store, { figures, dataset, encodePng });
  return { store, files, text: (name: string) => new TextDecoder().decode(store.blobs.get(name)) };
}

describe('writeEvaluationReport', () => {
  const { dataset, evaluation, comparison } = figuresOf(labels, 0.6);
  const figures = { ...evaluation, comparison, stress: stressOf(150) };
  let written: Awaited<ReturnType<typeof report>>;
  beforeAll(async () => {
    written = await report(figures, dataset);
  });

  it('writes the figures, a file for each chart and for the mistakes, and the page last', () => {
    const expected = ['evaluation.json', 'confusion-matrix.svg', 'classes.svg', 'reliability.svg', 'stress.svg'];
    expect(written.files).toEqual([...expected, 'worst-mistakes.png', 'report.html']);
    expect([...written.store.blobs.keys()]).toEqual(written.files);
    expect(JSON.parse(written.text('evaluation.json'))).toEqual(JSON.parse(JSON.stringify(figures)));
  });

  it('makes a page that loads nothing, runs nothing, and has each chart for light and for dark', () => {
    const page = written.text('report.html');
    expect(page).not.toMatch(/<script|:hover|<link|<iframe|@import|javascript:/i);
    const loaded = [...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map((match) => match[1]!);
    expect(loaded).toHaveLength(1);
    expect(loaded[0]).toMatch(/^data:image\/png;base64,/);
    for (const mode of ['light', 'dark']) expect(page.match(new RegExp(`class="${mode} chart"`, 'g'))).toHaveLength(4);
    expect(page).not.toMatch(/<b>yes|b<c>/);
    const drawn = page.replace(loaded[0]!, '');
    expect(/NaN|undefined|Infinity|\[object/.exec(drawn)?.[0]).toBeUndefined();
  });

  it('holds every figure with its interval, what they are of, and what to beware of', () => {
    const page = written.text('report.html');
    for (const key of ['macroF1', 'balancedAccuracy', 'nll', 'brier', 'ece'] as const) {
      const [low, high] = evaluation.intervals[key].map((end) => end.toFixed(3));
      expect(page).toContain(`<td>${evaluation[key].toFixed(3)}</td><td>${low} to ${high}</td><td>150</td>`);
    }
    const [low, high] = evaluation.interval.map((end) => (100 * end).toFixed(1));
    expect(page).toContain(
      `<td>${(100 * evaluation.accuracy).toFixed(1)} %</td><td>${low} to ${high} %</td><td>150</td>`,
    );
    expect(page).toContain('Model: tiny, run first, trained on train, validated on val. Not calibrated.');
    expect(page).toContain(`Data: noise.csv, val. Hash ${dataset.hash}.`);
    expect(page).toContain('No sample is nobody');
    expect(page).toContain('McNemar&#39;s test p = ');
    expect(page).toContain(`<td>${comparison.onlyFirst}</td><td>${comparison.both}</td><td>${comparison.neither}</td>`);
    expect(page).not.toContain('test split');
    expect(page).not.toContain('was trained on these samples');
  });

  it('writes every count of the confusion matrix into its cell, with its share of the row', () => {
    const shown = [...written.text('confusion-matrix.svg').matchAll(/>(\d+)<\/text>\s*<text[^>]*>(\d+ %|–)</g)];
    const cells = evaluation.confusionMatrix.flatMap((counts, row) =>
      counts.map((count, column) => {
        const share = Math.round(100 * evaluation.confusionShares[row]![column]!);
        return `${count} ${evaluation.perClass[row]!.support === 0 ? '–' : `${share} %`}`;
      }),
    );
    // In light and in dark.
    expect(shown.map((match) => `${match[1]} ${match[2]}`)).toEqual([...cells, ...cells]);
  });

  it('writes the number of pictures over every bin that has some', () => {
    const chart = written.text('reliability.svg');
    for (const { n } of evaluation.reliability.filter((bin) => bin.n > 0)) expect(chart).toContain(`>${n}</text>`);
  });

  it('shows the surest mistakes', async () => {
    const png = written.store.blobs.get('worst-mistakes.png')!;
    const page = written.text('report.html');
    const inPage = Buffer.from(/base64,([^"]+)"/.exec(page)![1]!, 'base64');
    expect(new Uint8Array(inPage)).toEqual(png);
    const { width, height } = await decodePicture(png);
    expect(page).toContain(`width="${width}" height="${height}"`);
    expect(page).toContain(`The ${evaluation.worstMistakes.length} surest mistakes`);
  });

  it('tells of test splits, augmentation, calibration and training samples', async () => {
    const page = async (some: Partial<EvaluationFigures>) =>
      (await report({ ...evaluation, ...some }, dataset)).text('report.html');
    const test = await page({ test: true, testLook: { number: 3, file: '/home/a/looks' }, seenInTraining: true });
    expect(test).toContain('Look 3 at this test split by the model.');
    expect(test).toContain('The model was trained on these samples');
    expect(test).not.toContain('/home/a');
    const calibrated = { ...evaluation.model, temperature: 1.25 };
    const other = await page({ testTimeAugmentation: 'flip', model: calibrated, seenInTraining: null });
    expect(other).toContain('its mirror image');
    expect(other).toContain('temperature 1.250');
    expect(other).toContain('cannot be told');
    const { withoutTrainingTwins: _, ...rest } = evaluation;
    const unseen = { accuracy: 0.4321, interval: [0.3, 0.5] as const, n: 120, twins: 30 };
    expect(await page({ ...rest, withoutTrainingTwins: unseen })).toContain(
      '<td>43.2 %</td><td>30.0 to 50.0 %</td><td>120',
    );
  });

  it('leaves nothing behind when it fails half way, and an old report as it was', async () => {
    const root = await mkdtemp(join(tmpdir(), 'evaluation-report-'));
    const out = join(root, 'report');
    const failing = (options = {}) =>
      writeFolderAtomic(
        out,
        (store) =>
          writeEvaluationReport(store, { figures, dataset, encodePng: () => Promise.reject(new Error('disk full')) }),
        options,
      );
    try {
      await expect(failing()).rejects.toThrow('disk full');
      expect(await readdir(root)).toEqual([]);
      await writeFolderAtomic(out, (store) => store.write('report.html', 'old'));
      await expect(failing({ overwrite: true })).rejects.toThrow('disk full');
      expect([await readdir(root), await readdir(out)]).toEqual([['report'], ['report.html']]);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });

  it('has no sheet when nothing is wrong, and no chart of a stress test that was not made', async () => {
    const perfect = figuresOf(labels, 1);
    const { files, text } = await report(perfect.evaluation, perfect.dataset);
    expect(files).not.toContain('worst-mistakes.png');
    expect(files).not.toContain('stress.svg');
    expect(text('report.html')).toContain('There are none.');
  });
});

describe('the charts', () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `class number ${i} of many & more`);
  it.each([2, 4, 13, 40])('are well-formed SVG that keeps inside its edges, with %i classes', async (count) => {
    const { dataset, evaluation } = figuresOf(names(count), 0.5, 4 * count);
    const { store } = await report({ ...evaluation, stress: stressOf(150) }, dataset);
    for (const name of ['confusion-matrix', 'classes', 'reliability', 'stress']) {
      const chart = sharp(store.blobs.get(`${name}.svg`));
      const { data, info } = await chart.raw().toBuffer({ resolveWithObject: true });
      const isWhite = (x: number, y: number) =>
        [0, 1, 2].every((channel) => data[(y * info.width + x) * info.channels + channel] === 255);
      let inked = 0;
      for (let x = 0; x < info.width; x++) inked += Number(!isWhite(x, 0)) + Number(!isWhite(x, info.height - 1));
      for (let y = 0; y < info.height; y++) inked += Number(!isWhite(0, y)) + Number(!isWhite(info.width - 1, y));
      expect([name, inked]).toEqual([name, 0]);
    }
  });
});
