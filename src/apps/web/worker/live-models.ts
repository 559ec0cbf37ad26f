// Loads the models of the live view and assembles the pipeline, the same as in Node. The detector's networks run in the detection
// worker.
import { openSession } from '../../../adapters/browser/session.js';
import type { FaceDetector } from '../../../core/detect/face.js';
import { MoodlensError } from '../../../core/errors.js';
import { assemblePipeline } from '../../../core/live/assemble-pipeline.js';
import type { WindowRule } from '../../../core/live/confirmation-windows.js';
import type { LivePipeline } from '../../../core/live/pipeline.js';
import { ExpressionModel } from '../../../core/model/expression-model.js';
import type { DetectionAnswer, DetectionOrder } from './detection-protocol.js';
import { readDetector } from './detector-files.js';
import { fromFailure } from './failure.js';
import { readModelSource } from './model-files.js';
import type { ModelSummary } from './protocol.js';

/** What is to be loaded: the address of the folder with the models, and an expression model instead of that folder's. */
export interface LiveModelChoice {
  readonly modelsUrl: string;
  readonly threads: number;
  readonly expression: string | Blob | undefined;
  readonly windowRule: WindowRule;
}

export interface LiveModels {
  readonly pipeline: LivePipeline;
  /** The expression model and the SHA-256 of its file; undefined when it is missing. */
  readonly expression: { readonly model: ExpressionModel; readonly hash: string } | undefined;
  readonly summary: ModelSummary | null;
  /** Why expressions are missing, for the user; null when they are not. */
  readonly missing: string | null;
}

/** Between this worker and the detection worker. */
export interface DetectionLink {
  readonly port: MessagePort;
  /** Gives the pipeline the faces that the detection worker found. */
  readonly detector: FaceDetector;
}

/**
 * Fetches the models and opens the detection worker's detector. Throws a MoodlensError when the detector cannot run; without an
 * expression model the pipeline has none.
 */
export async function openLiveModels(
  { modelsUrl, threads, expression: chosen, windowRule }: LiveModelChoice,
  { port, detector }: DetectionLink,
  progress: (text: string, share: number) => void,
): Promise<LiveModels> {
  const fetched = new Map<string, number>();
  // What of all that is fetched is there, up to 0.8.
  const share = (): number => (0.8 * [...fetched.values()].reduce((sum, one) => sum + one, 0)) / fetched.size;
  const get = (
    name: string,
    source: string | Blob = new URL(name, modelsUrl).href,
  ): Promise<Uint8Array | undefined> => {
    fetched.set(name, 0);
    return readModelSource(source, (received, total) => {
      fetched.set(name, total ? received / total : 0);
      progress('Loading the models', share());
    });
  };
  const [detectorModels, expressionBytes] = await Promise.all([readDetector(get), get('expression.onnx', chosen)]);
  progress('Warming up', 0.8);
  const opening = openExpression(expressionBytes, threads);
  const { pipeline } = await assemblePipeline(
    {
      openDetector: async (numbers) => {
        await openDetection(port, { type: 'open', models: detectorModels, numbers, threads });
        return detector;
      },
      expression: opening.then(({ model }) => model),
      clock: () => performance.now(),
    },
    { windowRule },
  );
  const { model, missing } = await opening;
  return {
    pipeline,
    expression: model && expressionBytes && { model, hash: await sha256(expressionBytes) },
    summary: model ? summary(model) : null,
    missing,
  };
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function openDetection(port: MessagePort, order: DetectionOrder): Promise<void> {
  return new Promise((resolve, reject) => {
    port.onmessage = ({ data }: MessageEvent<DetectionAnswer>) => {
      if (data.type === 'opened') resolve();
      else if (data.type === 'unusable') reject(fromFailure(data.failure));
    };
    port.postMessage(order);
  });
}

async function openExpression(
  bytes: Uint8Array | undefined,
  threads: number,
): Promise<{ model: ExpressionModel | undefined; missing: string | null }> {
  if (!bytes) {
    return {
      model: undefined,
      missing:
        'There is no expression model here, so faces and names only. Train one with `moodlens train`, then `moodlens live --model RUN/model.onnx`.',
    };
  }
  try {
    const model = await ExpressionModel.open(bytes, openSession, { threads });
    // The first run of a network compiles and allocates; better now than during the first frame.
    await model.predict([{ width: 48, height: 48, channels: 1, data: new Uint8Array(48 * 48).fill(90) }]);
    return { model, missing: null };
  } catch (error) {
    if (!(error instanceof MoodlensError)) throw error;
    return { model: undefined, missing: `Faces and names only: ${error.message}` };
  }
}

function summary({ metadata }: ExpressionModel): ModelSummary {
  const { architecture, parameters, labels, split, metrics } = metadata;
  return { architecture, parameters, labels, split, metrics };
}
