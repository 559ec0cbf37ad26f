// Makes the page's built-in sample: photographs of a pinned package, cut to the part with the faces and shrunk, and the
// camera moves over them. The page plays the scene on a canvas, so that no video is stored and no video encoder needed.
// Same package, same sharp: same bytes.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'src/apps/web/public/sample');
const source = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));

/** The scene's size in pixels; a shot is a view on a photograph: middle and width, in the photograph's own pixels. */
const scene = { width: 960, height: 540, fadeMs: 450 };
const shots = [
  { photo: 'sample3', ms: 7000, from: [1120, 480, 1520], to: [1150, 460, 1240] },
  { photo: 'sample3', ms: 7000, from: [1166, 400, 690], to: [1162, 388, 620] },
  { photo: 'sample6', ms: 7000, from: [960, 540, 1740], to: [1270, 490, 1120] },
  { photo: 'sample5', ms: 7000, from: [1140, 440, 1380], to: [1090, 370, 1080] },
  { photo: 'sample4', ms: 7000, from: [820, 420, 1480], to: [1060, 330, 1040] },
  { photo: 'sample1', ms: 7000, from: [960, 520, 1640], to: [1200, 430, 1160] },
];
/** Wide enough that the closest view is not enlarged by more than a little. */
const photoWidth = 1600;

const building = `${out}.building`;
await rm(building, { recursive: true, force: true });
await mkdir(building, { recursive: true });
const photos = {};
for (const name of new Set(shots.map(({ photo }) => photo))) {
  const file = join(source, 'demo', `${name}.jpg`);
  const { width } = await sharp(file).metadata();
  const { data, info } = await sharp(file)
    .resize({ width: photoWidth, kernel: 'lanczos3' })
    .jpeg({ quality: 80, mozjpeg: false, chromaSubsampling: '4:2:0' })
    .toBuffer({ resolveWithObject: true });
  await writeFile(join(building, `${name}.jpg`), data);
  photos[name] = { file: `${name}.jpg`, width: info.width, height: info.height, scale: info.width / width };
}
const views = shots.map(({ photo, ms, from, to }) => ({
  file: photos[photo].file,
  ms,
  from: from.map((value) => Math.round(value * photos[photo].scale)),
  to: to.map((value) => Math.round(value * photos[photo].scale)),
}));
const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
const credit = `Photographs: @vladmandic/face-api ${version} (MIT)`;
await writeFile(join(building, 'scene.json'), `${JSON.stringify({ ...scene, credit, shots: views }, null, 2)}\n`);
await writeFile(
  join(building, 'CREDITS.txt'),
  `${credit}, its demo pictures.\nCut and shrunk by scripts/build-sample.mjs.\n\n${await readFile(join(source, 'LICENSE'), 'utf8')}`,
);
await rm(out, { recursive: true, force: true });
await rename(building, out);
