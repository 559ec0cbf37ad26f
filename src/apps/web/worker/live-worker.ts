// The page's second worker: runs the live pipeline over the frames whose faces the detection worker found. Enrolment and the known
// people are here too.
import { config as configureZod } from 'zod';
import type { Face, FaceDetector } from '../../../core/detect/face.js';
import type { Picture } from '../../../core/image/picture.js';
import type { DetectedFrame, DetectionAnswer, DetectionOrder } from './detection-protocol.js';
import { toFailure } from './failure.js';
import { KnownPeople } from './known-people.js';
import { type LiveModels, openLiveModels } from './live-models.js';
import type { Failure, FromWorker, ToWorker } from './protocol.js';
import { useOwnRuntimeFiles } from './runtime-files.js';

/** The part of the worker's global scope that is used; the DOM library describes a window's. */
const scope = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

/** So many failing frames in a row end their source. */
const faultsAllowed = 10;

// The page's security policy forbids code from strings, which Zod would try for speed.
configureZod({ jitless: true });
useOwnRuntimeFiles();

const post = (message: FromWorker): void => scope.postMessage(message);

/** A change of models or people waits for the change before it. */
let lastChange: Promise<unknown> = Promise.resolve();

function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const turn = lastChange.then(change);
  lastChange = turn.catch(() => undefined);
  return turn;
}

/** The faces that the detection worker found, by picture. */
const detected = new WeakMap<Picture, readonly Face[]>();
const detector: FaceDetector = {
  detect: async (picture) => [...detected.get(picture)!],
  release: async () => {},
};
const people = new KnownPeople(post, inTurn);
let models: LiveModels | undefined;
let source = 0;
/** Number of the source's next frame. */
let index = 0;
let isPaused = false;
let faults = 0;

scope.onmessage = ({ data }) => {
  void handle(data).catch((error: unknown) => post({ type: 'people-failed', failure: toFailure(error) }));
};

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'open':
      return inTurn(() => open(message));
    case 'source':
      source = message.source;
      index = 0;
      isPaused = false;
      faults = 0;
      people.stopTaking();
      await models?.pipeline.reset();
      return;
    case 'pause':
      isPaused = message.paused;
      return;
    case 'window-rule':
      // In turn, so that a choice made while the models load is not lost.
      return inTurn(async () => models?.pipeline.setConfirmation({ rule: message.windowRule }));
    default:
      return people.handle(message);
  }
}

async function open({ detection: port, ...choice }: Extract<ToWorker, { type: 'open' }>): Promise<void> {
  let opened: LiveModels;
  try {
    opened = await openLiveModels(choice, { port, detector }, (text, share) => post({ type: 'progress', text, share }));
  } catch (error) {
    return post({ type: 'unusable', failure: toFailure(error) });
  }
  await people.open(opened.pipeline);
  // Only now: the first frame must find the known people, and an enrolment its gallery.
  models = opened;
  const order = (message: DetectionOrder): void => port.postMessage(message);
  port.onmessage = ({ data }: MessageEvent<DetectionAnswer>) => {
    if (data.type === 'failed') frameFailed(data.failure, data.source);
    if (data.type === 'detected') void analyse(data.frame).finally(() => order({ type: 'done' }));
  };
  order({ type: 'start' });
  post({ type: 'ready', model: opened.summary, modelMissing: opened.missing });
  if (opened.expression) await people.useModel(opened.expression);
}

/** Tracks, identifies, classifies and confirms the faces of one frame. */
async function analyse({ source: from, picture, faces, timeMs, arrivedAt }: DetectedFrame): Promise<void> {
  const isWanted = (): boolean => from === source && !isPaused;
  if (!models || !isWanted()) return;
  try {
    detected.set(picture, faces);
    const result = await models.pipeline.process({ index: index++, timeMs, picture });
    const endedAt = performance.timeOrigin + performance.now();
    if (!isWanted()) return;
    faults = 0;
    const { width, height } = picture;
    post({ type: 'report', source, report: { result, width, height, latencyMs: endedAt - arrivedAt, endedAt } });
    await people.offer(picture, faces, result.faces);
  } catch (error) {
    frameFailed(toFailure(error), from);
  }
}

function frameFailed(failure: Failure, from: number): void {
  if (from !== source || ++faults < faultsAllowed) return;
  faults = 0;
  post({ type: 'source-failed', source: from, failure });
}
