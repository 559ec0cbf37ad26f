// People teach their own expressions: asked for one after the other, or by a correction of what is said of a face.
import type { Face } from '../../../core/detect/face.js';
import { cropFace } from '../../../core/detect/face-crop.js';
import { PeopleError } from '../../../core/errors.js';
import type { GreyPicture } from '../../../core/image/picture.js';
import type { FaceResult } from '../../../core/live/frame-result.js';
import type { LivePipeline } from '../../../core/live/pipeline.js';
import type { ExpressionModel } from '../../../core/model/expression-model.js';
import { GuidedTeaching } from '../../../core/personal/guided-teaching.js';
import type { TeachingJudgement } from '../../../core/personal/judge-teaching.js';
import type { PersonalCalibration } from '../../../core/personal/personal-calibration.js';
import {
  mostTaughtPictures,
  type TaughtPicture,
  taughtAgain,
  teachable,
} from '../../../core/personal/personal-file.js';
import { PersonLearner } from '../../../pipeline/teach/teach.js';
import type { Looked } from './detection-protocol.js';
import type { Gallery } from './gallery.js';
import type { Correction, TeachingResult, TeachingState } from './protocol.js';

export interface TeacherParts {
  readonly model: ExpressionModel;
  /** SHA-256 of the model's file. */
  readonly modelHash: string;
  readonly pipeline: LivePipeline;
  readonly gallery: Gallery;
}

const previewEveryMs = 120;
/** A probability that changes by less does not change what anybody sees. */
const leastChange = 0.01;

/** A face of the moment at which its label was clicked. */
interface Held {
  readonly name: string;
  readonly picture: GreyPicture;
  /** The label that was shown. */
  readonly shown: string;
}

export class Teacher {
  readonly #parts: TeacherParts;
  readonly #learner: PersonLearner;
  readonly #readings = new Map<string, PersonalCalibration>();
  #guided: { readonly name: string; readonly teaching: GuidedTeaching } | undefined;
  #shown = '';
  #shownMs = 0;
  /** By track. */
  readonly #held = new Map<number, Held>();
  #lastCorrection: { readonly name: string; readonly added: TaughtPicture } | undefined;

  constructor(parts: TeacherParts) {
    this.#parts = parts;
    this.#learner = new PersonLearner(parts.model);
  }

  /** Who taught with another model; the same pictures teach this one. */
  get taughtOtherwise(): string[] {
    const { gallery, modelHash } = this.#parts;
    return [...gallery.taught].flatMap(([name, { model }]) => (model === modelHash ? [] : [name]));
  }

  /**
   * Learns everybody's way from the pictures that are kept, one after the other: frames go on in between. Pictures of expressions
   * that this model does not know wait for another model.
   */
  async learnAll(): Promise<void> {
    const { gallery, pipeline, model } = this.#parts;
    this.#readings.clear();
    for (const [name, file] of gallery.taught) {
      const pictures = teachable(file.pictures, model.metadata.labels);
      for (const { picture } of pictures) await this.#learner.predict([picture]);
      if (pictures.length > 0) this.#readings.set(name, (await this.#learner.learn(pictures)).calibration);
    }
    await pipeline.setPersonal(new Map(this.#readings));
  }

  begin(name: string, nowMs: number): TeachingState {
    const { labels, input } = this.#parts.model.metadata;
    const cut = (picture: Looked['picture'], face: Face) => cropFace(picture, face, input);
    this.#guided = { name, teaching: new GuidedTeaching(labels, cut, nowMs) };
    return this.#state(this.#guided, null);
  }

  act(what: 'retake' | 'skip' | 'stop', nowMs: number): void {
    if (what === 'stop') this.#guided = undefined;
    else this.#guided?.teaching[what](nowMs);
  }

  /** Shows it a frame; a state when there is something new to see. */
  async offer(
    { picture, faces }: Looked,
    results: readonly FaceResult[],
    nowMs: number,
  ): Promise<TeachingState | null> {
    const guided = this.#guided;
    if (!guided) return null;
    const [main] = [...results].sort((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
    const { name, teaching } = guided;
    const wrongPerson = main?.person && main.person !== name ? main.person : undefined;
    const before = teaching.pictures.length;
    teaching.offer(picture, faces, nowMs, wrongPerson);
    const { pictures } = teaching.state;
    // While the next one is shown: at the end nobody waits for the model.
    if (teaching.pictures.length > before) await this.#learner.predict(pictures.slice(-1));
    const state = this.#state(guided, (main && this.#parts.pipeline.cropOf(main.track)) ?? null);
    const { phase, step, secondsLeft, hint } = state;
    const news = [phase, step, secondsLeft, pictures.length, hint].join();
    if (news === this.#shown && nowMs - this.#shownMs < previewEveryMs) return null;
    this.#shown = news;
    this.#shownMs = nowMs;
    return state;
  }

  /** Keeps what was taken: expressions shown now take the place of what was taught of them before. */
  async finish(): Promise<TeachingResult> {
    const { name, teaching } = this.#guided!;
    this.#guided = undefined;
    const pictures = taughtAgain(teaching.pictures, this.#taughtBy(name));
    const learnt = await this.#learner.learn(pictures);
    await this.#keep(name, pictures, learnt.calibration);
    return this.#result(name, pictures, learnt.judgement);
  }

  /** Remembers a known person's face of the last frame. Throws PeopleError for a face without a name. */
  hold(track: number, face: Pick<FaceResult, 'person' | 'confirmed'> | undefined): void {
    const picture = this.#parts.pipeline.cropOf(track);
    this.#held.clear();
    if (!face?.person || !face.confirmed || !picture)
      throw new PeopleError('Only known people can be corrected; enrol this person first.');
    this.#held.set(track, { name: face.person, picture, shown: face.confirmed });
  }

  /** The face that is held of that track shows this expression; null when none is. Nothing is kept that changes nothing. */
  async correct(track: number, expression: string): Promise<Correction | null> {
    const held = this.#held.get(track);
    this.#held.clear();
    if (!held) return null;
    const { name, picture, shown: instead } = held;
    const { labels } = this.#parts.model.metadata;
    const added = { expression, picture };
    const pictures = [...this.#taughtBy(name), added].slice(-mostTaughtPictures);
    const { calibration } = await this.#learner.learn(teachable(pictures, labels));
    const [before, after] = [this.#readings.get(name), calibration].map((reading) =>
      this.#learner.read(picture, reading),
    ) as [ArrayLike<number>, ArrayLike<number>];
    const isLearnt = labels.some((_, label) => Math.abs(after[label]! - before[label]!) >= leastChange);
    const at = labels.indexOf(expression);
    const correction = { name, expression, instead, before: before[at]!, after: after[at]!, isLearnt };
    if (!isLearnt) return correction;
    await this.#keep(name, pictures, calibration);
    this.#lastCorrection = { name, added };
    return correction;
  }

  /** Takes the picture of the last correction away again; what was taught or removed since stays so. */
  async undoCorrection(): Promise<void> {
    const last = this.#lastCorrection;
    this.#lastCorrection = undefined;
    const pictures = last ? this.#taughtBy(last.name) : [];
    if (!last || !pictures.some(({ picture }) => picture === last.added.picture)) return;
    await this.#teach(
      last.name,
      pictures.filter(({ picture }) => picture !== last.added.picture),
    );
  }

  /** Removes one picture, by its place; nothing when there are not `count`. */
  async remove(name: string, index: number, count: number): Promise<void> {
    const pictures = this.#taughtBy(name);
    if (pictures.length !== count || !pictures[index]) return;
    await this.#teach(
      name,
      pictures.filter((_, i) => i !== index),
    );
  }

  /** Forgets all that this person taught. */
  forget(name: string): Promise<void> {
    return this.#teach(name, []);
  }

  #taughtBy(name: string): readonly TaughtPicture[] {
    return this.#parts.gallery.taught.get(name)?.pictures ?? [];
  }

  async #teach(name: string, pictures: readonly TaughtPicture[]): Promise<void> {
    const usable = teachable(pictures, this.#parts.model.metadata.labels);
    const learnt = usable.length > 0 ? await this.#learner.learn(usable) : undefined;
    await this.#keep(name, pictures, learnt?.calibration);
  }

  async #keep(
    name: string,
    pictures: readonly TaughtPicture[],
    reading: PersonalCalibration | undefined,
  ): Promise<void> {
    const { gallery, pipeline, modelHash } = this.#parts;
    await gallery.teach(name, { model: modelHash, pictures });
    if (reading) this.#readings.set(name, reading);
    else this.#readings.delete(name);
    await pipeline.setPersonal(new Map(this.#readings));
  }

  #state({ name, teaching }: { name: string; teaching: GuidedTeaching }, preview: GreyPicture | null): TeachingState {
    return { ...teaching.state, name, preview };
  }

  #result(
    name: string,
    pictures: readonly TaughtPicture[],
    { n, before, after, alike, contradicting }: TeachingJudgement,
  ): TeachingResult {
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
