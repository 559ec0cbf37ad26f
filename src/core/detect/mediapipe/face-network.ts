// One of MediaPipe's face detection networks with its anchors and input buffer.
import { ModelFormatError } from '../../errors.js';
import type { Picture, Point } from '../../image/picture.js';
import type { Session, Tensor } from '../../ports/session.js';
import type { Face } from '../face.js';
import { suppressNonMaxima } from '../non-maximum-suppression.js';
import { type AnchorLayer, createAnchors } from './anchors.js';
import { decodeDetections } from './decode-detections.js';
import { Letterbox } from './letterbox.js';

/** Boxes that overlap more (intersection over union) are one face; MediaPipe's own value. */
const MAX_OVERLAP = 0.3;

/** Input size in pixels and anchors, fixed by the networks' training. */
const geometry = {
  full: { size: 192, layers: [{ cells: 48, perCell: 1 }] },
  short: {
    size: 128,
    layers: [
      { cells: 16, perCell: 2 },
      { cells: 8, perCell: 6 },
    ],
  },
} as const satisfies Record<string, { size: number; layers: readonly AnchorLayer[] }>;

/** One call at a time: the calls share an input buffer. */
export class FaceNetwork {
  readonly #session: Session;
  readonly #letterbox: Letterbox;
  readonly #anchors: Float32Array;

  constructor(session: Session, range: keyof typeof geometry) {
    this.#session = session;
    this.#letterbox = new Letterbox(geometry[range].size);
    this.#anchors = createAnchors(geometry[range].layers);
  }

  /** Faces with a score of at least `minScore`, best first. Throws ModelFormatError when the model is another one. */
  async detect(picture: Picture, minScore: number): Promise<Face[]> {
    const letterbox = this.#letterbox;
    const { size } = letterbox;
    letterbox.fill(picture);
    const { boxes, scores } = await this.#run({ dims: [1, 3, size, size], data: letterbox.data });
    const anchors = this.#anchors.length / 2;
    if (
      !(boxes?.data instanceof Float32Array && scores?.data instanceof Float32Array) ||
      boxes.data.length !== anchors * 16 ||
      scores.data.length !== anchors
    ) {
      throw new ModelFormatError(
        `the face model must give boxes [1, ${anchors}, 16] and scores [1, ${anchors}, 1]; build the models again`,
      );
    }
    const candidates = decodeDetections(boxes.data, scores.data, this.#anchors, size, minScore);
    return suppressNonMaxima(candidates, { maxOverlap: MAX_OVERLAP, weighted: true }).map((values) =>
      toFace(values, letterbox),
    );
  }

  async #run(image: Tensor): Promise<Record<string, Tensor>> {
    try {
      return await this.#session.run({ image });
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause);
      const shape = image.dims.join(', ');
      throw new ModelFormatError(`the face model must take an \`image\` [${shape}], and the runtime said: ${said}`, {
        cause,
      });
    }
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function toFace(values: readonly number[], letterbox: Letterbox): Face {
  const point = (i: number): Point => letterbox.toPicture(values[i]!, values[i + 1]!);
  const [left, top] = point(1);
  const [right, bottom] = point(3);
  return {
    box: [left, top, right - left, bottom - top],
    score: values[0]!,
    keypoints: {
      rightEye: point(5),
      leftEye: point(7),
      nose: point(9),
      mouth: point(11),
      rightEar: point(13),
      leftEar: point(15),
    },
  };
}
