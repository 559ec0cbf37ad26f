// Measures an expression model on a batch of faces: preprocessing, inference and postprocessing separately.
import { toGrey } from '../../core/image/grey.js';
import type { Picture } from '../../core/image/picture.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { createRandom } from '../../core/numbers/random.js';
import type { Clock } from '../../core/ports/clock.js';
import type { OpenSession } from '../../core/ports/session.js';

export interface InferenceMeasure {
  readonly openSession: OpenSession;
  /** Milliseconds. */
  readonly clock: Clock;
  readonly threads: number;
  /** Faces in one call. */
  readonly batch: number;
  /** After a warm-up of a tenth as many, 3 to 20. */
  readonly calls: number;
  /** Time limit of the calls, after at least ten; default none. */
  readonly seconds?: number | undefined;
}

/** Milliseconds of each call, in order. */
export interface StageDurations {
  /** From the faces in colour, as cropped from a frame, to the tensor: grey, resized, packed. */
  readonly preprocessing: number[];
  /** ONNX Runtime's part, from the tensor to the outputs in our memory. */
  readonly inference: number[];
  /** Checking the outputs, dividing them into faces, finding the largest probability. */
  readonly postprocessing: number[];
}

export interface InferenceDurations {
  /** Time to read the model and open its session, milliseconds. */
  readonly openMs: number;
  readonly durationsMs: StageDurations;
}

/** About the size of a face in a frame of 640x480 pixels. */
const faceSidePx = 120;
const fewestCalls = 10;

/** The faces are noise: a network's time does not depend on its input. Throws what `ExpressionModel` throws. */
export async function measureInference(file: Uint8Array, options: InferenceMeasure): Promise<InferenceDurations> {
  const { clock, threads, batch, calls, seconds = Number.POSITIVE_INFINITY } = options;
  const run = { beganMs: 0, endedMs: 0 };
  const before = clock();
  const model = await ExpressionModel.open(file, timed(options, run), { threads });
  const openMs = clock() - before;
  try {
    const faces = noiseFaces(batch);
    const durationsMs: StageDurations = { preprocessing: [], inference: [], postprocessing: [] };
    const warmUp = Math.min(20, Math.max(3, Math.floor(calls / 10)));
    let untilMs = Number.POSITIVE_INFINITY;
    for (let call = -warmUp; call < calls && (call < fewestCalls || clock() < untilMs); call++) {
      const startMs = clock();
      await model.predict(faces.map(toGrey));
      const endMs = clock();
      if (call < 0) continue;
      if (call === 0) untilMs = startMs + 1000 * seconds;
      durationsMs.preprocessing.push(run.beganMs - startMs);
      durationsMs.inference.push(run.endedMs - run.beganMs);
      durationsMs.postprocessing.push(endMs - run.endedMs);
    }
    return { openMs, durationsMs };
  } finally {
    await model.release();
  }
}

/** Sessions that record the start and end of their last run: the time before and after it is our part of a prediction. */
function timed({ openSession, clock }: InferenceMeasure, note: { beganMs: number; endedMs: number }): OpenSession {
  return async (bytes, options) => {
    const session = await openSession(bytes, options);
    return {
      inputNames: session.inputNames,
      outputNames: session.outputNames,
      release: () => session.release(),
      run: async (feeds, fetches) => {
        note.beganMs = clock();
        const outputs = await session.run(feeds, fetches);
        note.endedMs = clock();
        return outputs;
      },
    };
  };
}

function noiseFaces(count: number): Picture[] {
  const random = createRandom(1);
  return Array.from({ length: count }, () => ({
    width: faceSidePx,
    height: faceSidePx,
    channels: 3,
    data: Uint8Array.from({ length: faceSidePx * faceSidePx * 3 }, () => random.between(0, 256)),
  }));
}
