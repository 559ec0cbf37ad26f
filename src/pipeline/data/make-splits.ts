// Divides a dataset into named sets: by shares, into folds, or as its source did.
import { z } from 'zod';
import { firstTwins } from '../../core/dataset/duplicates.js';
import { type PackedDataset, splitIndices } from '../../core/dataset/packed-dataset.js';
import type { Splits } from '../../core/dataset/split-file.js';
import { stratifiedSets } from '../../core/dataset/stratified-sets.js';
import { parseOptions } from '../parse-options.js';

const share = z.number().positive();

export const splitConfigSchema = z
  .strictObject({
    shares: z
      .union(
        [z.tuple([share, share]), z.tuple([share, share, share])],
        'two or three numbers above 0 are needed, as 70/20/10',
      )
      .optional()
      .meta({ value: 'list' })
      .describe('shares of training, validation and test, or of the first two (default: 70/20/10)'),
    folds: z
      .int()
      .min(2)
      .max(100)
      .optional()
      .meta({ value: 'k' })
      .describe('instead: so many folds, fold-1, fold-2 and so on'),
    official: z.boolean().default(false).describe("instead: the source's own division, as FER2013's Usage"),
    seed: z.int().min(0).default(1).describe('draws the sets'),
  })
  .refine(
    ({ shares, folds, official }) =>
      [shares, folds, official || undefined].filter((way) => way !== undefined).length < 2,
    'name one way to divide: shares, folds or official',
  );

export type SplitConfig = z.infer<typeof splitConfigSchema>;

/** Checks the options. Throws ConfigError when one is wrong. */
export function parseSplitConfig(options: unknown): SplitConfig {
  return parseOptions(splitConfigSchema, options, 'the options of data split are not valid');
}

/** The sets. Throws DatasetError when the samples are too few for them. */
export function makeSplits(
  dataset: PackedDataset,
  { shares = [70, 20, 10], folds, official, seed }: SplitConfig,
): Omit<Splits, 'hash'> {
  if (official) {
    const there = dataset.splitNames.filter((_, k) => dataset.splits.includes(k));
    const sets = new Map(there.map((name) => [name, splitIndices(dataset, name)]));
    return { method: `the division of ${dataset.source.name}`, seed: null, sets };
  }
  const [parts, names, how] =
    folds === undefined
      ? [shares, ['training', 'validation', 'test'], `shares of ${shares.join('/')}`]
      : [new Array<number>(folds).fill(1), Array.from({ length: folds }, (_, i) => `fold-${i + 1}`), `${folds} folds`];
  const sets = stratifiedSets(dataset, { shares: parts, seed });
  return {
    method: `${how}, stratified by class, samples with the same pixels in one set`,
    seed,
    sets: new Map(sets.map((indices, i) => [names[i]!, indices])),
  };
}

export interface SetSummary {
  readonly name: string;
  readonly samples: number;
  /** By class name. */
  readonly classes: Readonly<Record<string, number>>;
  /** Samples whose pixels equal those of a sample in another set. */
  readonly twinsElsewhere: number;
}

/** The counts of each set. */
export function summariseSplits(dataset: PackedDataset, { sets }: Pick<Splits, 'sets'>): SetSummary[] {
  const first = firstTwins(dataset);
  const setsOfPicture = new Map<number, Set<string>>();
  for (const [name, indices] of sets) {
    for (const i of indices) {
      const picture = first[i]!;
      setsOfPicture.set(picture, (setsOfPicture.get(picture) ?? new Set()).add(name));
    }
  }
  return [...sets].map(([name, indices]) => ({
    name,
    samples: indices.length,
    classes: Object.fromEntries(
      dataset.labels.map((label, k) => [label, indices.filter((i) => dataset.classes[i] === k).length]),
    ),
    twinsElsewhere: indices.filter((i) => setsOfPicture.get(first[i]!)!.size > 1).length,
  }));
}
