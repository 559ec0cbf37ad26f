// `--detector` and its options, for commands that detect faces, and the shipped detector for those that offer no choice.
import { type Command, Option } from 'commander';
import { openSession } from '../../../adapters/node/session.js';
import { shippedModel } from '../../../adapters/node/shipped-models.js';
import type { FaceDetector } from '../../../core/detect/face.js';
import { readHaarCascade } from '../../../core/detect/haar/cascade.js';
import { defaultHaar, HaarDetector } from '../../../core/detect/haar/haar-detector.js';
import { type NeuralDetectorOptions, NeuralFaceDetector } from '../../../core/detect/mediapipe/neural-detector.js';
import { ConfigError } from '../../../core/errors.js';
import { namingModelFile, readModelFile } from './model.js';
import { toNumbers } from './values.js';

export interface DetectorOptions {
  readonly detector: 'neural' | 'haar';
  readonly cascade?: string;
  readonly scaleFactor?: string;
  readonly minNeighbors?: string;
  readonly minFace?: string;
}

const haarNumbers = ['scaleFactor', 'minNeighbors', 'minFace'] as const;
const haarKeys = ['cascade', 'scaleFactor', 'minNeighbors'] as const;

/** Adds the options to a command. */
export function addDetectorOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--detector <name>',
        "neural: MediaPipe's networks; haar: the cascade of the study case, with the same boxes as OpenCV, for upright frontal faces only",
      )
        .choices(['neural', 'haar'])
        .default('neural'),
    )
    .option('--cascade <file>', "haar: another cascade file of OpenCV's (default: the shipped frontal face)")
    .option('--scale-factor <number>', `haar: ratio of two successive scales (default: ${defaultHaar.scaleFactor})`)
    .option(
      '--min-neighbors <n>',
      `haar: overlapping detections that a face needs besides the first (default: ${defaultHaar.minNeighbors})`,
    )
    .option(
      '--min-face <pixels>',
      'width of the smallest face; neural: the picture is enlarged as much as that needs, in video one part of each frame in turn; haar: larger is faster (default: 24)',
    );
}

/** The detector that the options name; release it when done. Throws ConfigError for the options, ModelFormatError naming the file for a bad cascade. */
export async function openChosenDetector(
  options: DetectorOptions,
  neural: NeuralDetectorOptions,
): Promise<FaceDetector> {
  if (options.detector === 'neural') {
    const odd = haarKeys.find((key) => options[key] !== undefined);
    if (odd === undefined) return openDetector({ ...neural, ...minFaceOf(options) });
    const name = odd.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new ConfigError(`--${name} is for the haar detector, and this is the neural one; add --detector haar`);
  }
  const { cascade: path } = options;
  const { minFace: minSize = 0, ...numbers } = toNumbers(options, haarNumbers);
  const settings = { ...numbers, minSize };
  if (path === undefined) {
    const shipped = await shippedModel('haarcascade_frontalface_default.xml');
    return new HaarDetector(readHaarCascade(decode(shipped)), settings);
  }
  const file = await readModelFile(path, '--cascade must name an XML file');
  return namingModelFile(path, () => new HaarDetector(readHaarCascade(decode(file)), settings));
}

/** Opens the neural detector; release it when done. Throws ModelFormatError when the models are missing. */
export async function openDetector(options: NeuralDetectorOptions = {}): Promise<NeuralFaceDetector> {
  const [fullRange, shortRange] = await Promise.all([
    shippedModel('face-full-range.onnx'),
    shippedModel('face-short-range.onnx'),
  ]);
  return NeuralFaceDetector.open({ fullRange, shortRange }, openSession, options);
}

function minFaceOf(options: DetectorOptions): { minFace?: number } {
  const { minFace } = toNumbers(options, ['minFace']);
  if (minFace === undefined) return {};
  if (!(minFace > 0)) throw new ConfigError(`--min-face must be above 0, found ${options.minFace}`);
  return { minFace };
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
