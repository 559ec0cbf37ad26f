// The options of the explore stage.
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

export const exploreConfigSchema = z.strictObject({
  samples: z.int().min(1).max(500).default(35).describe("pictures on each class's sheet"),
  seed: z.int().min(0).default(1).describe('draws them'),
});

export type ExploreConfig = z.infer<typeof exploreConfigSchema>;

/** Checks the options and fills in defaults. Throws ConfigError that names every wrong one. */
export function parseExploreConfig(options: unknown): ExploreConfig {
  return parseOptions(exploreConfigSchema, options, 'the options of explore are not valid');
}
