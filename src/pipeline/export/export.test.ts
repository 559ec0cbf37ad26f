// The export stage: parity with the trainer's own forward pass, folding, int8 by its rule, and what the card says.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { quietRun } from '../../../tests/fixtures/quiet-run.js';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { recompressJpeg } from '../../adapters/node/image-codec.js';
import { openSession } from '../../adapters/node/session.js';
import { Sha256 } from '../../core/bytes/sha256.js';
import { ModelFormatError, RunError } from '../../core/errors.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { OpenSession } from '../../core/ports/session.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../../core/training/checkpoint.js';
import { LocalEngine } from '../../core/training/engine.js';
import { evaluate } from '../evaluate/evaluate.js';
import { parseTrainConfig } from '../train/config.js';
import { runFiles } from '../train/run-folder.js';
import { type StartEngine, trainRun } from '../train/train.js';
import { memberName, trainEnsemble } from '../train/train-ensemble.js';
import { parseExportConfig } from './config.js';
import { type ExportRequest, exportRun } from './export.js';
import { readRunRows } from './read-run-rows.js';
import { networkStores, readTrainedRun, type TrainedRunPlaces } from './read-trained-run.js';
import { type CardRequest, writeModelCard } from './report/model-card.js';

const dataset = stripes(40, 1);
const small = {
  ...{ architecture: 'compact', epochs: 2, batchSize: 10, threads: 1 },
  schedule: { name: 'one-cycle', rate: 0.02 },
  augmentation: { flip: 0, shift: 0.05 },
};
const startEngine: StartEngine = async (architecture, options, engine) =>
  new LocalEngine(createArchitecture(architecture, options), openSession, engine);

async function trained(
  config: object = {},
): Promise<TrainedRunPlaces & { store: ReturnType<typeof createMemoryStore> }> {
  const store = createMemoryStore();
  await trainRun({
    dataset,
    store,
    name: 'stripes',
    startEngine,
    ...quietRun,
    config: parseTrainConfig({ ...small, ...config }),
  });
  return { name: 'stripes', store, memberStore: () => createMemoryStore() };
}

async function request(places: TrainedRunPlaces, options: object = {}, changes: Partial<ExportRequest> = {}) {
  const config = parseExportConfig(options);
  const run = await readTrainedRun(places, { dataset, weights: config.weights });
  const [store] = await networkStores(places);
  return {
    ...{ run, dataset, config, recompress: recompressJpeg },
    ...(await readRunRows(dataset, store!)),
    runtimes: [{ name: 'Node', openSession }],
    clock: () => performance.now(),
    ...changes,
  } satisfies ExportRequest;
}

const operators = (model: Uint8Array) => readExpressionModel(model).graph.nodes.map(({ operator }) => operator);
const files = { model: 'stripes.onnx', int8: 'stripes.int8.onnx' };
const cardOf = ({ run }: ExportRequest, exported: CardRequest['exported'], notes?: string) =>
  writeModelCard({ run, dataset, exported, files, notes });

let places: Awaited<ReturnType<typeof trained>>;
beforeAll(async () => {
  places = await trained();
});

describe('exportRun', () => {
  it('gives a model without batch normalisation that says what the trainer says, with measured figures', async () => {
    const asked = await request(places);
    const { model, parity, batchNorms, figures } = await exportRun(asked);
    expect(parity).toMatchObject({ n: 10, sameClass: 10 });
    expect(parity.maxDifference).toBeLessThan(1e-5);
    expect(batchNorms).toEqual({ folded: 8, left: 0 });
    expect(operators(model)).not.toContain('BatchNormalization');
    expect(operators((await places.store.read(runFiles.model))!)).toContain('BatchNormalization');
    const { metadata } = readExpressionModel(model);
    const own = readExpressionModel((await places.store.read(runFiles.model))!).metadata;
    expect({ ...metadata, metrics: {} }).toEqual({ ...own, metrics: {} });
    const { validationLoss, ...others } = own.metrics;
    expect(metadata.metrics).toMatchObject(others);
    expect(metadata.metrics['validationLoss']).toBeCloseTo(validationLoss!, 5);
    expect(figures!.evaluation.accuracy).toBe(metadata.metrics['validationAccuracy']);
  });

  it('gives the figures that evaluate gives of the very file, and asks each form about each picture once', async () => {
    const forms: string[] = [];
    const looks = new Map<string, number>();
    // Counts the pictures by the form of the model; those of the trainer's graph and of the ranges' are no models of ours.
    const counting: OpenSession = async (bytes, options) => {
      const session = await openSession(bytes, options);
      if (!session.inputNames.includes('image') || !session.outputNames.includes('embedding')) return session;
      const { temperature, int8 } = readExpressionModel(bytes).metadata;
      const form = `${temperature === undefined ? 'plain' : 'calibrated'}${int8 === undefined ? '' : ' int8'}`;
      forms.push(form);
      return {
        ...{ inputNames: session.inputNames, outputNames: session.outputNames },
        run: (feeds, fetches) => {
          // One picture alone is timed.
          const [n] = feeds['image']!.dims;
          if (n! > 1) looks.set(form, (looks.get(form) ?? 0) + n!);
          return session.run(feeds, fetches);
        },
        release: () => session.release(),
      };
    };
    const runtimes = [{ name: 'counting', openSession: counting }] as const;
    const asked = await request(places, { calibrate: true, int8: true, calibration: 20 }, { runtimes });
    const { model, figures, int8 } = await exportRun(asked);
    // Those of the calibrated form: as they are, and mirrored.
    expect(Object.fromEntries(looks)).toEqual({ plain: 10, calibrated: 20, 'calibrated int8': 10 });
    const opened = await ExpressionModel.open(model, openSession);
    const measured = await evaluate(dataset, opened, asked.samples!, { batch: 64 });
    const flipped = await evaluate(dataset, opened, asked.samples!, { batch: 64, tta: 'flip' });
    await opened.release();
    const { hash, ...of } = figures!.evaluation.model;
    expect({ ...figures!.evaluation, model: of }).toEqual({ ...measured, model: of });
    expect(measured.model).toMatchObject(of);
    expect(of.temperature).toBe(readExpressionModel(model).metadata.temperature!.value);
    expect(hash).toBe(createHash('sha256').update(model).digest('hex'));
    expect(figures!.mirrored).toEqual({ accuracy: flipped.accuracy, interval: flipped.interval, n: 10 });
    expect(int8!.evaluation).toBeNull();
  });

  it('folds forward where a pool stands before the normalisation, and is right there too', async () => {
    const { batchNorms, parity } = await exportRun(
      await request(await trained({ architecture: 'original', epochs: 1 })),
    );
    expect(batchNorms).toEqual({ folded: 3, left: 0 });
    expect(parity.sameClass).toBe(10);
  });

  it('exports an ensemble as the mean of its members, figures included', async () => {
    const [store, folders] = [createMemoryStore(), new Map<string, BlobStore>()];
    const memberStore = (name: string): BlobStore => {
      if (!folders.has(name)) folders.set(name, createMemoryStore());
      return folders.get(name)!;
    };
    const members = [1, 2].map((seed) => parseTrainConfig({ ...small, epochs: 1, seed }));
    const common = { ...quietRun, dataset, store, name: 'both', startEngine, memberStore, readFiles: async () => ({}) };
    await trainEnsemble({ ...common, members });
    const asked = await request({ name: 'both', store, memberStore }, { calibrate: true });
    const exported = await exportRun(asked);
    expect(exported.parity.sameClass).toBe(10);
    const { metadata } = readExpressionModel(exported.model);
    expect(metadata).toMatchObject({ run: 'both', architecture: 'ensemble', metrics: { validationSamples: 10 } });
    expect(metadata.members).toHaveLength(2);
    expect(metadata.temperature).toMatchObject({ split: 'PublicTest', n: 10 });
    expect(cardOf(asked, exported)).toContain('an ensemble of 2, the mean of their probabilities');
    expect(cardOf(asked, exported)).toContain('| Temperature | the logarithms of the mean are divided by');
    await folders.get(memberName(1))!.remove(runFiles.checkpoint);
    await expect(request({ name: 'both', store, memberStore })).rejects.toThrow(
      /member-2 of the ensemble: .*checkpoint/,
    );
  });

  it('refuses a model that says something else than the trainer', async () => {
    // A runtime that computes the exported file a little wrongly: its probabilities are off by 2e-5.
    const wrong: OpenSession = async (bytes, options) => {
      const session = await openSession(bytes, options);
      if (!session.inputNames.includes('image')) return session;
      return {
        ...{ inputNames: session.inputNames, outputNames: session.outputNames },
        run: async (feeds, fetches) => {
          const outputs = await session.run(feeds, fetches);
          const { dims, data } = outputs['probabilities']!;
          return { ...outputs, probabilities: { dims, data: (data as Float32Array).map((p) => p + 2e-5) } };
        },
        release: () => session.release(),
      };
    };
    const asked = await request(places, {}, { runtimes: [{ name: 'wrong', openSession: wrong }] });
    await expect(exportRun(asked)).rejects.toThrow(ModelFormatError);
    await expect(exportRun(asked)).rejects.toThrow(/differs by up to 0\.00002.* nothing is written/);
  });

  it('takes the weights that are asked for, and refuses runs that do not fit', async () => {
    const best = await request(places, { weights: 'best' });
    // Vitest takes seconds to compare megabytes.
    const hashOf = (checkpoint: Checkpoint) => new Sha256().update(writeCheckpoint(checkpoint)).hex();
    const saved = readCheckpoint((await places.store.read(runFiles.best))!);
    expect(hashOf(best.run.networks[0]!.checkpoint)).toBe(hashOf(saved));
    const blobs = new Map(places.store.blobs);
    const broken = { ...places, store: createMemoryStore(blobs) };
    blobs.delete(runFiles.checkpoint);
    await expect(request(broken)).rejects.toThrow(/must hold checkpoint\.bin/);
    await expect(readTrainedRun(places, { dataset: stripes(41, 2) })).rejects.toThrow(RunError);
    const other = await trained({ architecture: 'residual', epochs: 1 });
    await broken.store.write(runFiles.checkpoint, (await other.store.read(runFiles.checkpoint))!);
    await expect(request(broken)).rejects.toThrow(/checkpoint\.bin of the run .* of another run/);
  });

  it('calibrates after the parity check, and changes no decision', async () => {
    const asked = await request(places, { calibrate: true });
    const exported = await exportRun(asked);
    const plain = await exportRun(await request(places));
    expect(exported.parity).toEqual(plain.parity);
    const { metadata } = readExpressionModel(exported.model);
    expect(metadata.temperature).toMatchObject({ split: 'PublicTest', n: 10 });
    expect(exported.figures!.evaluation.nll).toBeLessThan(plain.figures!.evaluation.nll + 1e-6);
    expect(exported.figures!.evaluation.confusionMatrix).toEqual(plain.figures!.evaluation.confusionMatrix);
    expect(cardOf(asked, exported)).toContain('| Temperature | logits are divided by');
  });

  it('refuses a run that was validated on a test split', async () => {
    const asked = await request(places);
    const samples = { ...asked.samples!, split: 'PrivateTest', test: true };
    await expect(exportRun({ ...asked, samples })).rejects.toThrow(
      /validation rows, and 'PrivateTest' is a test split/,
    );
  });

  it('tries int8 on pictures that were trained on, times each runtime, and judges by the rule', async () => {
    const runtimes = ['one', 'two'].map((name) => ({ name, openSession })) as unknown as ExportRequest['runtimes'];
    const asked = await request(places, { int8: true, calibration: 20 }, { runtimes });
    const { int8, ...exported } = await exportRun(asked);
    expect(int8!.times.map(({ runtime }) => runtime)).toEqual(['one', 'two']);
    expect(int8!.figures.calibration.pictures).toBe(20);
    // Ten pictures cannot show that less than a point is lost.
    expect(int8).toMatchObject({
      kept: false,
      reasons: [expect.stringContaining('points of accuracy'), ...int8!.reasons.slice(1)],
    });
    expect(cardOf(asked, { ...exported, int8 })).toContain('An int8 form was made and not kept: it may lose');
  });
});

describe('a run without validation', () => {
  it('is held against the trainer on what it trained on, and says that nothing validated', async () => {
    const everything = { trainingSplit: ['Training', 'PublicTest'], validation: null, epochs: 1 };
    const asked = await request(await trained(everything));
    const exported = await exportRun(asked);
    expect(exported).toMatchObject({ parity: { n: 40, sameClass: 40 }, figures: null, int8: undefined });
    const { metadata } = readExpressionModel(exported.model);
    expect(metadata.metrics).toEqual({ epoch: 1 });
    expect(metadata.split).toBe('trained on Training and PublicTest, with no row left to validate');
    const card = cardOf(asked, exported);
    expect(card).toContain('Trained on 40 pictures of Training and PublicTest; no row was left to validate.');
    expect(card).toContain('None: it was trained on every row it was given');
    expect(card).not.toContain('Wilson');
    const config = parseExportConfig({ int8: true });
    await expect(exportRun({ ...asked, config })).rejects.toThrow(/this run validated on none; leave --int8/);
  });
});

describe('the card', () => {
  it("is made of the run's facts", async () => {
    const asked = await request(places, { stress: true });
    const exported = await exportRun(asked);
    const card = cardOf(asked, exported, 'Chosen by **nobody**.');
    const { metadata } = readExpressionModel(exported.model);
    for (const fact of [
      dataset.hash,
      metadata.parameters.toLocaleString('en'),
      `**${(100 * exported.figures!.evaluation.accuracy).toFixed(2)} %**`,
      '`image`, uint8 grey `[batch, 1, 48, 48]`, 0..255; the central 44 x 44 pixels are used',
      'Trained on 30 pictures of Training, validated on the 10 of PublicTest.',
      'Training 30, PublicTest 10; no others were there',
      'moodlens 0.1.0 (commit abc) with onnxruntime-node 1.0.0, Node 20.19.0, device cpu',
      'those of the last epoch (2): none was chosen',
      '## Notes\n\nChosen by **nobody**.',
      'accuracy under stress, mean of 8 kinds at 3 strengths',
      '| **middle** |',
      'Art. 5(1)(f)',
      'Barrett',
      'GDPR',
      '## Not for',
    ]) {
      expect(card).toContain(fact);
    }
    const rows = exported.figures!.evaluation.confusionMatrix.map(
      (row, i) => `| **${['left', 'middle', 'right'][i]}** | ${row.join(' | ')} |`,
    );
    expect(card).toContain(rows.join('\n'));
    const config = card.match(/```json\n(.*?)\n```/s)![1]!;
    expect(parseTrainConfig(JSON.parse(config))).toEqual(asked.run.networks[0]!.config);
  });

  it('says when weights were chosen by their validation loss, when a run broke off, and hides folders', async () => {
    const asked = await request(places, { weights: 'best' });
    const exported = await exportRun(asked);
    const [network] = asked.run.networks;
    const votes = { file: '/home/somebody/secret/ferplus.csv', weight: 0.35, auxiliary: 1 };
    const run = {
      ...asked.run,
      networks: [
        {
          ...network!,
          config: { ...network!.config, votes },
          result: { ...network!.result!, end: 'stopped' as const, epochs: 1 },
        },
      ],
    };
    const card = writeModelCard({ run, dataset, exported, files });
    expect(card).toContain('No pretrained weights were used');
    const origin = { hash: 'a1', run: 'first', architecture: 'compact', split: 'trained on Training', dataset: 'd1' };
    const facts = { ...network!.facts, pretrained: origin };
    const begun = writeModelCard({
      ...{ dataset, exported, files },
      run: { ...run, networks: [{ ...run.networks[0]!, facts }] },
    });
    expect(begun).toContain('It began with the weights of first (compact; trained on Training, on the dataset `d1`)');
    expect(begun).not.toContain('No pretrained weights');
    expect(card).toContain('the one with the lowest validation loss: its figures on those rows are a little too good');
    expect(card).toContain('did not end as planned (stopped after 1 of 2 epochs)');
    expect(card).toContain('they are 35 % of the targets, and a second head');
    expect(card).toContain('"file": "ferplus.csv"');
    expect(card).not.toContain('secret');
  });
});

test('a checkpoint that is damaged is refused before anything is built', async () => {
  const store = createMemoryStore(new Map(places.store.blobs));
  const checkpoint = readCheckpoint((await store.read(runFiles.checkpoint))!);
  checkpoint.engine.average.delete([...checkpoint.engine.average.keys()][0]!);
  await store.write(runFiles.checkpoint, writeCheckpoint(checkpoint));
  await expect(request({ ...places, store })).rejects.toThrow(RunError);
});
