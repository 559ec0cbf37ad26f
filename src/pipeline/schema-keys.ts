// What a stage's schema says of its keys, for the command line's help and the documents' tables: the words, unit and default of a key
// stand in its schema only.
import { z } from 'zod';

export interface SchemaKey {
  /** What the key means, without its unit. */
  readonly description: string;
  /** Of a number: `pixels`, `ms`. */
  readonly unit?: string;
  /** What a value is, for the help: `file` (default: the unit, or a word for the type). */
  readonly value?: string;
  /** Of a switch that is on by default: what turning it off does. */
  readonly off?: string;
  /** The default; undefined where the key has none. */
  readonly default: unknown;
  /** The type itself, without default, `optional` and `nullable`. */
  readonly type: z.core.$ZodType;
}

/** The facts of one key. Those of the outermost schema count: `number.meta({ unit }).default(3).describe(...)` has unit and description. */
export function schemaKey(schema: z.ZodType): SchemaKey {
  const facts: Record<string, unknown> = {};
  let type: z.core.$ZodType = schema;
  for (let inner: z.core.$ZodType | undefined = schema; inner !== undefined; inner = innerType(inner)) {
    type = inner;
    Object.assign(facts, { ...z.globalRegistry.get(inner), ...facts });
  }
  const { description = '', ...others } = facts as Partial<SchemaKey>;
  return { description, ...others, default: schema.safeParse(undefined).data, type };
}

/** The keys of an object's schema, also of one with refinements and a transformation. Throws TypeError for another schema. */
export function keysOf(schema: z.core.$ZodType): Readonly<Record<string, z.ZodType>> {
  let type: z.core.$ZodType | undefined = schema;
  while (type !== undefined && !(type instanceof z.ZodObject)) type = innerType(type);
  if (type === undefined) throw new TypeError('the schema must be of an object');
  return type.shape;
}

function innerType(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodPipe) return schema.in;
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.unwrap();
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return schema.unwrap();
  return undefined;
}
