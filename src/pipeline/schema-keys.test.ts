import { expect, it } from 'vitest';
import { z } from 'zod';
import { keysOf, schemaKey } from './schema-keys.js';

it('takes description, unit and default from whichever layer of a schema has them', () => {
  const side = z.int().meta({ unit: 'pixels' }).min(8).nullable().default(48).describe('side of a picture');
  const { type, ...facts } = schemaKey(side);
  expect(facts).toEqual({ description: 'side of a picture', unit: 'pixels', default: 48 });
  expect(type).toBeInstanceOf(z.ZodNumber);
});

it('prefers what an outer layer says', () => {
  expect(schemaKey(z.string().describe('inner').optional().describe('outer')).description).toBe('outer');
});

it('gives as default what the schema makes of nothing', () => {
  expect(schemaKey(z.strictObject({ flip: z.number().default(0.5) }).prefault({})).default).toEqual({ flip: 0.5 });
  expect(schemaKey(z.string().nullable().default(null)).default).toBeNull();
  expect(schemaKey(z.string()).default).toBeUndefined();
});

it('finds the keys behind refinements and transformations', () => {
  const object = z.strictObject({ a: z.string() });
  expect(Object.keys(keysOf(object.refine(() => true).transform(({ a }) => a)))).toEqual(['a']);
  expect(Object.keys(keysOf(object.nullable().default(null)))).toEqual(['a']);
  expect(() => keysOf(z.string())).toThrow(TypeError);
});
