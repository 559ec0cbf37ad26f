// Collecting faces from frames that the test draws, with a detector that says where they are.
import { describe, expect, it } from 'vitest';
import type { Face, FaceKeypoints } from '../../core/detect/face.js';
import { ConfigError } from '../../core/errors.js';
import type { Picture } from '../../core/image/picture.js';
import { createRandom } from '../../core/numbers/random.js';
import { type CandidateFrame, collectFaces } from './collect.js';
import type { CollectOptions } from './config.js';

const face: Face = { box: [200, 150, 120, 120], score: 0.9, keypoints: null };

interface Look {
  readonly mean?: number;
  readonly contrast?: number;
  /** Side of the blocks of one grey; large ones look blurred. */
  readonly smooth?: boolean;
}

/** Noise in blocks of 4 pixels; smooth: a slow wave instead. */
function scene(seed: number, { mean = 120, contrast = 40, smooth = false }: Look = {}): Picture {
  const random = createRandom(seed);
  const phase = random.next() * 6;
  const blocks = Float64Array.from({ length: 160 * 120 }, () => random.normal());
  const data = new Uint8Array(640 * 480);
  for (let y = 0; y < 480; y++) {
    for (let x = 0; x < 640; x++) {
      const value = smooth ? Math.sin(x / 30 + phase) * 1.4 : blocks[(y >> 2) * 160 + (x >> 2)]!;
      data[y * 640 + x] = Math.max(0, Math.min(255, mean + contrast * value));
    }
  }
  return { width: 640, height: 480, channels: 1, data };
}

async function* frames(list: readonly CandidateFrame[]): AsyncGenerator<CandidateFrame> {
  yield* list;
}

function pictures(...list: (Picture | 'unreadable')[]): CandidateFrame[] {
  return list.map((picture) => ({ picture, timeMs: null }));
}

async function run(list: readonly CandidateFrame[], options: CollectOptions = {}, faces: readonly Face[] = [face]) {
  const saved: Picture[] = [];
  const collection = await collectFaces(frames(list), options, {
    detector: { detect: async () => [...faces], release: async () => undefined },
    save: async (picture) => void saved.push(picture),
  });
  return { ...collection, pictures: saved };
}

describe('collectFaces', () => {
  it('saves the face with surroundings until there are enough', async () => {
    const result = await run(pictures(scene(1), scene(2), scene(3)), { photos: 2 });
    expect(result).toMatchObject({ saved: 2, looked: 2, rejected: {} });
    expect(result.pictures.map(({ width, height }) => [width, height])).toEqual([
      [264, 264],
      [264, 264],
    ]);
  });

  it('cuts at the border and shrinks what is large', async () => {
    const large: Face = { ...face, box: [10, 5, 460, 460] };
    const {
      pictures: [only],
    } = await run(pictures(scene(1)), {}, [large]);
    expect([only!.width, only!.height]).toEqual([512, 384]);
  });

  it('leaves time between saved frames, but not after one that it did not save', async () => {
    const times = [0, 100, 200, 300, 450, 600];
    const list = times.map((timeMs) => ({ picture: scene(timeMs), timeMs }));
    expect(await run(list, { everyMs: 200 })).toMatchObject({ saved: 3, tooSoon: 3, looked: 3 });
    list[2] = { picture: scene(9, { mean: 10 }), timeMs: 200 };
    expect(await run(list, { everyMs: 200 })).toMatchObject({ saved: 3, tooSoon: 2, rejected: { 'too dark': 1 } });
  });

  it.each([
    ['no face', scene(1), []],
    ['several faces', scene(1), [face, { ...face, box: [0, 0, 110, 110] as const }]],
    ['too small', scene(1), [{ ...face, box: [50, 50, 59, 70] as const }]],
    ['too dark', scene(1, { mean: 20 }), [face]],
    ['too bright', scene(1, { mean: 240 }), [face]],
    ['too little contrast', scene(1, { contrast: 4 }), [face]],
    ['blurred', scene(1, { smooth: true }), [face]],
    ['unreadable', 'unreadable', [face]],
  ] as const)('rejects: %s', async (reason, picture, faces) => {
    expect(await run(pictures(picture), {}, faces)).toMatchObject({ saved: 0, looked: 1, rejected: { [reason]: 1 } });
  });

  it('rejects a face like one that was saved before, however long ago', async () => {
    const [one, other] = [scene(1), scene(2)];
    const result = await run(pictures(one, one, other, one));
    expect(result).toMatchObject({ saved: 2, rejected: { 'like one before': 2 } });
  });

  it.each([
    ['turned away', { nose: [185, 130] }, { maxTurn: 2 }],
    ['tilted', { leftEye: [180, 190] }, { maxTiltDegrees: 90 }],
  ] as const)('rejects a head that is %s, unless that is allowed', async (reason, change, allowed) => {
    const ahead = {
      rightEye: [120, 110],
      leftEye: [180, 110],
      nose: [150, 135],
      mouth: [150, 165],
      rightEar: [100, 120],
      leftEar: [200, 120],
    } as const;
    const posed = (keypoints: Partial<FaceKeypoints>): Face => ({ ...face, keypoints: { ...ahead, ...keypoints } });
    expect(await run(pictures(scene(1)), {}, [posed({})])).toMatchObject({ saved: 1, rejected: {} });
    expect(await run(pictures(scene(1)), {}, [posed(change)])).toMatchObject({ saved: 0, rejected: { [reason]: 1 } });
    expect(await run(pictures(scene(1)), allowed, [posed(change)])).toMatchObject({ saved: 1 });
  });

  it('takes a face in front of a small one in the background', async () => {
    const behind: Face = { ...face, box: [10, 10, 50, 50] };
    expect(await run(pictures(scene(1)), {}, [behind, face])).toMatchObject({ saved: 1 });
  });

  it('stops when asked to', async () => {
    const saved: Picture[] = [];
    const collection = await collectFaces(
      frames(pictures(scene(1), scene(2), scene(3))),
      {},
      {
        detector: { detect: async () => [face], release: async () => undefined },
        save: async (picture) => void saved.push(picture),
        shouldStop: () => saved.length === 2,
      },
    );
    expect(collection).toMatchObject({ saved: 2 });
  });

  it.each([{ photos: 0 }, { photos: 1.5 }, { everyMs: -1 }, { minFacePx: Number.NaN }])(
    'refuses %j',
    async (options) => {
      await expect(run([], options)).rejects.toThrow(ConfigError);
    },
  );
});
