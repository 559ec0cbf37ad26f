// YuNet, the small face detector of OpenCV's model zoo (face_detection_yunet): W. Wu, H. Peng, S. Yu, "YuNet: A Tiny
// Millisecond-level Face Detector", Machine Intelligence Research 2023. Its file has twelve outputs, four of each stride.
import { ModelFormatError } from '../../errors.js';
import type { Picture } from '../../image/picture.js';
import type { Dimension, OnnxModel } from '../../onnx/onnx-model.js';
import type { Session } from '../../ports/session.js';
import { type PlaceNetwork, paddedSide, requireScores } from './place-network.js';
import { keepBestFaces, type PlacedFace } from './placed-face.js';
import { largestLogSize, placeLevels, strides } from './places.js';

const parts = { cls: 1, obj: 1, bbox: 4, kps: 10 } as const;
type Part = keyof typeof parts;

/** Whether a model has YuNet's outputs. */
export function isYunet({ outputs }: Pick<OnnxModel, 'outputs'>): boolean {
  const names = new Set(outputs.map(({ name }) => name));
  return strides.every((stride) => Object.keys(parts).every((part) => names.has(`${part}_${stride}`)));
}

export class YunetNetwork implements PlaceNetwork {
  /** Score at which it makes few false detections (OpenCV's own examples take 0.6 to 0.9). */
  readonly threshold = 0.8;
  readonly largest: PlaceNetwork['largest'];
  readonly #session: Session;
  readonly #input: string;

  /** Throws ModelFormatError when the input is none for pictures. */
  constructor(session: Session, { inputs, initializers }: Pick<OnnxModel, 'inputs' | 'initializers'>) {
    const constants = new Set(initializers.map(({ name }) => name));
    const input = inputs.find(({ name }) => !constants.has(name));
    if (input === undefined || (input.dims && (input.dims.length !== 4 || input.dims[1] !== 3))) {
      throw new ModelFormatError(
        `a YuNet must take pictures [1, 3, height, width], and this one takes [${input?.dims?.join(', ') ?? ''}]; download it again`,
      );
    }
    this.#session = session;
    this.#input = input.name;
    this.largest = fixedSize(input.dims);
  }

  async detect(picture: Picture, minScore: number): Promise<PlacedFace[]> {
    const { width, height } = this.largest ?? {
      width: paddedSide(picture.width),
      height: paddedSide(picture.height),
    };
    const data = bluePlanes(picture, width, height);
    const outputs = await this.#session.run({ [this.#input]: { dims: [1, 3, height, width], data } });
    const candidates: number[][] = [];
    for (const { stride, columns, rows } of placeLevels(width, height)) {
      const read = (part: Part): Float32Array => {
        const values = outputs[`${part}_${stride}`]?.data;
        if (values instanceof Float32Array && values.length === parts[part] * columns * rows) return values;
        throw new ModelFormatError(
          `a YuNet must give ${parts[part]} values in ${part}_${stride} for each of ${columns * rows} places; download it again`,
        );
      };
      const [cls, obj, boxes, points] = [read('cls'), read('obj'), read('bbox'), read('kps')];
      requireScores(cls);
      requireScores(obj);
      for (let place = 0; place < rows * columns; place++) {
        const score = Math.sqrt(unit(cls[place]!) * unit(obj[place]!));
        if (score < minScore) continue;
        candidates.push(readCandidate(score, boxes, points, place, columns, stride));
      }
    }
    return keepBestFaces(candidates.filter((values) => values.every(Number.isFinite)));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function readCandidate(
  score: number,
  boxes: Float32Array,
  points: Float32Array,
  place: number,
  columns: number,
  stride: number,
): number[] {
  const [column, row] = [place % columns, Math.floor(place / columns)];
  const [x, y] = [(column + boxes[4 * place]!) * stride, (row + boxes[4 * place + 1]!) * stride];
  const half = (i: number): number => (Math.exp(Math.min(largestLogSize, boxes[4 * place + i]!)) * stride) / 2;
  const [halfWidth, halfHeight] = [half(2), half(3)];
  const at = (i: number): number => (points[10 * place + i]! + (i % 2 === 0 ? column : row)) * stride;
  // Its points: the eye on the left as seen, the other eye, the nose, both corners of the mouth.
  const mouth = [(at(6) + at(8)) / 2, (at(7) + at(9)) / 2];
  return [
    score,
    ...[x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight],
    ...[0, 1, 2, 3, 4, 5].map(at),
    ...mouth,
  ];
}

/** Planes blue, green, red with values 0..255; black beside the picture. */
function bluePlanes({ width, height, channels, data }: Picture, wide: number, high: number): Float32Array {
  const out = new Float32Array(3 * wide * high);
  for (let plane = 0; plane < 3; plane++) {
    const channel = channels === 1 ? 0 : 2 - plane;
    for (let y = 0; y < height; y++) {
      const to = plane * wide * high + y * wide;
      for (let x = 0, i = y * width * channels + channel; x < width; x++, i += channels) out[to + x] = data[i]!;
    }
  }
  return out;
}

function fixedSize(dims: readonly Dimension[] | undefined): PlaceNetwork['largest'] {
  const [, , height, width] = dims ?? [];
  return typeof height === 'number' && typeof width === 'number' && height > 0 && width > 0
    ? { width, height }
    : undefined;
}

const unit = (value: number): number => Math.min(1, Math.max(0, value));
