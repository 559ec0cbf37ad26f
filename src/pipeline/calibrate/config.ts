// The options of the calibrate stage. A test split is always refused.
import { z } from 'zod';
import { isTestSplit } from '../data/test-splits.js';
import { refuseTest } from '../evaluate/config.js';
import { onValidationSamples, sampleKeys } from '../evaluate/sample-keys.js';
import { parseOptions } from '../parse-options.js';

export const calibrateConfigSchema = onValidationSamples(
  z.strictObject({
    ...sampleKeys,
    split: sampleKeys.split.describe('validation split that the temperature is fitted on (default: PublicTest)'),
    run: sampleKeys.run.describe('instead: what this run validated on, its fold too'),
    batch: z.int().min(1).max(256).default(64).describe('pictures in one run of the model'),
    threads: z.int().min(1).max(64).default(1).describe('threads of ONNX Runtime'),
  }),
  'name a --split or a --run, not both',
);

export type CalibrateConfig = z.infer<typeof calibrateConfigSchema>;

/** Checks the options; without a split and a run the split is PublicTest. Throws ConfigError. */
export function parseCalibrateConfig(options: unknown): CalibrateConfig {
  const config = parseOptions(calibrateConfigSchema, options, "the calibration's options are not valid");
  const { split } = config;
  if (split !== undefined) refuseTestRows({ split, test: isTestSplit(split) });
  return config;
}

/** Throws ConfigError for a test split: a temperature fitted on it would bias the test. */
export function refuseTestRows(samples: { readonly split: string; readonly test: boolean }): void {
  refuseTest(samples, {
    must: 'a temperature must be fitted on validation rows',
    next: 'name a validation split, or a --run',
  });
}
