import { Command, type Option } from 'commander';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { SchemaOptions } from './schema-options.js';

const schema = z
  .strictObject({
    batch: z.int().min(1).default(64).describe('pictures in one run'),
    everyMs: z.number().meta({ unit: 'ms' }).default(0.5).describe('least time between two frames'),
    splitFile: z.string().meta({ value: 'file' }).optional().describe('a split file'),
    kind: z.enum(['flip', 'none']).nullable().default('none').describe('views of a picture'),
    threads: z.array(z.int()).default([1, 2]).describe('threads'),
    runtimes: z.array(z.enum(['node', 'web'])).optional(),
    stress: z.boolean().default(false).describe('also distorted'),
    align: z.boolean().default(true).meta({ off: 'take pictures whole' }).describe('crop faces'),
    nested: z.strictObject({}).optional(),
  })
  .refine(({ batch }) => batch !== 13)
  .transform((keys) => keys);
const stage = new SchemaOptions(schema);

function parsed(options: readonly Option[], args: readonly string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of options) command.addOption(option);
  return stage.given(command.parse(args, { from: 'user' }).opts());
}

it.each([
  [stage.option('batch'), '--batch <n>', 'pictures in one run (default: 64)'],
  [stage.option('everyMs', { flag: 'every' }), '--every <ms>', 'least time between two frames (default: 0.5)'],
  [stage.option('splitFile'), '--split-file <file>', 'a split file'],
  [stage.option('kind'), '--kind <name>', 'views of a picture (default: none)'],
  [stage.option('threads'), '--threads <list>', 'threads (default: 1,2)'],
  [stage.option('threads', { defaultText: 'all' }), '--threads <list>', 'threads (default: all)'],
  [stage.option('stress'), '--stress', 'also distorted'],
  [stage.option('align'), '--no-align', 'take pictures whole'],
])(
  'makes an option with flags, words, unit and default (%#)',
  ({ flags, description }, expectedFlags, expectedDescription) => {
    expect([flags, description]).toEqual([expectedFlags, expectedDescription]);
  },
);

it('has the values under the names of the keys', () => {
  const options = [
    stage.option('batch'),
    stage.option('everyMs', { flag: 'every' }),
    stage.option('splitFile'),
    stage.option('kind'),
    stage.option('threads'),
    stage.option('runtimes', { flag: 'runtime' }),
    stage.option('stress'),
    stage.option('align'),
  ];
  const args = '--batch 8 --every 2.5 --split-file a.json --kind flip --threads 1,4 --runtime node --stress --no-align';
  expect(parsed(options, args.split(' '))).toEqual({
    batch: 8,
    everyMs: 2.5,
    splitFile: 'a.json',
    kind: 'flip',
    threads: [1, 4],
    runtimes: ['node'],
    stress: true,
    align: false,
  });
});

it('leaves defaults to the schema, and other options to the command', () => {
  expect(parsed([stage.option('batch'), stage.option('threads')], [])).toEqual({});
  expect(stage.given({ batch: 3, threads: undefined, out: 'a' })).toEqual({ batch: 3 });
});

it('gives the schema what is no number to refuse, and refuses an unknown choice itself', () => {
  expect(parsed([stage.option('batch')], ['--batch', 'many'])).toEqual({ batch: Number.NaN });
  expect(parsed([stage.option('threads')], ['--threads', '1,'])).toEqual({ threads: [1, Number.NaN] });
  expect(() => parsed([stage.option('kind')], ['--kind', 'crops'])).toThrow(/Allowed choices are flip, none/);
});

it('takes a value in a way of its own', () => {
  const option = stage.option('threads', { parse: (text) => text.split('/').map(Number) });
  expect(parsed([option], ['--threads', '1/4'])).toEqual({ threads: [1, 4] });
});

it('refuses a key that has no form on the command line', () => {
  expect(() => stage.option('nested')).toThrow(TypeError);
});
