// The options of the export stage.
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

export const exportConfigSchema = z.strictObject({
  weights: z
    .enum(['last', 'best'])
    .optional()
    .meta({ value: 'kind' })
    .describe("weights of the last epoch, or of the lowest validation loss (default: the run's keep)"),
  calibrate: z
    .boolean()
    .default(false)
    .describe('fit a temperature on what the run validated on, and put it into the model'),
  int8: z
    .boolean()
    .default(false)
    .describe('also make the int8 form, time both, and keep it (.int8.onnx) when it wins'),
  calibration: z.int().min(16).max(10_000).default(256).describe('training pictures that give the int8 ranges'),
  seed: z.int().min(0).default(1).describe('draws those pictures'),
  stress: z.boolean().default(false).describe('figures on distorted pictures too, for the card'),
  threads: z.int().min(1).max(64).default(1).describe('threads of ONNX Runtime'),
});

export type ExportConfig = z.infer<typeof exportConfigSchema>;

/** Checks the options. Throws ConfigError when one is wrong. */
export function parseExportConfig(options: unknown): ExportConfig {
  return parseOptions(exportConfigSchema, options, 'the options of export are not valid');
}
