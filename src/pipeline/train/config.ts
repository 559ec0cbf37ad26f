// The configuration of a training run: one schema gives the defaults, the checks, the saved config.json.
import { z } from 'zod';
import { architectureNames } from '../../core/nn/architectures/create-architecture.js';
import { parseOptions } from '../parse-options.js';

const share = z.number().min(0).max(1);
const range = (lowest: number, highest: number) => {
  const bounded = z.number().min(lowest).max(highest);
  return z.tuple([bounded, bounded]).refine(([low, high]) => low <= high, 'low must not be above high');
};

const splitName = z.string().min(1);

/** Each epoch is a line of the history, which is saved after every epoch: more would take longer to save than to train. */
const epochCount = z.int().positive().max(100_000);

const augmentationSchema = z.strictObject({
  flip: share.default(0.5).describe('probability of mirroring'),
  rotation: z.number().min(0).max(180).default(8).meta({ unit: 'degrees' }).describe('largest rotation either way'),
  zoom: range(0.1, 10).default([0.9, 1.12]).describe('range of the scale factor'),
  shift: share.default(0.09).describe('largest shift either way, share of the side'),
  light: z
    .strictObject({
      probability: share.default(0.5).describe('probability that a picture is changed at all'),
      gamma: range(0.1, 10).default([0.6, 1.6]).describe('exponent of the grey curve'),
      side: share.default(0.5).describe('largest side light: gain 1 - side .. 1 + side across the picture'),
      blur: z
        .number()
        .min(0)
        .max(0.2)
        .default(0.02)
        .describe('largest standard deviation of the blur, share of the side'),
      noise: z
        .number()
        .min(0)
        .max(128)
        .default(8)
        .meta({ unit: 'grey levels' })
        .describe('largest standard deviation of sensor noise'),
    })
    .nullable()
    .default(null)
    .describe(
      "gamma, side light, blur and sensor noise, for cameras that are worse than the dataset's; `null` for none",
    ),
  erasing: z
    .strictObject({
      probability: share.default(0.25).describe('probability that a rectangle is erased'),
      area: range(0, 1).default([0.04, 0.16]).describe('erased share of the area'),
    })
    .prefault({}),
});

const scheduleSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant'), rate: z.number().positive().describe('the learning rate') }),
  z.strictObject({
    name: z.literal('inverse-time'),
    rate: z.number().positive().describe('the rate of the first step'),
    decay: z.number().min(0).describe('the rate is `rate / (1 + decay * step)`'),
  }),
  z.strictObject({
    name: z.literal('cosine'),
    rate: z.number().positive().describe('the highest rate'),
    warmUp: z.int().min(0).default(500).describe('steps that warm up'),
    final: share.default(0).describe('share of the rate that is left at the end'),
  }),
  z.strictObject({
    name: z.literal('one-cycle'),
    rate: z.number().positive().describe('the highest rate'),
    warmUp: share.default(0.15).describe('share of the steps that warm up'),
  }),
]);

const optimiserSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('adam'),
    beta1: share.default(0.9).describe("decay of the gradients' mean"),
    beta2: share.default(0.999).describe("decay of the gradients' mean square"),
    epsilon: z.number().positive().default(1e-7).describe('added to the root of the mean square'),
  }),
  z.strictObject({
    name: z.literal('sgd'),
    momentum: share.default(0.9).describe('share of the last update that is kept'),
    nesterov: z.boolean().default(true).describe("Nesterov's momentum"),
  }),
]);

const validationSchema = z.union([
  z.strictObject({ split: splitName.describe('the split that validates') }),
  z.strictObject({
    folds: z.int().min(2).max(1000).describe('instead: the number of folds of the training split, at most 1,000'),
    fold: z.int().min(0).describe('the fold that validates, from 0'),
    seed: z.int().min(0).optional().describe("seed of the division into folds (default: the run's)"),
  }),
]);

export const trainConfigSchema = z
  .strictObject({
    architecture: z
      .enum(architectureNames as [string, ...string[]])
      .default('compact')
      .describe('[network](#architectures)'),
    dropout: z.number().min(0).lt(0.9).optional().describe("dropout rate (default: the architecture's own)"),
    l2: z.number().min(0).optional().describe("penalty `l2 · Σw²` (default: the architecture's own)"),
    kernel: z
      .int()
      .min(2)
      .max(5)
      .optional()
      .describe("side of the kernels in pixels, for `original` only (default: the architecture's own)"),
    trainingSplit: z
      .union([splitName, z.array(splitName).min(1)])
      .default('Training')
      .describe('the split that trains, or a list of several; never a test split'),
    validation: validationSchema
      .nullable()
      .default({ split: 'PublicTest' })
      .describe('a split, or a fold of the training split; `null`: no validation (below)'),
    splitFile: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "a file of [`moodlens data split`](data.md#splits): the names of splits then refer to its sets; `null`: the dataset's own splits",
      ),
    excludeDuplicates: z
      .boolean()
      .default(true)
      .describe('exclude training pictures that are pixel-identical to a validation picture'),
    epochs: epochCount.default(24).describe('passes over the training samples, at most 100,000'),
    batchSize: z.int().positive().max(1024).default(64).describe('samples of a step, at most 1,024'),
    optimiser: optimiserSchema
      .default({ name: 'sgd', momentum: 0.9, nesterov: true })
      .describe('update of the weights, by its `name`'),
    schedule: scheduleSchema
      .default({ name: 'one-cycle', rate: 0.05, warmUp: 0.15 })
      .describe('learning rate over the steps, by its `name`'),
    weightDecay: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('kernels shrink by `rate · weightDecay` per step, independently of the gradient (decoupled)'),
    clipNorm: z
      .number()
      .positive()
      .nullable()
      .default(null)
      .describe("the largest joint norm of a step's gradients, larger ones are scaled down; `null` for no limit"),
    average: z
      .strictObject({
        decay: z.number().min(0).lt(1).default(0.998).describe('share of the average that stays at each step'),
      })
      .nullable()
      .prefault({})
      .describe(
        'moving average of the weights (running statistics too), used by validation and by the model; `null` for none',
      ),
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0.1)
      .describe('share of the target that all classes get in equal parts'),
    mixup: z
      .strictObject({
        alpha: z
          .number()
          .positive()
          .max(10)
          .default(0.2)
          .describe('both parameters of the Beta distribution from which the shares are drawn'),
      })
      .nullable()
      .default(null)
      .describe('blends every picture and its target with another of the batch; `null` for none'),
    classWeights: z
      .union([z.literal('balanced'), z.array(z.number().positive())])
      .nullable()
      .default(null)
      .describe(
        'weight of each class in the loss, as numbers; `"balanced"`: inversely to its frequency; `null` for 1 each',
      ),
    votes: z
      .strictObject({
        file: z.string().min(1).describe("FER+'s fer2013new.csv, for the rows of the dataset's source"),
        weight: share.default(0.3).describe('share of the votes, translated to the labels, in the targets'),
        auxiliary: z
          .number()
          .min(0)
          .max(10)
          .default(1)
          .describe('weight of the loss of a second head, which learns the votes themselves'),
      })
      .nullable()
      .default(null)
      .describe("soft labels from FER+'s votes (below); `null` for none"),
    distillation: z
      .strictObject({
        teacher: z.string().min(1).describe('a `model.onnx` that moodlens wrote, of one model or an ensemble'),
        weight: share.default(0.5).describe("share of the teacher's probabilities in the targets"),
        temperature: z
          .number()
          .min(0.1)
          .max(100)
          .default(1)
          .describe('above 1 softens the probabilities of the teacher'),
      })
      .nullable()
      .default(null)
      .describe('soft targets from a [teacher](#distillation); `null` for none'),
    pretrained: z
      .strictObject({ run: z.string().min(1).describe('folder of a finished run of the same architecture') })
      .nullable()
      .default(null)
      .describe('start from the [weights of another run](#pretrained-weights); `null` for random ones'),
    progressive: z
      .array(
        z.strictObject({
          side: z
            .int()
            .min(16)
            .max(256)
            .meta({ unit: 'pixels' })
            .describe('height and width at which the network sees its view'),
          epochs: epochCount.describe('epochs at that side'),
        }),
      )
      .default([])
      .describe('the first epochs use the same view at fewer pixels (below)'),
    augmentation: augmentationSchema
      .nullable()
      .prefault({})
      .describe('random changes of training pictures; mirror, zoom, shift and rotation are one warp; `null` for none'),
    patience: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('epochs without a lower validation loss before the run ends; `null` never ends it early'),
    keep: z
      .enum(['last', 'best'])
      .default('last')
      .describe('which weights become the model: of the last epoch, or of the lowest validation loss'),
    seed: z.int().min(0).default(1).describe('seed of all random choices; determines the result'),
    threads: z
      .int()
      .positive()
      .max(64)
      .default(2)
      .describe(
        "threads of ONNX Runtime, at most 64; like the seed, they determine the result (`moodlens train` without this key: the machine's cores)",
      ),
    workers: z
      .int()
      .positive()
      .max(64)
      .default(1)
      .describe(
        'parts of a batch that are computed in parallel, by `threads / workers` threads each; they determine the result (`moodlens train` without this key: one per thread, as long as each has 16 pictures of a batch, or `ghostBatch` of them where that is given)',
      ),
    batchThreads: z
      .int()
      .positive()
      .max(64)
      .default(1)
      .describe(
        'threads that prepare batches, at most 64; affects only the speed, and may change when a run is resumed',
      ),
    ghostBatch: z
      .int()
      .min(2)
      .nullable()
      .default(null)
      .describe("samples over which batch normalisation takes its statistics, at most; `null`: a worker's whole part"),
  })
  .refine(({ workers, threads }) => workers <= threads, {
    path: ['workers'],
    error: 'each worker needs a thread: workers must not be above threads',
  })
  .refine(({ validation, keep, patience }) => validation !== null || (keep === 'last' && patience === null), {
    path: ['validation'],
    error: "without validation no epoch is known to be the best: keep must be 'last' and patience null",
  })
  .refine(({ architecture, kernel }) => kernel === undefined || architecture === 'original', {
    path: ['kernel'],
    error: 'only the architecture original has a kernel to choose',
  });

export type TrainConfig = z.infer<typeof trainConfigSchema>;

/** Checks a configuration and fills in the defaults. Throws ConfigError that names every wrong key. */
export function parseTrainConfig(json: unknown): TrainConfig {
  return parseOptions(trainConfigSchema, json, 'the training configuration is not valid');
}
