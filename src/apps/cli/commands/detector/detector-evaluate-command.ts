// `moodlens detector evaluate`: measures a detector on pictures with known faces.
import { Command, Option } from 'commander';
import { openSession } from '../../../../adapters/node/session.js';
import type { Face } from '../../../../core/detect/face.js';
import { PlaceDetector } from '../../../../core/detect/places/place-detector.js';
import { ConfigError } from '../../../../core/errors.js';
import type { Picture } from '../../../../core/image/picture.js';
import type { Matching } from '../../../../core/metrics/average-precision.js';
import {
  type DetectorFigures,
  type EvaluatedFace,
  evaluateDetector,
  type RangeFigures,
} from '../../../../pipeline/detector/evaluate-detector.js';
import { tableLines } from '../../../../pipeline/report/text-table.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from '../../arguments/detector.js';
import { namingModelFile, readModelFile } from '../../arguments/model-file.js';
import { toNumbers } from '../../arguments/numbers.js';
import { withProgress } from '../../terminal/with-progress.js';
import { openKnownPictures } from './open-known-pictures.js';

interface EvaluateOptions extends DetectorOptions {
  readonly data: string;
  readonly model?: string;
  readonly heldBack?: string;
  readonly all?: boolean;
  readonly withoutFaces?: boolean;
  readonly match: Matching;
  readonly score?: string;
  readonly json?: boolean;
}

/** Scores from here on are looked at: lower ones change no figure that anybody uses. */
const lowestScore = 0.02;
/** Of a run that does not say what it held back. */
const usualShare = 0.06;

/** The sub-command's definition. */
export function defineEvaluate(): Command {
  const command = new Command('evaluate')
    .description('measure a detector: average precision by face size, recall at so many wrong boxes, key points, time')
    .requiredOption(
      '--data <dir>',
      'packed face pictures, a folder with boxes.json, or one with pictures without faces',
    )
    .option('--model <file>', "a model.onnx of 'moodlens detector train' (default: the shipped detector)")
    .option('--held-back <share>', "packed pictures: the share that the run held back (default: the model's)")
    .option('--all', 'packed pictures: all of them, also those that a run learned from')
    .option('--without-faces', 'the pictures of the folder hold no face: every box is wrong')
    .addOption(
      new Option('--match <how>', 'overlap: half of both boxes together; centre: for boxes drawn by another rule')
        .choices(['overlap', 'centre'])
        .default('overlap'),
    )
    .option('--score <number>', 'count found faces and wrong boxes from this score on (default: 0.5 for --model)')
    .option('--json', 'print the figures as JSON');
  return addDetectorOptions(command).action(evaluate);
}

interface Opened {
  readonly detect: (picture: Picture) => Promise<readonly EvaluatedFace[]>;
  readonly share: number;
  readonly score: number;
  release(): Promise<void>;
}

async function evaluate(options: EvaluateOptions): Promise<void> {
  const { heldBack, score } = toNumbers(options, ['heldBack', 'score']);
  if (options.all && heldBack !== undefined) {
    throw new ConfigError('--all and --held-back exclude each other; leave one of them out');
  }
  const opened = await open(options);
  try {
    const known = await openKnownPictures(options.data, {
      share: options.all ? 0 : (heldBack ?? opened.share),
      isWithoutFaces: options.withoutFaces === true,
    });
    try {
      const figures = await withProgress('evaluate', (progress) =>
        evaluateDetector({
          pictures: known.pictures,
          detect: opened.detect,
          matching: options.match,
          score: score ?? opened.score,
          progress,
          clock: () => performance.now(),
        }),
      );
      if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
      else process.stdout.write(describe(figures, known.what));
    } finally {
      known.release();
    }
  } finally {
    await opened.release();
  }
}

async function open(options: EvaluateOptions): Promise<Opened> {
  const { model } = options;
  if (model !== undefined) {
    const bytes = await readModelFile(model, '--model must name a model.onnx');
    const detector = await namingModelFile(model, () =>
      PlaceDetector.open(bytes, openSession, { minScore: lowestScore }),
    );
    return {
      detect: (picture) => detector.detect(picture),
      share: detector.metadata.validationShare ?? usualShare,
      score: 0.5,
      release: () => detector.release(),
    };
  }
  const detector = await openChosenDetector(options, { search: 'thorough' });
  return {
    detect: async (picture) => (await detector.detect(picture)).map(withFourPoints),
    share: usualShare,
    score: 0,
    release: () => detector.release(),
  };
}

/** The person's right eye is the left one as seen. */
function withFourPoints({ box, score, keypoints }: Face): EvaluatedFace {
  if (keypoints === null) return { box, score, points: null };
  const { rightEye, leftEye, nose, mouth } = keypoints;
  return { box, score, points: [...rightEye, ...leftEye, ...nose, ...mouth] };
}

const percent = (share: number): string => (100 * share).toFixed(1);
const interval = ([low, high]: readonly [number, number]): string => `${percent(low)}-${percent(high)}`;

function describe(figures: DetectorFigures, what: string): string {
  const { pictures, faces, ranges, recalls, atScore, points, latencyMs } = figures;
  const lines = [`${pictures} ${what}, ${faces} faces`];
  if (faces > 0) {
    const rows = ranges.map((range) => [
      sizesOf(range),
      String(range.faces),
      range.averagePrecision === null ? '–' : percent(range.averagePrecision.value),
      range.averagePrecision === null ? '–' : interval(range.averagePrecision.interval),
    ]);
    lines.push(...tableLines({ columns: ['face size, pixels', 'faces', 'average precision, %', '95 %'], rows }));
    const atWrong = recalls.map(({ wrong, recall, interval: range, score }) => [
      String(wrong),
      percent(recall),
      interval(range),
      score === null ? '–' : score.toFixed(2),
    ]);
    lines.push(...tableLines({ columns: ['wrong boxes a picture', 'recall, %', '95 %', 'score'], rows: atWrong }));
    lines.push(
      `from a score of ${atScore.score}: ${atScore.found} found, ${percent(atScore.recall)} % (95 % interval ${interval(atScore.interval)}), ${atScore.wrong} wrong boxes`,
    );
  } else lines.push(`from a score of ${atScore.score}: ${atScore.wrong} wrong boxes`);
  if (points !== null) {
    lines.push(`key points: ${percent(points.meanError)} % of the eye distance off, mean of ${points.faces} faces`);
  }
  lines.push(`time a picture: median ${latencyMs.median.toFixed(1)} ms, 95 % below ${latencyMs.p95.toFixed(1)} ms`);
  return `${lines.join('\n')}\n`;
}

function sizesOf({ from, below }: RangeFigures): string {
  if (below === null) return from === 0 ? 'all' : `${from} and more`;
  return `${from} to ${below}`;
}
