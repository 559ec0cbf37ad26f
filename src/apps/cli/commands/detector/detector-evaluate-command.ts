// `moodlens detector evaluate`: measures a detector on pictures with known faces.
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { requireFreeFolder, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { encodePng } from '../../../../adapters/node/image-codec.js';
import { ConfigError } from '../../../../core/errors.js';
import type { Matching } from '../../../../core/metrics/average-precision.js';
import { parseDetectorConfig } from '../../../../pipeline/detector/config.js';
import { type DetectedPicture, detectPictures } from '../../../../pipeline/detector/detect-pictures.js';
import { judgeDetector } from '../../../../pipeline/detector/evaluate-detector.js';
import { describeDetectorEvaluation } from '../../../../pipeline/detector/report/describe-detector-evaluation.js';
import { type DetectorEvaluation, seenText } from '../../../../pipeline/detector/report/format-detector-evaluation.js';
import { addDetectorOptions, type DetectorOptions } from '../../arguments/detector.js';
import { forceOption, mayReplace } from '../../arguments/force.js';
import { jsonOption } from '../../arguments/json.js';
import { addSkipBad } from '../../arguments/skip-bad.js';
import { parseNames, toNumbers } from '../../arguments/values.js';
import { withProgress } from '../../terminal/with-progress.js';
import { type KnownPictures, openKnownPictures } from './open-known-pictures.js';
import { type MeasuredDetector, openMeasuredDetector } from './open-measured-detector.js';

interface EvaluateOptions extends DetectorOptions {
  readonly data: string;
  readonly heldBack?: string;
  readonly all?: boolean;
  readonly withoutFaces?: boolean;
  readonly match: Matching;
  readonly score?: string;
  readonly compare?: string;
  readonly skipBad?: boolean;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Of a run that does not say what it held back. */
const usualShare = parseDetectorConfig({}).validationShare;

/** Whether a report's folder has a file of that name. */
const isReportFile = (name: string) =>
  /^(report\.html|evaluation\.json|(recall-by-false-detections|precision-recall|detectors)\.svg|(missed-faces|false-detections)\.png)$/.test(
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
    .option('--held-back <share>', "packed pictures: the share that the run held back (default: the model's)")
    .option('--all', 'packed pictures: all of them, also those that a run learned from')
    .option('--without-faces', 'the pictures of the folder hold no face: every detection is a false one')
    .addOption(
      new Option(
        '--match <how>',
        'overlap: intersection over union of at least 0.5; centre: for boxes drawn by another rule',
      )
        .choices(['overlap', 'centre'])
        .default('overlap'),
    )
    .option(
      '--score <number>',
      "count found faces and false detections from this score on (default: the detector's own threshold)",
    )
    .option(
      '--compare <detectors>',
      'also measure others on the same pictures: names or files as for --detector, by commas',
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
  const detectors: MeasuredDetector[] = [];
  try {
    detectors.push(await openMeasuredDetector(options));
    const others = options.minFace === undefined ? {} : { minFace: options.minFace };
    for (const name of options.compare === undefined ? [] : parseNames(options.compare)) {
      detectors.push(await openMeasuredDetector({ ...others, detector: name }));
    }
    const known = await openKnownPictures(options.data, {
      share: options.all ? 0 : (heldBack ?? detectors[0]!.metadata?.validationShare ?? usualShare),
      isWithoutFaces: options.withoutFaces === true,
      skipBad: options.skipBad === true,
    });
    try {
      const all: Measured[] = [];
      for (const detector of detectors) all.push(await measure(detector, known, options));
      const [first, ...others] = all.map(({ detector, detected }, i) =>
        evaluationOf({ detector, detected }, known, {
          matching: options.match,
          score: i === 0 && score !== undefined ? score : detector.score,
        }),
      );
      const evaluation = { ...first!, ...(others.length === 0 ? {} : { compared: others }) };
      if (options.out !== undefined) await writeReport(options.out, { evaluation, all, overwrite });
      if (options.json) warnOfSeen([evaluation, ...others]);
      process.stdout.write(options.json ? `${JSON.stringify(evaluation)}\n` : describeDetectorEvaluation(evaluation));
    } finally {
      known.release();
    }
  } finally {
    for (const detector of detectors) await detector.release();
  }
}

/** On stderr, because the JSON has no sentences. */
function warnOfSeen(evaluations: readonly DetectorEvaluation[]): void {
  for (const evaluation of evaluations) {
    const seen = seenText(evaluation);
    if (seen !== undefined) process.stderr.write(`warning: ${evaluation.detector}: ${seen}\n`);
  }
}

function checkedNumbers(options: EvaluateOptions): { heldBack?: number; score?: number } {
  const numbers = toNumbers(options, ['heldBack', 'score']);
  const { heldBack, score } = numbers;
  if (options.withoutFaces && (options.all || heldBack !== undefined)) {
    throw new ConfigError(
      '--all and --held-back are for packed pictures, and --without-faces for others; leave one of them out',
    );
  }
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

interface Measured {
  readonly detector: MeasuredDetector;
  readonly detected: readonly DetectedPicture[];
}

async function measure(
  detector: MeasuredDetector,
  { pictures, leftOut }: KnownPictures,
  { skipBad, compare }: EvaluateOptions,
): Promise<Measured> {
  const title = compare === undefined ? 'evaluate' : `evaluate ${detector.name}`;
  const detected = await withProgress(title, (progress) => {
    for (const line of leftOut) progress.note(`left out: ${line}`);
    const detect: MeasuredDetector['detect'] = (picture) => detector.detect(picture);
    return detectPictures({ pictures, detect, skipBad, progress, clock: () => performance.now() });
  });
  return { detector, detected };
}

function evaluationOf(
  { detector, detected }: Measured,
  known: KnownPictures,
  options: { readonly matching: Matching; readonly score: number },
): DetectorEvaluation {
  return {
    kind: 'face-detector-evaluation',
    detector: detector.name,
    epoch: detector.metadata?.epoch ?? null,
    model: detector.hash,
    which: known.which,
    dataset: known.dataset,
    seenPictures: known.countSeen(detector.metadata),
    leftOut: known.leftOut.length + known.pictures.length - detected.length,
    matching: options.matching,
    ...judgeDetector(detected, options),
  };
}

interface Report {
  readonly evaluation: DetectorEvaluation;
  readonly all: readonly Measured[];
  readonly overwrite: boolean;
}

async function writeReport(out: string, { evaluation, all, overwrite }: Report): Promise<void> {
  // ECharts takes a second to load: only those who want the page wait for it.
  const { writeDetectorReport } = await import('../../../../pipeline/detector/report/detector-report.js');
  const [detected, ...others] = all.map((one) => one.detected);
  const sources = { evaluation, detected: detected!, others, encodePng };
  const files = await writeFolderAtomic(out, (store) => writeDetectorReport(store, sources), { overwrite });
  process.stderr.write(`${join(out, 'report.html')} written, with ${files.length - 1} files beside it\n`);
}
