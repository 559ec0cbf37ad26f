// The detector that `detector evaluate` measures.
import { openSession } from '../../../../adapters/node/session.js';
import { shippedModel } from '../../../../adapters/node/shipped-models.js';
import { Sha256 } from '../../../../core/bytes/sha256.js';
import type { FaceDetector } from '../../../../core/detect/face.js';
import { defaultMinScore } from '../../../../core/detect/face-search.js';
import type { DetectorMetadata } from '../../../../core/detect/places/detector-metadata.js';
import { PlaceDetector } from '../../../../core/detect/places/place-detector.js';
import type { Picture } from '../../../../core/image/picture.js';
import { type EvaluatedFace, toEvaluated } from '../../../../pipeline/detector/detect-pictures.js';
import { lowestScore } from '../../../../pipeline/detector/measure-held-back.js';
import {
  type DetectorOptions,
  minFaceOf,
  openChosenDetector,
  readDetectorFile,
  refuseHaarOptions,
} from '../../arguments/detector.js';
import { namingModelFile } from '../../arguments/model.js';

export interface MeasuredDetector {
  /** The run's name, or that of a shipped detector or file. */
  readonly name: string;
  /** SHA-256 of the model's file; null for a detector that is not one file. */
  readonly hash: string | null;
  /** Undefined for a detector that moodlens did not train. */
  readonly metadata: DetectorMetadata | undefined;
  /** From which a detection counts. */
  readonly score: number;
  detect(picture: Picture): Promise<readonly EvaluatedFace[]>;
  release(): Promise<void>;
}

/** MediaPipe's second check takes long for detections below. */
const lowestOfMediaPipe = 0.3;

/** Throws ConfigError for the options, ModelFormatError naming the file for one that is no detector. */
export async function openMeasuredDetector(options: DetectorOptions): Promise<MeasuredDetector> {
  const { detector: name } = options;
  refuseHaarOptions(options);
  if (name === 'haar' || name === 'mediapipe') {
    const detector = await openChosenDetector(options, { search: 'thorough', minScore: lowestOfMediaPipe });
    // A cascade has no score: each of its detections has 1.
    const score = name === 'haar' ? 1 : defaultMinScore;
    return { name, hash: null, metadata: undefined, score, ...measuring(detector) };
  }
  const bytes = name === 'moodlens' ? await shippedModel('face-detector.onnx') : await readDetectorFile(name);
  const search = { search: 'thorough', minScore: lowestScore, ...minFaceOf(options) } as const;
  const detector = await namingModelFile(name, () => PlaceDetector.open(bytes, openSession, search));
  const { metadata } = detector;
  const hash = new Sha256().update(bytes).hex();
  return {
    name: name === 'moodlens' ? name : (metadata?.run ?? name),
    hash,
    metadata,
    score: defaultMinScore,
    ...measuring(detector, name),
  };
}

function measuring(detector: FaceDetector, file?: string): Pick<MeasuredDetector, 'detect' | 'release'> {
  const detect = async (picture: Picture): Promise<EvaluatedFace[]> =>
    (await detector.detect(picture)).map(toEvaluated);
  return {
    detect: file === undefined ? detect : (picture) => namingModelFile(file, () => detect(picture)),
    release: () => detector.release(),
  };
}
