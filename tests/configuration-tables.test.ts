// The tables of configuration keys in the documents are made from the schemas: between `<!-- table: NAME -->` and `<!-- end -->`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { trainConfigSchema } from '../src/pipeline/train/config.js';
import { searchSchema } from '../src/pipeline/tune/search-space.js';
import { repositoryRoot } from './requirements.js';
import { schemaTable } from './schema-table.js';

const schemas: Readonly<Record<string, z.ZodType>> = { train: trainConfigSchema, tune: searchSchema };

it.each([
  ['docs/training.md', 'train'],
  ['docs/tuning.md', 'tune'],
])(
  '%s has the keys of the schema (npx vitest run tests/configuration-tables.test.ts -u writes them again)',
  async (document, name) => {
    const path = join(repositoryRoot, document);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(`<!-- table: ${name} -->`);
    const current = text.replace(
      /(<!-- table: (\w+) -->\n)[\s\S]*?(?=<!-- end -->)/g,
      (_, opening: string, table: string) => `${opening}${schemaTable(schemas[table]!)}\n`,
    );
    await expect(current).toMatchFileSnapshot(path);
  },
);

it('shows nested keys, variants, choices, units and defaults', () => {
  const schema = z.strictObject({
    side: z.int().meta({ unit: 'pixels' }).default(48).describe('side of a picture'),
    keep: z.enum(['last', 'best']).default('last').describe('weights'),
    zoom: z.tuple([z.number(), z.number()]).default([0.9, 1.1]).describe('range | of the scale'),
    average: z
      .strictObject({ decay: z.number().default(0.9).describe('kept share') })
      .nullable()
      .prefault({})
      .describe('mean'),
    mixup: z
      .strictObject({ alpha: z.number().describe('of Beta') })
      .nullable()
      .default(null)
      .describe('blends'),
    schedule: z
      .discriminatedUnion('name', [
        z.strictObject({ name: z.literal('flat'), rate: z.number().describe('the rate') }),
        z.strictObject({ name: z.literal('cosine'), warmUp: z.int().default(5).describe('steps') }),
      ])
      .default({ name: 'flat', rate: 1 })
      .describe('rates'),
    stages: z
      .array(z.strictObject({ epochs: z.int().describe('how long') }))
      .default([])
      .describe('in order'),
  });
  expect(schemaTable(schema).split('\n').slice(2)).toEqual([
    '| `side` | 48 | side of a picture, pixels |',
    '| `keep` | `last` | weights: `last`, `best` |',
    '| `zoom` | `[0.9, 1.1]` | range \\| of the scale |',
    '| `average` | below | mean |',
    '| `average.decay` | 0.9 | kept share |',
    '| `mixup` | `null` | blends |',
    '| `mixup.alpha` | | of Beta |',
    '| `schedule` | `{ "name": "flat", "rate": 1 }` | rates: `flat`, `cosine` |',
    '| `schedule.rate` | | `flat`: the rate |',
    '| `schedule.warmUp` | 5 | `cosine`: steps |',
    '| `stages` | `[]` | in order |',
    '| `stages[].epochs` | | how long |',
  ]);
});
