// The worker thread's side of the training engine: ONNX Runtime blocks its thread while it runs.
import { parentPort, workerData } from 'node:worker_threads';
import { createArchitecture } from '../../../core/nn/architectures/create-architecture.js';
import type { Batch, StepResult } from '../../../core/training/batch.js';
import { DistillingEngine } from '../../../core/training/distilling-engine.js';
import { LocalEngine } from '../../../core/training/engine.js';
import { checkGradients } from '../../../core/training/gradient-check.js';
import { openSession, sessionsOn } from '../session.js';
import type { EngineRequest, WorkerEngineOptions } from './engine.js';
import { ThreadGradients } from './gradients.js';
import { packError } from './thread-error.js';

const options = workerData as WorkerEngineOptions;
const { architecture: name, architectureOptions, teacher, device = 'cpu', ...gradientOptions } = options;
const architecture = createArchitecture(name, architectureOptions);
const { open, formulas } = sessionsOn(device);
// A GPU computes the parts of a batch one after the other: it is busy with each, and threads would share its one context.
const isGpu = device === 'webgpu' || device === 'cuda';
const others = Array.from(
  { length: isGpu ? 0 : (gradientOptions.workers ?? 1) - 1 },
  () => new ThreadGradients({ architecture: name, architectureOptions, device, ...gradientOptions }),
);
const student = new LocalEngine(architecture, open, { ...gradientOptions, formulas }, others);
const engine = teacher === undefined ? student : new DistillingEngine(student, teacher, open, gradientOptions);

parentPort!.on('message', async ({ id, request }: { id: number; request: EngineRequest }) => {
  try {
    parentPort!.postMessage({ id, result: await answer(request) });
  } catch (error) {
    parentPort!.postMessage({ id, error: packError(error) });
  }
});

function answer(request: EngineRequest): Promise<unknown> {
  switch (request.kind) {
    case 'step':
      return timedStep(request.batch, request.learningRate);
    case 'predict':
      return engine.predict(request.pixels, request.size);
    case 'check':
      return checkGradients(architecture, {
        ...request.options,
        ...gradientOptions,
        teacher,
        device,
        openOnDevice: open,
        openOnCpu: openSession,
        clock: () => performance.now(),
      });
    case 'state':
      return engine.state();
    case 'restore':
      return engine.restore(request.state);
    case 'release':
      return engine.release();
  }
}

/** Only this thread knows when its work began and ended: the trainer may be busy when the result comes. */
async function timedStep(batch: Batch, learningRate: number): Promise<StepResult> {
  const start = performance.now();
  const result = await engine.step(batch, learningRate);
  return { ...result, busyMs: performance.now() - start };
}
