// The options of the tune stage, beside the search file's (search-space.ts).
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import { prunerNames, samplerNames } from './choose-methods.js';

export const tuneConfigSchema = z.strictObject({
  trials: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(50)
    .describe('complete and pruned trials that the study should have, of all processes that share it'),
  workers: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('trials that run at a time, each in a process of its own and with its share of the cores'),
  sampler: z.enum(samplerNames).default('tpe').describe('proposes the values of trials'),
  pruner: z.enum(prunerNames).default('median').describe('stops unpromising trials'),
  seed: z.int().default(1).describe('seed of the sampler'),
});

export type TuneOptions = z.input<typeof tuneConfigSchema>;
export type TuneConfig = z.infer<typeof tuneConfigSchema>;

/** Fills in the defaults. Throws ConfigError that names every wrong option. */
export function parseTuneConfig(options: unknown): TuneConfig {
  return parseOptions(tuneConfigSchema, options, 'the options of tune are not valid');
}
