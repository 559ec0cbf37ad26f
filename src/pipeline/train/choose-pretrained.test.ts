// Runs that go on from another: which weights they begin with, and what they refuse.
import { beforeAll, describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { quietRun, stopAt } from '../../../tests/fixtures/quiet-run.js';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { openSession } from '../../adapters/node/session.js';
import { ConfigError, RunError } from '../../core/errors.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { initialWeights, type Weights } from '../../core/nn/architectures/parameters.js';
import { createRandom } from '../../core/numbers/random.js';
import { readCheckpoint } from '../../core/training/checkpoint.js';
import { LocalEngine, modelWeights } from '../../core/training/engine.js';
import { pretrainedWeights, readPretrained } from './choose-pretrained.js';
import { parseTrainConfig } from './config.js';
import { readRunFacts, runFiles } from './run-folder.js';
import { type TrainRequest, trainRun } from './train.js';

const dataset = stripes(40, 1);

function request(changes: Partial<TrainRequest> = {}, config: object = {}): TrainRequest {
  const small = { epochs: 1, batchSize: 10, threads: 1, schedule: { name: 'constant', rate: 0.01 } };
  return {
    dataset,
    config: parseTrainConfig({ ...small, ...config }),
    store: createMemoryStore(),
    name: 'second',
    startEngine: async (architecture, options, engine) =>
      new LocalEngine(createArchitecture(architecture, options), openSession, engine),
    ...quietRun,
    ...changes,
  };
}

const hasSameValues = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

describe('pretrained weights', () => {
  const first = request({ name: 'first' }, { keep: 'best' });
  let kept: Weights;
  beforeAll(async () => {
    await trainRun(first);
    kept = modelWeights(readCheckpoint((await first.store.read(runFiles.best))!).engine);
  });

  test('are those that became the model, bit for bit, and the run says whose they are', async () => {
    const pretrained = await readPretrained(first.store);
    let begun: Weights | undefined;
    const second = request(
      {
        pretrained,
        startEngine: async (architecture, options, engine) => {
          begun = new Map([...engine.weights].map(([name, values]) => [name, values.slice()]));
          return new LocalEngine(createArchitecture(architecture, options), openSession, engine);
        },
      },
      { pretrained: { run: 'runs/first' } },
    );
    await trainRun(second);
    expect([...begun!.keys()]).toEqual([...kept.keys()]);
    for (const [name, values] of begun!) expect(hasSameValues(values, kept.get(name)!), name).toBe(true);
    const { pretrained: facts } = await readRunFacts(second.store);
    expect(facts).toMatchObject({ run: 'first', architecture: 'compact', dataset: dataset.hash });
    expect(facts!.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(facts!.split).toBe('trained on Training, validated on PublicTest');
    const model = readExpressionModel((await second.store.read(runFiles.model))!);
    expect(model.metadata.pretrained).toEqual(facts);
  });

  test('keep all but the head for other classes, and an auxiliary head begins afresh', async () => {
    const pretrained = await readPretrained(first.store);
    const architecture = createArchitecture('compact', { classes: 4, auxiliary: 10 });
    const weights = pretrainedWeights(architecture, ['a', 'b', 'c', 'd'], pretrained, createRandom(5));
    const fresh = initialWeights(architecture, createRandom(5));
    for (const [name, values] of weights) {
      const isHead = name.startsWith('1-dense/') || name.startsWith('auxiliary/');
      expect(hasSameValues(values, (isHead ? fresh : kept).get(name)!), name).toBe(true);
    }
    const renamed = pretrainedWeights(
      createArchitecture('compact', { classes: 3 }),
      ['middle', 'left', 'right'],
      pretrained,
      createRandom(5),
    );
    const head = [...renamed.keys()].filter((name) => name.startsWith('1-dense/'));
    expect(head).toHaveLength(2);
    expect(head.some((name) => hasSameValues(renamed.get(name)!, kept.get(name)!))).toBe(false);
  });

  test('of another network, or of a run that is not finished, are refused before anything is written', async () => {
    const other = request(
      { pretrained: await readPretrained(first.store) },
      { architecture: 'residual', pretrained: { run: 'runs/first' } },
    );
    await expect(trainRun(other)).rejects.toThrow(ConfigError);
    await expect(trainRun(other)).rejects.toThrow(
      /must be of the same network, here residual, and .* of first \(compact\)/,
    );
    expect(await other.store.list()).toEqual([]);
    const stopped = request({ shouldStop: stopAt(2) });
    await trainRun(stopped);
    await expect(readPretrained(stopped.store)).rejects.toThrow(RunError);
    await expect(readPretrained(createMemoryStore())).rejects.toThrow(RunError);
  });

  test('must be the same when the run is resumed', async () => {
    const pretrained = await readPretrained(first.store);
    const store = createMemoryStore();
    const config = { epochs: 3, pretrained: { run: 'runs/first' } };
    await trainRun(request({ store, pretrained, shouldStop: stopAt(3) }, config));
    const changed = { ...pretrained, facts: { ...pretrained.facts, hash: '0'.repeat(64) } };
    const resumed = request({ store, resume: true, pretrained: changed }, config);
    await expect(trainRun(resumed)).rejects.toThrow(/runs\/first has changed since/);
    expect((await trainRun(request({ store, resume: true, pretrained }, config))).end).toBe('finished');
  });
});
