// The sample that the build makes: what its script promises, and that the detector finds faces all along.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { openShippedDetector } from '../src/adapters/node/shipped-detector.js';
import { layersAt, parseScene, type Scene } from '../src/apps/web/sources/sample-scene.js';
import type { Picture } from '../src/core/image/picture.js';
import { repositoryRoot } from './requirements.js';

const folder = join(repositoryRoot, 'src/apps/web/public/sample');

/** The scene's picture at a moment, as the page draws it. */
async function draw(scene: Scene, ms: number): Promise<Picture> {
  const { file, view } = layersAt(scene, ms).at(-1)!;
  const [x, y, width] = view;
  const height = (width * scene.height) / scene.width;
  const photo = sharp(join(folder, file));
  const size = await photo.metadata();
  const { data, info } = await photo
    .extract({
      left: Math.max(0, Math.min(size.width - Math.ceil(width), Math.round(x - width / 2))),
      top: Math.max(0, Math.min(size.height - Math.ceil(height), Math.round(y - height / 2))),
      width: Math.floor(width),
      height: Math.floor(height),
    })
    .resize(scene.width, scene.height)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data };
}

describe('the built sample', () => {
  let scene: Scene;

  beforeAll(async () => {
    if (!existsSync(join(folder, 'scene.json'))) throw new Error('the sample is not built: npm run build');
    scene = parseScene(JSON.parse(await readFile(join(folder, 'scene.json'), 'utf8')));
  });

  it('shows faces at the beginning, middle and end of every shot, and one alone for long enough to enrol', async () => {
    const detector = await openShippedDetector();
    const counts: number[][] = [];
    let start = 0;
    for (const { ms } of scene.shots) {
      const moments = [start + scene.fadeMs, start + ms / 2, start + ms - 1];
      const found: number[] = [];
      for (const moment of moments) found.push((await detector.detect(await draw(scene, moment))).length);
      counts.push(found);
      start += ms;
    }
    await detector.release();
    for (const found of counts) expect(Math.min(...found)).toBeGreaterThan(0);
    // 60 pictures at 80 ms are 4.8 s.
    const alone = scene.shots.filter((_, shot) => counts[shot]!.every((count) => count === 1));
    expect(Math.max(...alone.map(({ ms }) => ms))).toBeGreaterThan(5500);
    expect(Math.max(...counts.flat())).toBeGreaterThan(2);
  });

  it('names its source and licence', async () => {
    expect(scene.credit).toMatch(/@vladmandic\/face-api.*MIT/);
    expect(await readFile(join(folder, 'CREDITS.txt'), 'utf8')).toMatch(/Permission is hereby granted, free of charge/);
  });

  it('is small and made of different photographs', async () => {
    const files = [...new Set(scene.shots.map(({ file }) => file))];
    const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
    expect(contents.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(2_000_000);
    const hashes = new Set(contents.map((content) => createHash('sha256').update(content).digest('hex')));
    expect(hashes.size).toBe(files.length);
  });
});
