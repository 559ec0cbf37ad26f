// Runs in a process of its own, which bench-runner.ts in the process of `moodlens bench` starts, so that its memory is its own: takes
// one measurement (argument: its task as JSON) and prints a line of JSON.
import { readFile } from 'node:fs/promises';
import { openSession } from '../../../adapters/node/session.js';
import { WorkerEngine } from '../../../adapters/node/training/engine.js';
import { expressionLabels } from '../../../core/dataset/labels.js';
import { createArchitecture } from '../../../core/nn/architectures/create-architecture.js';
import { initialWeights } from '../../../core/nn/architectures/parameters.js';
import { createRandom } from '../../../core/numbers/random.js';
import type { InferenceTask, TrainingTask } from '../../../pipeline/bench/bench-task.js';
import { measureInference } from '../../../pipeline/bench/measure-inference.js';
import { measureTraining } from '../../../pipeline/bench/measure-training.js';
import { untrainedModel } from '../../../pipeline/bench/untrained-model.js';

const mebibyte = 2 ** 20;
const clock = () => performance.now();
const task = JSON.parse(process.argv[2] ?? 'null') as InferenceTask | TrainingTask;
const baseMb = process.memoryUsage.rss() / mebibyte;
const measured = task.kind === 'inference' ? await inference(task) : { durationsMs: await training(task) };
const memoryMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  `${JSON.stringify({ ...measured, memoryMb: Math.round(memoryMb), addedMemoryMb: Math.round(memoryMb - baseMb) })}\n`,
);

async function inference({ model, runtime, ...options }: InferenceTask) {
  const file = 'file' in model ? await readFile(model.file) : untrainedModel(model.architecture);
  const device = runtime === 'web' ? 'wasm' : 'cpu';
  return measureInference(file, {
    ...options,
    clock,
    openSession: (bytes, sessionOptions) => openSession(bytes, { ...sessionOptions, device }),
  });
}

async function training({ architecture: name, batch, steps, threads, workers, ghostBatch }: TrainingTask) {
  const architectureOptions = { classes: expressionLabels.length };
  const architecture = createArchitecture(name, architectureOptions);
  const engine = new WorkerEngine({
    ...{ architecture: name, architectureOptions, optimiser: { name: 'adam' }, threads, workers, ghostBatch },
    weights: initialWeights(architecture, createRandom(1)),
  });
  try {
    return await measureTraining(engine, { architecture, batch, steps, clock });
  } finally {
    await engine.release();
  }
}
