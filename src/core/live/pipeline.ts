// The live pipeline: detect, track, identify, classify, confirm. The same code runs in Node and in the page.
import type { Face, FaceDetector } from '../detect/face.js';
import { cropFace } from '../detect/face-crop.js';
import { ConfigError, MediaError, ModelFormatError } from '../errors.js';
import type { FaceIdentifier } from '../identity/identification.js';
import type { GreyPicture, Picture } from '../image/picture.js';
import type { Clock } from '../ports/clock.js';
import type { Frame } from '../ports/frame-source.js';
import { ConfirmationWindows, type WindowOptions } from './confirmation-windows.js';
import { type FoundFaces, findFaces } from './find-faces.js';
import type { FaceResult, FrameResult } from './frame-result.js';
import { identifyTracks } from './identify-tracks.js';
import { defaultStartScore } from './live-settings.js';
import { nameTracks } from './name-tracks.js';
import type { ExpressionAnswer, ExpressionClassifier, LivePipelineOptions, PersonalReading } from './pipeline-parts.js';
import { readExpression } from './read-expression.js';
import { TrackIdentity } from './track-identity.js';
import { Tracker } from './tracker.js';

/**
 * Turns frames into results, one frame after the other. It does not own its parts: whoever opened detector and model
 * releases them.
 */
export class LivePipeline {
  readonly #detector: FaceDetector;
  readonly #clock: Clock;
  readonly #options: LivePipelineOptions;
  readonly #startScore: number;
  #people: FaceIdentifier | undefined;
  #expression: ExpressionClassifier | undefined;
  #personal: ReadonlyMap<string, PersonalReading>;
  #crops: ReadonlyMap<number, GreyPicture> = new Map();
  #tracker: Tracker;
  readonly #windows: ConfirmationWindows;
  #identities = new Map<number, TrackIdentity>();
  /** From track to the name that it showed in the last frame. */
  #names: ReadonlyMap<number, string> = new Map();
  #unseen: TrackIdentity;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: LivePipelineOptions) {
    const { startScore = defaultStartScore } = options;
    if (!(startScore >= 0 && startScore <= 1)) {
      throw new ConfigError(`the pipeline's startScore must lie between 0 and 1, found ${startScore}`);
    }
    this.#startScore = startScore;
    this.#options = options;
    this.#detector = options.detector;
    this.#clock = options.clock;
    this.#people = options.people;
    this.#expression = options.expression;
    this.#personal = options.personal ?? new Map();
    this.#tracker = new Tracker(options.tracker);
    this.#windows = new ConfirmationWindows(options.confirmation);
    this.#unseen = TrackIdentity.create(options.identity);
  }

  /**
   * Analyses one frame. Calls may overlap; frames are processed in the order of the calls. When a frame fails (a broken picture, a
   * model that throws) the promise rejects, and tracks, names and windows stay as they were.
   */
  process(frame: Frame): Promise<FrameResult> {
    return this.#inTurn(() => this.#step(frame));
  }

  /** Uses these people from the next frame on; every track is identified anew. Undefined: nobody is known. */
  setPeople(people: FaceIdentifier | undefined): Promise<void> {
    return this.#inTurn(async () => {
      this.#people = people;
      this.#identities.clear();
      this.#names = new Map();
      this.#windows.forgetPeople();
    });
  }

  /** Uses these personal calibrations, by name, from the next frame on. The windows of people whose calibration changes are cleared. */
  setPersonal(personal: ReadonlyMap<string, PersonalReading>): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#personal;
      this.#personal = personal;
      this.#windows.forgetPeople((name) => before.get(name) !== personal.get(name));
    });
  }

  /** The face that the expression model saw of a track in the last frame. */
  cropOf(track: number): GreyPicture | undefined {
    return this.#crops.get(track);
  }

  /** Uses this expression model from the next frame on; all windows are cleared. */
  setExpression(expression: ExpressionClassifier | undefined): Promise<void> {
    return this.#inTurn(async () => {
      this.#expression = expression;
      this.#windows.restart();
    });
  }

  /** Confirms by this rule from the next frame on; all windows are cleared. */
  setConfirmation(options: WindowOptions): Promise<void> {
    return this.#inTurn(async () => this.#windows.restart(options));
  }

  /** The number of states in memory, which does not grow while the same people are in view. */
  get held(): { readonly tracks: number; readonly identities: number; readonly windows: number } {
    return { tracks: this.#tracker.alive.length, identities: this.#identities.size, windows: this.#windows.count };
  }

  /** Clears tracks, names and windows, for another source. Track numbers start again from 1. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      this.#tracker = new Tracker(this.#options.tracker);
      this.#windows.restart();
      this.#identities.clear();
      this.#names = new Map();
      this.#crops = new Map();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** All that can fail comes first; the state changes after that, synchronously. */
  async #step(frame: Frame): Promise<FrameResult> {
    const { index, timeMs, picture } = frame;
    requirePicture(picture);
    const started = this.#clock();
    const found = await findFaces(frame, this.#detector, this.#options.depthFilter);
    const detected = this.#clock();
    const { plan, faces, tracks, depthsMm, rejected } = this.#follow(found, picture);
    const tracked = this.#clock();
    const identities = await identifyTracks(this.#people, frame, { faces, tracks }, this.#identities, this.#unseen);
    const identified = this.#clock();
    const { crops, answers } = await this.#classify(picture, faces);
    const classified = this.#clock();

    this.#tracker.commit(plan);
    for (const track of plan.ended) {
      this.#windows.endTrack(track);
      this.#identities.delete(track);
    }
    for (const [track, identity] of identities) this.#identities.set(track, identity);
    this.#names = nameTracks(this.#identities, this.#names);
    this.#crops = new Map(tracks.flatMap((track, i) => (crops[i] ? [[track, crops[i]]] : [])));
    const results = faces.map(({ box, score }, i): FaceResult => {
      const track = tracks[i]!;
      const person = this.#names.get(track) ?? null;
      const distance = identities.get(track)?.distance ?? null;
      const expression = answers[i] ? this.#read(answers[i], person) : null;
      const confirmed = expression && this.#windows.push({ person, track }, { ...expression, timeMs });
      const { label = null, probabilities = null } = expression ?? {};
      return {
        box,
        score,
        track,
        person,
        distance,
        expression: label,
        probabilities,
        confirmed,
        depthMm: depthsMm[i]!,
      };
    });
    return {
      frame: index,
      timeMs,
      faces: results,
      rejected,
      latencyMs: {
        detect: detected - started,
        track: tracked - detected,
        identify: identified - tracked,
        classify: classified - identified,
        total: this.#clock() - started,
      },
    };
  }

  /** Divides the detections into faces with their tracks, best first, and rejected ones. Does not change the state. */
  #follow(found: FoundFaces, picture: Picture) {
    const { faces: possible } = found;
    const rejected = [...found.rejected];
    const plan = this.#tracker.match(
      possible.map(({ box }) => box),
      picture,
      (i) => possible[i]!.score >= this.#startScore,
    );
    const faces: Face[] = [];
    const tracks: number[] = [];
    const depthsMm: (number | null)[] = [];
    for (const [i, face] of possible.entries()) {
      const track = plan.tracks[i] ?? null;
      if (track === null) {
        rejected.push({ box: face.box, reason: `score ${face.score.toFixed(2)} is too low for a new face` });
      } else {
        faces.push(face);
        tracks.push(track);
        depthsMm.push(found.depthsMm[i]!);
      }
    }
    return { plan, faces, tracks, depthsMm, rejected };
  }

  /** Every face as the model's input, and the model's answers from one run. */
  async #classify(picture: Picture, faces: readonly Face[]) {
    const model = this.#expression;
    if (!model || faces.length === 0) return { crops: [], answers: [] };
    const { labels, input } = model.metadata;
    const crops = faces.map((face) => cropFace(picture, face, input));
    const answers = await model.predict(crops);
    faces.forEach((_, i) => {
      if (answers[i] && labels[answers[i].label] !== undefined) return;
      throw new ModelFormatError(
        `the expression model must give one of its ${labels.length} labels for each of ${faces.length} faces, found ` +
          `${answers.length} answers, number ${i} being ${answers[i]?.label}; export the model again`,
      );
    });
    return { crops, answers };
  }

  #read(answer: ExpressionAnswer, person: string | null) {
    const own = person === null ? undefined : this.#personal.get(person);
    return readExpression(answer, this.#expression!.metadata.labels, own);
  }
}

function requirePicture({ width, height, channels, data }: Picture): void {
  const whole = Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0;
  if (!whole || ![1, 3, 4].includes(channels) || data.length !== width * height * channels) {
    throw new MediaError(
      `a frame must have width * height * channels values of 8 bit, found ${width}x${height}, ${channels} channels and ` +
        `${data.length} values; check the source that made it`,
    );
  }
}
