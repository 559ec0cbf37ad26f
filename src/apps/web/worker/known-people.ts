// The people that the live view knows: their enrolment, their personal examples, and what the page asks about them.
import { openBrowserStore } from '../../../adapters/browser/files.js';
import type { Face } from '../../../core/detect/face.js';
import { PeopleError } from '../../../core/errors.js';
import type { Picture } from '../../../core/image/picture.js';
import type { FaceResult } from '../../../core/live/frame-result.js';
import type { LivePipeline } from '../../../core/live/pipeline.js';
import { Enrolment } from './enrolment.js';
import { toFailure } from './failure.js';
import { cropForGallery, Gallery } from './gallery.js';
import type { LiveModels } from './live-models.js';
import { PersonalCalibrator } from './personal-calibrator.js';
import type { EnrolmentState, FromWorker, ToWorker } from './protocol.js';

type PeopleMessage = Exclude<ToWorker, { type: 'open' | 'source' | 'pause' | 'window-rule' }>;
type GalleryMessage = Extract<
  PeopleMessage,
  { type: 'forget' | 'review' | 'remove-picture' | 'export-people' | 'import-people' }
>;
type CalibrationMessage = Exclude<PeopleMessage, GalleryMessage | { type: 'enrol' | 'cancel-enrolment' }>;

export class KnownPeople {
  readonly #post: (message: FromWorker) => void;
  readonly #inTurn: <T>(change: () => Promise<T>) => Promise<T>;
  #pipeline: LivePipeline | undefined;
  #gallery: Gallery | undefined;
  #enrolment: Enrolment | undefined;
  /** Undefined without an expression model. */
  #calibrator: PersonalCalibrator | undefined;
  /** The last frame's faces, by track. */
  #shown: ReadonlyMap<number, FaceResult> = new Map();

  /** `inTurn` runs a change of the people after the change before it; the first comes after `open`. */
  constructor(post: (message: FromWorker) => void, inTurn: <T>(change: () => Promise<T>) => Promise<T>) {
    this.#post = post;
    this.#inTurn = inTurn;
  }

  /** Has the pipeline identify the people that this browser keeps. Without storage they are kept until the page is closed. */
  async open(pipeline: LivePipeline): Promise<void> {
    this.#pipeline = pipeline;
    try {
      this.#gallery = await Gallery.open(await openBrowserStore('moodlens'));
      const { lost } = this.#gallery;
      if (lost.length > 0) {
        throw new PeopleError(
          `What this browser kept of ${lost.join(', ')} was damaged and is gone; enrol or import again.`,
        );
      }
    } catch (error) {
      this.#gallery ??= Gallery.withoutStorage();
      this.#fail(error);
    }
    await this.#useGallery(this.#gallery);
  }

  /** Computes everybody's personal calibration of this expression model, and tells what the user should know of them. */
  async useModel({ model, hash }: NonNullable<LiveModels['expression']>): Promise<void> {
    const [pipeline, gallery] = [this.#pipeline!, this.#gallery!];
    this.#calibrator = new PersonalCalibrator({ model, modelHash: hash, pipeline, gallery });
    const notes = await this.#calibrator.calibrateAll();
    if (notes.length > 0) this.#post({ type: 'people-note', text: notes.map(sentence).join(' ') });
  }

  /** Does what the page asks. Throws PeopleError when it cannot be done. */
  async handle(message: PeopleMessage): Promise<void> {
    switch (message.type) {
      case 'enrol':
        this.#enrolment = new Enrolment(message.name, cropForGallery);
        return this.#postEnrolment('collecting');
      case 'cancel-enrolment':
        return this.#stopEnrolment();
      case 'forget':
      case 'review':
      case 'remove-picture':
      case 'export-people':
      case 'import-people':
        return this.#inTurn(() => this.#change(message));
      default:
        return this.#inTurn(() => this.#calibrate(message));
    }
  }

  /** Ends what takes pictures of the source's frames. */
  stopTaking(): void {
    this.#stopEnrolment();
    this.#stopGuided();
  }

  /** One frame, for an enrolment or a guided calibration under way. `detections` may have more faces than `results`. */
  async offer(picture: Picture, detections: readonly Face[], results: readonly FaceResult[]): Promise<void> {
    this.#shown = new Map(results.map((face) => [face.track, face]));
    // A detection without a track is nobody to take a picture of, and nobody besides.
    const boxes = new Set(results.map(({ box }) => box));
    const faces = detections.filter(({ box }) => boxes.has(box));
    await this.#offerGuided(picture, faces, results);
    const enrolment = this.#enrolment;
    if (!enrolment) return;
    const { hint } = enrolment;
    const isTaken = enrolment.offer(picture, faces, performance.now());
    if (enrolment.isComplete) await this.#finishEnrolment(enrolment);
    else if (isTaken || hint !== enrolment.hint) this.#postEnrolment('collecting');
  }

  async #change(message: GalleryMessage): Promise<void> {
    const gallery = this.#requireGallery();
    switch (message.type) {
      case 'export-people':
        return this.#post({ type: 'exported', text: gallery.exportYaml() });
      case 'review':
        return this.#postReview(gallery, message.name);
      case 'remove-picture':
        await gallery.removePicture(message.name, message);
        await this.#useGallery(gallery);
        return this.#postReview(gallery, message.name);
      case 'forget':
        await gallery.forget(message.name);
        break;
      case 'import-people': {
        const names = await gallery.importYaml(message.text);
        const notes = await this.#useGallery(gallery);
        const text = [`Imported: ${names.join(', ')}`, ...notes].map(sentence).join(' ');
        return this.#post({ type: 'people-note', text });
      }
    }
    await this.#useGallery(gallery);
  }

  async #calibrate(message: CalibrationMessage): Promise<void> {
    const gallery = this.#requireGallery();
    const calibrator = this.#calibrator;
    if (!calibrator) throw new PeopleError('Expressions need an expression model, and there is none here; train one.');
    switch (message.type) {
      case 'calibrate':
        this.#stopEnrolment();
        return this.#post({ type: 'calibrating', state: calibrator.begin(message.name, performance.now()) });
      case 'calibrating':
        calibrator.act(message.act, performance.now());
        if (message.act === 'stop') this.#post({ type: 'calibrating', state: null });
        return;
      case 'hold':
        return calibrator.hold(message.track, this.#shown.get(message.track));
      case 'correct':
        this.#post({ type: 'corrected', correction: await calibrator.correct(message.track, message.expression) });
        break;
      case 'undo-correction':
        await calibrator.undoCorrection();
        this.#post({ type: 'corrected', correction: null });
        break;
      case 'review-examples':
        return this.#postExamples(gallery, message.name);
      case 'forget-examples':
        await calibrator.forget(message.name);
        this.#postExamples(gallery, message.name);
        break;
      case 'remove-example':
        await calibrator.remove(message.name, message.index, message.count);
        this.#postExamples(gallery, message.name);
    }
    this.#post({ type: 'people', people: gallery.list() });
  }

  /** Offers the frame to a guided calibration under way; finishes it when every expression was shown. */
  async #offerGuided(picture: Picture, faces: readonly Face[], results: readonly FaceResult[]): Promise<void> {
    const calibrator = this.#calibrator;
    const state = await calibrator?.offer({ picture, faces }, results, performance.now());
    if (!calibrator || !state) return;
    if (state.phase !== 'done') return this.#post({ type: 'calibrating', state });
    try {
      this.#post({ type: 'calibrated', result: await this.#inTurn(() => calibrator.finish()) });
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#stopGuided();
      if (this.#gallery) this.#post({ type: 'people', people: this.#gallery.list() });
    }
  }

  #stopGuided(): void {
    this.#calibrator?.act('stop', performance.now());
    this.#post({ type: 'calibrating', state: null });
  }

  async #finishEnrolment({ name, pictures }: Enrolment): Promise<void> {
    this.#postEnrolment('training');
    this.#enrolment = undefined;
    const gallery = this.#gallery;
    try {
      if (!gallery) return;
      const faces = await this.#inTurn(async () => {
        const count = await gallery.add(name, pictures);
        await this.#useGallery(gallery);
        return count;
      });
      this.#post({ type: 'enrolled', name, faces });
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#post({ type: 'enrolment', state: null });
    }
  }

  #stopEnrolment(): void {
    this.#enrolment = undefined;
    this.#post({ type: 'enrolment', state: null });
  }

  #postEnrolment(phase: EnrolmentState['phase']): void {
    if (!this.#enrolment) return;
    const { name, pictures, limits, hint } = this.#enrolment;
    const latest = pictures.at(-1) ?? null;
    const state = { name, taken: pictures.length, wanted: limits.wanted, hint, phase, latest };
    this.#post({ type: 'enrolment', state });
  }

  /** Has the pipeline identify these people, each with their personal calibration; returns notes on the calibrations. */
  async #useGallery(gallery: Gallery): Promise<readonly string[]> {
    await this.#pipeline?.setPeople(gallery.identifier);
    this.#post({ type: 'people', people: gallery.list() });
    return (await this.#calibrator?.calibrateAll()) ?? [];
  }

  /** Throws PeopleError where the models could not be loaded: nothing is kept then, and the user must be told. */
  #requireGallery(): Gallery {
    if (this.#gallery) return this.#gallery;
    throw new PeopleError('The models must be loaded first, and could not be; press Try again, then do this again.');
  }

  #postReview(gallery: Gallery, name: string): void {
    this.#post({ type: 'reviewed', name, pictures: gallery.review(name) });
  }

  #postExamples(gallery: Gallery, name: string): void {
    this.#post({ type: 'examples-reviewed', name, pictures: gallery.taught.get(name)?.pictures ?? [] });
  }

  #fail(error: unknown): void {
    this.#post({ type: 'people-failed', failure: toFailure(error) });
  }
}

const sentence = (note: string): string => `${note}.`;
