// The options of the quantise stage.
import { z } from 'zod';
import { onValidationSamples, sampleKeys } from '../evaluate/sample-keys.js';
import { parseOptions } from '../parse-options.js';

export const quantiseConfigSchema = onValidationSamples(
  z.strictObject({
    ...sampleKeys,
    split: sampleKeys.split.describe('split that both forms are measured on (default: PublicTest)'),
    run: sampleKeys.run.describe('instead: what this run validated on'),
    calibration: z.int().min(16).max(10_000).default(256).describe('training pictures that give the ranges'),
    share: z
      .number()
      .min(0.9)
      .max(1)
      .default(0.9999)
      .meta({ value: 's' })
      .describe("share of each inner value's numbers that its 8 bits cover, 0.9 to 1"),
    seed: z.int().min(0).default(1).describe('draws the training pictures'),
    threads: z.int().min(1).max(64).default(1).describe('threads of ONNX Runtime'),
  }),
  'name a --split or a --run to evaluate on, not both',
);

export type QuantiseConfig = z.infer<typeof quantiseConfigSchema>;

/** Checks the options. Throws ConfigError when one is wrong. */
export function parseQuantiseConfig(options: unknown): QuantiseConfig {
  return parseOptions(quantiseConfigSchema, options, 'the options of quantise are not valid');
}
