// The configuration of a detector's training. What both kinds of training have is the same here and there.
import { z } from 'zod';
import { detectorNames } from '../../core/nn/architectures/create-architecture.js';
import { parseOptions } from '../parse-options.js';
import { trainConfigSchema } from '../train/config.js';

const share = z.number().min(0).max(1);
const steps = trainConfigSchema.shape;

const compositionSchema = z.strictObject({
  faceSizes: z
    .tuple([z.number().min(8), z.number().max(256)])
    .refine(([smallest, largest]) => smallest < largest, 'the smallest must be below the largest')
    .default([9, 220])
    .describe('sizes of faces, drawn on a logarithmic scale: roots of their areas, pixels'),
  mosaic: z
    .tuple([share, share])
    .refine(([four, sixteen]) => four + sixteen <= 1, 'both together must not be above 1')
    .default([0.35, 0.1])
    .describe('probabilities that a sample is put together of four pictures, and of sixteen'),
  flip: share.default(0.5).describe('probability of mirroring'),
  rotation: z.number().min(0).max(45).default(20).describe('largest rotation either way, degrees'),
  stretch: z.number().min(0).max(1).default(0.12).describe('largest change of width against height'),
  occlusion: share.default(0.15).describe('probability that a patch covers a part of a face'),
});

const coloursSchema = z.strictObject({
  grey: share.default(0.35).describe('probability of losing all colour'),
  light: share.default(0.7).describe('probability of other brightness, contrast, gamma and colour cast'),
  blur: share.default(0.15).describe('probability of blur'),
  noise: z
    .tuple([share, z.number().min(1).max(64)])
    .default([0.25, 14])
    .describe('probability of noise, and its largest standard deviation, grey levels'),
  jpeg: z
    .tuple([share, z.int().min(1).max(95)])
    .default([0.15, 25])
    .describe('probability of compression as JPEG, and its lowest quality'),
});

export const detectorConfigSchema = z
  .strictObject({
    architecture: z.enum(detectorNames as [string, ...string[]]).default('pyramid'),
    side: z.int().min(64).max(640).multipleOf(64).default(256).describe('height and width of the samples, pixels'),
    validationShare: z
      .number()
      .min(0)
      .max(0.5)
      .default(0.05)
      .describe('share of the pictures, chosen by their file names, that validates'),
    composition: compositionSchema.prefault({}),
    colours: coloursSchema.nullable().prefault({}).describe('null for none'),
    shares: z
      .strictObject({
        score: z.number().min(0).default(4),
        box: z.number().min(0).default(2),
        points: z.number().min(0).default(3),
      })
      .prefault({})
      .describe('how much each part of the loss counts'),
    pretrained: steps.pretrained,
    epochs: steps.epochs.default(60),
    batchSize: steps.batchSize.default(32),
    optimiser: steps.optimiser.default({ name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 }),
    schedule: steps.schedule.default({ name: 'one-cycle', rate: 0.004, warmUp: 0.1 }),
    weightDecay: steps.weightDecay.default(0.05),
    clipNorm: steps.clipNorm.default(10),
    average: steps.average,
    patience: steps.patience,
    keep: steps.keep,
    seed: steps.seed,
    threads: steps.threads,
    workers: steps.workers.default(2),
    batchThreads: steps.batchThreads,
    ghostBatch: steps.ghostBatch.default(16),
  })
  .refine(({ workers, threads }) => workers <= threads, {
    path: ['workers'],
    error: 'each worker needs a thread: workers must not be above threads',
  })
  .refine(({ validationShare, keep, patience }) => validationShare > 0 || (keep === 'last' && patience === null), {
    path: ['validationShare'],
    error: "without validation no epoch is known to be the best: keep must be 'last' and patience null",
  });

export type DetectorConfig = z.infer<typeof detectorConfigSchema>;

/** Checks a configuration and fills in the defaults. Throws ConfigError that names every wrong key. */
export function parseDetectorConfig(json: unknown): DetectorConfig {
  return parseOptions(detectorConfigSchema, json, "the detector's configuration is not valid");
}
