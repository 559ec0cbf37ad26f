// The thread behind gradients.ts: computes one part of each batch.
import { parentPort, workerData } from 'node:worker_threads';
import { parametersOf } from '../../../core/nn/architectures/architecture.js';
import { createArchitecture } from '../../../core/nn/architectures/create-architecture.js';
import type { Batch } from '../../../core/training/batch.js';
import { workerGradients } from '../../../core/training/engine.js';
import { sessionsOn } from '../session.js';
import { type GradientReply, type GradientThreadData, sharedViews } from './gradients.js';
import { packError } from './thread-error.js';

const { options, ...memory } = workerData as GradientThreadData;
const architecture = createArchitecture(options.architecture, options.architectureOptions);
const parameters = parametersOf(architecture);
const sharedWeights = sharedViews(parameters, memory.weights).views;
const weights = new Map([...sharedWeights].map(([name, view]) => [name, new Float32Array(view.length)]));
const sharedGradients = sharedViews(
  parameters.filter(({ trainable }) => trainable),
  memory.gradients,
).views;
const { open, formulas } = sessionsOn(options.device ?? 'cpu');
const source = workerGradients(architecture, open, { ...options, formulas });

parentPort!.on('message', async (batch: Batch) => {
  parentPort!.postMessage(await answer(batch));
});

async function answer(batch: Batch): Promise<GradientReply> {
  try {
    for (const [name, values] of weights) values.set(sharedWeights.get(name)!);
    const { gradients, ...result } = await source.gradients(weights, batch);
    for (const [name, view] of sharedGradients) view.set(gradients.get(name)!);
    return { result };
  } catch (error) {
    return { error: packError(error) };
  }
}
