// The page's second worker: names, classifies and confirms the faces that the looking worker found; enrolment and the
// known people live here too.
import { config as configureZod } from 'zod';
import { openBrowserStore } from '../../../adapters/browser/files.js';
import { PeopleError } from '../../../core/errors.js';
import type { FaceResult } from '../../../core/live/frame-result.js';
import { Analyser } from './analyser.js';
import type { LookAnswer, Looked, LookOrder } from './detection-protocol.js';
import { Enrolment } from './enrolment.js';
import { toFailure } from './failure.js';
import { cropForGallery, Gallery } from './gallery.js';
import type { EnrolmentState, Failure, FrameReport, FromWorker, ToWorker } from './protocol.js';
import { useOwnRuntimeFiles } from './runtime-files.js';
import { Teacher } from './teacher.js';

/** The part of the worker's global scope that is used; the DOM library describes a window's. */
const scope = globalThis as unknown as {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

/** A source whose frames fail this often in a row is given up. */
const faultsAllowed = 10;

// The page's security policy forbids code from strings, which Zod would try for speed.
configureZod({ jitless: true });
useOwnRuntimeFiles();

let analyser: Analyser | undefined;
let gallery: Gallery | undefined;
let enrolment: Enrolment | undefined;
/** Undefined without an expression model. */
let teacher: Teacher | undefined;
/** The last frame's faces, by track. */
let shown: ReadonlyMap<number, FaceResult> = new Map();
let source = 0;
let isPaused = false;
let faults = 0;

type TeachMessage = Extract<
  ToWorker,
  {
    type:
      | 'teach'
      | 'teaching'
      | 'hold'
      | 'correct'
      | 'undo-correction'
      | 'review-taught'
      | 'forget-taught'
      | 'remove-taught';
  }
>;

const post = (message: FromWorker): void => scope.postMessage(message);

/** Whatever changes who is known, or how they are read, waits for the change before, and the first for the models. */
let lastChange: Promise<unknown> = Promise.resolve();

function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const turn = lastChange.then(change);
  lastChange = turn.catch(() => undefined);
  return turn;
}

scope.onmessage = ({ data }) => {
  void handle(data).catch((error: unknown) => post({ type: 'people-failed', failure: toFailure(error) }));
};

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'open':
      return inTurn(() => open(message));
    case 'source':
      source = message.source;
      isPaused = false;
      faults = 0;
      stopEnrolment();
      stopTeaching();
      await analyser?.reset();
      return;
    case 'pause':
      isPaused = message.paused;
      return;
    case 'window-rule':
      // In turn, so that a choice made while the models load is not lost.
      return inTurn(async () => analyser?.pipeline.setConfirmation({ rule: message.windowRule }));
    case 'teach':
    case 'teaching':
    case 'hold':
    case 'correct':
    case 'undo-correction':
    case 'review-taught':
    case 'forget-taught':
    case 'remove-taught':
      return inTurn(() => teach(message));
    case 'enrol':
      enrolment = new Enrolment(message.name, cropForGallery);
      postEnrolment('collecting');
      return;
    case 'cancel-enrolment':
      return stopEnrolment();
    default:
      return inTurn(() => changePeople(message));
  }
}

async function teach(message: TeachMessage): Promise<void> {
  const gallery = requireGallery();
  if (!teacher) throw new PeopleError('Expressions need an expression model, and there is none here; train one.');
  switch (message.type) {
    case 'teach':
      stopEnrolment();
      return post({ type: 'teaching', state: teacher.begin(message.name, performance.now()) });
    case 'teaching':
      teacher.act(message.act, performance.now());
      if (message.act === 'stop') post({ type: 'teaching', state: null });
      return;
    case 'hold':
      return teacher.hold(message.track, shown.get(message.track));
    case 'correct':
      post({ type: 'corrected', correction: await teacher.correct(message.track, message.expression) });
      break;
    case 'undo-correction':
      await teacher.undoCorrection();
      post({ type: 'corrected', correction: null });
      break;
    case 'review-taught':
      return postTaught(gallery, message.name);
    case 'forget-taught':
      await teacher.forget(message.name);
      postTaught(gallery, message.name);
      break;
    case 'remove-taught':
      await teacher.remove(message.name, message.index, message.count);
      postTaught(gallery, message.name);
  }
  post({ type: 'people', people: gallery.list() });
}

function postTaught(from: Gallery, name: string): void {
  post({ type: 'taught-reviewed', name, pictures: from.taught.get(name)?.pictures ?? [] });
}

/** Shows a teaching under way the frame; finishes it when all was shown. */
async function offerTeaching(looked: Looked, report: FrameReport): Promise<void> {
  const state = await teacher?.offer(looked, report.result.faces, performance.now());
  if (!state) return;
  if (state.phase !== 'done') return post({ type: 'teaching', state });
  try {
    post({ type: 'taught', result: await inTurn(() => teacher!.finish()) });
  } catch (error) {
    post({ type: 'people-failed', failure: toFailure(error) });
  } finally {
    stopTeaching();
    if (gallery) post({ type: 'people', people: gallery.list() });
  }
}

function stopTeaching(): void {
  teacher?.act('stop', performance.now());
  post({ type: 'teaching', state: null });
}

async function changePeople(
  message: Extract<ToWorker, { type: 'forget' | 'review' | 'remove-picture' | 'export-people' | 'import-people' }>,
): Promise<void> {
  const gallery = requireGallery();
  switch (message.type) {
    case 'export-people':
      return post({ type: 'exported', text: gallery.exportYaml() });
    case 'review':
      return postReview(gallery, message.name);
    case 'remove-picture':
      await gallery.removePicture(message.name, message);
      await useGallery(gallery);
      return postReview(gallery, message.name);
    case 'forget':
      await gallery.forget(message.name);
      break;
    case 'import-people': {
      const names = await gallery.importYaml(message.text);
      await useGallery(gallery);
      return post({ type: 'people-note', text: `Imported: ${names.join(', ')}.` });
    }
  }
  await useGallery(gallery);
}

/** Throws PeopleError where the models could not be loaded: nothing is kept then, and that must be said. */
function requireGallery(): Gallery {
  if (gallery) return gallery;
  throw new PeopleError('The models must be loaded first, and could not be; press Try again, then do this again.');
}

function postReview(from: Gallery, name: string): void {
  post({ type: 'reviewed', name, pictures: from.review(name) });
}

async function open({ looks, ...models }: Extract<ToWorker, { type: 'open' }>): Promise<void> {
  let opened: Analyser;
  try {
    opened = await Analyser.open(models, looks, (text, share) => post({ type: 'progress', text, share }));
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
  looks.onmessage = ({ data }: MessageEvent<LookAnswer>) => {
    if (data.type === 'failed') frameFailed(data.failure, data.source);
    if (data.type === 'looked')
      void analyse(data.looked).finally(() => looks.postMessage({ type: 'done' } satisfies LookOrder));
  };
  looks.postMessage({ type: 'start' } satisfies LookOrder);
  post({ type: 'ready', model: analyser.model, modelMissing: analyser.modelMissing });
  const { expression, pipeline } = opened;
  if (!expression) return;
  teacher = new Teacher({ ...{ model: expression.model, modelHash: expression.hash }, pipeline, gallery });
  await teacher.learnAll();
  const otherwise = teacher.taughtOtherwise;
  if (otherwise.length > 0) {
    const text = `${otherwise.join(', ')} taught their expressions with another model; the same pictures teach this one.`;
    post({ type: 'people-note', text });
  }
}

/** Everybody is known anew, and so is how they show their expressions. */
async function useGallery(from: Gallery): Promise<void> {
  await analyser?.pipeline.setPeople(from.identifier);
  post({ type: 'people', people: from.list() });
  await teacher?.learnAll();
}

async function analyse(looked: Looked): Promise<void> {
  const isWanted = (): boolean => looked.source === source && !isPaused;
  if (!analyser || !isWanted()) return;
  try {
    const report = await analyser.analyse(looked);
    if (!isWanted()) return;
    faults = 0;
    shown = new Map(report.result.faces.map((face) => [face.track, face]));
    post({ type: 'report', source, report });
    // What scores too low for somebody new is nobody to learn from, and nobody besides.
    const boxes = new Set(report.result.faces.map(({ box }) => box));
    const followed = looked.faces.filter(({ box }) => boxes.has(box));
    await offerTeaching({ ...looked, faces: followed }, report);
    if (!enrolment) return;
    const hint = enrolment.hint;
    const isTaken = enrolment.offer(looked.picture, followed, performance.now());
    if (enrolment.isComplete) await finishEnrolment(enrolment);
    else if (isTaken || hint !== enrolment.hint) postEnrolment('collecting');
  } catch (error) {
    frameFailed(toFailure(error), looked.source);
  }
}

function frameFailed(failure: Failure, from: number): void {
  if (from !== source || ++faults < faultsAllowed) return;
  faults = 0;
  post({ type: 'source-failed', source: from, failure });
}

async function finishEnrolment({ name, pictures }: Enrolment): Promise<void> {
  postEnrolment('training');
  enrolment = undefined;
  try {
    if (!gallery) return;
    const known = gallery;
    const faces = await inTurn(async () => {
      const count = await known.add(name, pictures);
      await useGallery(known);
      return count;
    });
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
