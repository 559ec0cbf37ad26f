// Whether a picture that should be a cropped face shows one. Detectors need background around a face, so the picture gets a black margin.
import type { GreyPicture } from '../../image/picture.js';
import type { OpenSession } from '../../ports/session.js';
import { FaceNetwork } from './face-network.js';
import type { MediaPipeModels } from './mediapipe-detector.js';

/**
 * Black margin around the picture, in picture widths, and the score that counts as a face; what both networks find in FER2013:
 * docs/experiments/audit.md, 'Pictures without a face'.
 */
const margins = { short: { margin: 1 / 3 }, full: { margin: 2 / 3 } } as const;
export const cropFaceScore = 0.5;

/** Lower scores are 0. */
const lowestScore = 0.05;

export class CropFaceCheck {
  readonly #shortRange: FaceNetwork;
  readonly #fullRange: FaceNetwork;

  private constructor(shortRange: FaceNetwork, fullRange: FaceNetwork) {
    this.#shortRange = shortRange;
    this.#fullRange = fullRange;
  }

  /** Loads the networks. Throws ModelFormatError for bytes that are no model. */
  static async open(models: Required<MediaPipeModels>, openSession: OpenSession): Promise<CropFaceCheck> {
    const shortRange = new FaceNetwork(await openSession(models.shortRange, { threads: 1 }), 'short');
    try {
      return new CropFaceCheck(
        shortRange,
        new FaceNetwork(await openSession(models.fullRange, { threads: 1 }), 'full'),
      );
    } catch (error) {
      await shortRange.release();
      throw error;
    }
  }

  /**
   * The better score of the two networks, 0..1; the full range one runs only when the short range one, which finds more in crops
   * and is faster, finds nothing. Not to be called again before a call has ended.
   */
  async score(picture: GreyPicture): Promise<number> {
    const close = await bestScore(this.#shortRange, withMargin(picture, margins.short.margin));
    if (close >= cropFaceScore) return close;
    return Math.max(close, await bestScore(this.#fullRange, withMargin(picture, margins.full.margin)));
  }

  async release(): Promise<void> {
    await this.#shortRange.release();
    await this.#fullRange.release();
  }
}

async function bestScore(network: FaceNetwork, picture: GreyPicture): Promise<number> {
  return (await network.detect(picture, lowestScore))[0]?.score ?? 0;
}

function withMargin({ width, height, data }: GreyPicture, share: number): GreyPicture {
  const margin = Math.round(share * Math.max(width, height));
  const wide = width + 2 * margin;
  const out = new Uint8Array(wide * (height + 2 * margin));
  for (let y = 0; y < height; y++) out.set(data.subarray(y * width, (y + 1) * width), (y + margin) * wide + margin);
  return { width: wide, height: height + 2 * margin, channels: 1, data: out };
}
