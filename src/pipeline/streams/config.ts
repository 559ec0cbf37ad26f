// The options of analysing a video: one schema gives the defaults and the checks.
import { z } from 'zod';
import { defaultStartScore } from '../../core/live/live-settings.js';
import { parseOptions } from '../parse-options.js';

export const analyzeConfigSchema = z.strictObject({
  minScore: z
    .number()
    .gt(0)
    .lt(1)
    .default(defaultStartScore)
    .describe('detection score from which a detection starts a track, 0 to 1'),
  frames: z.int().positive().optional().describe('stop after so many frames (default: when the source ends)'),
});

export type AnalyzeConfig = z.infer<typeof analyzeConfigSchema>;

/** Fills in the defaults. Throws ConfigError for what the schema refuses. */
export function parseAnalyzeConfig(input: unknown): AnalyzeConfig {
  return parseOptions(analyzeConfigSchema, input, 'the options of the analysis are not acceptable');
}
