// Runs that learn from a teacher: what they learn, in which thread, and that the teacher stays the same.
import { describe, expect, test } from 'vitest';
import { bandTeacher } from '../../../tests/fixtures/band-teacher.js';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { quietRun, stopAt } from '../../../tests/fixtures/quiet-run.js';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { openSession } from '../../adapters/node/session.js';
import { WorkerEngine } from '../../adapters/node/training/engine.js';
import { samplePicture, splitIndices } from '../../core/dataset/packed-dataset.js';
import { ConfigError, RunError } from '../../core/errors.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { DistillingEngine } from '../../core/training/distilling-engine.js';
import { LocalEngine } from '../../core/training/engine.js';
import { parseTrainConfig } from './config.js';
import { readRunFacts, runFiles } from './run-folder.js';
import { type TrainRequest, trainRun } from './train.js';

const dataset = stripes(40, 1);
const permuted = [1, 2, 0];

function request(changes: Partial<TrainRequest> = {}, config: object = {}): TrainRequest {
  const whole = {
    ...{ epochs: 8, batchSize: 6, threads: 1, average: null, schedule: { name: 'one-cycle', rate: 0.02 } },
    ...{ augmentation: { flip: 0, shift: 0.05 }, labelSmoothing: 0 },
    distillation: { teacher: 'teacher.onnx', weight: 1 },
  };
  return {
    dataset,
    config: parseTrainConfig({ ...whole, ...config }),
    teacher: bandTeacher(permuted),
    store: createMemoryStore(),
    name: 'student',
    startEngine: async (architecture, options, { teacher, ...engine }) =>
      new DistillingEngine(
        new LocalEngine(createArchitecture(architecture, options), openSession, engine),
        teacher!,
        openSession,
      ),
    ...quietRun,
    ...changes,
  };
}

/** How many validation pictures the student takes for `classOf` of their class. */
async function countAgreeing({ store }: TrainRequest, classOf: (label: number) => number): Promise<number> {
  const model = await ExpressionModel.open((await store.read(runFiles.model))!, openSession);
  const indices = [...splitIndices(dataset, 'PublicTest')];
  const predictions = await model.predict(indices.map((i) => samplePicture(dataset, i)));
  await model.release();
  return indices.filter((i, k) => predictions[k]!.label === classOf(dataset.classes[i]!)).length;
}

describe('a student', () => {
  test('learns what its teacher says, not the labels; smaller pictures first', async () => {
    const asked = request({}, { progressive: [{ side: 24, epochs: 2 }], mixup: { alpha: 0.2 } });
    await trainRun(asked);
    expect(await countAgreeing(asked, (label) => permuted[label]!)).toBe(10);
    expect(await countAgreeing(asked, (label) => label)).toBe(0);
    const facts = await readRunFacts(asked.store);
    expect(facts.teacher).toMatchObject({ run: 'bands', architecture: 'bands', split: 'not trained' });
    const model = await ExpressionModel.open((await asked.store.read(runFiles.model))!, openSession);
    expect(model.metadata.teacher).toEqual(facts.teacher);
    await model.release();
  });

  test('in the worker thread learns the same as in this one', async () => {
    const here = request({}, { epochs: 1 });
    const there = request(
      {
        startEngine: async (architecture, architectureOptions, options) =>
          new WorkerEngine({ architecture, architectureOptions, ...options }),
      },
      { epochs: 1 },
    );
    for (const each of [here, there]) await trainRun(each);
    const model = async ({ store }: TrainRequest) => Buffer.from((await store.read(runFiles.model))!);
    expect((await model(there)).equals(await model(here))).toBe(true);
  });

  test('is resumed with its own teacher only', async () => {
    const store = createMemoryStore();
    await trainRun(request({ store, shouldStop: stopAt(3) }));
    const other = request({ store, resume: true, teacher: bandTeacher([0, 1, 2]) });
    await expect(trainRun(other)).rejects.toThrow(RunError);
    await expect(trainRun(other)).rejects.toThrow(/teacher\.onnx has changed since/);
    expect((await trainRun(request({ store, resume: true }))).end).toBe('finished');
  });

  test.each([
    ['that knows other classes', bandTeacher(permuted, 44, { labels: ['right', 'left', 'middle'] }), /in their order/],
    ['that sees another part', bandTeacher(permuted, 40), /central 44 x 44 pixels, and the teacher 40 x 40/],
  ])('refuses a teacher %s, before anything is written', async (_, teacher, message) => {
    const asked = request({ teacher });
    await expect(trainRun(asked)).rejects.toThrow(ConfigError);
    await expect(trainRun(asked)).rejects.toThrow(message);
    expect(await asked.store.list()).toEqual([]);
  });
});
