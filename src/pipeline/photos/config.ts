// The options of analysing photographs: those of finding faces in pictures.
import type { z } from 'zod';
import { detectConfigSchema } from '../detect/config.js';
import { parseOptions } from '../parse-options.js';

export const photosConfigSchema = detectConfigSchema;

export type PhotosConfig = z.infer<typeof photosConfigSchema>;

/** Fills in the defaults. Throws ConfigError that names every wrong option. */
export function parsePhotosConfig(input: unknown): PhotosConfig {
  return parseOptions(photosConfigSchema, input, 'the options of analysing photographs are not acceptable');
}
