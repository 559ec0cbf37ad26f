// The names of YOLO's classes, which are numbers in its labels.
import { parse } from 'yaml';

/** Longer ones hold something else. */
const longest = 1e6;

/** From the `names` of a `data.yaml`, a list or a map from numbers; empty when it has none, or is no YAML. */
export function readYamlClassNames(text: string): ReadonlyMap<string, string> {
  if (text.length > longest) return new Map();
  let names: unknown;
  try {
    names = (parse(text, { logLevel: 'silent' }) as { names?: unknown } | null)?.names;
  } catch {
    return new Map();
  }
  if (typeof names !== 'object' || names === null) return new Map();
  return new Map(Object.entries(names).map(([key, name]) => [key, `${name}`]));
}

/** From a `classes.txt`: a name a line. */
export function readListedClassNames(text: string): ReadonlyMap<string, string> {
  const lines = text.slice(0, longest).split('\n');
  return new Map(lines.flatMap((line, i) => (line.trim() === '' ? [] : [[`${i}`, line.trim()]])));
}
