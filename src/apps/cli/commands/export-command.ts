// `moodlens export`: a trained run as one .onnx, verified against the trainer's outputs, with its card beside it.
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { z } from 'zod';
import { createFolderStore, writeFilesAtomic } from '../../../adapters/node/files.js';
import { recompressJpeg } from '../../../adapters/node/image-codec.js';
import { openSession, sessionsOn } from '../../../adapters/node/session.js';
import { ConfigError } from '../../../core/errors.js';
import { readDataset } from '../../../pipeline/data/read-dataset.js';
import { formatEvaluation } from '../../../pipeline/evaluate/report/format-evaluation.js';
import { exportConfigSchema, parseExportConfig } from '../../../pipeline/export/config.js';
import { type ExportedRun, exportRun } from '../../../pipeline/export/export.js';
import { readRunRows } from '../../../pipeline/export/read-run-rows.js';
import { networkStores, readTrainedRun } from '../../../pipeline/export/read-trained-run.js';
import { describeExport } from '../../../pipeline/export/report/describe-export.js';
import { writeModelCard } from '../../../pipeline/export/report/model-card.js';
import type { NamedRuntime } from '../../../pipeline/export/try-int8.js';
import { forceOption } from '../arguments/force.js';
import { jsonOption } from '../arguments/json.js';
import { SchemaOptions } from '../arguments/schema-options.js';
import { readTextFile } from '../arguments/text-file.js';
import { commandOf } from '../command-descriptions.js';
import { withProgress } from '../terminal/with-progress.js';

interface ExportOptions extends z.input<typeof exportConfigSchema> {
  readonly data: string;
  readonly out: string;
  readonly notes?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const stage = new SchemaOptions(exportConfigSchema);

/** The command's definition. */
export function define(): Command {
  return commandOf('export')
    .argument('<run>', 'the folder of a run or of an ensemble')
    .requiredOption('--data <dir>', 'the dataset that the run was trained on')
    .requiredOption(
      '--out <file>',
      'the model (.onnx); beside it are written its card (.md) and its evaluation (.evaluation.json)',
    )
    .addOption(stage.option('weights'))
    .addOption(stage.option('calibrate'))
    .addOption(stage.option('int8'))
    .addOption(stage.option('calibration'))
    .addOption(stage.option('seed'))
    .addOption(stage.option('stress'))
    .option('--notes <file>', 'Markdown for the card, such as how choices were made')
    .addOption(stage.option('threads'))
    .addOption(forceOption('the files of an earlier export'))
    .addOption(jsonOption('the result as JSON'))
    .action(exportModel);
}

/** The page runs WebAssembly; in Node the same runtime can be timed. */
const runtimes: readonly [NamedRuntime, ...NamedRuntime[]] = [
  { name: 'Node', openSession },
  { name: 'the web runtime (WebAssembly)', openSession: sessionsOn('wasm').open },
];

async function exportModel(folder: string, options: ExportOptions): Promise<void> {
  const config = parseExportConfig(stage.given(options));
  const files = filesOf(options.out);
  if (!options.force) await requireFree(Object.values(files));
  const notes = options.notes === undefined ? undefined : await readTextFile(options.notes);
  const dataset = await readDataset(createFolderStore(options.data));
  const places = {
    name: basename(resolve(folder)),
    store: createFolderStore(resolve(folder)),
    memberStore: (name: string) => createFolderStore(join(resolve(folder), name)),
  };
  const run = await readTrainedRun(places, { dataset, weights: config.weights });
  const [firstStore] = await networkStores(places);
  const rows = await readRunRows(dataset, firstStore!);
  const exported = await withProgress('export', (progress) =>
    exportRun({
      ...{ run, dataset, ...rows, config, runtimes, progress },
      recompress: recompressJpeg,
      clock: () => performance.now(),
    }),
  );
  const names = { model: basename(files.model), int8: basename(files.int8) };
  const card = writeModelCard({ run, dataset, exported, files: names, notes });
  await writeFiles(files, exported, card);
  process.stdout.write(
    options.json ? `${JSON.stringify(summarise(files, exported))}\n` : describeExport(files, exported),
  );
}

interface ExportFiles {
  readonly model: string;
  readonly card: string;
  readonly evaluation: string;
  readonly int8: string;
  readonly int8Evaluation: string;
}

function filesOf(out: string): ExportFiles {
  if (!out.endsWith('.onnx')) throw new ConfigError(`--out must be a file that ends in .onnx, and is ${out}`);
  const stem = join(dirname(out), basename(out, '.onnx'));
  return {
    ...{ model: out, card: `${stem}.md`, evaluation: `${stem}.evaluation.json` },
    ...{ int8: `${stem}.int8.onnx`, int8Evaluation: `${stem}.int8.evaluation.json` },
  };
}

async function requireFree(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if ((await stat(path).catch(() => undefined)) === undefined) continue;
    throw new ConfigError(`export must not write over a file, and ${path} exists; name another --out, or add --force`);
  }
}

/** What an earlier export left and this one does not make (an int8 form, an evaluation) is taken away: it is of another model. */
async function writeFiles(files: ExportFiles, { model, figures, int8 }: ExportedRun, card: string): Promise<void> {
  await writeFilesAtomic([
    [files.model, model],
    [files.card, card],
    [files.evaluation, figures ? formatEvaluation({ ...figures.evaluation, stress: figures.stress }) : undefined],
    [files.int8, int8?.kept ? int8.model : undefined],
    [files.int8Evaluation, int8?.evaluation ? formatEvaluation(int8.evaluation) : undefined],
  ]);
}

function summarise(files: ExportFiles, exported: ExportedRun): object {
  const { model, batchNorms, parity, figures, int8 } = exported;
  const { model: _, ...of8 } = int8 ?? { model: undefined };
  return {
    file: files.model,
    card: files.card,
    bytes: model.length,
    batchNorms,
    parity,
    evaluation: figures?.evaluation ?? null,
    mirrored: figures?.mirrored ?? null,
    stress: figures?.stress,
    int8: int8 === undefined ? null : { file: int8.kept ? files.int8 : null, ...of8 },
  };
}
