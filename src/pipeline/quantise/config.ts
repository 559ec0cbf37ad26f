// The options of the quantise stage.
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

const name = z.string().trim().min(1);

export const quantiseConfigSchema = z
  .strictObject({
    split: name.optional().describe('what both forms are measured on; default PublicTest'),
    splitFile: name.optional().describe('a split file, whose set `split` names'),
    run: name.optional().describe('instead: a run folder, whose validation samples are taken'),
    calibration: z.int().min(16).max(10_000).default(256).describe('training pictures that give the ranges'),
    share: z
      .number()
      .min(0.9)
      .max(1)
      .default(0.9999)
      .describe('of the numbers of each inner value that its 8 bits reach; 1: all'),
    seed: z.int().min(0).default(1).describe('draws the training pictures'),
    threads: z.int().min(1).max(64).default(1).describe('threads of ONNX Runtime'),
  })
  .refine(({ split, run }) => split === undefined || run === undefined, {
    path: ['split'],
    error: 'name a --split or a --run to measure on, not both',
  })
  .refine(({ split, splitFile }) => split !== undefined || splitFile === undefined, {
    path: ['splitFile'],
    error: '--split-file needs --split, the name of one of its sets',
  })
  .transform((options) => (options.run === undefined ? { ...options, split: options.split ?? 'PublicTest' } : options));

export type QuantiseConfig = z.infer<typeof quantiseConfigSchema>;

/** Checks the options. Throws ConfigError when one is wrong. */
export function parseQuantiseConfig(options: unknown): QuantiseConfig {
  return parseOptions(quantiseConfigSchema, options, 'the options of quantise are not valid');
}
