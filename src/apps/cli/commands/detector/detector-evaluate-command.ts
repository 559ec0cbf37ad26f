// `moodlens detector evaluate`: measures a detector on pictures with known faces.
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { requireFreeFolder, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { encodePng } from '../../../../adapters/node/image-codec.js';
import { ConfigError } from '../../../../core/errors.js';
import type { Matching } from '../../../../core/metrics/average-precision.js';
import { type DetectedPicture, detectPictures } from '../../../../pipeline/detector/detect-pictures.js';
import { judgeDetector } from '../../../../pipeline/detector/evaluate-detector.js';
import { describeDetectorEvaluation } from '../../../../pipeline/detector/report/describe-detector-evaluation.js';
import { type DetectorEvaluation, seenText } from '../../../../pipeline/detector/report/format-detector-evaluation.js';
import { addDetectorOptions } from '../../arguments/detector.js';
import { forceOption, mayReplace } from '../../arguments/force.js';
import { jsonOption } from '../../arguments/json.js';
import { addSkipBad } from '../../arguments/skip-bad.js';
import { toNumbers } from '../../arguments/values.js';
import { withProgress } from '../../terminal/with-progress.js';
import { type KnownPictures, openKnownPictures } from './open-known-pictures.js';
import { type MeasuredDetector, type MeasuredDetectorOptions, openMeasuredDetector } from './open-measured-detector.js';

interface EvaluateOptions extends MeasuredDetectorOptions {
  readonly data: string;
  readonly heldBack?: string;
  readonly all?: boolean;
  readonly withoutFaces?: boolean;
  readonly match: Matching;
  readonly score?: string;
  readonly skipBad?: boolean;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Of a run that does not say what it held back. */
const usualShare = 0.06;

/** Whether a report's folder has a file of that name. */
const isReportFile = (name: string) =>
  /^(report\.html|evaluation\.json|(recall-by-false-detections|precision-recall)\.svg|(missed-faces|false-detections)\.png)$/.test(
    name,
  );

/** The sub-command's definition. */
export function defineEvaluate(): Command {
  const command = new Command('evaluate')
    .description(
      'measure a detector: average precision by face size, recall at so many false detections, key points, time',
    )
    .requiredOption(
      '--data <dir>',
      'packed face pictures, a folder with boxes.json, or one with pictures without faces',
    )
    .option('--model <file>', "a model.onnx of 'moodlens detector train' (default: the shipped detector)")
    .option('--held-back <share>', "packed pictures: the share that the run held back (default: the model's)")
    .option('--all', 'packed pictures: all of them, also those that a run learned from')
    .option('--without-faces', 'the pictures of the folder hold no face: every detection is a false one')
    .addOption(
      new Option('--match <how>', 'overlap: half of both boxes together; centre: for boxes drawn by another rule')
        .choices(['overlap', 'centre'])
        .default('overlap'),
    )
    .option(
      '--score <number>',
      "count found faces and false detections from this score on (default: the detector's own threshold)",
    )
    .option(
      '--out <dir>',
      'also write a report: report.html with charts, missed faces and false detections; must not exist yet',
    )
    .addOption(forceOption('the report at --out'))
    .addOption(jsonOption('the figures as JSON'));
  addSkipBad(command, 'pictures that are missing, broken or have bad boxes');
  return addDetectorOptions(command).action(evaluate);
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  const { heldBack, score } = checkedNumbers(options);
  const overwrite = await mayWrite(options);
  const detector = await openMeasuredDetector(options);
  try {
    const { metadata } = detector;
    const known = await openKnownPictures(options.data, {
      share: options.all ? 0 : (heldBack ?? metadata?.validationShare ?? usualShare),
      metadata,
      isWithoutFaces: options.withoutFaces === true,
      skipBad: options.skipBad === true,
    });
    try {
      const detected = await measure(detector, known, options);
      const evaluation = evaluationOf(detector, known, { detected, options, score: score ?? detector.score });
      if (options.out !== undefined) await writeReport(options.out, { evaluation, detected, overwrite });
      const seen = seenText(evaluation);
      if (options.json && seen !== undefined) process.stderr.write(`warning: ${seen}\n`);
      process.stdout.write(options.json ? `${JSON.stringify(evaluation)}\n` : describeDetectorEvaluation(evaluation));
    } finally {
      known.release();
    }
  } finally {
    await detector.release();
  }
}

function checkedNumbers(options: EvaluateOptions): { heldBack?: number; score?: number } {
  const numbers = toNumbers(options, ['heldBack', 'score']);
  const { heldBack, score } = numbers;
  if (options.all && heldBack !== undefined) {
    throw new ConfigError('--all and --held-back exclude each other; leave one of them out');
  }
  if (heldBack !== undefined && !(heldBack > 0 && heldBack <= 1)) {
    throw new ConfigError(
      `--held-back must be above 0 and at most 1, found ${options.heldBack}; for all pictures add --all`,
    );
  }
  if (score !== undefined && !(score >= 0 && score <= 1)) {
    throw new ConfigError(`--score must be a number from 0 to 1, found ${options.score}`);
  }
  return numbers;
}

/** Asked before the long work. */
async function mayWrite({ out, force }: EvaluateOptions): Promise<boolean> {
  if (out === undefined) {
    if (force) throw new ConfigError('--force replaces a report, and none is asked for; add --out, or leave it out');
    return false;
  }
  const overwrite = await mayReplace({ out, force, what: 'a report', isOwn: isReportFile });
  await requireFreeFolder(out, overwrite);
  return overwrite;
}

function measure(
  detector: MeasuredDetector,
  { pictures, leftOut }: KnownPictures,
  { skipBad }: EvaluateOptions,
): Promise<DetectedPicture[]> {
  return withProgress('evaluate', (progress) => {
    for (const line of leftOut) progress.note(`left out: ${line}`);
    const detect: MeasuredDetector['detect'] = (picture) => detector.detect(picture);
    return detectPictures({ pictures, detect, skipBad, progress, clock: () => performance.now() });
  });
}

interface Measured {
  readonly detected: readonly DetectedPicture[];
  readonly options: EvaluateOptions;
  readonly score: number;
}

function evaluationOf(
  { name, hash }: MeasuredDetector,
  known: KnownPictures,
  { detected, options: { match: matching }, score }: Measured,
): DetectorEvaluation {
  return {
    kind: 'face-detector-evaluation',
    detector: name,
    model: hash,
    which: known.which,
    dataset: known.dataset,
    seenPictures: known.seen,
    leftOut: known.leftOut.length + known.pictures.length - detected.length,
    matching,
    ...judgeDetector(detected, { matching, score }),
  };
}

interface Report {
  readonly evaluation: DetectorEvaluation;
  readonly detected: readonly DetectedPicture[];
  readonly overwrite: boolean;
}

async function writeReport(out: string, { evaluation, detected, overwrite }: Report): Promise<void> {
  // ECharts takes a second to load: only those who want the page wait for it.
  const { writeDetectorReport } = await import('../../../../pipeline/detector/report/detector-report.js');
  const sources = { evaluation, detected, encodePng };
  const files = await writeFolderAtomic(out, (store) => writeDetectorReport(store, sources), { overwrite });
  process.stderr.write(`${join(out, 'report.html')} written, with ${files.length - 1} files beside it\n`);
}
