import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { describeWith, itWith, repositoryRoot, requireSoftwareGpu } from '../../../../tests/requirements.js';
import { DeviceError } from '../../../core/errors.js';
import { createArchitecture } from '../../../core/nn/architectures/create-architecture.js';
import { initialWeights } from '../../../core/nn/architectures/parameters.js';
import { createRandom } from '../../../core/numbers/random.js';
import type { DeviceName } from '../session.js';
import { startCheckedEngine } from './checked-engine.js';

const program = join(repositoryRoot, 'dist/adapters/node/training/engine-thread.js');
const built = { path: program, missing: existsSync(program) ? undefined : 'the build (npm run build)' };

const notes: string[] = [];
const architecture = createArchitecture('compact', { classes: 7 });
const start = (device: DeviceName) =>
  startCheckedEngine(
    {
      architecture: 'compact',
      architectureOptions: { classes: 7 },
      device,
      optimiser: { name: 'sgd' },
      weights: initialWeights(architecture, createRandom(1)),
      threads: 2,
    },
    { batchSize: 3, sides: [24], note: (text) => notes.push(text) },
  );

afterEach(() => {
  vi.unstubAllEnvs();
  notes.length = 0;
});

describeWith(built, 'startCheckedEngine', () => {
  it('compares the device with the CPU, and predicts on it as on the CPU', async () => {
    const [cpu, wasm] = [await start('cpu'), await start('wasm')];
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      /^wasm computes what the CPU does: the largest difference is \de-\d \(relative, of .+\); a batch of 3 takes/,
    );
    const random = createRandom(2);
    const pixels = Float32Array.from({ length: 2 * architecture.crop.height * architecture.crop.width }, () =>
      random.integer(256),
    );
    const expected = await cpu.predict(pixels.slice(), 2);
    const found = await wasm.predict(pixels.slice(), 2);
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
    await cpu.release();
    await wasm.release();
  });

  const softwareGpu = requireSoftwareGpu();
  itWith(softwareGpu, 'has a worker thread that uses WebGPU and lets its process end well', async () => {
    // Forward only: a step of this network takes a software GPU a minute.
    const script = `(async () => {
      const [{ WorkerEngine }, { createArchitecture }, { initialWeights }, { createRandom }] = await Promise.all(
        ['adapters/node/training/engine', 'core/nn/architectures/create-architecture', 'core/nn/architectures/parameters', 'core/numbers/random'].map(
          (name) => import(${JSON.stringify(pathToFileURL(join(repositoryRoot, 'dist/')))} + name + '.js')));
      const architecture = 'original';
      const architectureOptions = { classes: 7, kernel: 2 };
      const weights = initialWeights(createArchitecture(architecture, architectureOptions), createRandom(1));
      const predict = async (device) => {
        const engine = new WorkerEngine({ architecture, architectureOptions, device, optimiser: { name: 'sgd' }, weights });
        const probabilities = await engine.predict(Float32Array.from({ length: 48 * 48 }, (_, i) => (i * 37) % 256), 1);
        await engine.release();
        return [...probabilities];
      };
      console.log(JSON.stringify([await predict('cpu'), await predict('webgpu')]));
    })();`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      env: { ...process.env, VK_ICD_FILENAMES: softwareGpu.path },
    });
    const [expected, found] = JSON.parse(stdout) as [number[], number[]];
    expect(expected).toHaveLength(7);
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
  });

  it('throws what the worker thread threw, of its own class', async () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1');
    const error = await start('cuda').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as Error).message).toMatch(/^cuda must open a model, and ONNX Runtime said: /);
    expect(notes).toEqual([]);
  });

  it('answers after its end with an error, not with silence', async () => {
    const engine = await start('cpu');
    await engine.release();
    await expect(engine.state()).rejects.toThrow(DeviceError);
    await engine.release();
  });
});
