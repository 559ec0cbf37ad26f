// The detectors and the depth filter together: rooms that the tests build, and a man before a real Kinect.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePicture } from '../src/adapters/node/image-codec.js';
import { shippedModel, shippedModelPath } from '../src/adapters/node/shipped-models.js';
import { openDepthFolder } from '../src/adapters/node/video/depth-folder.js';
import { openDetector } from '../src/apps/cli/arguments/detector.js';
import { DepthFilter } from '../src/core/detect/depth/depth-filter.js';
import type { FaceDetector } from '../src/core/detect/face.js';
import { readHaarCascade } from '../src/core/detect/haar/cascade.js';
import { HaarDetector } from '../src/core/detect/haar/haar-detector.js';
import { boxOverlap } from '../src/core/detect/non-maximum-suppression.js';
import type { Box } from '../src/core/image/picture.js';
import { findFaces } from '../src/core/live/find-faces.js';
import { depthScenes, facePhotos, type NamedScene } from './fixtures/depth-scenes.js';
import { describeWith, requireShared } from './requirements.js';

const network = shippedModelPath('face-full-range.onnx');
const missing = existsSync(network) ? undefined : 'the detectors are not built (npm run build)';
const built = { path: network, missing };

describeWith(built, 'depth in rooms built for it', () => {
  const detectors: Record<string, FaceDetector> = {};
  let scenes: NamedScene[];

  beforeAll(async () => {
    const cascade = new TextDecoder().decode(await shippedModel('haarcascade_frontalface_default.xml'));
    detectors['mediapipe'] = await openDetector({}, 'mediapipe');
    detectors['haar'] = new HaarDetector(readHaarCascade(cascade), { minSize: 0 });
    scenes = depthScenes(await facePhotos(), 3);
  });
  afterAll(() => Promise.all(Object.values(detectors).map((detector) => detector.release())));

  it.each(['mediapipe', 'haar'])('%s: no real face is lost, no picture of a face stays', async (name) => {
    const filter = new DepthFilter();
    let [real, false_] = [0, 0];
    for (const { name: room, scene, depth } of scenes) {
      const isReal = (box: Box) => scene.faces.some((face) => boxOverlap(box, face) > 0.3);
      const frame = { index: 0, timeMs: 0, picture: scene.picture, depth };
      const { faces, rejected } = await findFaces(frame, detectors[name]!, filter);
      expect(
        faces.filter(({ box }) => !isReal(box)),
        room,
      ).toEqual([]);
      expect(
        rejected.filter(({ box }) => isReal(box)),
        room,
      ).toEqual([]);
      real += faces.length;
      false_ += rejected.length;
    }
    // So the detectors did find both.
    expect(real).toBeGreaterThanOrEqual(9);
    expect(false_).toBeGreaterThanOrEqual(4);
  });

  it('works the same on raw disparity', async () => {
    const { scene } = scenes.find(({ name }) => name === 'a poster on the wall, and a person')!;
    const filter = new DepthFilter({ shift: [0, 0] });
    const view = filter.view(scene.picture, scene.depth({ kind: 'disparity' }));
    expect(view.judge(scene.faces[0]!).reason).toBeUndefined();
    expect(view.judge(scene.faces[0]!).depthMm).toBeCloseTo(1005, -1);
    expect(view.judge(scene.pictures[0]!).reason).toMatch(/^flat/);
  });

  it('shows a person alone in a segmented picture, also where most depth is missing', async () => {
    const filter = new DepthFilter({ mode: 'segment' });
    for (const name of ['a person', 'two thirds of the depth missing']) {
      const { scene, depth } = scenes.find((one) => one.name === name)!;
      const { data } = filter.view(scene.picture, depth).picture;
      const [x, y, side] = scene.faces[0]!;
      expect(data[(10 * 640 + 10) * 3]).toBe(0);
      const middle = (Math.round(y + side / 2) * 640 + Math.round(x + side / 2)) * 3;
      expect([...data.subarray(middle, middle + 3)]).toEqual([...scene.picture.data.subarray(middle, middle + 3)]);
    }
  });
});

const turning = requireShared('rgbd/turning-person');
describeWith([built, turning], 'depth of a man who turns round', () => {
  it('keeps his face in every frame in which it is found, and finds nothing on his back', async () => {
    const folder = await openDepthFolder(turning.path);
    const filter = new DepthFilter({ camera: folder.camera });
    const detector = await openDetector({ minScore: 0.5, search: 'thorough' });
    try {
      const look = async (name: string) => {
        const file = join(turning.path, `${name}-color.jpg`);
        const frame = { index: 0, timeMs: 0, picture: await decodePicture(file), depth: await folder.ofPicture(file) };
        return findFaces(frame, detector, filter);
      };
      for (const name of ['000', '012', '024', '080', '098']) {
        const { faces, depthsMm, rejected } = await look(name);
        expect(faces.length, name).toBeGreaterThan(0);
        expect(depthsMm[0], name).toBeGreaterThan(800);
        expect(depthsMm[0], name).toBeLessThan(950);
        expect(rejected, name).toEqual([]);
      }
      expect(await look('040')).toMatchObject({ faces: [], rejected: [] });
    } finally {
      await detector.release();
    }
  });
});

describe('the rooms', () => {
  it('have shadow to the right of what is near, and noise that grows with distance', async () => {
    const scenes = depthScenes(await facePhotos(), 1);
    const { depth } = scenes.find(({ name }) => name === 'a person')!;
    const row = depth.data.subarray(200 * 640, 201 * 640);
    const isHole = (from: number, to: number) => row.subarray(from, to).every((mm) => mm === 0);
    expect(isHole(370, 385)).toBe(true);
    expect(isHole(250, 260)).toBe(false);
  });
});
