// The worker thread's side of the training engine: ONNX Runtime blocks its thread while it runs.
import { parentPort, workerData } from 'node:worker_threads';
import { createArchitecture } from '../../core/nn/architecture.js';
import { type Batch, LocalEngine, type StepResult } from '../../core/nn/engine.js';
import { TaughtEngine } from '../../core/nn/taught-engine.js';
import { openSession } from './session.js';
import { ThreadGradients } from './thread-gradients.js';
import type { EngineRequest, WorkerEngineOptions } from './worker-engine.js';

const { architecture: name, architectureOptions, teacher, ...engineOptions } = workerData as WorkerEngineOptions;
const architecture = createArchitecture(name, architectureOptions);
const others = Array.from(
  { length: (engineOptions.workers ?? 1) - 1 },
  () => new ThreadGradients({ architecture: name, architectureOptions, ...engineOptions }),
);
const student = new LocalEngine(architecture, openSession, engineOptions, others);
const engine = teacher === undefined ? student : new TaughtEngine(student, teacher, openSession, engineOptions);

parentPort!.on('message', async ({ id, request }: { id: number; request: EngineRequest }) => {
  try {
    parentPort!.postMessage({ id, result: await answer(request) });
  } catch (error) {
    parentPort!.postMessage({ id, error });
  }
});

function answer(request: EngineRequest): Promise<unknown> {
  switch (request.kind) {
    case 'step':
      return timedStep(request.batch, request.learningRate);
    case 'predict':
      return engine.predict(request.pixels, request.size);
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
