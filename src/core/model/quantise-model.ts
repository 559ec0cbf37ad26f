// The int8 form of a model file: its convolutions in 8-bit integers, calibrated on pictures.
import { Sha256 } from '../bytes/sha256.js';
import { ConfigError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { resizeGrey } from '../image/resize.js';
import { modelNames } from '../nn/graphs/inference-graph.js';
import { calibrate } from '../onnx/calibrate.js';
import { foldBatchNorm } from '../onnx/fold-batch-norm.js';
import { quantiseConvolutions, valuesToCalibrate } from '../onnx/quantise-convolutions.js';
import { writeModel } from '../onnx/write-model.js';
import type { OpenSession, Tensor } from '../ports/session.js';
import { type ModelMetadata, withMetadata } from './model-metadata.js';
import { readExpressionModel } from './read-expression-model.js';

export interface QuantiseOptions {
  readonly openSession: OpenSession;
  /** Share of each value's numbers that its 8 bits reach; the rest, the farthest out, is cut off. Default 0.9999. */
  readonly share?: number;
  /** Threads inside one operator while calibrating; default 1. */
  readonly threads?: number;
}

/** Pictures in one run of the model. */
const batchSize = 32;

/**
 * The bytes of the int8 form: the same input, outputs and metadata, without the float model's figures, and with what it was
 * made from. `pictures` should be like those it will see, and none that it is measured on. Throws ModelFormatError when
 * the file is not a model of ours, ConfigError when it is in int8 already or has no convolutions.
 */
export async function quantiseModel(
  file: Uint8Array,
  pictures: readonly GreyPicture[],
  { openSession, share = 0.9999, threads = 1 }: QuantiseOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { graph, metadata } = readExpressionModel(file);
  if (metadata.int8 !== undefined) {
    throw new ConfigError('the model to quantise must be in float32, and this one is in int8 already; use it as it is');
  }
  const folded = foldBatchNorm(graph);
  const values = valuesToCalibrate(folded);
  if (values.length === 0) {
    throw new ConfigError('the model to quantise must have convolutions, and this one has none; use it as it is');
  }
  const batches: Record<string, Tensor>[] = [];
  for (let start = 0; start < pictures.length; start += batchSize) {
    batches.push({ [modelNames.image]: pack(pictures.slice(start, start + batchSize), metadata.input) });
  }
  const ranges = await calibrate(folded, { values, batches, share, openSession, threads });
  const described: ModelMetadata = {
    ...metadata,
    metrics: {},
    int8: { float: new Sha256().update(file).hex(), pictures: pictures.length, share, metrics: metadata.metrics },
  };
  return writeModel(withMetadata(quantiseConvolutions(folded, ranges), described));
}

function pack(pictures: readonly GreyPicture[], { width, height }: ModelMetadata['input']): Tensor {
  const data = new Uint8Array(pictures.length * width * height);
  pictures.forEach((picture, i) => {
    const fits = picture.width === width && picture.height === height;
    data.set((fits ? picture : resizeGrey(picture, width, height)).data, i * width * height);
  });
  return { dims: [pictures.length, 1, height, width], data };
}
