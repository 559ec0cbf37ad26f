import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kinectCamera } from '../../../core/detect/depth/depth-camera.js';
import { ConfigError, MediaError } from '../../../core/errors.js';
import type { Picture } from '../../../core/image/picture.js';
import type { Frame, FrameSource } from '../../../core/ports/frame-source.js';
import { encodePng } from '../image-codec.js';
import { decodeDepth, encodeDepth } from './depth-codec.js';
import { hasDepth, openDepthFolder, pairKey, withDepth } from './depth-folder.js';
import { openPictureFolder } from './picture-folder.js';

let root: string;
const path = (name: string) => join(root, name);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'moodlens-depth-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const colour = (width = 4, height = 2): Picture => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(width * height * 3).fill(50),
});
const writeColour = async (name: string, picture = colour()) => writeFile(path(name), await encodePng(picture));
const writeDepth = async (name: string, mm: number) => {
  const data = new Uint16Array(8).fill(mm);
  await writeFile(path(name), await encodeDepth({ width: 4, height: 2, kind: 'millimetres', data }));
};
const framesOf = async (source: FrameSource): Promise<Frame[]> => {
  const frames: Frame[] = [];
  for await (const frame of source) frames.push(frame);
  return frames;
};
const firstMm = (frames: readonly Frame[]) => frames.map(({ depth }) => depth?.data[0]);

describe('decodeDepth', () => {
  it('gives back every value that was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint16Array({ minLength: 6, maxLength: 6 }), async (data) => {
        await writeFile(path('d.png'), await encodeDepth({ width: 3, height: 2, kind: 'disparity', data }));
        expect(await decodeDepth(path('d.png'), 'disparity')).toEqual({ width: 3, height: 2, kind: 'disparity', data });
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a picture of colours, and what is no picture', async () => {
    await writeColour('colour.png');
    await writeFile(path('text.png'), 'not a picture');
    await expect(decodeDepth(path('colour.png'))).rejects.toThrow(/one channel of 16 bits: found png, uchar/);
    await expect(decodeDepth(path('text.png'))).rejects.toThrow(MediaError);
    await expect(decodeDepth(path('gone.png'))).rejects.toThrow(MediaError);
  });
});

describe('openDepthFolder', () => {
  it('pairs names, and leaves a picture without depth alone', async () => {
    await writeDepth('7-depth.png', 700);
    await writeDepth('8-depth.png', 800);
    await writeColour('7-mask.png');
    const folder = await openDepthFolder(root);
    expect(folder.count).toBe(2);
    expect(folder.camera).toEqual(kinectCamera);
    expect((await folder.ofPicture('/elsewhere/8-color.jpg'))?.data[0]).toBe(800);
    expect((await folder.ofPicture('7.jpg'))?.data[0]).toBe(700);
    expect(await folder.ofPicture('9-color.jpg')).toBeUndefined();
    expect([folder.has('7-color.jpg'), folder.has('9-color.jpg')]).toEqual([true, false]);
  });

  it('takes every PNG when none is named depth, 2 before 10', async () => {
    for (const mm of [10, 2, 100]) await writeDepth(`${mm}.png`, mm);
    const folder = await openDepthFolder(root);
    const depths = await Promise.all([0, 1, 2, 3].map((index) => folder.ofFrame(index)));
    expect(depths.map((depth) => depth?.data[0])).toEqual([2, 10, 100, undefined]);
  });

  it("reads the camera and the values' meaning", async () => {
    await writeDepth('1-depth.png', 700);
    await writeFile(path('camera.json'), '{"width":320,"fx":262,"depthUnit":"disparity","shift":[-30,20]}');
    const folder = await openDepthFolder(root);
    expect(folder).toMatchObject({ camera: { width: 320, fx: 262 }, shift: [-30, 20] });
    expect((await folder.ofFrame(0))?.kind).toBe('disparity');
  });

  it.each([
    ['not JSON', 'must be JSON'],
    ['{"fx": -1}', 'focal length'],
    ['{"shift": [1]}', 'two numbers of pixels'],
    ['{"shift": ["a", 1]}', 'two numbers of pixels'],
    ['{"depthUnit": "feet"}', 'mm or disparity'],
    [`{"note": "${'x'.repeat(200_000)}"}`, 'short JSON file'],
  ])('refuses a camera.json such as %.20s', async (text, why) => {
    await writeDepth('1-depth.png', 700);
    await writeFile(path('camera.json'), text);
    await expect(openDepthFolder(root)).rejects.toThrow(why);
    await expect(openDepthFolder(root)).rejects.toThrow(MediaError);
  });

  it('refuses what is no folder of depth', async () => {
    await expect(openDepthFolder(root)).rejects.toThrow(ConfigError);
    await expect(openDepthFolder(path('gone'))).rejects.toThrow('it does not exist');
    await writeFile(path('file'), '');
    await expect(openDepthFolder(path('file'))).rejects.toThrow('it is a file');
  });
});

describe('pairKey', () => {
  it.each([
    ['000-color.jpg', '000'],
    ['000-depth.png', '000'],
    ['rgb_12.png', '12'],
    ['depth_12.png', '12'],
    ['a/b/7.jpg', '7'],
    ['walk.Colour.jpeg', 'walk'],
  ])('%s: %s', (name, key) => {
    expect(pairKey(name)).toBe(key);
  });
});

describe('openPictureFolder', () => {
  it('gives the colour pictures in order with their depth', async () => {
    for (const n of [2, 10, 1]) await writeColour(`${n}-color.png`);
    await writeColour('1-mask.png');
    await writeDepth('2-depth.png', 200);
    await writeDepth('10-depth.png', 1000);
    expect(await hasDepth(root)).toBe(true);
    const source = await openPictureFolder(root, await openDepthFolder(root));
    expect(source).toMatchObject({ width: 4, height: 2, estimatedFrames: 3 });
    const frames = await framesOf(source);
    expect(firstMm(frames)).toEqual([undefined, 200, 1000]);
    expect(frames.map(({ index, timeMs }) => [index, Math.round(timeMs)])).toEqual([
      [0, 0],
      [1, 33],
      [2, 67],
    ]);
  });

  it('pairs by order when no name fits, and refuses when the numbers differ', async () => {
    await writeColour('a.png');
    await writeColour('b.png');
    await writeDepth('1-depth.png', 100);
    await expect(openPictureFolder(root, await openDepthFolder(root))).rejects.toThrow('found 1 for 2');
    await writeDepth('2-depth.png', 200);
    expect(firstMm(await framesOf(await openPictureFolder(root, await openDepthFolder(root))))).toEqual([100, 200]);
  });

  it('refuses a folder without pictures, and pictures of several sizes', async () => {
    await expect(openPictureFolder(root, undefined)).rejects.toThrow(ConfigError);
    await writeColour('1.png');
    await writeColour('2.png', colour(5, 2));
    const source = await openPictureFolder(root, undefined);
    await expect(framesOf(source)).rejects.toThrow(/2\.png must have the size .* 4x2, found 5x2/);
  });

  it('gives grey pictures in colour, as every source', async () => {
    await writeColour('1.png', {
      width: 4,
      height: 2,
      channels: 1,
      data: Uint8Array.of(0, 10, 20, 30, 40, 50, 60, 70),
    });
    await writeColour('2.png');
    const frames = await framesOf(await openPictureFolder(root, undefined));
    expect(frames.map(({ picture }) => picture.channels)).toEqual([3, 3]);
    expect([...frames[0]!.picture.data.subarray(3, 9)]).toEqual([10, 10, 10, 20, 20, 20]);
  });

  it('ends when it is closed', async () => {
    for (const n of [1, 2, 3]) await writeColour(`${n}.png`);
    const source = await openPictureFolder(root, undefined);
    const frames = source[Symbol.asyncIterator]();
    expect((await frames.next()).done).toBe(false);
    await source.close();
    expect((await frames.next()).done).toBe(true);
  });
});

describe('withDepth', () => {
  it("gives a video's frames their depth by order, as long as there is depth", async () => {
    await writeDepth('1-depth.png', 100);
    await writeDepth('2-depth.png', 200);
    let closed = 0;
    const video = {
      ...{ width: 4, height: 2, framesPerSecond: 25, estimatedFrames: 3 },
      async *[Symbol.asyncIterator]() {
        for (let index = 0; index < 3; index++) yield { index, timeMs: 40 * index, picture: colour() };
      },
      close: async () => {
        closed++;
      },
    };
    const source = withDepth(video, await openDepthFolder(root));
    expect(source).toMatchObject({ width: 4, framesPerSecond: 25, estimatedFrames: 3 });
    expect(firstMm(await framesOf(source))).toEqual([100, 200, undefined]);
    await source.close();
    expect(closed).toBe(1);
  });
});
