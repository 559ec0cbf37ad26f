// The options of collecting face pictures.
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

export const collectSchema = z.strictObject({
  photos: z.int().min(1).max(10_000).default(30).meta({ value: 'number' }).describe('pictures to save'),
  everyMs: z
    .number()
    .min(0)
    .max(3_600_000)
    .default(200)
    .meta({ unit: 'ms' })
    .describe('least time between two saved frames of a video'),
  minFacePx: z.number().min(16).max(4096).default(60).meta({ unit: 'pixels' }).describe('least width of a face'),
  minSharpness: z
    .number()
    .min(0)
    .default(0.02)
    .describe('least variance of the Laplacian over the variance of the face at 100 x 100'),
  minBrightness: z.number().min(0).max(255).default(40).describe('least mean grey of the face'),
  maxBrightness: z.number().min(0).max(255).default(215).describe('largest mean grey of the face'),
  minContrast: z.number().min(0).max(127).default(12).describe('least standard deviation of the grey of the face'),
  minDifference: z
    .number()
    .min(0)
    .max(255)
    .default(0.5)
    .describe('least mean difference in grey from every face saved before'),
  maxTurn: z
    .number()
    .min(0)
    .max(2)
    .default(0.42)
    .meta({ value: 'n' })
    .describe('how far a head may be turned: offset of the nose from the middle of the eyes, in eye distances'),
  maxTiltDegrees: z
    .number()
    .min(0)
    .max(180)
    .default(30)
    .meta({ unit: 'degrees' })
    .describe('how far a head may be tilted: the line through the eyes'),
});

export type CollectOptions = z.input<typeof collectSchema>;
export type CollectConfig = z.infer<typeof collectSchema>;

/** Fills in the defaults. Throws ConfigError that names every wrong option. */
export function parseCollect(options: unknown): CollectConfig {
  return parseOptions(collectSchema, options, 'the options of collect are not acceptable');
}
