import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { describeWith, requireSoftwareGpu } from '../../../tests/requirements.js';
import { type DeviceName, openSession } from '../../adapters/node/session.js';
import { DeviceError } from '../errors.js';
import type { OpenSession } from '../ports/session.js';
import { createRandom } from '../tensor/random.js';
import { type Architecture, createArchitecture } from './architecture.js';
import { LocalEngine } from './engine.js';
import { checkGradients } from './gradient-check.js';
import { elements } from './layer.js';
import { relu } from './layers/activation.js';
import { batchNorm } from './layers/batch-norm.js';
import { conv2d } from './layers/conv2d.js';
import { dense } from './layers/dense.js';
import { dropout } from './layers/dropout.js';
import { standardise } from './layers/normalise.js';
import { globalAveragePool, maxPool2d } from './layers/pooling.js';
import { residualSum } from './layers/residual-sum.js';
import { sequence } from './layers/sequence.js';
import { squeezeExcitation } from './layers/squeeze-excitation.js';
import { initialWeights } from './parameters.js';
import { buildTrainingGraph } from './training-graph.js';

/** Every kind of layer, at heights above and below those where the formulas change. */
const tiny: Architecture = {
  name: 'tiny',
  input: { height: 18, width: 18 },
  view: { height: 18, width: 18 },
  crop: { height: 18, width: 18 },
  features: sequence(
    standardise(),
    conv2d({ filters: 6, kernel: 3, bias: false }),
    batchNorm(),
    maxPool2d(),
    relu(),
    residualSum(
      sequence(conv2d({ filters: 6, kernel: 2, bias: false }), batchNorm(), squeezeExcitation({ reduction: 2 })),
    ),
    maxPool2d(),
    conv2d({ filters: 9, kernel: 3, padding: 'valid' }),
    relu(),
    globalAveragePool(),
    dropout(0.3),
  ),
  head: dense({ units: 7, l2: 1e-4 }),
};

const options = {
  device: 'fake',
  openOnCpu: openSession,
  tolerance: 0.01,
  batchSize: 4,
  clock: () => performance.now(),
};
const parts = { batchSize: 8, workers: 2, threads: 2, ghostBatch: 2 };

const check = (openOnDevice: OpenSession, changes: { tolerance?: number; sides?: readonly number[] } = {}) =>
  checkGradients(tiny, { ...options, openOnDevice, ...changes });

const on =
  (device: DeviceName): OpenSession =>
  (model, options) =>
    openSession(model, { ...options, device });

interface Run {
  /** Runs of this session before this one. */
  readonly earlier: number;
  readonly isTraining: boolean;
  readonly side: number;
}

/** Sessions on the CPU whose outputs are changed before they are seen. */
const faulty =
  (change: (name: string, values: Float32Array, run: Run) => void): OpenSession =>
  async (model, options) => {
    const { inputNames, outputNames, ...session } = await openedOnCpu(model, options);
    let earlier = 0;
    return {
      ...session,
      inputNames,
      outputNames,
      run: async (feeds, fetches) => {
        const outputs = await session.run(feeds, fetches);
        const run = { earlier, isTraining: inputNames.includes('targets'), side: feeds['pixels']!.dims[2]! };
        for (const [name, { data }] of Object.entries(outputs)) change(name, data as Float32Array, run);
        earlier++;
        return outputs;
      },
    };
  };

async function openedOnCpu(...[model, options]: Parameters<OpenSession>) {
  const session = await openSession(model, options);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: session.run.bind(session),
    release: () => session.release(),
  };
}

describe('checkGradients', () => {
  const weight = '0-sequence/1-conv2d/weight';
  const output = buildTrainingGraph(tiny, 4, 'portable').gradients.get(weight)!;

  it('passes formulas that give the same numbers, and times both', async () => {
    const { difference, deviceMs, cpuMs } = await check(openSession, { sides: [14] });
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(1e-4);
    expect(deviceMs).toBeGreaterThan(0);
    expect(cpuMs).toBeGreaterThan(0);
  });

  it('refuses a wrong gradient, and says which, by how much, what is allowed and what to do', async () => {
    const oneAndAHalf = faulty((name, values) => {
      if (name === output) values.set(values.map((value) => 1.5 * value));
    });
    const error = await check(oneAndAHalf).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as Error).message).toContain('fake must compute what the CPU computes to 0.01 (relative)');
    expect((error as Error).message).toContain(`'${weight}' differs by 0.50; train with --device cpu`);
  });

  const change =
    (isMeant: (name: string, run: Run) => boolean, value: number): Parameters<typeof faulty>[0] =>
    (name, values, run) => {
      if (isMeant(name, run)) values[0] = value;
    };
  it.each([
    ['a gradient that is not a number', change((name) => name === output, Number.NaN), weight],
    ['a wrong loss', change((name) => name === 'loss', 1), 'loss'],
    ['a wrong forward pass', change((name, run) => name === 'probabilities' && run.isTraining, 1), 'probabilities'],
    ['wrong predictions', change((name, run) => name === 'probabilities' && !run.isTraining, 1), 'predictions'],
    ['what is wrong at one size only', change((name, run) => name === 'loss' && run.side === 14, 1), 'loss'],
  ] as const)('refuses %s', async (_, fault, worst) => {
    await expect(check(faulty(fault), { sides: [14] })).rejects.toThrow(`'${worst}' differs`);
  });

  it('takes the parts of a batch and an auxiliary head as the run does', async () => {
    const sizes: number[] = [];
    const seen: OpenSession = async (model, options) => {
      const session = await openedOnCpu(model, options);
      const run: typeof session.run = (feeds, fetches) => {
        sizes.push(feeds['pixels']!.dims[0]!);
        return session.run(feeds, fetches);
      };
      return { ...session, run };
    };
    const found = await checkGradients(
      { ...tiny, auxiliary: dense({ units: 3 }) },
      { ...options, ...parts, openOnDevice: seen },
    );
    expect(found.difference).toBeLessThan(1e-4);
    // Two workers' halves in parts of at most two; predictions of the whole batch; the step that is timed.
    expect(sizes).toEqual([2, 2, 2, 2, 8, 2, 2, 2, 2]);
  });

  it('refuses a wrong teacher', async () => {
    const teacher = { model: untrainedModel('residual', 1), weight: 0.5, temperature: 2 };
    const architecture = createArchitecture('compact', { classes: 7 });
    const wrongTeacher: OpenSession = async (model, given) => {
      const session = await openedOnCpu(model, given);
      return session.inputNames.length > 1 ? session : faulty(change(() => true, 1))(model, given);
    };
    const checking = checkGradients(architecture, { ...options, batchSize: 2, teacher, openOnDevice: wrongTeacher });
    await expect(checking).rejects.toThrow("'teacher' differs");
  });

  it('passes a device whose rounding moved one batch only', async () => {
    const once = faulty(change((name, run) => name === output && run.earlier === 0, 1000));
    expect((await check(once)).difference).toBeLessThan(1e-4);
  });
});

/** Losses of a few steps from the same weights on the same batches. */
async function losses(open: OpenSession, formulas: 'cpu' | 'portable'): Promise<number[]> {
  const random = createRandom(5);
  const weights = initialWeights(tiny, random);
  const engine = new LocalEngine(tiny, open, { optimiser: { name: 'sgd' }, weights, formulas, threads: 2 });
  const found: number[] = [];
  for (let step = 0; step < 4; step++) {
    const batch = {
      size: 6,
      side: 18,
      pixels: Float32Array.from({ length: 6 * 18 * 18 }, () => random.integer(256)),
      targets: Float32Array.from({ length: 6 * 7 }, (_, i) => (i % 7 === Math.floor(i / 7) ? 1 : 0)),
      masks: engine.masks.map(({ shape, rate }) =>
        Float32Array.from({ length: 6 * elements(shape) }, () => (random.next() < rate ? 0 : 1 / (1 - rate))),
      ),
    };
    found.push((await engine.step(batch, 0.05)).loss);
  }
  await engine.release();
  return found;
}

function comparesWithCpu(device: DeviceName): void {
  test('every gradient of every layer is that of the CPU', async () => {
    expect((await check(on(device), { tolerance: 1e-3, sides: [14] })).difference).toBeLessThan(1e-3);
  });

  test('training goes as on the CPU', async () => {
    const expected = await losses(openSession, 'cpu');
    expect(new Set(expected.map((loss) => loss.toFixed(3))).size).toBe(4);
    (await losses(on(device), 'portable')).forEach((loss, step) => {
      expect(Math.abs(loss / expected[step]! - 1), `step ${step}`).toBeLessThan(1e-3);
    });
  });
}

describe('on WebAssembly', () => comparesWithCpu('wasm'));

const softwareGpu = requireSoftwareGpu();
describeWith(softwareGpu, 'on WebGPU', () => {
  beforeAll(() => vi.stubEnv('VK_ICD_FILENAMES', softwareGpu.path));
  afterAll(() => vi.unstubAllEnvs());
  comparesWithCpu('webgpu');
});
