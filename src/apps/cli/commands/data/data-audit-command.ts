// `moodlens data audit`: the faults of a dataset, as a table, a page with contact sheets, and a cleaned copy.
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import type { z } from 'zod';
import { createFolderStore, requireFreeFolder, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { encodePng } from '../../../../adapters/node/image-codec.js';
import { openSession } from '../../../../adapters/node/session.js';
import { shippedModel } from '../../../../adapters/node/shipped-models.js';
import { readProbabilitiesCsv } from '../../../../core/dataset/audit/probabilities-csv.js';
import { type PackedDataset, writeDataset } from '../../../../core/dataset/packed-dataset.js';
import { CropFaceCheck } from '../../../../core/detect/mediapipe/crop-face-check.js';
import { ConfigError } from '../../../../core/errors.js';
import { ExpressionModel } from '../../../../core/model/expression-model.js';
import type { BlobStore } from '../../../../core/ports/blob-store.js';
import type { Progress } from '../../../../core/ports/progress.js';
import { type Audit, auditDataset } from '../../../../pipeline/audit/audit.js';
import { auditJson } from '../../../../pipeline/audit/audit-json.js';
import {
  type CleanedDataset,
  cleanDataset,
  leftOutCsv,
  leftOutFile,
} from '../../../../pipeline/audit/clean-dataset.js';
import { type AuditConfig, auditConfigSchema, parseAuditConfig } from '../../../../pipeline/audit/config.js';
import { judgeByModel, judgeByRuns, type LabelJudge } from '../../../../pipeline/audit/judge-labels.js';
import { isAuditFile, writeAuditReport } from '../../../../pipeline/audit/report/audit-report.js';
import { describeAudit } from '../../../../pipeline/audit/report/describe-audit.js';
import { readDataset } from '../../../../pipeline/data/read-dataset.js';
import { datasetArgument } from '../../arguments/data.js';
import { forceOption, isDatasetFile, mayReplace } from '../../arguments/force.js';
import { jsonOption } from '../../arguments/json.js';
import { openExpressionModel, parseThreads, threadsOption } from '../../arguments/model.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { readTextFile } from '../../arguments/text-file.js';
import { withProgress } from '../../terminal/with-progress.js';

interface AuditOptions extends Omit<z.input<typeof auditConfigSchema>, 'batch'> {
  readonly probabilities?: string;
  readonly runs?: readonly string[];
  readonly model?: string;
  readonly votes?: string;
  readonly out?: string;
  readonly write?: string;
  readonly threads?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const stage = new SchemaOptions(auditConfigSchema);

/** The sub-command's definition. */
export function defineAudit(): Command {
  return new Command('audit')
    .description('find the faults of a dataset: duplicates, blank pictures, pictures without a face, doubtful labels')
    .argument(...datasetArgument)
    .option('--runs <folders...>', 'judge labels by these runs, each on the samples that it was not trained on')
    .option('--probabilities <file>', 'judge labels by a CSV of out-of-fold probabilities: row, a column per class')
    .option(
      '--model <file>',
      'judge labels by this model (.onnx) instead of the shipped one, on samples that it was not trained on',
    )
    .addOption(stage.option('unseen'))
    .option('--votes <file>', "FER+'s fer2013new.csv: how labels agree with the votes")
    .addOption(stage.option('faces'))
    .option('--out <dir>', 'also write report.html, a contact sheet per problem and audit.json; must not exist yet')
    .option('--write <dir>', 'also write a cleaned copy of the dataset, with a log; must not exist yet')
    .addOption(stage.option('remove'))
    .addOption(stage.option('removeFrom'))
    .addOption(threadsOption())
    .addOption(forceOption('the report at --out and the copy at --write'))
    .addOption(jsonOption('everything that was found as JSON'))
    .action(auditData);
}

async function auditData(folder: string, options: AuditOptions): Promise<void> {
  const config = parseConfig(options);
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) {
    throw new ConfigError(`data audit needs the folder of a packed dataset, and ${folder} is none; import it first`);
  }
  const overwrite = await choosePlaces(folder, options);
  const dataset = await readDataset(createFolderStore(folder));
  const audit = await audited(dataset, options, config);
  const cleaned = options.write === undefined ? undefined : cleanDataset(audit, config);
  const { out, write } = options;
  if (out !== undefined) {
    const files = await writeFolderAtomic(out, (store) => writeAuditReport(store, audit, encodePng), {
      overwrite: overwrite.out,
    });
    process.stderr.write(`${join(out, 'report.html')} written, with ${files.length - 2} contact sheets\n`);
  }
  if (write !== undefined && cleaned !== undefined) await writeCleaned(write, dataset, cleaned, overwrite.write);
  process.stdout.write(options.json ? `${JSON.stringify(json(audit, cleaned))}\n` : describeAudit(audit));
}

/** Which of the places may be overwritten. Throws ConfigError for those that are taken, and for the audited dataset itself. */
async function choosePlaces(folder: string, { out, write, force }: AuditOptions) {
  const places = [folder, out, write].filter((place) => place !== undefined).map((place) => resolve(place));
  if (new Set(places).size < places.length) {
    throw new ConfigError('the dataset, --out and --write must be different folders, and two are the same');
  }
  const choose = async (place: string | undefined, what: string, isOwn: (name: string) => boolean) => {
    if (place === undefined) return false;
    const overwrite = await mayReplace({ out: place, force, what, isOwn });
    await requireFreeFolder(place, overwrite);
    return overwrite;
  };
  return {
    out: await choose(out, "an audit's report", isAuditFile),
    write: await choose(write, 'a dataset', isDatasetFile),
  };
}

function parseConfig(options: AuditOptions): AuditConfig {
  const { probabilities, runs, model, unseen, write, remove, removeFrom } = options;
  if ([probabilities, runs, model].filter((judge) => judge !== undefined).length > 1) {
    throw new ConfigError('labels are judged by one of --probabilities, --runs and --model; leave the others out');
  }
  if (unseen && (probabilities ?? runs) !== undefined) {
    throw new ConfigError('--unseen is for a --model; files of probabilities and runs are out of fold anyway');
  }
  if (write === undefined && (remove ?? removeFrom) !== undefined) {
    throw new ConfigError('--remove and --remove-from are for the cleaned copy; add --write');
  }
  return parseAuditConfig(stage.given(options));
}

async function audited(dataset: PackedDataset, options: AuditOptions, config: AuditConfig): Promise<Audit> {
  const votes = options.votes === undefined ? undefined : await readTextFile(options.votes);
  const threads = parseThreads(options.threads);
  const isModelAsked = config.faces || (options.probabilities ?? options.runs) === undefined;
  const model = isModelAsked ? await openExpressionModel(options.model, { threads }) : undefined;
  const check = config.faces ? await openFaceCheck() : undefined;
  try {
    return await withProgress('audit', async (progress) => {
      const judge = await chooseJudge(dataset, model, { options, config, progress });
      if (judge.indices.length === 0) progress.note(`no labels are judged: ${judge.others}`);
      const faces = check && model && { faceScore: check.score.bind(check), model };
      return auditDataset(dataset, { votes, judge, faces }, { progress });
    });
  } finally {
    await check?.release();
    await model?.release();
  }
}

async function openFaceCheck(): Promise<CropFaceCheck> {
  const fullRange = await shippedModel('face-full-range.onnx');
  return CropFaceCheck.open({ fullRange, shortRange: await shippedModel('face-short-range.onnx') }, openSession);
}

/** Undefined stands for the model only where the options name another judge. */
async function chooseJudge(
  dataset: PackedDataset,
  model: ExpressionModel | undefined,
  { options, config, progress }: { options: AuditOptions; config: AuditConfig; progress: Progress },
): Promise<LabelJudge> {
  const onDone = (done: number, total: number) => progress.update(done, total, 'pictures judged');
  const asking = { batch: config.batch, onDone };
  if (options.probabilities !== undefined) {
    const read = readProbabilitiesCsv(await readTextFile(options.probabilities), dataset);
    return { ...read, by: basename(options.probabilities), others: 'the file does not hold them' };
  }
  if (options.runs === undefined) return judgeByModel(dataset, model!, { ...asking, unseen: config.unseen });
  const runs = options.runs.map((run) => ({ name: basename(resolve(run)), store: createFolderStore(run) }));
  const threads = parseThreads(options.threads);
  return judgeByRuns(dataset, runs, (bytes) => ExpressionModel.open(bytes, openSession, { threads }), asking);
}

async function writeCleaned(
  write: string,
  dataset: PackedDataset,
  cleaned: CleanedDataset,
  overwrite: boolean,
): Promise<void> {
  const fill = async (store: BlobStore) => {
    await store.write(leftOutFile, leftOutCsv(dataset, cleaned.leftOut));
    await writeDataset(store, cleaned.dataset);
  };
  await writeFolderAtomic(write, fill, { overwrite });
  process.stderr.write(
    `${write} written: ${cleaned.dataset.count} samples; ${cleaned.leftOut.length} left out, listed in ${leftOutFile}\n`,
  );
}

function json(audit: Audit, cleaned: CleanedDataset | undefined) {
  if (cleaned === undefined) return auditJson(audit);
  const { hash, count } = cleaned.dataset;
  return { ...auditJson(audit), cleaned: { hash, count, leftOut: cleaned.leftOut.length } };
}
