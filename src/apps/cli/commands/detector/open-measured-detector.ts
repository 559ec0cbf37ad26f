// The detector that `detector evaluate` measures: a trained one from its file, or a shipped one.
import { openSession } from '../../../../adapters/node/session.js';
import { Sha256 } from '../../../../core/bytes/sha256.js';
import type { Face } from '../../../../core/detect/face.js';
import { defaultMinScore } from '../../../../core/detect/mediapipe/neural-detector.js';
import type { DetectorMetadata } from '../../../../core/detect/places/detector-metadata.js';
import { defaultPlaceScore, PlaceDetector } from '../../../../core/detect/places/place-detector.js';
import { ConfigError } from '../../../../core/errors.js';
import type { Picture } from '../../../../core/image/picture.js';
import { requireFiniteOutputs } from '../../../../core/onnx/require-finite-outputs.js';
import type { EvaluatedFace } from '../../../../pipeline/detector/detect-pictures.js';
import { lowestScore } from '../../../../pipeline/detector/measure-held-back.js';
import { type DetectorOptions, openChosenDetector } from '../../arguments/detector.js';
import { namingModelFile, readModelFile } from '../../arguments/model.js';

export interface MeasuredDetector {
  /** The run's name, or that of a shipped detector. */
  readonly name: string;
  /** SHA-256 of the model's file; null for a shipped detector. */
  readonly hash: string | null;
  /** Undefined for a shipped detector. */
  readonly metadata: DetectorMetadata | undefined;
  /** From which a detection counts. */
  readonly score: number;
  detect(picture: Picture): Promise<readonly EvaluatedFace[]>;
  release(): Promise<void>;
}

export interface MeasuredDetectorOptions extends DetectorOptions {
  readonly model?: string;
}

/** Throws ConfigError for the options, ModelFormatError naming the file for one that is no detector. */
export async function openMeasuredDetector(options: MeasuredDetectorOptions): Promise<MeasuredDetector> {
  const { model } = options;
  if (model !== undefined) return openTrained(model, options);
  const detector = await openChosenDetector(options, { search: 'thorough' });
  return {
    name: options.detector,
    hash: null,
    metadata: undefined,
    // A cascade has no score: each of its detections has 1.
    score: options.detector === 'haar' ? 1 : defaultMinScore,
    detect: async (picture) => (await detector.detect(picture)).map(withFourPoints),
    release: () => detector.release(),
  };
}

/** One of `--compare`: a model's file, or a shipped detector by its name with its default options. Throws as above. */
export async function openCompared(name: string): Promise<MeasuredDetector> {
  if (name.endsWith('.onnx')) return openTrained(name, { detector: 'neural' });
  if (name === 'haar' || name === 'neural') return openMeasuredDetector({ detector: name });
  throw new ConfigError(`--compare takes haar, neural and .onnx files, found '${name}'`);
}

async function openTrained(path: string, { detector: name }: DetectorOptions): Promise<MeasuredDetector> {
  if (name === 'haar') throw new ConfigError('--model and --detector haar exclude each other; leave one of them out');
  const bytes = await readModelFile(path, '--model must name a model.onnx');
  const detector = await namingModelFile(path, () =>
    PlaceDetector.open(bytes, requireFiniteOutputs(openSession), { minScore: lowestScore }),
  );
  const { metadata } = detector;
  return {
    name: metadata.run,
    hash: new Sha256().update(bytes).hex(),
    metadata,
    score: metadata.threshold ?? defaultPlaceScore,
    detect: (picture) => namingModelFile(path, () => detector.detect(picture)),
    release: () => detector.release(),
  };
}

/** The person's right eye is the left one as seen. */
function withFourPoints({ box, score, keypoints }: Face): EvaluatedFace {
  if (keypoints === null) return { box, score, points: null };
  const { rightEye, leftEye, nose, mouth } = keypoints;
  return { box, score, points: [...rightEye, ...leftEye, ...nose, ...mouth] };
}
