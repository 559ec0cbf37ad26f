// The people that can be recognised: an LBPH recogniser with names, one face size, and a distance threshold for
// unknown faces. Saved as OpenCV's own LBPH file with one more key, which OpenCV skips.
import type { Face } from '../detect/face.js';
import { alignedFace, type CropSize } from '../detect/face-crop.js';
import { PeopleError } from '../errors.js';
import { crop } from '../image/crop.js';
import { toGrey } from '../image/grey.js';
import type { GreyPicture, Picture } from '../image/picture.js';
import { resizeGrey } from '../image/resize.js';
import { isEmbeddedGallery } from './embedded-people-file.js';
import { type FaceCut, type FaceLight, inLight, lbphForLight } from './face-light.js';
import { readFileStorage } from './file-storage-yaml.js';
import type { Identification } from './identification.js';
import { byCode, joinByName } from './join-by-name.js';
import { type LbphOptions, LbphRecogniser } from './lbph.js';
import { leaveOneOutThreshold, usualStrangerDistance } from './open-set-threshold.js';
import { recogniserOf, writeOpenCvYaml } from './opencv-yaml.js';
import { peopleSection, readPeopleSection, writePeopleSection } from './people-section.js';
import { nearestName, personName, personNames } from './person-name.js';
import {
  type ExamplesByPerson,
  personalSection,
  readPersonalSection,
  writePersonalSection,
} from './personal-section.js';

/** A picture of a person, and the face in it; `face` null uses the whole picture as the face. */
export interface FaceSample {
  readonly picture: Picture;
  readonly face: Face | null;
}

export interface PeopleOptions {
  /** Crop faces upright by the eyes (default); false uses pictures as they are, grey and whole, all of one size. */
  readonly align?: boolean;
  /** Illumination normalisation; default `tan-triggs` with alignment, else `as-is`. */
  readonly light?: FaceLight;
  /** Size of aligned faces, in pixels; default 100 x 100. */
  readonly faceSize?: CropSize;
  /** Distance from which a face is unknown; 'auto' (default) estimates it from the pictures, see leaveOneOutThreshold. */
  readonly threshold?: 'auto' | 'none' | number;
  /** Default: the options that belong to the illumination normalisation, see face-light.ts. */
  readonly lbph?: Omit<LbphOptions, 'threshold'>;
}

export const defaultFaceSize: CropSize = { width: 100, height: 100 };

const headLine = '# moodlens people file: OpenCV reads it too (cv2.face.LBPHFaceRecognizer)\n';

/** The known people. Every error is a PeopleError. */
export class People {
  /** The recogniser itself; its labels number `names`. */
  readonly recogniser: LbphRecogniser;
  /** Whether faces are cropped upright by the eyes. */
  readonly align: boolean;
  /** The illumination normalisation of faces. */
  readonly light: FaceLight;
  /** The size of every face; undefined in a file of OpenCV's own, which does not record it. */
  readonly faceSize: CropSize | undefined;
  /** The personal examples of people's expressions; saved with them. */
  taught: ExamplesByPerson = new Map();

  private constructor(recogniser: LbphRecogniser, { align, light, faceSize }: FaceCut) {
    this.recogniser = recogniser;
    this.align = align;
    this.light = light;
    this.faceSize = faceSize;
  }

  /**
   * Trains on people's pictures. Names are trimmed and normalised to Unicode's NFC; faces of equal names are joined.
   * The result does not depend on the order of the names.
   */
  static train(facesByName: Iterable<readonly [string, readonly FaceSample[]]>, options: PeopleOptions = {}): People {
    const { align = true, light = align ? 'tan-triggs' : 'as-is', threshold = 'auto', lbph = {} } = options;
    if (typeof threshold === 'number' && !(threshold > 0)) {
      throw new PeopleError(`a threshold must be above 0; found ${threshold}; use 'none' to take everybody for known`);
    }
    const persons = joinByName(facesByName);
    const faceSize = align ? (options.faceSize ?? defaultFaceSize) : sizeOfFirst(persons);
    const faces = persons.flatMap(([name, samples], label) =>
      samples.map((sample, i) => {
        if (!align) mustHaveSize(sample.picture, faceSize, `picture ${i + 1} of ${name}`);
        const cut = align ? alignedCrop(sample, faceSize) : toGrey(sample.picture);
        return { picture: inLight(cut, light), label };
      }),
    );
    const recogniser = LbphRecogniser.train(faces, { ...lbphForLight(light), ...lbph });
    persons.forEach(([name], label) => {
      recogniser.labelNames.set(label, name);
    });
    const people = new People(recogniser, { align, light, faceSize });
    if (threshold === 'auto') people.learnThreshold();
    else if (threshold !== 'none') recogniser.threshold = threshold;
    return people;
  }

  /** People of an existing recogniser, such as one joined from two. `like` has the preparation of its faces. */
  static restore(recogniser: LbphRecogniser, like: FaceCut): People {
    return new People(recogniser, like);
  }

  /** Reads people as saved by `toYaml`, or OpenCV's own LBPH file, whose faces are whole pictures, unaligned. Names get the form of `personName`. */
  static fromYaml(text: string): People {
    if (isEmbeddedGallery(text)) {
      throw new PeopleError(
        "the people file must be of LBPH and is of a face embedding; 'moodlens people convert FILE --out people.yml --faces DIR' makes one of LBPH",
      );
    }
    const document = readFileStorage(text);
    const facts = document.get(peopleSection);
    if (facts === undefined) {
      if (text.slice(0, 1000).includes(headLine.trim())) {
        throw new PeopleError(
          `the people file must end with ${peopleSection} and does not: it is cut short; train it again`,
        );
      }
      const whole = new People(recogniserOf(document), { align: false, light: 'as-is', faceSize: undefined });
      whole.#cleanNames(nearestName);
      return whole;
    }
    if (!(facts instanceof Map)) {
      throw new PeopleError(`the people file's ${peopleSection} must have keys; it is damaged`);
    }
    const { cut, names } = readPeopleSection(facts);
    const people = new People(recogniserOf(document, cut.faceSize), cut);
    const found = people.recogniser.labelNames.size;
    if (found !== names) {
      throw new PeopleError(`the people file must name ${names} people and names ${found}; it is damaged`);
    }
    const nameOf = people.#cleanNames(personName);
    // Throws when faces of this size do not fill the grid.
    const { width, height } = cut.faceSize;
    people.recogniser.describe({ width, height, channels: 1, data: new Uint8Array(width * height) });
    people.taught = readPersonalSection(document.get(personalSection), nameOf);
    return people;
  }

  /** OpenCV's LBPH file, followed by our section. */
  toYaml(): string {
    const text = writeOpenCvYaml(this.recogniser);
    if (!this.faceSize) return text;
    const section = writePeopleSection(
      { align: this.align, light: this.light, faceSize: this.faceSize },
      this.recogniser.labelNames.size,
    );
    // Our section stays last: a truncated file lacks it.
    return `${text.replace('---\n', `---\n${headLine}`)}${writePersonalSection(this.taught)}${section}`;
  }

  /** Identifies a face: `person` null is unknown; `distance` is to the nearest known face in either case. */
  identify(picture: Picture, face: Face | null): Identification {
    const { person, distance } = this.nearest(picture, face);
    return { person: distance < this.recogniser.threshold ? person : null, distance };
  }

  /** The person of the nearest known face, regardless of the threshold. */
  nearest(picture: Picture, face: Face | null): Identification & { readonly person: string } {
    const { label, distance } = this.recogniser.nearest(this.probe(picture, face));
    return { person: this.#nameOf(label), distance };
  }

  /** A face as the recogniser's input. */
  probe(picture: Picture, face: Face | null): GreyPicture {
    return inLight(this.#cut(picture, face), this.light);
  }

  /** Estimates the threshold for unknown faces from the gallery alone, by leaving faces out. */
  learnThreshold(): void {
    this.recogniser.threshold = leaveOneOutThreshold(this.recogniser, usualStrangerDistance(this));
  }

  /** Brings the names of a file into the form in which names are kept; returns the new names by the written ones. */
  #cleanNames(cleaned: (written: string) => string): ReadonlyMap<string, string> {
    const { labelNames } = this.recogniser;
    const nameOf = personNames(
      [...labelNames.values()].filter((name) => name !== ''),
      cleaned,
    );
    for (const [label, written] of labelNames) labelNames.set(label, nameOf.get(written) ?? '');
    return nameOf;
  }

  #cut(picture: Picture, face: Face | null): GreyPicture {
    if (this.align) return alignedCrop({ picture, face }, this.faceSize ?? defaultFaceSize);
    if (face) return wholeFace(crop(picture, face.box), this.faceSize ?? defaultFaceSize);
    return this.faceSize ? wholeFace(picture, this.faceSize) : toGrey(picture);
  }

  /** Everybody's name, sorted. */
  get names(): readonly string[] {
    return [...this.#counts().keys()].sort(byCode);
  }

  /** The number of pictures of a person. */
  pictureCount(name: string): number {
    return this.#counts().get(name) ?? 0;
  }

  /** Distance from which a face is unknown; undefined without a threshold, when every face gets a name. */
  get threshold(): number | undefined {
    const { threshold } = this.recogniser;
    return threshold < Number.MAX_VALUE ? threshold : undefined;
  }

  #counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const label of this.recogniser.labels) {
      const name = this.#nameOf(label);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  #nameOf(label: number): string {
    return this.recogniser.labelNames.get(label) || `label ${label}`;
  }
}

function sizeOfFirst(people: readonly (readonly [string, readonly FaceSample[]])[]): CropSize {
  const { width, height } = people[0]![1][0]!.picture;
  return { width, height };
}

function mustHaveSize(picture: Picture, size: CropSize, which: string): void {
  if (picture.width !== size.width || picture.height !== size.height) {
    throw new PeopleError(
      `without alignment all pictures must have one size, here ${size.width}x${size.height}; ${which} is ${picture.width}x${picture.height}; resize it, or train with alignment`,
    );
  }
}

function alignedCrop({ picture, face }: FaceSample, size: CropSize): GreyPicture {
  return face ? alignedFace(picture, face, size) : wholeFace(picture, size);
}

/** The whole picture at the wanted size; its centre when the aspect ratio differs, so that nothing is stretched. */
function wholeFace(picture: Picture, size: CropSize): GreyPicture {
  const grey = toGrey(picture);
  if (grey.width === size.width && grey.height === size.height) return grey;
  const scale = Math.min(grey.width / size.width, grey.height / size.height);
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  const left = Math.floor((grey.width - width) / 2);
  const top = Math.floor((grey.height - height) / 2);
  return resizeGrey(crop(grey, [left, top, width, height]), size.width, size.height);
}
