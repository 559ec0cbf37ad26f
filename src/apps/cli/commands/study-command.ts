// `moodlens study`: what the studies of a journal hold, also of one that Optuna made.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { writeFileAtomic, writeFolderAtomic } from '../../../adapters/node/files.js';
import { encodePng } from '../../../adapters/node/image-codec.js';
import { openJournal } from '../../../adapters/node/journal/open-journal.js';
import { ConfigError } from '../../../core/errors.js';
import type { Journal } from '../../../core/ports/journal.js';
import { createStudy, listStudies, openStudy } from '../../../core/tuning/create-study.js';
import type { Study } from '../../../core/tuning/study.js';
import { copyTrials } from '../../../pipeline/tune/copy-trials.js';
import {
  bestTrials,
  describeStudies,
  describeStudy,
  describeTrials,
} from '../../../pipeline/tune/report/describe-study.js';
import { studyCsv } from '../../../pipeline/tune/report/study-csv.js';
import { trialJson } from '../../../pipeline/tune/report/trial-json.js';
import { forceOption } from '../arguments/force.js';
import { jsonOption } from '../arguments/json.js';
import { openExistingJournal, storageOption } from '../arguments/study.js';
import { commandOf } from '../command-descriptions.js';

interface Place {
  readonly storage: string;
  readonly study?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  const study = commandOf('study');
  const sub = (name: string, description: string) =>
    study.command(name).description(description).addOption(storageOption('the journal').makeOptionMandatory());
  const named = (name: string, description: string) =>
    sub(name, description).option('--study <name>', 'the study; not needed where there is only one');
  sub('list', 'the studies of the journal').addOption(jsonOption('as JSON')).action(list);
  named('best', 'the best trial and its values').addOption(jsonOption('as JSON')).action(best);
  named('trials', 'every trial with its values').addOption(jsonOption('a line of JSON for each')).action(trials);
  named('export', 'every trial as CSV').option('--out <file>', 'file to write (default: printed)').action(exportCsv);
  named('report', 'a page with history, importances, slices, contours and reports, and each chart as SVG')
    .requiredOption('--out <folder>', 'folder to write; must not exist yet')
    .addOption(forceOption('the report at --out'))
    .action(report);
  named('import', 'copy the trials of a study of another journal into this one')
    .requiredOption('--from <place>', 'the other journal: a file, or redis://host:port')
    .option('--as <name>', 'the name of the study here (default: its own)')
    .action(importStudy);
  return study;
}

async function list({ storage, json }: Place): Promise<void> {
  await withJournal(storage, async (journal) => {
    const studies = await listStudies(journal);
    const plain = studies.map(({ name, directions, trials: { length } }) => ({ name, directions, trials: length }));
    process.stdout.write(json ? `${JSON.stringify(plain)}\n` : describeStudies(studies));
  });
}

async function best(place: Place): Promise<void> {
  await withStudy(place, async (study) => {
    const [trial] = bestTrials(study);
    if (!place.json) process.stdout.write(describeStudy(study));
    else process.stdout.write(`${JSON.stringify(trial ? trialJson(trial) : null)}\n`);
  });
}

async function trials(place: Place): Promise<void> {
  await withStudy(place, async (study) => {
    const lines = () => study.trials.map((trial) => `${JSON.stringify(trialJson(trial))}\n`).join('');
    process.stdout.write(place.json ? lines() : describeTrials(study));
  });
}

async function exportCsv({ out, ...place }: Place & { readonly out?: string }): Promise<void> {
  await withStudy(place, async (study) => {
    const csv = studyCsv(study.trials);
    if (out === undefined) process.stdout.write(csv);
    else {
      await writeFileAtomic(out, csv);
      process.stderr.write(`${out} written\n`);
    }
  });
}

async function report({
  out,
  force,
  ...place
}: Place & { readonly out: string; readonly force?: boolean }): Promise<void> {
  await withStudy(place, async (study) => {
    const folder = resolve(out);
    // ECharts takes a second to load: only those who want charts wait for it.
    const { writeStudyReport } = await import('../../../pipeline/tune/report/study-report.js');
    const names = await writeFolderAtomic(folder, (store) => writeStudyReport(store, study, encodePng), {
      overwrite: Boolean(force),
    });
    process.stderr.write(`${out}/report.html written, with ${names.length - 1} charts\n`);
  });
}

async function importStudy({
  from,
  as,
  ...place
}: Place & { readonly from: string; readonly as?: string }): Promise<void> {
  await withStudy({ ...place, storage: from }, async (source) => {
    const target = await openJournal(place.storage);
    try {
      const name = as ?? source.name;
      // One without trials is what a copy that broke off left.
      if ((await listStudies(target)).some((study) => study.name === name && study.trials.length > 0)) {
        throw new ConfigError(`${place.storage} has a study ${name} already; give the copy another name with --as`);
      }
      const copy = await createStudy({ name, direction: source.direction, storage: target });
      const count = await copyTrials(source, copy);
      process.stderr.write(`${count} trials copied into study ${name}\n`);
    } finally {
      await target.close();
    }
  });
}

async function withStudy(place: Place, work: (study: Study) => Promise<void>): Promise<void> {
  await withJournal(place.storage, async (journal) => {
    const name = place.study ?? (await onlyStudy(journal, place.storage));
    await work(await openStudy(name, journal));
  });
}

async function onlyStudy(journal: Journal, storage: string): Promise<string> {
  const names = (await listStudies(journal)).map(({ name }) => name);
  if (names.length === 1) return names[0]!;
  throw new ConfigError(
    `${storage} has ${names.length === 0 ? 'no study' : `the studies ${names.join(', ')}`}; name one with --study`,
  );
}

async function withJournal(place: string, work: (journal: Journal) => Promise<void>): Promise<void> {
  const journal = await openExistingJournal(place);
  try {
    await work(journal);
  } finally {
    await journal.close();
  }
}
