// A detector that moodlens trained (detector-model.ts), ready to use: pictures of any size in, boxes and four key points out.
import { ModelFormatError } from '../../errors.js';
import type { Picture } from '../../image/picture.js';
import { resize } from '../../image/resize.js';
import { metadataKey } from '../../onnx/metadata-key.js';
import { readModel } from '../../onnx/read-model.js';
import { defaultThreads, type OpenSession, type Session } from '../../ports/session.js';
import { decodePlaces, type PlacedFace } from './decode-places.js';
import { type DetectorMetadata, detectorMetadataSchema, detectorNames } from './detector-metadata.js';
import { countPlaces, outputChannels, strides } from './places.js';
import { padding, writePlanes } from './write-planes.js';

/** Score from which a place counts as a face. */
export const defaultPlaceScore = 0.5;

export interface PlaceDetectorOptions {
  /** Faces below are left out, 0..1; default 0.5. */
  readonly minScore?: number;
  /** Larger pictures are scaled down to this longest side, pixels; default 1280. */
  readonly longestSide?: number;
  /** Threads inside one operator; default 1. */
  readonly threads?: number;
}

export class PlaceDetector {
  readonly metadata: DetectorMetadata;
  readonly #session: Session;
  readonly #minScore: number;
  readonly #longestSide: number;

  private constructor(metadata: DetectorMetadata, session: Session, options: PlaceDetectorOptions) {
    this.metadata = metadata;
    this.#session = session;
    this.#minScore = options.minScore ?? defaultPlaceScore;
    this.#longestSide = options.longestSide ?? 1280;
  }

  /** Throws ModelFormatError when the bytes are not a detector that moodlens wrote. */
  static async open(
    model: Uint8Array,
    openSession: OpenSession,
    options: PlaceDetectorOptions = {},
  ): Promise<PlaceDetector> {
    const metadata = readDetectorMetadata(model);
    return new PlaceDetector(
      metadata,
      await openSession(model, { threads: options.threads ?? defaultThreads }),
      options,
    );
  }

  /** Faces in the picture's pixels, best first; key points are left eye, right eye, nose and mouth, as seen. */
  async detect(picture: Picture): Promise<PlacedFace[]> {
    const scale = Math.min(1, this.#longestSide / Math.max(picture.width, picture.height));
    const scaled =
      scale === 1
        ? picture
        : resize(
            picture,
            Math.max(1, Math.round(picture.width * scale)),
            Math.max(1, Math.round(picture.height * scale)),
          );
    const coarsest = strides[strides.length - 1]!;
    const upTo = (length: number): number => Math.ceil(length / coarsest) * coarsest;
    const [width, height] = [upTo(scaled.width), upTo(scaled.height)];
    const data = new Uint8Array(3 * width * height).fill(padding);
    writePlanes(scaled, { values: data, offset: 0, width, height });
    const outputs = await this.#session.run({ [detectorNames.image]: { dims: [1, 3, height, width], data } });
    const places = outputs[detectorNames.places]?.data;
    if (!(places instanceof Float32Array) || places.length !== outputChannels.count * countPlaces(width, height)) {
      throw new ModelFormatError(
        `a detector must give ${outputChannels.count} values for each of ${countPlaces(width, height)} places; train it again`,
      );
    }
    const found = decodePlaces(places, { width, height, minScore: this.#minScore });
    if (scale === 1) return found;
    const [x, y] = [picture.width / scaled.width, picture.height / scaled.height];
    return found.map(({ score, box, points }) => ({
      score,
      box: [box[0] * x, box[1] * y, box[2] * x, box[3] * y],
      points: points.map((at, i) => at * (i % 2 === 0 ? x : y)),
    }));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** What a detector's file says about itself. Throws ModelFormatError when it is another file. */
export function readDetectorMetadata(model: Uint8Array): DetectorMetadata {
  const text = readModel(model).metadata.get(metadataKey);
  try {
    return detectorMetadataSchema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    throw new ModelFormatError(
      "the model must be a face detector that 'moodlens detector train' wrote, and it is another one",
      { cause },
    );
  }
}
