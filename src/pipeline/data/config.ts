// The options of the data stage.
import { z } from 'zod';
import { fer2013Splits } from '../../core/dataset/fer2013-csv.js';
import { expressionLabels } from '../../core/dataset/labels.js';
import { parseOptions } from '../parse-options.js';

const skipBad = z.boolean().default(false).describe('leave broken rows or pictures out instead of failing');

export const importFer2013Schema = z.strictObject({
  usage: z
    .array(z.enum(fer2013Splits))
    .min(1)
    .default([...fer2013Splits])
    .meta({ value: 'names' })
    .describe('CSV: rows to keep, by their Usage'),
  skipBad,
});

export const importFolderSchema = z.strictObject({
  size: z
    .int()
    .min(8)
    .max(512)
    .default(48)
    .meta({ unit: 'pixels' })
    .describe('folder of pictures: side of the packed pictures'),
  labels: z
    .array(z.string().min(1))
    .min(2)
    .max(255)
    .default([...expressionLabels])
    .meta({ value: 'names' })
    .describe('folder of pictures: class names in their order; each is the name of a folder'),
  skipBad,
});

const refusal = "the import's options are not valid";

export type ImportFer2013Options = z.input<typeof importFer2013Schema>;
export type ImportFolderOptions = z.input<typeof importFolderSchema>;

/** Checks the options and fills in defaults. Throws ConfigError that names every wrong one. */
export function parseImportFer2013(options: unknown): z.infer<typeof importFer2013Schema> {
  return parseOptions(importFer2013Schema, options, refusal);
}

/** Checks the options and fills in defaults. Throws ConfigError that names every wrong one. */
export function parseImportFolder(options: unknown): z.infer<typeof importFolderSchema> {
  return parseOptions(importFolderSchema, options, refusal);
}
