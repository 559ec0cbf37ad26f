// The options of the people stage.
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

export const trainPeopleSchema = z.strictObject({
  align: z.boolean().default(true).describe('cut faces upright at the eyes; otherwise pictures are taken whole'),
  faceSize: z.int().min(24).max(512).default(100).describe('side of an aligned face, pixels'),
  threshold: z
    .union([z.enum(['auto', 'none']), z.number().positive()])
    .default('auto')
    .describe('LBPH distance from which on a face is unknown; auto learns it from the pictures'),
});

export type TrainPeopleOptions = z.input<typeof trainPeopleSchema>;

/** Fills in the defaults. Throws ConfigError that names every wrong option. */
export function parseTrainPeople(options: unknown): z.infer<typeof trainPeopleSchema> {
  return parseOptions(trainPeopleSchema, options, 'the options of people train are not acceptable');
}
