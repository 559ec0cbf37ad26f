// Loads the models and runs the live pipeline, the same as in Node, over frames that the looking worker has looked at.
import { openSession } from '../../../adapters/browser/session.js';
import { DeviceError, MoodlensError } from '../../../core/errors.js';
import type { WindowRule } from '../../../core/live/confirmation-windows.js';
import { liveSettings } from '../../../core/live/live-settings.js';
import { LivePipeline } from '../../../core/live/pipeline.js';
import { ExpressionModel } from '../../../core/model/expression-model.js';
import type { LookAnswer, Looked, LookOrder } from './detection-protocol.js';
import { fromFailure } from './failure.js';
import { FoundFaces } from './found-faces.js';
import { readModelSource } from './model-files.js';
import type { FrameReport, ModelSummary } from './protocol.js';

/** Where the models are: the folder's address, and an expression model instead of the folder's. */
export interface AnalysedModels {
  readonly modelsUrl: string;
  readonly threads: number;
  readonly expression: string | Blob | undefined;
  readonly windowRule: WindowRule;
}

export class Analyser {
  readonly pipeline: LivePipeline;
  readonly model: ModelSummary | null;
  /** Why expressions are missing, for the user; null when they are not. */
  readonly modelMissing: string | null;
  /** The expression model and the SHA-256 of its file; undefined when it is missing. */
  readonly expression: { readonly model: ExpressionModel; readonly hash: string } | undefined;
  readonly #found = new FoundFaces();
  #index = 0;

  private constructor(expression: Analyser['expression'], missing: string | null, windowRule: WindowRule) {
    this.modelMissing = missing;
    this.expression = expression;
    this.model = expression ? summary(expression.model) : null;
    this.pipeline = new LivePipeline({
      detector: this.#found,
      expression: expression?.model,
      ...liveSettings({ windowRule }).pipeline,
      clock: () => performance.now(),
    });
  }

  /**
   * Fetches the models, gives the looking worker its own. Throws a MoodlensError when the detector cannot run; without
   * expressions it goes on.
   */
  static async open(
    { modelsUrl, threads, expression: chosen, windowRule }: AnalysedModels,
    looks: MessagePort,
    progress: (text: string, share: number) => void,
  ): Promise<Analyser> {
    const fetched = new Map<string, number>();
    const get = (
      name: string,
      source: string | Blob = new URL(name, modelsUrl).href,
    ): Promise<Uint8Array | undefined> =>
      readModelSource(source, (received, total) => {
        fetched.set(name, total ? received / total : 0);
        progress('Loading the models', [...fetched.values()].reduce((sum, share) => sum + share, 0) / 4);
      });
    const [fullRange, shortRange, expressionBytes] = await Promise.all([
      get('face-full-range.onnx'),
      get('face-short-range.onnx'),
      get('expression.onnx', chosen),
    ]);
    if (!fullRange) {
      throw new DeviceError('The face detector must be built, but the server has none; run `npm run build`.');
    }
    progress('Warming up', 0.8);
    const [{ expression, missing }] = await Promise.all([
      openExpression(expressionBytes, threads),
      openLooks(looks, { type: 'open', fullRange, ...(shortRange ? { shortRange } : {}), threads }),
    ]);
    const known = expression && expressionBytes && { model: expression, hash: await sha256(expressionBytes) };
    return new Analyser(known, missing, windowRule);
  }

  /** Tracks, names, classifies and confirms the faces of one frame. Frames must come in their order. */
  async analyse({ picture, faces, timeMs, arrivedAt }: Looked): Promise<FrameReport> {
    this.#found.tell(picture, faces);
    const result = await this.pipeline.process({ index: this.#index++, timeMs, picture });
    const endedAt = performance.timeOrigin + performance.now();
    return { result, width: picture.width, height: picture.height, latencyMs: endedAt - arrivedAt, endedAt };
  }

  /** A new source: everybody is a stranger again. */
  reset(): Promise<void> {
    this.#index = 0;
    return this.pipeline.reset();
  }
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function openLooks(looks: MessagePort, order: LookOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    looks.onmessage = ({ data }: MessageEvent<LookAnswer>) => {
      if (data.type === 'opened') resolve();
      else if (data.type === 'unusable') reject(fromFailure(data.failure));
    };
    looks.postMessage(order);
  });
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
    const expression = await ExpressionModel.open(bytes, openSession, { threads });
    // The first run of a network compiles and allocates; better now than during the first frame.
    await expression.predict([{ width: 48, height: 48, channels: 1, data: new Uint8Array(48 * 48).fill(90) }]);
    return { expression, missing: null };
  } catch (error) {
    if (!(error instanceof MoodlensError)) throw error;
    return { expression: undefined, missing: `Faces and names only: ${error.message}` };
  }
}

function summary({ metadata }: ExpressionModel): ModelSummary {
  const { architecture, parameters, labels, split, metrics } = metadata;
  return { architecture, parameters, labels, split, metrics };
}
