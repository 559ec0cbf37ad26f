import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError } from '../core/errors.js';
import { parseOptions } from './parse-options.js';

const schema = z.strictObject({ rounds: z.int().min(1).default(3), name: z.string().optional() });

describe('parseOptions', () => {
  it('fills in the defaults', () => {
    expect(parseOptions(schema, { name: 'a' }, 'not valid')).toEqual({ rounds: 3, name: 'a' });
  });

  it('names every wrong option under the refusal', () => {
    const parse = () => parseOptions(schema, { rounds: 0, name: 1, other: 2 }, 'the options are not valid');
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(/^the options are not valid:\n {2}rounds: .*\n {2}name: /);
    expect(parse).toThrow(/other/);
  });

  it('tells a rule of the command line in its own words, without a path', () => {
    const ruled = schema.refine(({ name }) => name, { path: ['name'], error: 'name it with --name' });
    expect(() => parseOptions(ruled, {}, 'not valid')).toThrow(/^not valid:\n {2}name it with --name$/);
  });
});
