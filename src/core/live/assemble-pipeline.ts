// Puts the live pipeline together, for the terminal, the page and the server's sources alike: they bring parts and the user's
// choices; the numbers of detector and pipeline come from here.
import type { DepthFilter } from '../detect/depth/depth-filter.js';
import type { FaceDetector } from '../detect/face.js';
import type { FaceIdentifier } from '../identity/identification.js';
import type { Clock } from '../ports/clock.js';
import { type DetectorNumbers, type LiveChoices, liveSettings } from './live-settings.js';
import { LivePipeline } from './pipeline.js';
import type { ExpressionClassifier, PersonalReading } from './pipeline-parts.js';

/** The parts of a pipeline. Their owner releases them, the detector included. */
export interface LiveParts<D extends FaceDetector = FaceDetector> {
  /** Opens the detector with these numbers. */
  readonly openDetector: (numbers: DetectorNumbers) => Promise<D>;
  /** A promise when the model is still loading: it loads while the detector opens. */
  readonly expression?: ExpressionClassifier | undefined | Promise<ExpressionClassifier | undefined>;
  readonly people?: FaceIdentifier | undefined;
  /** Personal calibrations by name, each for the faces that are identified as that person. */
  readonly personal?: ReadonlyMap<string, PersonalReading> | undefined;
  /** For frames with depth. */
  readonly depthFilter?: DepthFilter | undefined;
  readonly clock: Clock;
}

/** Opens the detector and gives it with the pipeline. Throws ConfigError for choices that cannot be, and what a part throws. */
export async function assemblePipeline<D extends FaceDetector>(
  { openDetector, expression, ...parts }: LiveParts<D>,
  choices: LiveChoices = {},
): Promise<{ readonly pipeline: LivePipeline; readonly detector: D }> {
  const settings = liveSettings(choices);
  const [detector, model] = await Promise.all([openDetector(settings.detector), expression]);
  return { detector, pipeline: new LivePipeline({ ...parts, detector, expression: model, ...settings.pipeline }) };
}
