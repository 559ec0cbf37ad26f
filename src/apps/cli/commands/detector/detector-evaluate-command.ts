// `moodlens detector evaluate`: measures a detector on pictures with known faces.
import { Command, Option } from 'commander';
import { openSession } from '../../../../adapters/node/session.js';
import type { Face } from '../../../../core/detect/face.js';
import { defaultMinScore } from '../../../../core/detect/face-search.js';
import { PlaceDetector } from '../../../../core/detect/places/place-detector.js';
import { pointsOf } from '../../../../core/detect/places/placed-face.js';
import { ConfigError } from '../../../../core/errors.js';
import type { Picture } from '../../../../core/image/picture.js';
import type { Matching } from '../../../../core/metrics/average-precision.js';
import { type EvaluatedFace, evaluateDetector } from '../../../../pipeline/detector/evaluate-detector.js';
import { describeDetectorEvaluation } from '../../../../pipeline/detector/report/describe-detector-evaluation.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from '../../arguments/detector.js';
import { jsonOption } from '../../arguments/json.js';
import { namingModelFile, readModelFile } from '../../arguments/model.js';
import { toNumbers } from '../../arguments/values.js';
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
    .option(
      '--score <number>',
      `count found faces and wrong boxes from this score on (default: ${defaultMinScore} for --model)`,
    )
    .addOption(jsonOption('the figures as JSON'));
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
      else process.stdout.write(describeDetectorEvaluation(figures, known.what));
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
      PlaceDetector.open(bytes, openSession, { search: 'thorough', minScore: lowestScore }),
    );
    return {
      detect: async (picture) => (await detector.detect(picture)).map(withFourPoints),
      share: detector.metadata?.validationShare ?? usualShare,
      score: defaultMinScore,
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

function withFourPoints(face: Face): EvaluatedFace {
  return { ...face, points: pointsOf(face) };
}
