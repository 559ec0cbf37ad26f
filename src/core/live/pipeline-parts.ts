// What a live pipeline is made of: the parts that it is given, as far as it uses them.
import type { DepthFilter } from '../detect/depth/depth-filter.js';
import type { FaceDetector } from '../detect/face.js';
import type { FaceIdentifier } from '../identity/identification.js';
import type { GreyPicture } from '../image/picture.js';
import type { Clock } from '../ports/clock.js';
import type { WindowOptions } from './confirmation-windows.js';
import type { TrackIdentityOptions } from './track-identity.js';
import type { TrackerOptions } from './tracker.js';

/** Predicts expressions; `ExpressionModel` of core/model is one. */
export interface ExpressionClassifier {
  readonly metadata: { readonly labels: readonly string[]; readonly input: { width: number; height: number } };
  predict(faces: readonly GreyPicture[]): Promise<readonly ExpressionAnswer[]>;
}

export interface ExpressionAnswer {
  /** Index into the model's labels. */
  readonly label: number;
  /** By label, 0..1. */
  readonly probabilities: ArrayLike<number>;
  /** The features before the last layer, which a personal calibration compares. */
  readonly embedding?: ArrayLike<number>;
}

/** Adapts the probabilities to one person; `PersonalCalibration` of core/personal is one. */
export interface PersonalReading {
  adapt(probabilities: ArrayLike<number>, embedding: ArrayLike<number>): ArrayLike<number>;
}

export interface LivePipelineOptions {
  readonly detector: FaceDetector;
  readonly people?: FaceIdentifier | undefined;
  readonly expression?: ExpressionClassifier | undefined;
  /** Personal calibrations by name, each for the faces that are identified as that person. */
  readonly personal?: ReadonlyMap<string, PersonalReading> | undefined;
  /** For frames with depth. */
  readonly depthFilter?: DepthFilter | undefined;
  readonly clock: Clock;
  /**
   * Detection score, 0..1, from which a detection starts a track; one that continues a track may score less. Default 0.65. The
   * detector must be opened with the lower score that `liveSettings` gives.
   */
  readonly startScore?: number;
  readonly tracker?: TrackerOptions;
  readonly identity?: TrackIdentityOptions;
  readonly confirmation?: WindowOptions | undefined;
}
