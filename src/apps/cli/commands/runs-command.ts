// `moodlens runs`: what the run folders hold, and what differs between runs.
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { writeFileAtomic } from '../../../adapters/node/files.js';
import { foldersIn, openRunFolder } from '../../../adapters/node/run-folders.js';
import { ConfigError, RunError, StorageError } from '../../../core/errors.js';
import { compareRuns } from '../../../pipeline/train/runs/compare-runs.js';
import { listRuns } from '../../../pipeline/train/runs/list-runs.js';
import { describeComparison, describeRunList } from '../../../pipeline/train/runs/report/describe-runs.js';
import { holdsRun, type RunRecord, readRunRecord } from '../../../pipeline/train/runs/run-record.js';
import { jsonOption } from '../arguments/json.js';
import { isFolder } from '../arguments/path-kind.js';
import { commandOf } from '../command-descriptions.js';

/** Where `moodlens train` of the documents puts runs. */
const defaultFolder = 'runs';

/** The command's definition. */
export function define(): Command {
  const runs = commandOf('runs');
  runs
    .command('list')
    .description('the runs in a folder, also one level deeper: state, epochs, validation figures, speed')
    .argument('[dir]', 'the folder', defaultFolder)
    .addOption(jsonOption('the list as JSON'))
    .action(list);
  runs
    .command('compare')
    .description('what differs in the configurations of runs, their figures side by side, and their curves')
    .argument('<runs...>', `two or more run folders; a name alone is also searched for in '${defaultFolder}'`)
    .option('--out <file>', 'also write the comparison with its curves as a page (report.html)')
    .addOption(jsonOption('the comparison as JSON'))
    .action(compare);
  return runs;
}

async function list(folder: string, options: { readonly json?: boolean }): Promise<void> {
  if (!(await isFolder(folder))) {
    throw new ConfigError(
      `runs list needs a folder of runs, and ${folder} is none; name another, or make a run with 'moodlens train --out ${folder}/NAME'`,
    );
  }
  const itself = await openRunFolder(folder);
  const folders = (await holdsRun(itself.store)) ? [{ ...itself, inner: async () => [] }] : await foldersIn(folder);
  const found = await listRuns(folders);
  process.stdout.write(options.json ? `${JSON.stringify({ folder, ...found })}\n` : describeRunList(found, folder));
}

async function compare(paths: readonly string[], options: { readonly out?: string; readonly json?: boolean }) {
  if (paths.length < 2) throw new ConfigError(`runs compare needs two or more runs, and ${paths.length} is named`);
  const records: RunRecord[] = [];
  const skipped: Skipped[] = [];
  for (const path of paths) {
    const read = await readNamed(path, paths);
    if ('reason' in read) skipped.push(read);
    else records.push(read);
  }
  if (records.length < 2) throw tooFew(paths, skipped);
  // A shell's runs/* names the files beside the runs too.
  for (const { name, reason } of skipped) process.stderr.write(`left out: ${name}: ${reason}\n`);
  const comparison = { ...compareRuns(records), skipped };
  if (options.out !== undefined) {
    // ECharts takes a second to load: only those who want the page wait for it.
    const { comparisonReport } = await import('../../../pipeline/train/runs/report/comparison-report.js');
    await writeFileAtomic(options.out, comparisonReport(comparison));
    process.stderr.write(`${options.out} written\n`);
  }
  process.stdout.write(options.json ? `${JSON.stringify(comparison)}\n` : describeComparison(comparison));
}

/** What is named and is no run that can be read. */
interface Skipped {
  readonly name: string;
  readonly kind: 'foreign' | 'damaged';
  readonly reason: string;
}

/** Named by the folder's own name, or as the user wrote it where that would name two runs alike. Throws ConfigError when there is nothing there. */
async function readNamed(path: string, all: readonly string[]): Promise<RunRecord | Skipped> {
  const name = basename(resolve(path));
  const isUnique = all.filter((other) => basename(resolve(other)) === name).length === 1;
  const foreign = (reason: string) => ({ name: path, kind: 'foreign' as const, reason });
  let isFile = false;
  for (const place of [path, join(defaultFolder, path)]) {
    const found = await stat(place).catch(() => undefined);
    if (found?.isDirectory() !== true) {
      isFile ||= found !== undefined;
      continue;
    }
    const source = await openRunFolder(place, isUnique ? name : path);
    try {
      if (!(await holdsRun(source.store))) return foreign('a run has a run.json, and this folder has none');
      return await readRunRecord(source);
    } catch (error) {
      if (!(error instanceof RunError || error instanceof StorageError)) throw error;
      return { name: path, kind: 'damaged', reason: error.message };
    }
  }
  if (isFile) return foreign('it is a file, not a run folder');
  throw new ConfigError(
    `runs compare needs run folders, and ${path} is none, nor in '${defaultFolder}'; 'moodlens runs list' shows which there are`,
  );
}

function tooFew(paths: readonly string[], skipped: readonly Skipped[]): ConfigError | RunError {
  const why = skipped.map(({ name, reason }) => `\n  ${name} cannot be compared: ${reason}`).join('');
  const message = `runs compare needs two or more runs, and of the ${paths.length} that are named ${paths.length - skipped.length || 'none'} can be read:${why}`;
  return skipped.some(({ kind }) => kind === 'damaged') ? new RunError(message) : new ConfigError(message);
}
