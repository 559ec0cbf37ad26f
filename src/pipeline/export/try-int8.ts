// Makes the int8 form of an exported model, times both forms in every runtime, and applies the rule for keeping it.

import { Sha256 } from '../../core/bytes/sha256.js';
import { type PackedDataset, samplePicture } from '../../core/dataset/packed-dataset.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Progress } from '../../core/ports/progress.js';
import type { OpenSession } from '../../core/ports/session.js';
import { type Evaluation, judgePredictions } from '../evaluate/evaluate.js';
import type { EvaluatedSamples } from '../evaluate/evaluated-samples.js';
import type { SamplePredictions } from '../evaluate/predict-samples.js';
import { type Quantisation, quantise } from '../quantise/quantise.js';
import { timeInTurn } from '../quantise/time-in-turn.js';
import type { ExportConfig } from './config.js';
import { type Int8Verdict, judgeInt8, type RuntimeTimes } from './judge-int8.js';

/** A runtime to time in, by its display name. */
export interface NamedRuntime {
  readonly name: string;
  readonly openSession: OpenSession;
}

export interface Int8Request {
  readonly dataset: PackedDataset;
  /** The run's validation samples, on which both forms are evaluated. */
  readonly samples: EvaluatedSamples;
  /** The float model's predictions for them. */
  readonly predictions: SamplePredictions;
  /** The rows that the run trained on: ranges come from some of them. */
  readonly training: Int32Array;
  readonly config: ExportConfig;
  /** The first one also computes everything that is not timed. */
  readonly runtimes: readonly [NamedRuntime, ...NamedRuntime[]];
  /** Milliseconds. */
  readonly clock: Clock;
  readonly progress?: Progress;
}

export interface Int8Outcome extends Int8Verdict {
  /** The int8 model, whether it is kept or not. */
  readonly model: Uint8Array;
  readonly figures: Quantisation;
  readonly times: readonly RuntimeTimes[];
  /** Of the int8 model; null when it is not kept. */
  readonly evaluation: Evaluation | null;
}

/** `file`: the float model. Throws what `quantise` throws. */
export async function tryInt8(request: Int8Request, file: Uint8Array): Promise<Int8Outcome> {
  const { dataset, samples, predictions, training, config, runtimes, clock, progress } = request;
  const [first, ...others] = runtimes;
  const {
    model,
    figures,
    predictions: said,
  } = await quantise({
    ...{ file, dataset, samples, predictions, training, clock, openSession: first.openSession },
    config: { ...config, share: 0.9999 },
    ...(progress === undefined ? {} : { progress }),
  });
  const times: RuntimeTimes[] = [
    { runtime: first.name, floatMs: figures.float.latencyMs, int8Ms: figures.int8.latencyMs },
  ];
  for (const runtime of others) times.push(await timeForms(request, runtime, [file, model]));
  const verdict = judgeInt8(figures, times);
  const of = {
    predictions: said,
    metadata: readExpressionModel(model).metadata,
    hash: new Sha256().update(model).hex(),
  };
  const evaluation = verdict.kept ? judgePredictions(dataset, samples, of) : null;
  return { model, figures, times, evaluation, ...verdict };
}

async function timeForms(
  { dataset, samples, clock, config: { threads } }: Int8Request,
  { name, openSession }: NamedRuntime,
  forms: readonly Uint8Array[],
): Promise<RuntimeTimes> {
  const models: ExpressionModel[] = [];
  try {
    for (const form of forms) models.push(await ExpressionModel.open(form, openSession, { threads }));
    const [floatMs, int8Ms] = await timeInTurn(models, samplePicture(dataset, samples.indices[0]!), clock);
    return { runtime: name, floatMs: floatMs!, int8Ms: int8Ms! };
  } finally {
    for (const model of models) await model.release();
  }
}
