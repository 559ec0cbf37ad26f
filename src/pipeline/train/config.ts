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
  rotation: z.number().min(0).max(180).default(8).describe('largest rotation either way, degrees'),
  zoom: range(0.1, 10).default([0.9, 1.12]).describe('range of the scale factor'),
  shift: share.default(0.09).describe('largest shift either way, share of the side'),
  light: z
    .strictObject({
      probability: share.default(0.5).describe('probability that a picture is changed at all'),
      gamma: range(0.1, 10).default([0.6, 1.6]).describe('exponent of the grey curve'),
      side: share.default(0.5).describe('largest side light: gain 1 - side .. 1 + side across the picture'),
      blur: z.number().min(0).max(0.2).default(0.02).describe('largest standard deviation, share of the side'),
      noise: z.number().min(0).max(128).default(8).describe('largest standard deviation, grey levels'),
    })
    .nullable()
    .default(null)
    .describe('changes of light, focus and noise; null for none'),
  erasing: z
    .strictObject({
      probability: share.default(0.25),
      area: range(0, 1).default([0.04, 0.16]).describe('erased share of the area'),
    })
    .prefault({}),
});

const scheduleSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant'), rate: z.number().positive() }),
  z.strictObject({
    name: z.literal('inverse-time'),
    rate: z.number().positive(),
    decay: z.number().min(0).describe('rate / (1 + decay * step)'),
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
    beta1: share.default(0.9),
    beta2: share.default(0.999),
    epsilon: z.number().positive().default(1e-7),
  }),
  z.strictObject({ name: z.literal('sgd'), momentum: share.default(0.9), nesterov: z.boolean().default(true) }),
]);

const validationSchema = z.union([
  z.strictObject({ split: splitName.describe('name of the split that validates') }),
  z.strictObject({
    folds: z.int().min(2).max(1000).describe('number of folds of the training split'),
    fold: z.int().min(0).describe('the fold that validates, from 0'),
    seed: z.int().min(0).optional().describe("seed of the division into folds; default: the run's"),
  }),
]);

export const trainConfigSchema = z
  .strictObject({
    architecture: z.enum(architectureNames as [string, ...string[]]).default('compact'),
    dropout: z.number().min(0).lt(0.9).optional().describe("default: the architecture's own"),
    l2: z.number().min(0).optional().describe("penalty l2 * sum(w^2); default: the architecture's own"),
    kernel: z.int().min(2).max(5).optional().describe('side of the kernels, pixels; only for `original`'),
    trainingSplit: z
      .union([splitName, z.array(splitName).min(1)])
      .default('Training')
      .describe('the split that trains, or several'),
    validation: validationSchema
      .nullable()
      .default({ split: 'PublicTest' })
      .describe('what validates; null for nothing: a last training on every row'),
    splitFile: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe("a file of 'moodlens data split', whose sets the names of splits mean; null: the dataset's own splits"),
    excludeDuplicates: z
      .boolean()
      .default(true)
      .describe('leave out training pictures that are pixel-identical to a validation picture'),
    epochs: epochCount.default(24),
    batchSize: z.int().positive().max(1024).default(64),
    optimiser: optimiserSchema.default({ name: 'sgd', momentum: 0.9, nesterov: true }),
    schedule: scheduleSchema.default({ name: 'one-cycle', rate: 0.05, warmUp: 0.15 }),
    weightDecay: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('decoupled from the gradient: w -= rate * weightDecay * w'),
    clipNorm: z
      .number()
      .positive()
      .nullable()
      .default(null)
      .describe('largest norm of all gradients of a step; null for no limit'),
    average: z
      .strictObject({ decay: z.number().min(0).lt(1).default(0.998).describe('share that stays at each step') })
      .nullable()
      .prefault({})
      .describe('moving average of the weights, which is validated and kept; null for none'),
    labelSmoothing: z.number().min(0).lt(1).default(0.1),
    mixup: z
      .strictObject({
        alpha: z.number().positive().max(10).default(0.2).describe('of the Beta distribution of shares'),
      })
      .nullable()
      .default(null)
      .describe('blends pairs of pictures and their targets; null for none'),
    classWeights: z
      .union([z.literal('balanced'), z.array(z.number().positive())])
      .nullable()
      .default(null)
      .describe("weight of each class in the loss; 'balanced': inversely to its frequency; null for 1 each"),
    votes: z
      .strictObject({
        file: z.string().min(1).describe("FER+'s fer2013new.csv, for the rows of the dataset's source"),
        weight: share.default(0.3).describe('share of the votes, translated to the labels, in the targets'),
        auxiliary: z
          .number()
          .min(0)
          .max(10)
          .default(1)
          .describe('weight of the loss of a second head that learns the votes themselves'),
      })
      .nullable()
      .default(null)
      .describe('soft labels from the votes of ten people a picture; null for none'),
    distillation: z
      .strictObject({
        teacher: z.string().min(1).describe('a model.onnx that moodlens wrote, of one model or an ensemble'),
        weight: share.default(0.5).describe("share of the teacher's probabilities in the targets"),
        temperature: z.number().min(0.1).max(100).default(1).describe('above 1 the teacher is less sure'),
      })
      .nullable()
      .default(null)
      .describe("soft targets from a teacher's look at each batch; null for none"),
    pretrained: z
      .strictObject({ run: z.string().min(1).describe('folder of a finished run of the same architecture') })
      .nullable()
      .default(null)
      .describe('begin with the weights of another run; null for fresh ones'),
    progressive: z
      .array(
        z.strictObject({
          side: z.int().min(16).max(256).describe('height and width at which the network sees its view, pixels'),
          epochs: epochCount,
        }),
      )
      .default([])
      .describe('the first epochs see smaller pictures'),
    augmentation: augmentationSchema.nullable().prefault({}).describe('null for none'),
    patience: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('epochs without a lower validation loss before the run ends; null never ends it early'),
    keep: z
      .enum(['last', 'best'])
      .default('last')
      .describe('which weights become the model: of the last epoch, or of the lowest validation loss'),
    seed: z.int().min(0).default(1),
    threads: z
      .int()
      .positive()
      .max(64)
      .default(2)
      .describe('threads of ONNX Runtime; part of what makes a run repeatable'),
    workers: z
      .int()
      .positive()
      .max(64)
      .default(1)
      .describe('shares of a batch that are computed at the same time, by threads / workers threads each'),
    batchThreads: z
      .int()
      .positive()
      .max(64)
      .default(1)
      .describe('threads that prepare batches ahead of the steps; more change nothing but the speed'),
    ghostBatch: z
      .int()
      .min(2)
      .nullable()
      .default(null)
      .describe("batch norm takes its statistics over at most so many samples; null for a worker's whole share"),
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
