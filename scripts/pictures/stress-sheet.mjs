// Makes docs/images/stress.png: faces as they are and under every distortion of the stress test, weak to strong. The faces are
// those of a pinned package's sample photographs, found and cut as the live pipeline does. Needs a built checkout.
// `node scripts/pictures/stress-sheet.mjs [FILE.png]`; DATA and SAMPLES (numbers, with commas) take faces of a dataset instead.
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import { createFolderStore } from '../../dist/adapters/node/files.js';
import { decodePicture, recompressJpeg } from '../../dist/adapters/node/image-codec.js';
import { openDetector } from '../../dist/apps/cli/arguments/detector.js';
import { expressionLabels } from '../../dist/core/dataset/labels.js';
import { createDataset, readPackedDataset, selectSamples } from '../../dist/core/dataset/packed-dataset.js';
import { cropFace } from '../../dist/core/detect/face-crop.js';
import { drawText } from '../../dist/core/image/draw.js';
import { stressPictures } from '../../dist/pipeline/evaluate/stress-pictures.js';
import { stresses } from '../../dist/pipeline/evaluate/stresses.js';
import { root } from '../set-up.mjs';

const out = resolve(process.argv[2] ?? join(root, 'docs/images/stress.png'));
/** Which photographs, and which of the faces in them, from the left. */
const faces = [
  { photo: 'sample3', face: 0 },
  { photo: 'sample6', face: 0 },
];
const side = 48;
const scale = 2;
const labelWidth = 190;

const dataset = process.env.DATA
  ? selectSamples(
      await readPackedDataset(createFolderStore(resolve(process.env.DATA))),
      (process.env.SAMPLES ?? '0').split(',').map(Number),
    )
  : await photographed();
const indices = Int32Array.from({ length: dataset.count }, (_, i) => i);
const asTheyAre = { stress: { name: 'clean', stream: 0, distort: (picture) => picture }, strength: 0 };
const rows = await Promise.all(
  stresses.map(async (stress) => {
    const tests = [asTheyAre, ...stress.strengths.map((strength) => ({ stress, strength }))];
    const columns = await Promise.all(tests.map((test) => stressPictures(dataset, indices, test, recompressJpeg)));
    return { stress, pictures: [...indices].flatMap((i) => columns.map((column) => column[i])) };
  }),
);
const tile = side * scale + 2;
const width = labelWidth + rows[0].pictures.length * tile + (dataset.count - 1) * 10;
const height = rows.length * tile;
const sheet = { width, height, channels: 1, data: new Uint8Array(width * height).fill(255) };
rows.forEach(({ stress, pictures }, row) => {
  const top = row * tile;
  drawText(sheet, stress.name, [4, top + 24], [0, 0, 0], { scale: 2 });
  drawText(sheet, `${stress.unit}: ${stress.strengths.join(', ')}`, [4, top + 50], [90, 90, 90]);
  pictures.forEach((picture, i) => {
    enlarge(picture, labelWidth + i * tile + Math.floor(i / 4) * 10, top);
  });
});
await mkdir(dirname(out), { recursive: true });
const raw = { width, height, channels: 1 };
const { size } = await sharp(sheet.data, { raw })
  .toColourspace('b-w')
  .png({ compressionLevel: 9, effort: 10 })
  .toFile(out);
process.stdout.write(`${out}: ${width} x ${height}, ${(size / 1000).toFixed(0)} kB\n`);

/** The chosen faces as a dataset. */
async function photographed() {
  const source = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
  const detector = await openDetector({ search: 'thorough' });
  const pixels = new Uint8Array(faces.length * side * side);
  for (const [i, { photo, face }] of faces.entries()) {
    const picture = await decodePicture(join(source, 'demo', `${photo}.jpg`));
    const found = (await detector.detect(picture)).sort((a, b) => a.box[0] - b.box[0]);
    pixels.set(cropFace(picture, found[face], { width: side, height: side }).data, i * side * side);
  }
  await detector.release();
  return createDataset({
    width: side,
    height: side,
    labels: expressionLabels,
    splitNames: ['sheet'],
    pixels,
    classes: new Uint8Array(faces.length),
    splits: new Uint8Array(faces.length),
    rows: Int32Array.from(faces.keys()),
    source: { kind: 'photographs', name: 'face-api', brokenRows: 0 },
  });
}

/** Copies a picture into the sheet, every pixel as a square. */
function enlarge(picture, left, top) {
  for (let y = 0; y < side * scale; y++) {
    for (let x = 0; x < side * scale; x++) {
      const from = Math.floor(y / scale) * side + Math.floor(x / scale);
      sheet.data[(top + y) * width + left + x] = picture.data[from];
    }
  }
}
