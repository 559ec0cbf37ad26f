// The options of finding faces in pictures.
import { z } from 'zod';
import { defaultMinScore } from '../../core/detect/face-search.js';
import { parseOptions } from '../parse-options.js';

export const detectConfigSchema = z.strictObject({
  search: z
    .enum(['quick', 'thorough'])
    .default('thorough')
    .meta({ value: 'how' })
    .describe('networks: thorough: all faces of a photograph, also small ones; quick: at the size of live video'),
  minScore: z
    .number()
    .gt(0)
    .lt(1)
    .default(defaultMinScore)
    .describe('networks: lowest score that counts as a face, between 0 and 1'),
});

export type DetectOptions = z.input<typeof detectConfigSchema>;
export type DetectConfig = z.infer<typeof detectConfigSchema>;

/** Fills in the defaults. Throws ConfigError that names every wrong option. */
export function parseDetectConfig(options: unknown): DetectConfig {
  return parseOptions(detectConfigSchema, options, 'the options of detect are not valid');
}
