// Who imports whom in src, read from the files themselves.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { repositoryRoot } from '../requirements.js';

export interface Import {
  /** The importing file, below src, e.g. `core/live/tracker.ts`. */
  readonly file: string;
  /** As it is written: a relative path or a package. */
  readonly specifier: string;
  /** The imported file below src; undefined for a package, or for what is not a file of ours. */
  readonly target: string | undefined;
}

/** The files of src that a release holds: no tests, no contracts of tests, no configuration of a build tool. */
export function sourceFiles(): string[] {
  return readdirSync(join(repositoryRoot, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|contract)\.tsx?$|vite\.config\.ts$/.test(file))
    .sort();
}

/** Every import and re-export between those files, types included, and those that load a file later. */
export function importsOf(files: readonly string[]): Import[] {
  const known = new Set(files);
  const pattern =
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  return files.flatMap((file) => {
    const text = readFileSync(join(repositoryRoot, 'src', file), 'utf8');
    return [...text.matchAll(pattern)].map((match) => {
      const specifier = (match[1] ?? match[2] ?? match[3])!;
      const path = posix.join(dirname(file), specifier);
      const candidates = [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx'), path];
      const target = specifier.startsWith('.') ? candidates.find((candidate) => known.has(candidate)) : undefined;
      return { file, specifier, target };
    });
  });
}

/** Nodes that reach each other, largest circle first (Tarjan's strongly connected components of more than one node). */
export function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): void => {
    numbers.set(node, numbers.size);
    lowest.set(node, numbers.get(node)!);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!numbers.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node)!, lowest.get(next)!));
    }
    if (lowest.get(node) !== numbers.get(node)) return;
    const members = stack.splice(stack.indexOf(node));
    if (members.length > 1) found.push(members.sort());
  };
  for (const node of edges.keys()) if (!numbers.has(node)) visit(node);
  return found.sort((a, b) => b.length - a.length);
}

/** The imports between groups of files, e.g. between folders; those within a group are left out. */
export function edgesBetween(
  imports: readonly Import[],
  groupOf: (file: string) => string | undefined,
): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const { file, target } of imports) {
    const from = groupOf(file);
    const to = target === undefined ? undefined : groupOf(target);
    if (from === undefined || to === undefined) continue;
    for (const group of [from, to]) if (!edges.has(group)) edges.set(group, new Set());
    if (from !== to) edges.get(from)!.add(to);
  }
  return edges;
}
