// The page's worker: frames in, results out; enrolment and the known people live here too.
import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { config as configureZod } from 'zod';
import { openBrowserStore } from '../../../adapters/browser/files.js';
import { setRuntimeFiles } from '../../../adapters/browser/session.js';
import { MoodlensError, PeopleError } from '../../../core/errors.js';
import { Analyser } from './analyser.js';
import { Enrolment } from './enrolment.js';
import { FrameLoop } from './frame-loop.js';
import { cropForGallery, Gallery } from './gallery.js';
import type { EnrolmentState, Failure, FromWorker, ToWorker } from './protocol.js';

/** The part of the worker's global scope that is used; the DOM library describes a window's. */
const scope = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

interface Waiting {
  readonly frame: VideoFrame | ImageBitmap;
  readonly source: number;
  readonly timeMs: number;
  readonly arrivedAt: number;
  close(): void;
}

// The page's security policy forbids code from strings, which Zod would try for speed.
configureZod({ jitless: true });
setRuntimeFiles({ wasm: new URL(wasmUrl, import.meta.url).href, mjs: new URL(mjsUrl, import.meta.url).href });

let analyser: Analyser | undefined;
let gallery: Gallery | undefined;
let enrolment: Enrolment | undefined;
let source = 0;
let isPaused = false;
let faults = 0;
/** A source whose frames fail this often in a row is given up. */
const faultsAllowed = 10;

const post = (message: FromWorker): void => scope.postMessage(message);
const loop = new FrameLoop<Waiting>(analyse);

scope.onmessage = ({ data }) => {
  void handle(data).catch((error: unknown) => post({ type: 'people-failed', failure: toFailure(error) }));
};

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'open':
      return open(message.modelsUrl, message.threads);
    case 'source':
      source = message.source;
      isPaused = false;
      faults = 0;
      loop.clear();
      stopEnrolment();
      await analyser?.reset();
      return;
    case 'stream':
      return readStream(message.stream, message.source);
    case 'frame':
      return offer(message.frame, message.source, message.timeMs, () => post({ type: 'frame-done' }));
    case 'pause':
      isPaused = message.paused;
      return;
    case 'enrol':
      enrolment = new Enrolment(message.name, cropForGallery);
      postEnrolment('collecting');
      return;
    case 'cancel-enrolment':
      return stopEnrolment();
    default:
      return changePeople(message);
  }
}

async function changePeople(
  message: Extract<ToWorker, { type: 'forget' | 'export-people' | 'import-people' }>,
): Promise<void> {
  if (!gallery) return;
  if (message.type === 'export-people') return post({ type: 'exported', text: gallery.exportYaml() });
  if (message.type === 'forget') await gallery.forget(message.name);
  else await gallery.importYaml(message.text);
  await useGallery(gallery);
}

async function open(modelsUrl: string, threads: number): Promise<void> {
  let opened: Analyser;
  try {
    opened = await Analyser.open(modelsUrl, threads, (text, share) => post({ type: 'progress', text, share }));
  } catch (error) {
    return post({ type: 'unusable', failure: toFailure(error) });
  }
  try {
    gallery = await Gallery.open(await openBrowserStore('moodlens'));
    const { lost } = gallery;
    if (lost.length > 0) {
      throw new PeopleError(
        `What this browser kept of ${lost.join(', ')} was damaged and is gone; enrol or import again.`,
      );
    }
  } catch (error) {
    // Without storage everything else still works.
    gallery ??= Gallery.withoutStorage();
    post({ type: 'people-failed', failure: toFailure(error) });
  }
  // Only now: the first frame must find the known people, and the enrolment a gallery.
  analyser = opened;
  await useGallery(gallery);
  post({ type: 'ready', model: analyser.model, modelMissing: analyser.modelMissing });
}

async function useGallery(from: Gallery): Promise<void> {
  await analyser?.pipeline.setPeople(from.identifier);
  post({ type: 'people', people: from.list() });
}

async function readStream(stream: ReadableStream<VideoFrame>, from: number): Promise<void> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const frame = next.value;
      if (from === source) offer(frame, from, frame.timestamp / 1000);
      else frame.close();
      if (from !== source) break;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function offer(frame: VideoFrame | ImageBitmap, from: number, timeMs: number, onClosed = (): void => {}): void {
  let isClosed = false;
  const waiting: Waiting = {
    frame,
    source: from,
    timeMs,
    arrivedAt: performance.now(),
    close() {
      if (isClosed) return;
      isClosed = true;
      frame.close();
      onClosed();
    },
  };
  if (!analyser || isPaused || from !== source) waiting.close();
  else loop.offer(waiting);
}

async function analyse({ frame, source: from, timeMs, arrivedAt }: Waiting): Promise<void> {
  try {
    const { report, picture, faces } = await analyser!.analyse(frame, timeMs, arrivedAt);
    if (from !== source || isPaused) return;
    faults = 0;
    post({ type: 'report', source: from, report });
    if (!enrolment) return;
    const hint = enrolment.hint;
    const isTaken = enrolment.offer(picture, faces, performance.now());
    if (enrolment.isComplete) await finishEnrolment(enrolment);
    else if (isTaken || hint !== enrolment.hint) postEnrolment('collecting');
  } catch (error) {
    if (from !== source || ++faults < faultsAllowed) return;
    post({ type: 'source-failed', source: from, failure: toFailure(error) });
  }
}

async function finishEnrolment({ name, pictures }: Enrolment): Promise<void> {
  postEnrolment('training');
  enrolment = undefined;
  try {
    if (!gallery) return;
    const faces = await gallery.add(name, pictures);
    await useGallery(gallery);
    post({ type: 'enrolled', name, faces });
  } catch (error) {
    post({ type: 'people-failed', failure: toFailure(error) });
  } finally {
    post({ type: 'enrolment', state: null });
  }
}

function stopEnrolment(): void {
  enrolment = undefined;
  post({ type: 'enrolment', state: null });
}

function postEnrolment(phase: EnrolmentState['phase']): void {
  if (!enrolment) return;
  const { name, pictures, limits, hint } = enrolment;
  const latest = pictures.at(-1) ?? null;
  post({ type: 'enrolment', state: { name, taken: pictures.length, wanted: limits.wanted, hint, phase, latest } });
}

function toFailure(error: unknown): Failure {
  if (error instanceof MoodlensError) return { code: error.code, message: error.message };
  return { code: 'UNKNOWN', message: `${error instanceof Error ? error.message : String(error)}. Press Try again.` };
}
