// `moodlens tune`: searches for the configuration that trains best.
import { readdir } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { createFolderStore, writeFileAtomic } from '../../../adapters/node/files.js';
import { openJournal } from '../../../adapters/node/journal/open-journal.js';
import { makeFolder } from '../../../adapters/node/make-folder.js';
import { writing } from '../../../adapters/node/storage-error.js';
import { terminalProgress } from '../../../adapters/node/terminal-progress.js';
import { ConfigError } from '../../../core/errors.js';
import type { Study } from '../../../core/tuning/study.js';
import { readDataset } from '../../../pipeline/data/read-dataset.js';
import { trainConfigSchema } from '../../../pipeline/train/config.js';
import { choosePruner, chooseSampler } from '../../../pipeline/tune/choose-methods.js';
import { parseTuneConfig, type TuneOptions, tuneConfigSchema } from '../../../pipeline/tune/config.js';
import { openTuning } from '../../../pipeline/tune/open-tuning.js';
import { describeStudy } from '../../../pipeline/tune/report/describe-study.js';
import { chosenConfig, parseSearch, type Search } from '../../../pipeline/tune/search-space.js';
import { tune } from '../../../pipeline/tune/tune.js';
import { datasetOption } from '../arguments/data.js';
import { chooseDevice, deviceOption } from '../arguments/device.js';
import { jsonOption } from '../arguments/json.js';
import { SchemaOptions } from '../arguments/schema-options.js';
import { storageOption } from '../arguments/study.js';
import { readJsonFile } from '../arguments/text-file.js';
import { commandOf } from '../command-descriptions.js';
import { trialProcesses } from '../processes/trial-runner.js';
import { exitCodes } from '../terminal/exit-codes.js';
import { Interrupt } from '../terminal/interrupt.js';

interface TuneCommandOptions extends TuneOptions {
  readonly data: string;
  readonly space: string;
  readonly storage: string;
  readonly study: string;
  readonly epochs?: number;
  readonly out?: string;
  readonly device?: string;
  readonly json?: boolean;
}

const stage = new SchemaOptions(tuneConfigSchema);
const training = new SchemaOptions(trainConfigSchema);

/** The command's definition. */
export function define(): Command {
  return commandOf('tune', 'trials are judged on validation folds; the same command continues a study')
    .addOption(datasetOption().makeOptionMandatory())
    .requiredOption('--space <file>', 'what is searched (JSON); see configs/tune-original.json and docs/tuning.md')
    .addOption(storageOption("the study's journal, of one or many machines").makeOptionMandatory())
    .option('--study <name>', 'the name of the study', 'tune')
    .addOption(stage.option('trials'))
    .addOption(stage.option('workers'))
    .addOption(stage.option('sampler'))
    .addOption(stage.option('pruner'))
    .addOption(stage.option('seed'))
    .addOption(training.option('epochs', { defaultText: "the configuration's" }))
    .option('--out <dir>', 'where the runs go (default: runs/STUDY)')
    .addOption(deviceOption('cpu'))
    .addOption(jsonOption('the result as JSON'))
    .action(tuneStudy);
}

async function tuneStudy(options: TuneCommandOptions): Promise<void> {
  const { trials, workers, sampler, pruner, seed } = parseTuneConfig(stage.given(options));
  const search = await readSearch(options);
  const device = await chooseDevice(options.device ?? 'cpu');
  const { hash } = await readDataset(createFolderStore(resolve(options.data)));
  const storage = await openJournal(options.storage);
  const interrupt = new Interrupt();
  const progress = terminalProgress('tune');
  try {
    const study = await openTuning({
      name: options.study,
      storage,
      search,
      dataset: hash,
      sampler: chooseSampler(sampler, search.space, seed),
      pruner: choosePruner(pruner),
    });
    const out = resolve(options.out ?? join('runs', options.study));
    await writing(out, () => makeFolder(out));
    if (study.trials.every(({ state }) => state === 'waiting')) await requireNoTrials(out);
    const cores = Math.max(1, Math.floor(availableParallelism() / workers));
    const given = { ...search.config, ...Object.fromEntries(search.space) };
    const processes = trialProcesses({ data: resolve(options.data), out, device, cores, given });
    interrupt.onAsk = () => {
      process.stderr.write('\nstopping the trials after this step, and saving; press Ctrl-C again to stop at once\n');
      processes.stop();
    };
    progress.note(`${workers} trial${workers === 1 ? '' : 's'} at a time, with ${describeCores(cores)}`);
    progress.note(`to watch it: moodlens live --storage ${options.storage}`);
    await tune({
      ...{ study, search, trials, workers, progress },
      runTrial: processes.runTrial,
      now: () => new Date().toISOString(),
      worker: { name: `${hostname()}:${process.pid}`, isGone: isGoneHere },
      isStopped: () => interrupt.wasAsked,
      every: (ms, work) => {
        const timer = setInterval(work, ms);
        return () => clearInterval(timer);
      },
    });
    progress.finish();
    await report(study, search, { out, json: options.json });
    if (interrupt.wasAsked) process.exitCode = exitCodes.interrupted;
  } finally {
    progress.finish();
    interrupt.stopListening();
    await storage.close();
  }
}

async function readSearch({ space, epochs }: TuneCommandOptions): Promise<Search> {
  const search = await parseSearch(await readJsonFile(space), (file) => readJsonFile(resolve(dirname(space), file)));
  if (epochs === undefined) return search;
  return { ...search, config: { ...search.config, epochs } };
}

async function report(
  study: Study,
  search: Search,
  { out, json }: { out: string; json: boolean | undefined },
): Promise<void> {
  const isAnyComplete = study.trials.some(({ state }) => state === 'complete');
  if (isAnyComplete) {
    const path = join(out, 'best.json');
    await writeFileAtomic(path, `${JSON.stringify(chosenConfig(search, study.bestParams), null, 2)}\n`);
    process.stderr.write(`${path} written: train with it by 'moodlens train --config ${path}'\n`);
  }
  const best = isAnyComplete ? study.bestTrial : null;
  const result = { study: study.name, direction: study.direction, trials: study.trials.length, best };
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : describeStudy(study));
}

function describeCores(cores: number): string {
  return cores === 1 ? 'a core each' : `${cores} cores each`;
}

/** Whether that process ran on this machine and does not any more. Of other machines nothing is known. */
function isGoneHere(name: string): boolean {
  const [, host, pid] = /^(.*):(\d+)$/.exec(name) ?? [];
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** A new study's trials would continue the runs of another one. */
async function requireNoTrials(out: string): Promise<void> {
  const found = (await readdir(out)).find((name) => /^trial-\d/.test(name));
  if (found === undefined) return;
  throw new ConfigError(`${out} must have no runs of another search, and has ${found}; name another folder with --out`);
}
