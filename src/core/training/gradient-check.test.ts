import { describe, expect, it } from 'vitest';
import { comparesWithCpu, everyLayer } from '../../../tests/fixtures/device-comparison.js';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../adapters/node/session.js';
import { DeviceError } from '../errors.js';
import { createArchitecture } from '../nn/architectures/create-architecture.js';
import { buildTrainingGraph } from '../nn/graphs/training-graph.js';
import { dense } from '../nn/layers/dense.js';
import type { OpenSession } from '../ports/session.js';
import { checkGradients } from './gradient-check.js';

const options = {
  device: 'fake',
  openOnCpu: openSession,
  tolerance: 0.01,
  batchSize: 4,
  clock: () => performance.now(),
};
const parts = { batchSize: 8, workers: 2, threads: 2, ghostBatch: 2 };

const check = (openOnDevice: OpenSession, changes: { tolerance?: number; sides?: readonly number[] } = {}) =>
  checkGradients(everyLayer, { ...options, openOnDevice, ...changes });

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
  const output = buildTrainingGraph(everyLayer, 4, 'portable').gradients.get(weight)!;

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
    ['wrong predictions', change((name, run) => name === 'predictions' && !run.isTraining, 1), 'predictions'],
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
      { ...everyLayer, auxiliary: dense({ units: 3 }) },
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

describe('on WebAssembly', () => comparesWithCpu('wasm'));
