// The keys of a configuration's schema as a table of a document.
import { z } from 'zod';
import { keysOf, schemaKey } from '../src/pipeline/schema-keys.js';

/** A row for every key, those of objects below it with dots; lines of Markdown. */
export function schemaTable(schema: z.ZodType): string {
  const rows = Object.entries(keysOf(schema)).flatMap(([key, value]) => rowsOf(key, value));
  const lines = rows.map(
    ({ key, byDefault, means }) => `| \`${key}\` |${byDefault && ` ${byDefault}`} | ${means.replaceAll('|', '\\|')} |`,
  );
  return ['| key | default | means |', '|---|---|---|', ...lines].join('\n');
}

interface Row {
  readonly key: string;
  readonly byDefault: string;
  readonly means: string;
}

function rowsOf(key: string, schema: z.ZodType): Row[] {
  const { type, description, unit, default: value } = schemaKey(schema);
  const names = choicesOf(type).map((choice) => `\`${choice}\``);
  const choices = names.length === 0 ? undefined : names.join(', ');
  const means = [[description, choices].filter(Boolean).join(': '), unit].filter(Boolean).join(', ');
  const below = rowsBelow(key, type);
  // An object of its keys' own defaults is shown by them.
  const isShownBelow = type instanceof z.ZodObject && value !== null && value !== undefined;
  const own = { key, byDefault: isShownBelow ? 'below' : defaultText(value), means };
  return means === '' && below.length > 0 ? below : [own, ...below];
}

/** The values of an enum, or the names of a union's variants. */
function choicesOf(type: z.core.$ZodType): unknown[] {
  if (type instanceof z.ZodEnum) return type.options;
  return type instanceof z.ZodUnion ? type.options.flatMap((variant) => variantName(variant) ?? []) : [];
}

/** The value by which a variant of a union is recognised; undefined where it has none. */
function variantName(variant: z.core.$ZodType): unknown {
  if (!(variant instanceof z.ZodObject)) return undefined;
  return Object.values(keysOf(variant)).find((key) => key instanceof z.ZodLiteral)?.value;
}

function rowsBelow(key: string, type: z.core.$ZodType): Row[] {
  if (type instanceof z.ZodObject) {
    return Object.entries(keysOf(type)).flatMap(([name, inner]) => rowsOf(`${key}.${name}`, inner));
  }
  if (type instanceof z.ZodArray && type.element instanceof z.ZodObject) return rowsBelow(`${key}[]`, type.element);
  if (type instanceof z.ZodRecord) return rowsBelow(`${key}.KEY`, type.valueType);
  if (!(type instanceof z.ZodUnion)) return [];
  return type.options.flatMap((variant) => {
    if (!(variant instanceof z.ZodObject)) return [];
    const name = variantName(variant);
    const keys = Object.entries(keysOf(variant)).filter(([, inner]) => !(inner instanceof z.ZodLiteral));
    const rows = keys.flatMap(([inner, value]) => rowsOf(`${key}.${inner}`, value));
    return name === undefined ? rows : rows.map((row) => ({ ...row, means: `\`${name}\`: ${row.means}` }));
  });
}

/** Empty without a default. */
function defaultText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `\`${value}\``;
  return `\`${JSON.stringify(value, null, 1)
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('[ ', '[')
    .replaceAll(' ]', ']')}\``;
}
