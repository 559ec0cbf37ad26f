// The options of the calibrate stage. No test split is fitted on, whatever is said.
import { z } from 'zod';
import { ConfigError } from '../../core/errors.js';
import { isTestSplit } from '../evaluate/config.js';

const name = z.string().trim().min(1);

export const calibrateConfigSchema = z
  .strictObject({
    split: name.optional().describe('validation split that the temperature is fitted on'),
    run: name.optional().describe('instead: a run folder, whose validation samples it is fitted on'),
    batch: z.int().min(1).max(256).default(64).describe('pictures in one run of the model'),
    threads: z.int().min(1).max(64).default(1).describe('threads of ONNX Runtime'),
  })
  .refine(({ split, run }) => split === undefined || run === undefined, {
    path: ['split'],
    error: 'name a --split or a --run, not both',
  })
  .transform((config) => (config.run === undefined ? { split: 'PublicTest', ...config } : config));

export type CalibrateConfig = z.infer<typeof calibrateConfigSchema>;

/** Checks the options; without a split and a run the split is PublicTest. Throws ConfigError. */
export function parseCalibrateConfig(options: unknown): CalibrateConfig {
  const result = calibrateConfigSchema.safeParse(options);
  if (!result.success)
    throw new ConfigError(`the calibration's options are not valid:\n${z.prettifyError(result.error)}`);
  if (result.data.split !== undefined) refuseTest(result.data.split);
  return result.data;
}

/** Throws ConfigError for a test split: a temperature fitted on it would be part of what the test judges. */
export function refuseTest(split: string): void {
  if (!isTestSplit(split)) return;
  throw new ConfigError(
    `a temperature must be fitted on validation rows, and '${split}' is a test split; name a validation split, or a --run`,
  );
}
