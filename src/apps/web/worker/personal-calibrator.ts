// Personal calibrations in the page: from expressions that a person shows one after the other, or from a correction of a face's label.
import type { Face } from '../../../core/detect/face.js';
import { cropFace } from '../../../core/detect/face-crop.js';
import { PeopleError } from '../../../core/errors.js';
import type { GreyPicture } from '../../../core/image/picture.js';
import type { FaceResult } from '../../../core/live/frame-result.js';
import type { LivePipeline } from '../../../core/live/pipeline.js';
import type { ExpressionModel } from '../../../core/model/expression-model.js';
import { GuidedCalibration } from '../../../core/personal/guided-calibration.js';
import type { CalibrationJudgement } from '../../../core/personal/judge-calibration.js';
import { learnReadings } from '../../../core/personal/learn-readings.js';
import { PersonLearner } from '../../../core/personal/person-learner.js';
import type { PersonalCalibration } from '../../../core/personal/personal-calibration.js';
import {
  mostPersonalExamples,
  type PersonalExample,
  replaceExamples,
  usableExamples,
} from '../../../core/personal/personal-file.js';
import type { DetectedFrame } from './detection-protocol.js';
import type { Gallery } from './gallery.js';
import type { CalibrationResult, CalibrationState, Correction } from './protocol.js';

export interface PersonalCalibratorParts {
  readonly model: ExpressionModel;
  /** SHA-256 of the model's file. */
  readonly modelHash: string;
  readonly pipeline: LivePipeline;
  readonly gallery: Gallery;
}

const previewEveryMs = 120;
/** A smaller change of a probability is invisible in the page. */
const leastChange = 0.01;

/** A face at the moment when its label was clicked. */
interface Held {
  readonly name: string;
  readonly picture: GreyPicture;
  /** The label that was shown. */
  readonly shown: string;
}

export class PersonalCalibrator {
  readonly #parts: PersonalCalibratorParts;
  readonly #learner: PersonLearner;
  #calibrations = new Map<string, PersonalCalibration>();
  #guided: { readonly name: string; readonly guide: GuidedCalibration } | undefined;
  #shown = '';
  #shownMs = 0;
  /** By track. */
  readonly #held = new Map<number, Held>();
  #lastCorrection: { readonly name: string; readonly added: PersonalExample } | undefined;

  constructor(parts: PersonalCalibratorParts) {
    this.#parts = parts;
    this.#learner = new PersonLearner(parts.model);
  }

  /**
   * Computes everybody's calibration from their kept examples; returns notes for the user. Examples of expressions that this model does
   * not know are left out and stay kept.
   */
  async calibrateAll(): Promise<readonly string[]> {
    const { gallery, pipeline, modelHash } = this.#parts;
    const { readings, notes } = await learnReadings(this.#learner, gallery.taught, modelHash);
    this.#calibrations = new Map(readings);
    await pipeline.setPersonal(readings);
    return notes;
  }

  begin(name: string, nowMs: number): CalibrationState {
    const { labels, input } = this.#parts.model.metadata;
    const cut = (picture: DetectedFrame['picture'], face: Face) => cropFace(picture, face, input);
    this.#guided = { name, guide: new GuidedCalibration(labels, cut, nowMs) };
    return this.#state(this.#guided, null);
  }

  act(what: 'retake' | 'skip' | 'stop', nowMs: number): void {
    if (what === 'stop') this.#guided = undefined;
    else this.#guided?.guide[what](nowMs);
  }

  /** Takes one frame; returns the state when the page must show it anew. */
  async offer(
    { picture, faces }: Pick<DetectedFrame, 'picture' | 'faces'>,
    results: readonly FaceResult[],
    nowMs: number,
  ): Promise<CalibrationState | null> {
    const guided = this.#guided;
    if (!guided) return null;
    const [main] = [...results].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
    const { name, guide } = guided;
    const wrongPerson = main?.person && main.person !== name ? main.person : undefined;
    const before = guide.pictures.length;
    guide.offer(picture, faces, nowMs, wrongPerson);
    const { pictures } = guide.state;
    // Already now, so that the user does not wait for the model at the end.
    if (guide.pictures.length > before) await this.#learner.predict(pictures.slice(-1));
    const state = this.#state(guided, (main && this.#parts.pipeline.cropOf(main.track)) ?? null);
    const { phase, step, secondsLeft, hint } = state;
    const news = [phase, step, secondsLeft, pictures.length, hint].join();
    if (news === this.#shown && nowMs - this.#shownMs < previewEveryMs) return null;
    this.#shown = news;
    this.#shownMs = nowMs;
    return state;
  }

  /** Keeps the pictures taken; they replace earlier examples of the same expressions. */
  async finish(): Promise<CalibrationResult> {
    const { name, guide } = this.#guided!;
    this.#guided = undefined;
    const pictures = replaceExamples(guide.pictures, this.#examplesOf(name));
    const learnt = await this.#learner.learn(pictures);
    await this.#keep(name, pictures, learnt.calibration);
    return this.#result(name, pictures, learnt.judgement);
  }

  /** Keeps a known person's face of the last frame for `correct`. Throws PeopleError for a face without a name. */
  hold(track: number, face: Pick<FaceResult, 'person' | 'confirmed'> | undefined): void {
    const picture = this.#parts.pipeline.cropOf(track);
    this.#held.clear();
    if (!face?.person || !face.confirmed || !picture)
      throw new PeopleError('Only known people can be corrected; enrol this person first.');
    this.#held.set(track, { name: face.person, picture, shown: face.confirmed });
  }

  /** Says which expression the held face of that track shows; null when none is held. A picture that changes nothing is not kept. */
  async correct(track: number, expression: string): Promise<Correction | null> {
    const held = this.#held.get(track);
    this.#held.clear();
    if (!held) return null;
    const { name, picture, shown: instead } = held;
    const { labels } = this.#parts.model.metadata;
    const added = { expression, picture };
    const pictures = [...this.#examplesOf(name), added].slice(-mostPersonalExamples);
    const { calibration } = await this.#learner.learn(usableExamples(pictures, labels));
    const [before, after] = [this.#calibrations.get(name), calibration].map((one) =>
      this.#learner.read(picture, one),
    ) as [ArrayLike<number>, ArrayLike<number>];
    const isLearnt = labels.some((_, label) => Math.abs(after[label]! - before[label]!) >= leastChange);
    const at = labels.indexOf(expression);
    const correction = { name, expression, instead, before: before[at]!, after: after[at]!, isLearnt };
    if (!isLearnt) return correction;
    await this.#keep(name, pictures, calibration);
    this.#lastCorrection = { name, added };
    return correction;
  }

  /** Removes the picture of the last correction; later changes stay. */
  async undoCorrection(): Promise<void> {
    const last = this.#lastCorrection;
    this.#lastCorrection = undefined;
    const pictures = last ? this.#examplesOf(last.name) : [];
    if (!last || !pictures.some(({ picture }) => picture === last.added.picture)) return;
    await this.#recalibrate(
      last.name,
      pictures.filter(({ picture }) => picture !== last.added.picture),
    );
  }

  /** Removes one picture, by its index; none when there are not `count`. */
  async remove(name: string, index: number, count: number): Promise<void> {
    const pictures = this.#examplesOf(name);
    if (pictures.length !== count || !pictures[index]) return;
    await this.#recalibrate(
      name,
      pictures.filter((_, i) => i !== index),
    );
  }

  /** Removes this person's examples and calibration. */
  forget(name: string): Promise<void> {
    return this.#recalibrate(name, []);
  }

  #examplesOf(name: string): readonly PersonalExample[] {
    return this.#parts.gallery.taught.get(name)?.pictures ?? [];
  }

  async #recalibrate(name: string, pictures: readonly PersonalExample[]): Promise<void> {
    const usable = usableExamples(pictures, this.#parts.model.metadata.labels);
    const learnt = usable.length > 0 ? await this.#learner.learn(usable) : undefined;
    await this.#keep(name, pictures, learnt?.calibration);
  }

  async #keep(
    name: string,
    pictures: readonly PersonalExample[],
    calibration: PersonalCalibration | undefined,
  ): Promise<void> {
    const { gallery, pipeline, modelHash } = this.#parts;
    await gallery.setExamples(name, { model: modelHash, pictures });
    if (calibration) this.#calibrations.set(name, calibration);
    else this.#calibrations.delete(name);
    await pipeline.setPersonal(new Map(this.#calibrations));
  }

  #state({ name, guide }: { name: string; guide: GuidedCalibration }, preview: GreyPicture | null): CalibrationState {
    return { ...guide.state, name, preview };
  }

  #result(
    name: string,
    pictures: readonly PersonalExample[],
    { n, before, after, alike, contradicting }: CalibrationJudgement,
  ): CalibrationResult {
    const { labels } = this.#parts.model.metadata;
    const warnings = [
      ...alike.map(({ labels: [one, other] }) => `${labels[one]} and ${labels[other]} are hard to tell apart.`),
      ...contradicting.map(
        ({ example, nearer }) =>
          `Picture ${example + 1} (${pictures[example]!.expression}) looks more like ${labels[nearer]}.`,
      ),
    ];
    return { name, pictures: pictures.length, rates: before && after ? { n, before, after } : null, warnings };
  }
}
