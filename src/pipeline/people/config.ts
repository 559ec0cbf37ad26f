// The options of the people stages.
import { z } from 'zod';
import { ConfigError } from '../../core/errors.js';
import { defaultFalseAccepts, falseAcceptsRange } from '../../core/identity/embedding-threshold.js';
import type { PeopleOptions } from '../../core/identity/people.js';
import { parseOptions } from '../parse-options.js';

/** How people are known: by a face embedding, or by local binary patterns histograms. */
export const peopleMethods = ['embedding', 'lbph'] as const;
export type PeopleMethod = (typeof peopleMethods)[number];

/** LBPH's preparation of faces, for training and evaluation. */
const faceKeys = {
  align: z
    .boolean()
    .default(true)
    .meta({ off: 'lbph: take pictures as they are, whole and grey, all of one size, instead of finding the face' })
    .describe('crop faces upright by the eyes'),
  plain: z.boolean().default(false).describe("lbph: leave the light on faces and use OpenCV's own settings of LBPH"),
};

const falseAccepts = z
  .number()
  .min(falseAcceptsRange.least)
  .max(falseAcceptsRange.most)
  .default(defaultFalseAccepts)
  .meta({ value: 'share' })
  .describe('embedding: share of strangers that may be given a name; the threshold is chosen for it');

const threshold = z
  .union([z.enum(['auto', 'none']), z.number().positive()])
  .default('auto')
  .meta({ value: 'distance' })
  .describe('distance from which on a face is unknown: auto learns it, none knows no strangers');

/** Training LBPH. */
export const trainPeopleSchema = z.strictObject({
  ...faceKeys,
  faceSize: z.int().min(24).max(512).default(100).meta({ unit: 'pixels' }).describe('side of an aligned face'),
  threshold,
});

/** Learning people by a face embedding. */
export const embedPeopleSchema = z.strictObject({ threshold, falseAccepts });

export type EmbedPeopleOptions = z.input<typeof embedPeopleSchema>;

/** Fills in the defaults. Throws ConfigError that names every wrong option. */
export function parseEmbedPeople(options: unknown): z.infer<typeof embedPeopleSchema> {
  return parseOptions(embedPeopleSchema, options, 'the options of people train by an embedding are not acceptable');
}

export type TrainPeopleOptions = z.input<typeof trainPeopleSchema>;

/** Fills in the defaults. Throws ConfigError that names every wrong option. */
export function parseTrainPeople(options: unknown): z.infer<typeof trainPeopleSchema> {
  return parseOptions(trainPeopleSchema, options, 'the options of people train are not acceptable');
}

export const evaluatePeopleSchema = z.strictObject({
  method: z.enum(peopleMethods).default('embedding').describe('how people are known'),
  ...faceKeys,
  falseAccepts,
  known: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.5)
    .meta({ value: 'share' })
    .describe('share of the people that are learnt; the others are strangers'),
  pictures: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('pictures to learn each of them from; their others are the test'),
  seed: z
    .int()
    .min(0)
    .max(0xffffffff)
    .default(1)
    .describe('draws the first split; the next ones have the seeds after it'),
  splits: z.int().min(1).max(1000).default(10).describe('how many times to draw'),
});

export type EvaluatePeopleOptions = z.input<typeof evaluatePeopleSchema>;
export type EvaluatePeopleConfig = z.infer<typeof evaluatePeopleSchema>;

/** Fills in the defaults. Throws ConfigError that names every wrong option. */
export function parseEvaluatePeople(options: unknown): EvaluatePeopleConfig {
  const config = parseOptions(evaluatePeopleSchema, options, 'the options of people evaluate are not acceptable');
  if (config.method === 'embedding' && (!config.align || config.plain)) {
    throw new ConfigError(
      'an embedding needs upright faces in their own light; leave align and plain out, or use lbph',
    );
  }
  return config;
}

/** The options of `People.train`. */
export function faceOptions({ align, plain }: Pick<EvaluatePeopleConfig, 'align' | 'plain'>): PeopleOptions {
  return { align, ...(plain ? { light: 'as-is' } : {}) };
}
