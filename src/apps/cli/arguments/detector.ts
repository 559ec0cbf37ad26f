// `--detector` and its options, for commands that detect faces, and the shipped detector for those that offer no choice.
import type { Command } from 'commander';
import { openSession } from '../../../adapters/node/session.js';
import {
  openShippedDetector,
  type ShippedDetector,
  shippedDetectors,
} from '../../../adapters/node/shipped-detector.js';
import { shippedModel } from '../../../adapters/node/shipped-models.js';
import type { FaceDetector } from '../../../core/detect/face.js';
import type { FaceSearchOptions } from '../../../core/detect/face-search.js';
import { readHaarCascade } from '../../../core/detect/haar/cascade.js';
import { defaultHaar, HaarDetector } from '../../../core/detect/haar/haar-detector.js';
import { openNetworkDetector, type SearchingDetector } from '../../../core/detect/networks/open-detector.js';
import { ConfigError } from '../../../core/errors.js';
import { namingModelFile, readModelFile } from './model.js';
import { toNumbers } from './values.js';

export interface DetectorOptions {
  /** A name of `detectorNames`, or the path of a model file. */
  readonly detector: string;
  readonly cascade?: string;
  readonly scaleFactor?: string;
  readonly minNeighbors?: string;
  readonly minFace?: string;
}

const detectorNames = [...shippedDetectors, 'haar'];
export const defaultDetector: ShippedDetector = 'moodlens';

const haarNumbers = ['scaleFactor', 'minNeighbors', 'minFace'] as const;
const haarKeys = ['cascade', 'scaleFactor', 'minNeighbors'] as const;

/** Adds the options to a command. */
export function addDetectorOptions(command: Command): Command {
  return command
    .option(
      '--detector <name or file>',
      "moodlens: the shipped one; mediapipe: Google's two networks; haar: the cascade of the study case, with the same boxes as OpenCV, for upright frontal faces only; or a file: a detector of 'moodlens detector train', or a YuNet of OpenCV's model zoo",
      defaultDetector,
    )
    .option('--cascade <file>', "haar: another cascade file of OpenCV's (default: the shipped frontal face)")
    .option('--scale-factor <number>', `haar: ratio of two successive scales (default: ${defaultHaar.scaleFactor})`)
    .option(
      '--min-neighbors <n>',
      `haar: overlapping detections that a face needs besides the first (default: ${defaultHaar.minNeighbors})`,
    )
    .option(
      '--min-face <pixels>',
      'width of the smallest face; networks: the picture is shown to them as large as that needs; haar: larger is faster (default: networks none, haar 24)',
    );
}

/** The detector that the options name; release it when done. Throws ConfigError for the options, ModelFormatError naming the file for a bad one. */
export async function openChosenDetector(options: DetectorOptions, search: FaceSearchOptions): Promise<FaceDetector> {
  refuseHaarOptions(options);
  if (options.detector === 'haar') return openHaar(options);
  return openDetector({ ...search, ...minFaceOf(options) }, options.detector);
}

/** Throws ConfigError for options of the cascade with another detector. */
export function refuseHaarOptions(options: DetectorOptions): void {
  const odd = options.detector === 'haar' ? undefined : haarKeys.find((key) => options[key] !== undefined);
  if (odd === undefined) return;
  const name = odd.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new ConfigError(`--${name} is for the haar detector, and this is another one; add --detector haar`);
}

/** Opens a detector that is a network; release it when done. Throws ModelFormatError when a model is missing or none, ConfigError for an unknown name. */
export async function openDetector(
  search: FaceSearchOptions = {},
  detector: string = defaultDetector,
): Promise<SearchingDetector> {
  const shipped = shippedDetectors.find((name) => name === detector);
  if (shipped !== undefined) return openShippedDetector(search, shipped);
  const places = await readDetectorFile(detector);
  return namingModelFile(detector, () => openNetworkDetector({ places }, openSession, search));
}

/** The bytes of a file that is named instead of a shipped detector. Throws ConfigError for an unknown name and a file that cannot be read. */
export function readDetectorFile(path: string): Promise<Uint8Array> {
  const names = detectorNames.join(', ');
  if (/[./\\]/.test(path)) return readModelFile(path, `--detector must be one of ${names}, or an .onnx file`);
  throw new ConfigError(`--detector must be one of ${names}, or an .onnx file, found '${path}'`);
}

async function openHaar(options: DetectorOptions): Promise<FaceDetector> {
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

/** The option as a number. Throws ConfigError unless it is above 0. */
export function minFaceOf(options: DetectorOptions): { minFace?: number } {
  const { minFace } = toNumbers(options, ['minFace']);
  if (minFace === undefined) return {};
  if (!(minFace > 0)) throw new ConfigError(`--min-face must be above 0, found ${options.minFace}`);
  return { minFace };
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
