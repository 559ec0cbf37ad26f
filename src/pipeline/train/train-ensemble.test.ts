// Ensembles by configuration: members are runs of their own, and whatever breaks off goes on where it was.
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../tests/fixtures/memory-store.js';
import { quietRun, stopAt } from '../../../tests/fixtures/quiet-run.js';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { openSession } from '../../adapters/node/session.js';
import { ConfigError, RunError } from '../../core/errors.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { LocalEngine } from '../../core/training/engine.js';
import { parseTrainConfig, type TrainConfig } from './config.js';
import { parseEnsembleConfig } from './ensemble-config.js';
import { runFiles } from './run-folder.js';
import { trainRun } from './train.js';
import { type EnsembleRequest, readEnsembleConfig, trainEnsemble } from './train-ensemble.js';

const base = {
  architecture: 'compact',
  ...{ epochs: 1, batchSize: 10, threads: 1, schedule: { name: 'constant', rate: 0.01 } },
};
const json = {
  ...base,
  ensemble: [{ seed: 1 }, { seed: 2 }, { seed: 3, architecture: 'residual' }],
};

type Folders = Map<string, ReturnType<typeof createMemoryStore>>;
let folders: Folders;
beforeEach(() => {
  folders = new Map();
});

function folder(name: string): BlobStore & { blobs: Map<string, Uint8Array> } {
  const known = folders.get(name) ?? createMemoryStore();
  folders.set(name, known);
  return known;
}

function request(changes: Partial<EnsembleRequest> = {}): EnsembleRequest {
  return {
    dataset: stripes(40, 1),
    members: parseEnsembleConfig(json),
    store: folder('.'),
    memberStore: folder,
    readFiles: async () => ({ votes: undefined }),
    name: 'three',
    startEngine: async (architecture, options, engine) =>
      new LocalEngine(createArchitecture(architecture, options), openSession, engine),
    ...quietRun,
    ...changes,
  };
}

const hashOf = (name: string, file: string = runFiles.model) =>
  createHash('sha256').update(folders.get(name)!.blobs.get(file)!).digest('hex');

let unbrokenHash: Promise<string> | undefined;

/** Of the model that nothing interrupts: the same for all tests. */
function unbroken(): Promise<string> {
  unbrokenHash ??= (async () => {
    await trainEnsemble(request());
    const hash = hashOf('.');
    folders.clear();
    return hash;
  })();
  return unbrokenHash;
}

describe('an ensemble', () => {
  test('trains each member in its folder, and merges them', async () => {
    const { end, members } = await trainEnsemble(request());
    expect(end).toBe('finished');
    expect(members.map(({ architecture }) => architecture)).toEqual(['compact', 'compact', 'residual']);
    for (const { validationAccuracy } of members) expect(validationAccuracy).toBeGreaterThanOrEqual(0);
    const { metadata } = readExpressionModel(folder('.').blobs.get(runFiles.model)!);
    expect(metadata.run).toBe('three');
    expect(metadata.members?.map(({ run }) => run)).toEqual(['three/member-1', 'three/member-2', 'three/member-3']);
    expect(hashOf('member-1')).not.toBe(hashOf('member-2'));
    expect([...folder('member-2').blobs.keys()]).toContain(runFiles.checkpoint);
  });

  // Three steps a member, each asked for before it begins, and once before every member.
  test.each([
    ['before anything', 1, 0],
    ['in the middle of the first member', 4, 0],
    ['between two members', 5, 1],
    ['in the middle of the last member', 11, 2],
  ])('stopped %s and resumed ends as an unbroken one', async (_, at, done) => {
    const expected = await unbroken();
    const stopped = await trainEnsemble(request({ shouldStop: stopAt(at) }));
    expect([stopped.end, stopped.members.length]).toEqual(['stopped', done]);
    expect(folder('.').blobs.has(runFiles.model)).toBe(false);
    let trained = 0;
    const { startEngine } = request();
    const resumed = await trainEnsemble(
      request({
        resume: true,
        members: parseEnsembleConfig((await readEnsembleConfig(folder('.')))!),
        startEngine: (...args) => {
          trained++;
          return startEngine(...args);
        },
      }),
    );
    expect(resumed.end).toBe('finished');
    expect(trained).toBe(3 - done);
    expect(hashOf('.')).toBe(expected);
  });

  test('goes on without the files of members that are trained', async () => {
    await trainEnsemble(request({ shouldStop: stopAt(5) }));
    const read: number[] = [];
    const readFiles = async ({ seed }: TrainConfig) => {
      read.push(seed);
      return {};
    };
    expect((await trainEnsemble(request({ resume: true, readFiles }))).end).toBe('finished');
    expect(read).not.toContain(1);
    expect(read).toContain(2);
  });

  test('refuses to resume with other members, on other data, or where there is none', async () => {
    await expect(trainEnsemble(request({ resume: true }))).rejects.toThrow(/must hold ensemble\.json/);
    await trainEnsemble(request({ shouldStop: stopAt(5) }));
    const others = parseEnsembleConfig({ ...json, epochs: 2 });
    await expect(trainEnsemble(request({ resume: true, members: others }))).rejects.toThrow(RunError);
    await expect(trainEnsemble(request({ resume: true, dataset: stripes(40, 2) }))).rejects.toThrow(/another hash/);
    const config = folder('member-1').blobs.get(runFiles.config)!;
    await folder('member-1').write(runFiles.config, new TextDecoder().decode(config).replace('0.01', '0.02'));
    await expect(trainEnsemble(request({ resume: true }))).rejects.toThrow(
      /member-1 of the ensemble: config\.json .* hash/,
    );
  });

  test('and a single run do not share a folder', async () => {
    const single = { ...request(), config: parseTrainConfig(base), votes: undefined };
    await trainEnsemble(request({ shouldStop: stopAt(1) }));
    await expect(trainRun(single)).rejects.toThrow(/this one holds one/);
    await expect(trainEnsemble(request())).rejects.toThrow(/this one holds one/);
    folders.clear();
    await trainRun({ ...single, store: folder('member-2'), shouldStop: stopAt(1) });
    await expect(trainEnsemble(request())).rejects.toThrow(/this one holds one/);
    expect(folder('.').blobs.size).toBe(0);
  });

  test('refuses before the first member is trained what the last would be refused', async () => {
    const members = parseEnsembleConfig({
      ...base,
      ensemble: [{}, { architecture: 'original', progressive: [{ side: 32, epochs: 1 }] }],
    });
    await expect(trainEnsemble(request({ members }))).rejects.toThrow(/those of original do/);
    const taught = parseEnsembleConfig({ ...base, ensemble: [{}, { distillation: { teacher: 'gone.onnx' } }] });
    const readFiles = async ({ distillation }: TrainConfig) => {
      if (distillation !== null) throw new ConfigError('gone.onnx cannot be read');
      return {};
    };
    await expect(trainEnsemble(request({ members: taught, readFiles }))).rejects.toThrow(/gone\.onnx/);
    expect([...folders.values()].every(({ blobs }) => blobs.size === 0)).toBe(true);
  });

  test.each(['null', '[]', '{"ensemble', '{}'])('refuses a damaged ensemble.json: %s', async (text) => {
    await folder('.').write(runFiles.ensemble, text);
    await expect(readEnsembleConfig(folder('.'))).rejects.toThrow(RunError);
  });

  test('has members that validate on the same samples', async () => {
    const folds = { folds: 3, fold: 0 };
    const differing = parseEnsembleConfig({ ...json, validation: folds });
    await expect(trainEnsemble(request({ members: differing }))).rejects.toThrow(/those of member 2 are not/);
    const same = parseEnsembleConfig({ ...json, validation: { ...folds, seed: 5 } });
    expect((await trainEnsemble(request({ members: same, shouldStop: stopAt(1) }))).end).toBe('stopped');
  });
});

describe('parseEnsembleConfig', () => {
  test("puts a member's own keys in the place of the common ones", () => {
    const [, second, third] = parseEnsembleConfig(json);
    expect(second).toEqual(parseTrainConfig({ ...base, seed: 2 }));
    expect(third).toMatchObject({ architecture: 'residual', seed: 3, epochs: 1 });
  });

  test.each([
    [{ ensemble: [{ seed: 1 }] }, /two or more members/],
    [{ ensemble: 'all' }, /two or more members/],
    [{ ensemble: [{ seed: 1 }, { seed: -1 }] }, /member 2 of the ensemble:/],
    [{ ensemble: [{ seed: 1 }, { ensemble: [] }] }, /member 2/],
    [{ seed: 4, ensemble: [{}, { seed: 4 }] }, /must differ, and 1 and 2/],
  ])('refuses %j', (config, message) => {
    expect(() => parseEnsembleConfig(config)).toThrow(ConfigError);
    expect(() => parseEnsembleConfig(config)).toThrow(message);
  });
});
