// Networks that say of every place of a picture whether a face is there, with the picture at its own scale.
import { ModelFormatError } from '../../errors.js';
import type { Picture } from '../../image/picture.js';
import { metadataKey } from '../../onnx/metadata-key.js';
import type { OnnxModel } from '../../onnx/onnx-model.js';
import type { Session } from '../../ports/session.js';
import { decodePlaces } from './decode-places.js';
import { type DetectorMetadata, detectorMetadataSchema, detectorNames } from './detector-metadata.js';
import type { PlacedFace } from './placed-face.js';
import { countPlaces, outputChannels, strides } from './places.js';
import { padding, writePlanes } from './write-planes.js';

export interface PlaceNetwork {
  /** The network's score from which a detection counts as a face, above 0 and below 1. */
  readonly threshold: number;
  /** Larger pictures do not fit, pixels; undefined for a network that takes any size. */
  readonly largest: { readonly width: number; readonly height: number } | undefined;
  /** Faces with at least this score, best first, in the picture's pixels. Throws ModelFormatError for values that cannot be a detector's. */
  detect(picture: Picture, minScore: number): Promise<PlacedFace[]>;
  release(): Promise<void>;
}

/** Of a file that names no threshold. */
export const usualThreshold = 0.5;

/** A detector that moodlens trained (model/build-detector-model.ts). */
export class TrainedNetwork implements PlaceNetwork {
  readonly threshold: number;
  readonly largest = undefined;
  readonly #session: Session;

  constructor(session: Session, { threshold = usualThreshold }: DetectorMetadata) {
    this.#session = session;
    this.threshold = threshold;
  }

  async detect(picture: Picture, minScore: number): Promise<PlacedFace[]> {
    const [width, height] = [paddedSide(picture.width), paddedSide(picture.height)];
    const data = new Uint8Array(3 * width * height).fill(padding);
    writePlanes(picture, { values: data, offset: 0, width, height });
    const outputs = await this.#session.run({ [detectorNames.image]: { dims: [1, 3, height, width], data } });
    const places = outputs[detectorNames.places]?.data;
    const count = countPlaces(width, height);
    if (!(places instanceof Float32Array) || places.length !== outputChannels.count * count) {
      throw new ModelFormatError(
        `a detector must give ${outputChannels.count} values for each of ${count} places; train it again`,
      );
    }
    requireScores(places.subarray(0, count));
    return decodePlaces(places, { width, height, minScore });
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** The side with padding, so that the largest stride divides it. */
export function paddedSide(side: number): number {
  const coarsest = strides[strides.length - 1]!;
  return Math.ceil(side / coarsest) * coarsest;
}

/** Throws ModelFormatError unless all are numbers: with damaged weights a detector would find nothing and not say why. */
export function requireScores(scores: Float32Array): void {
  if (scores.every((score) => !Number.isNaN(score))) return;
  throw new ModelFormatError(
    "the detector's scores must be numbers, and some are not (NaN): its weights are damaged; export or train it again",
  );
}

/** What a detector's file says about itself; undefined when it is another file. */
export function detectorMetadataOf(model: OnnxModel): DetectorMetadata | undefined {
  try {
    return detectorMetadataSchema.parse(JSON.parse(model.metadata.get(metadataKey) ?? ''));
  } catch {
    return undefined;
  }
}
