// What is told of a study: tables, CSV, and a report whose charts hold every trial.
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../tests/fixtures/memory-store.js';
import { encodePng } from '../../../adapters/node/image-codec.js';
import { createStudy, openStudy } from '../../../core/tuning/create-study.js';
import { distributionFromJson } from '../../../core/tuning/journal/distribution-json.js';
import { isFinished } from '../../../core/tuning/journal/frozen-trial.js';
import { JournalOperation } from '../../../core/tuning/journal/journal-operation.js';
import { MemoryJournal } from '../../../core/tuning/journal/memory-journal.js';
import { MedianPruner } from '../../../core/tuning/pruners/median-pruner.js';
import { RandomSampler } from '../../../core/tuning/samplers/random-sampler.js';
import type { Study } from '../../../core/tuning/study.js';
import { type Trial, TrialPruned } from '../../../core/tuning/trial.js';
import { chartColours, chartModes } from '../../report/chart-theme.js';
import { copyTrials } from '../copy-trials.js';
import { describeStudies, describeStudy, describeTrials } from './describe-study.js';
import { completeTrials, importanceFigure, parallelFigure } from './study-charts.js';
import { studyCsv } from './study-csv.js';
import { studyFigures, writeStudyReport } from './study-report.js';
import { parameterAxis } from './value-axis.js';

async function searched(trials: number): Promise<Study> {
  const study = await createStudy({ name: 'a <b>', pruner: new MedianPruner({ startupTrials: 3 }) });
  const objective = async (trial: Trial) => {
    const rate = trial.suggestFloat('rate', 1e-5, 1, { log: true });
    const units = trial.suggestInt('units', 1, 9);
    const kind = trial.suggestCategorical('kind', ['=SUM(1)', 'b,"c"', null]);
    if (kind === null) trial.suggestFloat('extra', 0, 1);
    const value = Math.abs(Math.log10(rate) + 2) + units / 9;
    for (let step = 0; step < 4; step++) {
      await trial.report(value + 1 / (step + 1), step);
      if (trial.shouldPrune()) throw new TrialPruned();
    }
    return value;
  };
  await study.optimize(objective, { trials });
  await study.ask();
  return study;
}

describe('a study', () => {
  it('is told in text', async () => {
    const study = await searched(12);
    expect(describeStudy(study)).toMatch(
      /^study a <b>, to minimize: 13 trials \(1 running, \d+ complete, \d+ pruned\)\nbest value [\d.]+, trial \d+\n {2}rate = /,
    );
    const lines = describeTrials(study).trim().split('\n');
    expect(lines).toHaveLength(14);
    expect(lines[0]).toMatch(/^trial +state +value +reports +rate +units +kind/);
    expect(lines.at(-1)).toMatch(/^12 +running +– +0 +– +– +–/);
    expect(describeStudies([])).toBe('the journal has no study\n');
    const empty = await createStudy();
    expect(describeStudy(empty)).toContain('no trial is complete yet');
  });

  it('is exported so that a spreadsheet takes no value for a formula', async () => {
    const csv = studyCsv((await searched(12)).trials);
    const rows = csv.trimEnd().split('\r\n');
    expect(rows).toHaveLength(14);
    expect(csv).not.toMatch(/,=SUM/);
    expect(csv).toMatch(/,'=SUM\(1\)|,"b,""c"""/);
  });

  it('is copied whole or not at all', async () => {
    const source = await searched(12);
    const storage = new MemoryJournal();
    const target = await createStudy({ name: 'copy', storage });
    let isGone = true;
    const append = storage.append.bind(storage);
    storage.append = async (records) => {
      if (isGone && records.some(({ op_code }) => op_code === JournalOperation.CreateTrial)) throw new Error('gone');
      await append(records);
    };
    await expect(copyTrials(source, target)).rejects.toThrow('gone');
    isGone = false;
    const again = await openStudy('copy', storage);
    expect(again.trials).toEqual([]);
    expect(await copyTrials(source, again)).toBe(12);
    const told = (study: Study) => study.trials.filter(isFinished).map(({ id: _, ...trial }) => trial);
    expect(told(again)).toEqual(told(source));
  });

  it('is drawn: every chart is an SVG that can be read, and the page loads nothing', async () => {
    const store = createMemoryStore();
    const study = await searched(30);
    const names = await writeStudyReport(store, study, encodePng);
    expect(names).toEqual(
      expect.arrayContaining([
        'history.svg',
        'importances.svg',
        'parallel-coordinates.svg',
        'slice-rate.svg',
        'slice-extra.svg',
        'reports.svg',
        'report.html',
      ]),
    );
    expect(names.filter((name) => name.startsWith('contour'))).toHaveLength(3);
    for (const name of names.filter((file) => file.endsWith('.svg'))) {
      const { channels } = await sharp(Buffer.from(store.blobs.get(name)!)).stats();
      expect(
        channels.some(({ stdev }) => stdev > 1),
        name,
      ).toBe(true);
    }
    const page = new TextDecoder().decode(store.blobs.get('report.html'));
    expect(page).toContain('Study: a &lt;b&gt;');
    expect(page).not.toMatch(/<script|src="http|href="http|<link/);
    expect(page).toContain(`>${study.trials.length - 2}<`);
  });

  it('has its shares and axes drawn in colours of each mode', () => {
    const range = { kind: 'float', low: 0, high: 1, log: false, step: null } as const;
    const trials = [0.2, 0.8].map((x, number) => ({
      ...{ number, state: 'complete', value: x, params: { x }, distributions: { x: range } },
      intermediateValues: new Map(),
    })) as unknown as Study['trials'];
    const figure = parallelFigure({ name: 'one', direction: 'minimize', trials }, [parameterAxis('x', trials)!]);
    const importance = importanceFigure(new Map([['x', 1]]));
    for (const mode of chartModes) {
      const { soft, text } = chartColours[mode];
      // An upright line for the value and one for x, beside the lines of the trials.
      const upright = [...figure.svg[mode].matchAll(/<path d="M([\d.]+) [\d.]+L\1 [\d.]+"[^>]*stroke="([^"]+)"/g)];
      expect(upright.map(([, , colour]) => colour)).toEqual([soft, soft]);
      const share = /<text[^>]*>100\.0 %/.exec(importance.svg[mode])![0];
      expect(share).toContain(`fill="${text}"`);
      expect(share).not.toContain('stroke=');
    }
  });

  it('is drawn as far as it goes while nothing is complete', async () => {
    const study = await createStudy();
    const trial = await study.ask();
    await trial.report(Number.NaN, 0);
    const names = await writeStudyReport(createMemoryStore(), study, encodePng);
    expect(names).toEqual(['reports.svg', 'report.html']);
  });

  it('has a chart of its own for each parameter, and every trial on it, whatever they are called and their ranges', async () => {
    const study = await createStudy({ sampler: new RandomSampler() });
    const search = (high: number) =>
      study.optimize(
        (trial) =>
          trial.suggestFloat('学习率', 0, high) + trial.suggestFloat('批量', 0, 1) + trial.suggestFloat('a.b', 0, 1),
        { trials: 6 },
      );
    await search(100);
    await search(5);
    const figures = studyFigures(study).flatMap((group) => group.figures);
    expect(new Set(figures.map(({ file }) => file)).size).toBe(figures.length);
    const axis = parameterAxis('学习率', completeTrials(study.trials))!;
    expect(axis.option).toMatchObject({ min: 0, max: 100 });
    for (const { params } of study.trials) expect(axis.share(params['学习率']!)).toBeLessThanOrEqual(1);
  });

  it('may have choices that are lists, as another program takes them', async () => {
    const text = '{"name":"CategoricalDistribution","attributes":{"choices":[[64],[64,64],"a","a"]}}';
    expect(distributionFromJson('layers', text)).toEqual({
      kind: 'categorical',
      choices: ['[64]', '[64,64]', 'a', 'a'],
    });
  });
});
