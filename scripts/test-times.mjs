// Which test files take longest: read from what tests/measure-file.ts noted, printed, or written into docs/testing.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { root } from './set-up.mjs';

const shown = 10;

/** @returns {{ file: string, cpuS: number, wallS: number }[]} what takes most of the processor first */
export function readTimes(path) {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ file, ...times }) => ({ file: relative(root, file).split(sep).join('/'), ...times }))
    .sort((a, b) => b.cpuS - a.cpuS);
}

export function printTimes(times) {
  if (times.length < 2) return;
  const rows = times.slice(0, shown).map(({ file, cpuS, wallS }) => `${seconds(cpuS)} ${seconds(wallS)}  ${file}`);
  process.stderr.write(`\n${['processor s   wall s', ...rows, totals(times)].join('\n')}\n\n`);
}

/** Replaces the table between `<!-- slowest SET -->` and `<!-- end -->`. */
export function documentTimes(set, times) {
  const path = join(root, 'docs/testing.md');
  const before = readFileSync(path, 'utf8');
  const rows = times.slice(0, shown).map(({ file, cpuS }) => `| \`${file}\` | ${cpuS.toFixed(0)} |`);
  const table = ['| file | processor seconds |', '|---|---:|', ...rows].join('\n');
  const place = new RegExp(`(<!-- slowest ${set} -->\n)[\\s\\S]*?(<!-- end -->)`);
  if (!place.test(before)) throw new Error(`docs/testing.md has no place for the table: <!-- slowest ${set} -->`);
  writeFileSync(path, before.replace(place, `$1\n${totals(times)}; the slowest:\n\n${table}\n\n$2`));
}

function totals(times) {
  const sum = times.reduce((total, { cpuS }) => total + cpuS, 0);
  return `${times.length} files, ${sum.toFixed(0)} processor seconds in all`;
}

function seconds(value) {
  return value.toFixed(1).padStart(9);
}
