// `moodlens detector export`: the model of a run's checkpoint, also while the run goes on; with the run's pictures also its threshold,
// its figures and its card.
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { createFolderStore, writeFilesAtomic } from '../../../../adapters/node/files.js';
import { mostBytes, readWholeFile } from '../../../../adapters/node/read-whole-file.js';
import { openSession } from '../../../../adapters/node/session.js';
import { FacePixels } from '../../../../adapters/node/training/face-pixels.js';
import { Sha256 } from '../../../../core/bytes/sha256.js';
import { facesFiles, readFacesDescription } from '../../../../core/dataset/face-pictures.js';
import { detectorMetadataOf } from '../../../../core/detect/places/place-network.js';
import { ConfigError } from '../../../../core/errors.js';
import { readModel } from '../../../../core/onnx/read-model.js';
import { type ExportedDetector, exportDetector } from '../../../../pipeline/detector/export-detector.js';
import {
  type DetectorExportFiles,
  describeDetectorExport,
} from '../../../../pipeline/detector/report/describe-detector-export.js';
import { isDetectorCard, writeDetectorCard } from '../../../../pipeline/detector/report/detector-card.js';
import {
  type DetectorEvaluation,
  formatDetectorEvaluation,
  isDetectorEvaluation,
} from '../../../../pipeline/detector/report/format-detector-evaluation.js';
import { jsonOption } from '../../arguments/json.js';
import { readTextFile } from '../../arguments/text-file.js';
import { withProgress } from '../../terminal/with-progress.js';

interface ExportOptions {
  readonly data?: string;
  readonly out?: string;
  readonly weights: 'last' | 'best';
  readonly notes?: string;
  readonly json?: boolean;
}

/** The sub-command's definition. */
export function defineExport(): Command {
  return new Command('export')
    .description("write the model of a run's last or best checkpoint, also while the run goes on")
    .argument('<run>', "the run folder of 'moodlens detector train'")
    .option(
      '--data <dir>',
      'the packed face pictures of the run: chooses the score from which a detection counts, and writes card (.md) and figures (.evaluation.json)',
    )
    .option(
      '--out <file>',
      'the .onnx file; an earlier export there is replaced (default: export.onnx in the run folder)',
    )
    .addOption(
      new Option('--weights <which>', 'of the last checkpoint, or of the highest average precision')
        .choices(['last', 'best'])
        .default('last'),
    )
    .option('--notes <file>', 'Markdown for the card, such as where the pictures come from')
    .addOption(jsonOption('the result as JSON'))
    .action(exportModel);
}

async function exportModel(run: string, { data, weights, json, ...options }: ExportOptions): Promise<void> {
  const files = filesOf(options.out ?? join(run, 'export.onnx'));
  if (options.notes !== undefined && data === undefined) {
    throw new ConfigError('--notes are for the card, and without --data none is written; add --data');
  }
  await requireReplaceable(files);
  const notes = options.notes === undefined ? undefined : await readTextFile(options.notes);
  const request = { store: createFolderStore(resolve(run)), weights };
  if (data === undefined) {
    const exported = await exportDetector(request);
    await writeFilesAtomic([
      [files.model, exported.model],
      [files.card, undefined],
      [files.evaluation, undefined],
    ]);
    print(files, exported, json);
    return;
  }
  const faces = await readFacesDescription(createFolderStore(resolve(data)));
  const pixels = new FacePixels(join(resolve(data), facesFiles.pictures), faces.pictures);
  try {
    const exported = await withProgress('export', (progress) => {
      const readPixels = (index: number) => pixels.read(index);
      const clock = () => performance.now();
      return exportDetector({ ...request, measuring: { faces, readPixels, openSession, progress, clock } });
    });
    const evaluation = evaluationOf(exported);
    await writeFilesAtomic([
      [files.model, exported.model],
      [files.card, writeDetectorCard({ exported, faces, file: basename(files.model), notes })],
      [files.evaluation, evaluation && formatDetectorEvaluation(evaluation)],
    ]);
    print(files, exported, json);
  } finally {
    pixels.release();
  }
}

function evaluationOf({ model, run, figures }: ExportedDetector): DetectorEvaluation | undefined {
  if (figures === null || figures === undefined) return undefined;
  return {
    kind: 'face-detector-evaluation',
    detector: run.facts.name,
    epoch: run.checkpoint.trainer.epoch,
    model: new Sha256().update(model).hex(),
    which: 'that were held back',
    dataset: run.facts.dataset,
    seenPictures: 0,
    leftOut: 0,
    matching: 'overlap',
    ...figures,
  };
}

function print(files: DetectorExportFiles, exported: ExportedDetector, json: boolean | undefined): void {
  const { model, run, figures } = exported;
  const { epoch } = run.checkpoint.trainer;
  const card = figures === undefined ? null : files.card;
  const summary = { file: files.model, card, bytes: model.length, epoch, threshold: figures?.threshold ?? null };
  const line = { ...summary, figures: figures ?? null };
  process.stdout.write(json ? `${JSON.stringify(line)}\n` : describeDetectorExport(files, exported));
}

function filesOf(out: string): DetectorExportFiles {
  if (!out.endsWith('.onnx')) throw new ConfigError(`--out must be a file that ends in .onnx, and is ${out}`);
  const stem = join(dirname(out), basename(out, '.onnx'));
  return { model: out, card: `${stem}.md`, evaluation: `${stem}.evaluation.json` };
}

/** Card and figures of an earlier export are of another model; anything else that has their names is somebody's. */
async function requireReplaceable(files: DetectorExportFiles): Promise<void> {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const kinds: readonly (readonly [string, (bytes: Uint8Array) => boolean])[] = [
    [files.model, isDetector],
    [files.card, (bytes) => isDetectorCard(text(bytes))],
    [files.evaluation, (bytes) => isDetectorEvaluation(text(bytes))],
  ];
  for (const [path, isOwn] of kinds) {
    if ((await stat(path).catch(() => undefined)) === undefined) continue;
    const bytes = await readWholeFile(path, mostBytes.model).catch(() => undefined);
    if (bytes !== undefined && isOwn(bytes)) continue;
    throw new ConfigError(`export replaces an earlier export only, and ${path} is something else; name another --out`);
  }
}

function isDetector(bytes: Uint8Array): boolean {
  try {
    return detectorMetadataOf(readModel(bytes)) !== undefined;
  } catch {
    return false;
  }
}
