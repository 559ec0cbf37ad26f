// The whole audit on a dataset whose faults are known, and the cleaned copy.
import { describe, expect, it } from 'vitest';
import { smallDataset } from '../../../tests/fixtures/small-dataset.js';
import { tinyBrightness, tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { openSession } from '../../adapters/node/session.js';
import { ferplusClasses } from '../../core/dataset/ferplus-csv.js';
import { ConfigError, DatasetError } from '../../core/errors.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { createRandom } from '../../core/numbers/random.js';
import { type AuditSources, auditDataset } from './audit.js';
import { auditJson } from './audit-json.js';
import { cleanDataset, leftOutCsv } from './clean-dataset.js';
import { parseAuditConfig } from './config.js';
import { judgeByModel } from './judge-labels.js';
import { describeAudit } from './report/describe-audit.js';

/** Sixteen pixels around a brightness, another picture for each seed. */
function picture(seed: number, brightness = 128): number[] {
  const random = createRandom(seed);
  return Array.from({ length: 16 }, () => Math.min(255, Math.max(0, brightness - 40 + random.integer(81))));
}

const [training, publicTest, privateTest] = [0, 1, 2];
const shared = picture(1);
const disputed = picture(2);
const dataset = smallDataset([
  { label: 3, split: training, pixels: shared },
  { label: 3, split: publicTest, pixels: shared },
  { label: 0, split: training, pixels: disputed },
  { label: 4, split: training, pixels: disputed },
  { label: 4, split: training, pixels: disputed },
  { label: 5, split: training, pixels: 7 },
  { label: 5, split: publicTest, pixels: 7 },
  { label: 6, split: training, pixels: picture(3) },
  { label: 6, split: publicTest, pixels: picture(4) },
  { label: 1, split: privateTest, pixels: shared },
  { label: 0, split: privateTest, pixels: picture(5) },
]);
const audited = (sources: AuditSources = {}) => auditDataset(dataset, sources);
const config = (options: object = {}) => parseAuditConfig(options);

describe('auditDataset', () => {
  it('finds the exact duplicates, those across splits and those in dispute, and blank pictures', async () => {
    const audit = await audited();
    expect(audit.exactDuplicates).toEqual([
      { samples: [0, 1, 9], conflicting: true, acrossSplits: true },
      { samples: [2, 3, 4], conflicting: true, acrossSplits: false },
      { samples: [5, 6], conflicting: false, acrossSplits: true },
    ]);
    expect(audit.exactAcrossSplits).toContainEqual({ split: 'PublicTest', other: 'Training', samples: 2 });
    expect(audit.exactAcrossSplits).toHaveLength(6);
    expect(audit.blank).toEqual([
      { sample: 5, deviation: 0 },
      { sample: 6, deviation: 0 },
    ]);
    expect([audit.nonFaces, audit.labels, audit.votes]).toEqual([null, null, null]);
  });

  it('names samples in its JSON by index, row, split and label', async () => {
    const json = auditJson(await audited());
    expect(json.exactDuplicates.groups[0]!.samples[1]).toEqual({
      index: 1,
      row: 1,
      split: 'PublicTest',
      label: 'happy',
    });
    expect(json).toMatchObject({ dataset: dataset.hash, count: 11, nonFaces: null, labels: null, votes: null });
  });

  it('holds a picture for no face when the detector finds none and the model is unsure or most voters say so', async () => {
    const unsure = await ExpressionModel.open(tinyExpressionModel({ sharpness: 0.01 }), openSession);
    const faceScore = async ({ data }: { data: ArrayLike<number> }) =>
      [7, 8].some((sample) => dataset.pixels[sample * 16] === data[0]) ? 0.1 : 0.9;
    const { nonFaces } = await audited({ faces: { faceScore, model: unsure } });
    expect(nonFaces).toEqual([7, 8].map((sample) => expect.objectContaining({ sample, faceScore: 0.1 })));
    const sure = await ExpressionModel.open(tinyExpressionModel({ sharpness: 5000 }), openSession);
    expect((await audited({ faces: { faceScore, model: sure } })).nonFaces).toEqual([]);
    await Promise.all([unsure.release(), sure.release()]);
  });

  it('says where most voters saw one other expression and none the label', async () => {
    const source = { ...dataset.source, kind: 'fer2013-csv' };
    const rows = [...dataset.splits].map((split, i) =>
      [
        dataset.splitNames[split],
        '',
        ...ferplusClasses.map((kind) => (kind === (i === 7 ? 'fear' : 'contempt') ? 9 : 0)),
      ].join(),
    );
    const votes = ['Usage,Image name', ...ferplusClasses].join().concat('\n', rows.join('\n'));
    const audit = await auditDataset({ ...dataset, source }, { votes });
    expect(audit.votes!.against).toEqual([{ sample: 7, majority: 2 }]);
    expect(audit.votes!.agreement[6]).toEqual({ samples: 2, agreeing: 0, undecided: 1 });
    expect(describeAudit(audit)).toMatch(/neutral\s+2\s+0\.0 %\s+50\.0 %\s+50\.0 %/);
    // Of other rows: fewer, or with another split.
    await expect(
      auditDataset({ ...dataset, source }, { votes: votes.split('\n').slice(0, 5).join('\n') }),
    ).rejects.toThrow(/must reach to row 10/);
    const swapped = votes.replace('Training', 'PublicTest');
    await expect(auditDataset({ ...dataset, source }, { votes: swapped })).rejects.toThrow(/row 0 is of Training/);
    await expect(audited({ votes })).rejects.toThrow(DatasetError);
  });
});

describe('labels judged by a model', () => {
  // Brightness tells the class; the labels of two PublicTest samples are exchanged.
  const classOf = (i: number) => i % 7;
  const noisy = smallDataset(
    Array.from({ length: 140 }, (_, i) => ({
      label: i === 100 ? classOf(3) : i === 101 ? classOf(2) : classOf(i),
      split: i < 70 ? training : i < 133 ? publicTest : privateTest,
      pixels: picture(i, 40 + (tinyBrightness(classOf(i)) * 175) / 255),
    })),
  );
  const open = (metadata: object) =>
    ExpressionModel.open(tinyExpressionModel({ sharpness: 30, metadata }), openSession);

  it('judges only what the model was not trained on, and no test split', async () => {
    const model = await open({ dataset: noisy.hash, split: 'trained on Training, validated on PublicTest' });
    const judge = await judgeByModel(noisy, model, { batch: 64, unseen: false });
    expect([...judge.indices]).toEqual(Array.from({ length: 63 }, (_, i) => 70 + i));
    const { labels } = await auditDataset(noisy, { judge });
    const flagged = labels!.issues.map(({ sample }) => sample);
    expect(flagged).toEqual(expect.arrayContaining([100, 101]));
    expect(labels!.issues.find(({ sample }) => sample === 100)!.suggested).toBe(classOf(100));
    await model.release();
  });

  it('judges nothing when it cannot tell what the model has seen, unless the user can', async () => {
    const model = await open({ dataset: 'another', split: 'trained on Training, validated on PublicTest' });
    const judge = await judgeByModel(noisy, model, { batch: 64, unseen: false });
    expect([judge.indices.length, judge.others]).toEqual([0, expect.stringMatching(/--runs.*--unseen/)]);
    expect((await auditDataset(noisy, { judge })).labels).toBeNull();
    expect((await judgeByModel(noisy, model, { batch: 64, unseen: true })).indices).toHaveLength(133);
    await model.release();
  });

  it('takes a fold out of what the model was trained on', async () => {
    const split = 'trained on Training without fold 1 of 5 (seed 3), validated on that fold';
    const model = await open({ dataset: noisy.hash, split });
    const { indices } = await judgeByModel(noisy, model, { batch: 64, unseen: false });
    expect(indices.filter((i) => i < 70)).toHaveLength(14);
    expect(indices.filter((i) => i >= 70)).toHaveLength(63);
    await model.release();
  });

  it('refuses a model of other classes', async () => {
    const model = await ExpressionModel.open(tinyExpressionModel({ labels: ['yes', 'no'] }), openSession);
    await expect(judgeByModel(noisy, model, { batch: 64, unseen: true })).rejects.toThrow(/knows yes, no/);
    await model.release();
  });
});

describe('cleanDataset', () => {
  it('leaves training rows out, tells why, and keeps source rows and every row of other splits', async () => {
    const cleaned = cleanDataset(await audited(), config());
    expect([...cleaned.dataset.rows]).toEqual([1, 3, 4, 6, 7, 8, 9, 10]);
    expect(cleaned.leftOut).toEqual([
      { sample: 0, reasons: ['twins'] },
      { sample: 2, reasons: ['conflicting'] },
      { sample: 5, reasons: ['blank', 'twins'] },
    ]);
    expect(leftOutCsv(dataset, cleaned.leftOut)).toBe(
      'index,row,split,label,reasons,file\n0,0,Training,happy,twins,\n2,2,Training,angry,conflicting,\n5,5,Training,surprise,blank twins,\n',
    );
    expect(cleaned.dataset.hash).not.toBe(dataset.hash);
  });

  it('leaves out what is named, from the splits that are named, whatever their case', async () => {
    const audit = await audited();
    const rows = (options: object) => cleanDataset(audit, config(options)).leftOut.map(({ sample }) => sample);
    expect(rows({ remove: ['duplicates'] })).toEqual([3, 4]);
    expect(rows({ remove: ['blank'], removeFrom: ['training', 'PUBLICTEST'] })).toEqual([5, 6]);
    expect(rows({ remove: ['twins'], removeFrom: ['PublicTest'] })).toEqual([1, 6]);
    // Two labels, one vote each: none has a majority.
    expect(
      cleanDataset(audit, config({ remove: ['conflicting'], removeFrom: ['PrivateTest', 'PublicTest'] })).leftOut,
    ).toHaveLength(2);
  });

  it('refuses splits that are not there, reasons not looked for, and to empty a split', async () => {
    const audit = await audited();
    const clean = (options: object) => () => cleanDataset(audit, config(options));
    expect(clean({ removeFrom: ['Validation'] })).toThrow(/Training, PublicTest, PrivateTest, and names 'Validation'/);
    expect(clean({ remove: ['label-issues'] })).toThrow(ConfigError);
    expect(clean({ remove: ['against-votes'] })).toThrow(/--votes/);
    const twins = smallDataset([
      { label: 3, split: training, pixels: shared },
      { label: 3, split: publicTest, pixels: shared },
    ]);
    const ofTwins = await auditDataset(twins, {});
    expect(() => cleanDataset(ofTwins, config())).toThrow(/must keep samples of Training/);
    expect(clean({ remove: ['nonsense'] })).toThrow(/not valid/);
  });
});
