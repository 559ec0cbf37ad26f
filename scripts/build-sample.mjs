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
const scene = { width: 960, height: 540, fadeMs: 700 };
const shots = [
  { photo: 'sample3', ms: 8000, from: [1190, 420, 1240], to: [1230, 440, 1000] },
  { photo: 'sample3', ms: 9000, from: [1225, 360, 640], to: [1195, 345, 560] },
  { photo: 'sample6', ms: 8000, from: [760, 620, 1400], to: [1180, 560, 1080] },
  { photo: 'sample5', ms: 8000, from: [1000, 560, 1500], to: [1110, 420, 1180] },
  { photo: 'sample4', ms: 8000, from: [500, 330, 1100], to: [1050, 330, 1000] },
  { photo: 'sample1', ms: 7000, from: [760, 470, 1300], to: [960, 450, 1180] },
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
const credit = `Photographs: demo pictures of @vladmandic/face-api ${version}, (c) Vladimir Mandic, MIT licence.`;
await writeFile(join(building, 'scene.json'), `${JSON.stringify({ ...scene, credit, shots: views }, null, 2)}\n`);
await writeFile(
  join(building, 'CREDITS.txt'),
  `${credit}\nCut and shrunk by scripts/build-sample.mjs.\n\n${await readFile(join(source, 'LICENSE'), 'utf8')}`,
);
await rm(out, { recursive: true, force: true });
await rename(building, out);
