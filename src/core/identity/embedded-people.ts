// Names faces by their embedding, and learns people from their pictures with it.
import type { Face } from '../detect/face.js';
import { type ChipForm, faceChip } from '../detect/face-chip.js';
import { MediaError, PeopleError } from '../errors.js';
import type { Picture } from '../image/picture.js';
import type { DecodePicture } from '../ports/decode-picture.js';
import type { EncodePicture } from '../ports/encode-picture.js';
import { type Progress, silentProgress } from '../ports/progress.js';
import {
  EmbeddedGallery,
  type EmbeddedPicture,
  type EmbeddingFacts,
  type ThresholdChoice,
} from './embedded-gallery.js';
import { embedFaces } from './embedding/embed-faces.js';
import type { FaceEmbedding } from './embedding/face-embedding.js';
import { defaultFalseAccepts } from './embedding-threshold.js';
import type { Identification } from './identification.js';
import type { ExamplesByPerson } from './personal-section.js';

/** An opened embedding, and the SHA-256 of its file. */
export interface HashedEmbedding {
  readonly embedding: Pick<FaceEmbedding, 'embed' | 'chipForm' | 'metadata'>;
  readonly hash: string;
}

/** Identifies faces of pictures by a gallery and the embedding that made it. */
export class EmbeddedPeople {
  readonly gallery: EmbeddedGallery;
  readonly #embedding: HashedEmbedding['embedding'];

  /** Throws PeopleError when the gallery is another embedding's (`reEmbed` computes it anew), or its vectors have another length. */
  constructor(gallery: EmbeddedGallery, { embedding, hash }: HashedEmbedding) {
    const { name, output } = embedding.metadata;
    if (gallery.facts.hash !== hash) {
      throw new PeopleError(
        `the people must be known by the embedding ${name} (${hash.slice(0, 12)}), and are by ${gallery.facts.name} (${gallery.facts.hash.slice(0, 12)}); convert the people file`,
      );
    }
    if (gallery.facts.length !== output.length) {
      throw new PeopleError(
        `embeddings of ${name} must have ${output.length} numbers, and those of the people have ${gallery.facts.length}; the people file is damaged, train again`,
      );
    }
    this.gallery = gallery;
    this.#embedding = embedding;
  }

  /** Identifies a face; null takes the whole picture for one. `person` null is unknown. */
  async identify(picture: Picture, face: Face | null): Promise<Identification> {
    const [identification] = await this.identifyAll(picture, [face]);
    return identification!;
  }

  /** Identifies faces of one picture in one run of the embedding. */
  async identifyAll(picture: Picture, faces: readonly (Face | null)[]): Promise<Identification[]> {
    const chips = faces.map((face) => chipOf(picture, face, this.#embedding.chipForm));
    return (await embedFaces(this.#embedding, chips)).map((vector) => this.gallery.identify(vector));
  }

  get names(): readonly string[] {
    return this.gallery.names;
  }

  get taught(): ExamplesByPerson {
    return this.gallery.taught;
  }

  /** Faces are found and cut, as LBPH's aligned ones. */
  get align(): true {
    return true;
  }
}

/** The face's chip; null takes the whole picture for a face that fills it. */
export function chipOf(picture: Picture, face: Face | null, form: ChipForm): Picture {
  return faceChip(picture, face ?? wholeFace(picture), form);
}

/** What a gallery keeps of the embedding that made it. */
export function embeddingFacts({ embedding, hash }: HashedEmbedding): EmbeddingFacts {
  const { name, output } = embedding.metadata;
  return { name, hash, length: output.length, chip: embedding.chipForm };
}

/** A face of a picture as a gallery holds it, its chip encoded by `encode` where there is one; `face` null takes the whole picture for one. */
export async function embedPicture(
  { embedding }: HashedEmbedding,
  picture: Picture,
  face: Face | null,
  encode?: EncodePicture,
): Promise<EmbeddedPicture> {
  const chip = chipOf(picture, face, embedding.chipForm);
  const [vector] = await embedFaces(embedding, [chip]);
  return { embedding: vector!, ...(encode ? { picture: await encode(chip) } : {}) };
}

export interface ReEmbedded {
  readonly gallery: EmbeddedGallery;
  /** What the user should know of it. */
  readonly notes: readonly string[];
}

/**
 * The same people by another embedding, from their kept pictures. A threshold that the user gave as a distance is found anew, as no
 * distance of one embedding holds for another. Throws PeopleError, naming them, when people have no picture that can be read.
 */
export async function reEmbed(
  gallery: EmbeddedGallery,
  hashed: HashedEmbedding,
  decode: DecodePicture,
  progress: Progress = silentProgress,
): Promise<ReEmbedded> {
  const { facts } = gallery;
  const people: [string, EmbeddedPicture[]][] = [];
  const without: string[] = [];
  let unusable = 0;
  for (const [i, name] of gallery.names.entries()) {
    const pictures: EmbeddedPicture[] = [];
    for (const { picture } of gallery.pictures(name)) {
      if (picture === undefined) continue;
      const chip = await newChip(picture, facts.chip, hashed, decode);
      if (chip === undefined) unusable++;
      else pictures.push({ embedding: (await embedFaces(hashed.embedding, [chip]))[0]!, picture });
    }
    if (pictures.length === 0) without.push(name);
    people.push([name, pictures]);
    progress.update(i + 1, gallery.names.length, 'people');
  }
  progress.finish();
  const { name } = hashed.embedding.metadata;
  if (without.length > 0) {
    throw new PeopleError(
      `the people file is of the embedding ${facts.name} (${facts.hash.slice(0, 12)}), and to know its people by ${name} (${hashed.hash.slice(0, 12)}) it must hold their pictures; it holds none that can be read of ${without.slice(0, 10).join(', ')}${without.length > 10 ? ` and ${without.length - 10} more` : ''}; train again from pictures`,
    );
  }
  const wasGiven = gallery.threshold !== undefined && gallery.falseAccepts === undefined;
  const { falseAccepts = defaultFalseAccepts } = gallery;
  const choice: ThresholdChoice = gallery.threshold === undefined ? { threshold: 'none' } : { falseAccepts };
  // The pictures stay cut as they were; only the vectors are new.
  const trained = EmbeddedGallery.train({ ...embeddingFacts(hashed), chip: facts.chip }, people, choice);
  trained.taught = gallery.taught;
  const notes = [
    `the people are known by another embedding (${facts.name}, ${facts.hash.slice(0, 12)}): embedded anew from their pictures`,
    ...(unusable > 0 ? [`${unusable} kept pictures cannot be read and are left out`] : []),
    ...(wasGiven ? ['the given threshold does not hold for this embedding: it is found anew'] : []),
  ];
  return { gallery: trained, notes };
}

/** A kept picture cut for another embedding; undefined when it cannot be read or has another size than the file says. */
async function newChip(
  picture: Uint8Array,
  kept: ChipForm,
  { embedding }: HashedEmbedding,
  decode: DecodePicture,
): Promise<Picture | undefined> {
  try {
    const chip = await decode(picture);
    if (chip.width !== kept.width || chip.height !== kept.height) return undefined;
    const face: Face = { ...wholeFace(chip), keypoints: kept.places };
    return faceChip(chip, face, embedding.chipForm);
  } catch (error) {
    // Places that coincide, too: the file may be anybody's.
    if (error instanceof MediaError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function wholeFace({ width, height }: Picture): Face {
  return { box: [0, 0, width, height], score: 1, keypoints: null };
}
