// The teach stage: a folder of pictures per expression of one person -> that person's own calibration.

import { findLabel } from '../../core/dataset/label-names.js';
import type { FaceDetector } from '../../core/detect/face.js';
import { cropFace } from '../../core/detect/face-crop.js';
import { FaceGate } from '../../core/detect/face-gate.js';
import { MediaError, PeopleError } from '../../core/errors.js';
import { findFace, isCroppedFace } from '../../core/identity/find-face.js';
import type { People } from '../../core/identity/people.js';
import { toGrey } from '../../core/image/grey.js';
import { isPictureName } from '../../core/image/is-picture-name.js';
import type { GreyPicture, Picture } from '../../core/image/picture.js';
import { resizeGrey } from '../../core/image/resize.js';
import type { AskedModel } from '../../core/model/expression-model.js';
import { augmentedCopies } from '../../core/personal/augmented-copies.js';
import { type CalibrationJudgement, learnAndJudge } from '../../core/personal/judge-calibration.js';
import type { PersonalCalibration, PredictedExample } from '../../core/personal/personal-calibration.js';
import type { PersonalExample } from '../../core/personal/personal-file.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { DecodePicture } from '../../core/ports/decode-picture.js';

export interface ReadTaught {
  readonly pictures: readonly PersonalExample[];
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}

export interface TeachPorts {
  readonly decode: DecodePicture;
  readonly detector: FaceDetector;
  /** Who it should be, and how to tell; nobody is checked without. */
  readonly identity?: { readonly name: string; readonly people: People } | undefined;
}

/**
 * Reads `EXPRESSION/picture.png` of a folder. Faces are found and cut out as the live view does it; small pictures are taken
 * whole. Throws PeopleError when a folder is no expression of the model, or nothing usable is there.
 */
export async function readTaughtPictures(
  store: BlobStore,
  { metadata: { labels, input } }: Pick<AskedModel, 'metadata'>,
  ports: TeachPorts,
): Promise<ReadTaught> {
  const files = (await store.list()).filter((name) => isPictureName(name) && name.includes('/')).sort();
  const pictures: PersonalExample[] = [];
  const seen = new Map<string, string>();
  const leftOut: { file: string; reason: string }[] = [];
  for (const file of files) {
    const name = file.slice(0, file.indexOf('/'));
    const expression = labels[findLabel(labels, name)];
    if (expression === undefined) {
      throw new PeopleError(
        `each folder must be named as an expression (${labels.join(', ')}), found ${name}; rename it`,
      );
    }
    const face = await readFace(store, file, input, ports);
    const twin = typeof face === 'string' ? undefined : seen.get(`${expression} ${face.data.join()}`);
    if (typeof face === 'string') leftOut.push({ file, reason: face });
    else if (twin !== undefined) leftOut.push({ file, reason: `it is the same picture as ${twin}` });
    else {
      seen.set(`${expression} ${face.data.join()}`, file);
      pictures.push({ expression, picture: face });
    }
  }
  if (pictures.length > 0) return { pictures, leftOut };
  const why = leftOut.map(({ file, reason }) => `\n  ${file}: ${reason}`).join('');
  throw new PeopleError(
    `the folder must hold a folder per expression (${labels.join(', ')}) with pictures, found none that can be used${why}`,
  );
}

async function readFace(
  store: BlobStore,
  file: string,
  size: { readonly width: number; readonly height: number },
  { decode, detector, identity }: TeachPorts,
): Promise<GreyPicture | string> {
  let picture: Picture;
  try {
    picture = await decode((await store.read(file)) ?? new Uint8Array());
  } catch (error) {
    if (error instanceof MediaError) return error.message;
    throw error;
  }
  const whole = () => resizeGrey(toGrey(picture), size.width, size.height);
  if (isCroppedFace(picture)) return goodPicture(whole());
  const face = await findFace(picture, detector);
  if (face === 'none') return 'no face is found in it';
  if (face === 'several') return 'it shows several faces of like size; crop it to the one person';
  const person = identity?.people.identify(picture, face === 'whole' ? null : face).person;
  if (person && person !== identity?.name) return `it looks like ${person}, not like ${identity?.name}`;
  return goodPicture(face === 'whole' ? whole() : cropFace(picture, face, size));
}

/** The picture, or why it teaches nothing: too dark, too bright, blurred. */
function goodPicture(picture: GreyPicture): GreyPicture | string {
  return new FaceGate().pictureFault(picture) ?? picture;
}

export interface Taught {
  readonly calibration: PersonalCalibration;
  readonly judgement: CalibrationJudgement;
}

/** Has the model predict the pictures and learns from its embeddings and probabilities. Throws ConfigError without a picture. */
export function learnPerson(model: AskedModel, pictures: readonly PersonalExample[]): Promise<Taught> {
  return new PersonLearner(model).learn(pictures);
}

/** The same for learning again after each change: the predictions of a picture are kept as long as the picture. */
export class PersonLearner {
  readonly #model: AskedModel;
  readonly #seen = new WeakMap<GreyPicture, Omit<PredictedExample, 'label'>>();

  constructor(model: AskedModel) {
    this.#model = model;
  }

  /** Throws ConfigError without a picture, PeopleError for an expression that the model does not know. */
  async learn(pictures: readonly PersonalExample[]): Promise<Taught> {
    const { labels } = this.#model.metadata;
    const unknown = pictures.find(({ expression }) => !labels.includes(expression));
    if (unknown) {
      const { expression } = unknown;
      throw new PeopleError(
        `the model must know the expression ${expression}, and knows ${labels.join(', ')}; teach it anew`,
      );
    }
    await this.predict(pictures.map(({ picture }) => picture));
    const examples = pictures.map(({ expression, picture }) => ({
      ...{ label: labels.indexOf(expression), ...this.#seen.get(picture)! },
    }));
    return learnAndJudge(examples);
  }

  /** The probabilities of a picture that was predicted, after the personal calibration `reading`; the general model's without one. */
  read(picture: GreyPicture, reading: PersonalCalibration | undefined): ArrayLike<number> {
    const { probabilities, embeddings } = this.#seen.get(picture)!;
    return reading ? reading.adapt(probabilities, embeddings[0]!) : probabilities;
  }

  /** Has the model predict those pictures that it has no predictions of yet, ahead of learning. */
  async predict(pictures: readonly GreyPicture[]): Promise<void> {
    const fresh = pictures.filter((picture) => !this.#seen.has(picture));
    const copies = fresh.map(augmentedCopies);
    const predictions = await this.#model.predict(copies.flat());
    let at = 0;
    fresh.forEach((picture, i) => {
      const own = predictions.slice(at, at + copies[i]!.length);
      at += copies[i]!.length;
      this.#seen.set(picture, {
        embeddings: own.map(({ embedding }) => embedding),
        probabilities: own[0]!.probabilities,
      });
    });
  }
}
