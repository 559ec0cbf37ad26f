// Opens the models and runs the live pipeline, the same as in Node, over frames of the page.
import { FrameReader } from '../../../adapters/browser/image-codec.js';
import { openSession } from '../../../adapters/browser/session.js';
import type { Face } from '../../../core/detect/face.js';
import { NeuralFaceDetector } from '../../../core/detect/neural-detector.js';
import { DeviceError, MoodlensError } from '../../../core/errors.js';
import type { Picture } from '../../../core/image/picture.js';
import { LivePipeline } from '../../../core/live/pipeline.js';
import { ExpressionModel } from '../../../core/nn/expression-model.js';
import { fetchModel } from './model-files.js';
import type { FrameReport, ModelSummary } from './protocol.js';
import { RememberingDetector } from './remembering-detector.js';

/** Pixels that are analysed: larger frames are shrunk to this area, which costs no face worth finding. */
const analysedArea = 640 * 480;

/** The width and height a frame is shown at. */
export function frameSize(frame: VideoFrame | ImageBitmap): { width: number; height: number } {
  return 'displayWidth' in frame ? { width: frame.displayWidth, height: frame.displayHeight } : frame;
}

export interface Analysed {
  readonly report: FrameReport;
  readonly picture: Picture;
  readonly faces: readonly Face[];
}

export class Analyser {
  readonly pipeline: LivePipeline;
  readonly model: ModelSummary | null;
  /** Why expressions are missing, for the user; null when they are not. */
  readonly modelMissing: string | null;
  readonly #detector: RememberingDetector;
  readonly #reader = new FrameReader(analysedArea);
  #index = 0;

  private constructor(detector: RememberingDetector, expression: ExpressionModel | undefined, missing: string | null) {
    this.#detector = detector;
    this.modelMissing = missing;
    this.model = expression ? summary(expression) : null;
    this.pipeline = new LivePipeline({ detector, expression, clock: () => performance.now() });
  }

  /** Fetches and loads the models. Throws a MoodlensError when the detector cannot run; without expressions it goes on. */
  static async open(
    modelsUrl: string,
    threads: number,
    progress: (text: string, share: number) => void,
  ): Promise<Analyser> {
    const fetched = new Map<string, number>();
    const get = (name: string): Promise<Uint8Array | undefined> =>
      fetchModel(new URL(name, modelsUrl).href, (received, total) => {
        fetched.set(name, total ? received / total : 0);
        progress('Loading the models', [...fetched.values()].reduce((sum, share) => sum + share, 0) / 4);
      });
    const [fullRange, shortRange, expressionBytes] = await Promise.all(
      ['face-full-range.onnx', 'face-short-range.onnx', 'expression.onnx'].map(get),
    );
    if (!fullRange) {
      throw new DeviceError('The face detector must be built, but the server has none; run `npm run build`.');
    }
    progress('Warming up', 0.8);
    const neural = await NeuralFaceDetector.open({ fullRange, ...(shortRange ? { shortRange } : {}) }, openSession, {
      threads,
    });
    const { expression, missing } = await openExpression(expressionBytes, threads);
    const analyser = new Analyser(new RememberingDetector(neural), expression, missing);
    await analyser.#warmUp(expression);
    return analyser;
  }

  /** Analyses one frame; the caller closes it. */
  async analyse(frame: VideoFrame | ImageBitmap, timeMs: number, arrivedAt: number): Promise<Analysed> {
    const { width, height } = frameSize(frame);
    const picture = this.#reader.read(frame, width, height);
    const result = await this.pipeline.process({ index: this.#index++, timeMs, picture });
    const now = performance.now();
    const report: FrameReport = {
      result,
      width: picture.width,
      height: picture.height,
      latencyMs: now - arrivedAt,
      endedAt: performance.timeOrigin + now,
    };
    return { report, picture, faces: this.#detector.faces };
  }

  /** A new source: everybody is a stranger again. */
  reset(): Promise<void> {
    this.#index = 0;
    return this.pipeline.reset();
  }

  /** The first run of a network compiles and allocates; better before the first frame than during it. */
  async #warmUp(expression: ExpressionModel | undefined): Promise<void> {
    const grey: Picture = { width: 64, height: 64, channels: 4, data: new Uint8ClampedArray(64 * 64 * 4).fill(90) };
    await this.#detector.detect(grey);
    await expression?.predict([{ width: 48, height: 48, channels: 1, data: new Uint8Array(48 * 48).fill(90) }]);
  }
}

async function openExpression(
  bytes: Uint8Array | undefined,
  threads: number,
): Promise<{ expression: ExpressionModel | undefined; missing: string | null }> {
  if (!bytes) {
    return {
      expression: undefined,
      missing:
        'There is no expression model here, so faces and names only. Train one with `moodlens train`, then `moodlens live --model RUN/model.onnx`.',
    };
  }
  try {
    return { expression: await ExpressionModel.open(bytes, openSession, { threads }), missing: null };
  } catch (error) {
    if (!(error instanceof MoodlensError)) throw error;
    return { expression: undefined, missing: `Faces and names only: ${error.message}` };
  }
}

function summary({ metadata }: ExpressionModel): ModelSummary {
  const { architecture, parameters, labels, split, metrics } = metadata;
  return { architecture, parameters, labels, split, metrics };
}
