// The options of the evaluate stage, and which splits are for the last look only.

import { z } from 'zod';
import { ConfigError } from '../../core/errors.js';
import { testTimeAugmentations } from '../../core/model/test-time-augmentation.js';
import { isTestSplit } from '../data/test-splits.js';
import { parseOptions } from '../parse-options.js';
import { sampleKeys, splitFileNeedsSplit } from './sample-keys.js';

export const evaluateConfigSchema = z
  .strictObject({
    ...sampleKeys,
    run: sampleKeys.run.describe(
      'instead of --split: what this run validated on; its model, unless --model names another',
    ),
    batch: z.int().min(1).max(256).default(64).describe('pictures in one run of the model'),
    tta: z
      .enum(testTimeAugmentations)
      .default('none')
      .meta({ value: 'kind' })
      .describe('test-time augmentation: average over several views of each picture'),
    stress: z
      .boolean()
      .default(false)
      .describe('also on distorted pictures: light, framing, blur, noise, resolution, JPEG; three strengths each'),
    stressSamples: z
      .int()
      .min(1)
      .optional()
      .describe('distort only so many pictures, every class with its share (default: all)'),
    compare: z
      .string()
      .trim()
      .min(1)
      .optional()
      .meta({ value: 'file' })
      .describe("another model (.onnx) on the same samples: McNemar's test of the difference"),
    yesThisIsTheTest: z
      .boolean()
      .default(false)
      .describe('needed for a test split: look at it once, after every choice is made'),
  })
  .refine(({ split, run }) => (split === undefined) !== (run === undefined), {
    path: ['split'],
    error: 'name either a --split or a --run whose validation samples are to be evaluated',
  })
  .check(splitFileNeedsSplit)
  .refine(({ stress, stressSamples }) => stress || stressSamples === undefined, {
    path: ['stressSamples'],
    error: '--stress-samples is a part of the stress test; add --stress',
  });

export type EvaluateConfig = z.infer<typeof evaluateConfigSchema>;

/** Checks the options. Throws ConfigError when one is wrong, or when a test split is named without saying so. */
export function parseEvaluateConfig(options: unknown): EvaluateConfig {
  const config = parseOptions(evaluateConfigSchema, options, "the evaluation's options are not valid");
  const { split, yesThisIsTheTest } = config;
  if (split !== undefined) requireConsent({ split, test: isTestSplit(split) }, yesThisIsTheTest);
  return config;
}

interface NamedSamples {
  readonly split: string;
  readonly test: boolean;
}

/** Throws ConfigError for a test split unless it was said that this is the test. */
export function requireConsent({ split, test }: NamedSamples, yesThisIsTheTest: boolean): void {
  if (!test || yesThisIsTheTest) return;
  throw new ConfigError(
    `'${split}' is a test split, to be looked at once, after every choice is made; if this is that look, add --yes-this-is-the-test; to compare models, evaluate on the validation split`,
  );
}

/**
 * Throws ConfigError for a test split, with or without consent: a stage that chooses something must not see one. Only `evaluate`
 * measures on a test split. `must` and `next` are parts of the message: what must hold, and what to do.
 */
export function refuseTest({ split, test }: NamedSamples, { must, next }: Record<'must' | 'next', string>): void {
  if (!test) return;
  throw new ConfigError(`${must}, and '${split}' is a test split; ${next}`);
}
