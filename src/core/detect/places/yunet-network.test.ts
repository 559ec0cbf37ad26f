// A file with YuNet's outputs: what its numbers mean, fixed and free input sizes, and files that are broken.
import { describe, expect, test } from 'vitest';
import { openSession } from '../../../adapters/node/session.js';
import { ModelFormatError } from '../../errors.js';
import type { Picture } from '../../image/picture.js';
import { GraphBuilder } from '../../onnx/graph-builder.js';
import type { OpenSession, Session, Tensor } from '../../ports/session.js';
import { PlaceDetector } from './place-detector.js';
import { strides } from './places.js';

const channels = { cls: 1, obj: 1, bbox: 4, kps: 10 } as const;

/** A model of its form for pictures of 64 x 64, or of any size: every value is `fill` times the mean of the blue channel. */
function yunet({ fill = 0, side = 64 as number | string, leaveOut = '' } = {}) {
  const graph = new GraphBuilder('yunet');
  const input = graph.input('input', 'float32', [1, 3, side, side]);
  for (const stride of strides) {
    for (const [name, count] of Object.entries(channels)) {
      if (`${name}_${stride}` === leaveOut) continue;
      const places = (64 / stride) ** 2;
      const zeros = graph.constant({ dims: [1, places, count], data: new Float32Array(places * count).fill(fill) });
      const mean = graph.node('ReduceMean', [input], { axes: { ints: [0, 1, 2, 3] }, keepdims: { int: 0 } });
      graph.output(graph.rename(graph.node('Mul', [zeros, mean]), `${name}_${stride}`), 'float32', [1, places, count]);
    }
  }
  return graph.build({});
}

/** A session that says that there is one face at the place in row 3, column 2 of stride 16. */
function oneFace(change: (outputs: Record<string, Tensor>) => void = () => undefined) {
  const shown: Tensor[] = [];
  const open: OpenSession = async () =>
    ({
      run: async ({ input }) => {
        shown.push(input!);
        const [, , height, width] = input!.dims as [number, number, number, number];
        const outputs: Record<string, Tensor> = {};
        for (const stride of strides) {
          const places = (height / stride) * (width / stride);
          for (const [name, count] of Object.entries(channels)) {
            outputs[`${name}_${stride}`] = { dims: [1, places, count], data: new Float32Array(places * count) };
          }
        }
        const place = 3 * (width / 16) + 2;
        const set = (name: string, values: readonly number[]): void => {
          values.forEach((value, i) => {
            (outputs[`${name}_16`]!.data as Float32Array)[place * values.length + i] = value;
          });
        };
        // Its score is the root of 0.9 x 1: values above 1 count as 1.
        set('cls', [0.9]);
        set('obj', [1.2]);
        set('bbox', [0.5, -0.25, Math.log(2), Math.log(3)]);
        set('kps', [-0.5, -1, 1, -1, 0.25, 0, -0.25, 0.5, 0.75, 1]);
        change(outputs);
        return outputs;
      },
      release: async () => undefined,
    }) as Partial<Session> as Session;
  return { open, shown };
}

const red: Picture = {
  width: 80,
  height: 70,
  channels: 3,
  data: Uint8Array.from({ length: 80 * 70 * 3 }, (_, i) => (i % 3 === 0 ? 200 : 10)),
};

describe('a YuNet', () => {
  test('gives boxes and points in pixels; its mouth is the middle of both corners', async () => {
    const { open, shown } = oneFace();
    const detector = await PlaceDetector.open(yunet({ side: 'side' }), open);
    const [face] = await detector.detect(red);
    // Centre (2.5, 2.75) of stride 16, two by three strides large.
    expect(face!.box.map((value) => Math.round(value * 1e3) / 1e3)).toEqual([24, 20, 32, 48]);
    expect(face!.keypoints).toEqual({ rightEye: [24, 32], leftEye: [48, 32], nose: [36, 48], mouth: [36, 60] });
    // The root of 0.9, moved from its own threshold of 0.8 to 0.6.
    expect(face!.score).toBeCloseTo(0.8739, 4);
    expect(detector.metadata).toBeUndefined();
    const [{ dims, data }] = shown as [Tensor];
    expect(dims).toEqual([1, 3, 96, 96]);
    // Blue first, then green and red; black beside the picture.
    expect([data[0], data[96 * 96], data[2 * 96 * 96], data[90]]).toEqual([10, 10, 200, 0]);
  });

  test('with a fixed input is shown pictures that fit', async () => {
    const detector = await PlaceDetector.open(yunet({ fill: 0.01 }), openSession, { minScore: 0.01 });
    for (const picture of [red, { ...red, width: 70, height: 80 }]) {
      const faces = await detector.detect(picture);
      expect(faces.every(({ box }) => box.every(Number.isFinite))).toBe(true);
    }
    await detector.release();
  });

  test.each([
    ['too few values', { cls_8: new Float32Array(3) }, /1 values in cls_8 for each of 144 places/],
    ['scores that are no numbers', { obj_8: new Float32Array(144).fill(Number.NaN) }, /must be numbers/],
  ] as const)('with %s is refused', async (_, wrong, message) => {
    const { open } = oneFace((outputs) => {
      for (const [name, data] of Object.entries(wrong)) outputs[name] = { dims: [1], data };
    });
    const detector = await PlaceDetector.open(yunet({ side: 'side' }), open);
    await expect(detector.detect(red)).rejects.toThrow(message);
  });

  test('with boxes that are no numbers finds nothing there', async () => {
    const { open } = oneFace(({ bbox_16 }) => (bbox_16!.data as Float32Array).fill(Number.NaN));
    const detector = await PlaceDetector.open(yunet({ side: 'side' }), open);
    expect(await detector.detect(red)).toEqual([]);
  });

  test('that lacks an output is none', async () => {
    await expect(PlaceDetector.open(yunet({ leaveOut: 'kps_32' }), openSession)).rejects.toThrow(ModelFormatError);
  });
});
