// What depth does to detections: boxes before and after the filter, and its cost; before a real Kinect and in built rooms.
//   node experiments/depth.mjs [--rooms N] [--out FOLDER]     needs a build; FOLDER gets the pictures
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';
import { encodePng } from '../dist/adapters/node/image-codec.js';
import { shippedModel } from '../dist/adapters/node/shipped-models.js';
import { openDepthFolder } from '../dist/adapters/node/video/depth-folder.js';
import { openPictureFolder } from '../dist/adapters/node/video/picture-folder.js';
import { openDetector } from '../dist/apps/cli/arguments/detector.js';
import { DepthFilter, depthFilterModes } from '../dist/core/detect/depth/depth-filter.js';
import { readHaarCascade } from '../dist/core/detect/haar/cascade.js';
import { HaarDetector } from '../dist/core/detect/haar/haar-detector.js';
import { boxOverlap } from '../dist/core/detect/non-maximum-suppression.js';
import { drawBox } from '../dist/core/image/draw.js';
import { resize } from '../dist/core/image/resize.js';
import { findFaces } from '../dist/core/live/find-faces.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = { rooms: { type: 'string', default: '5' }, out: { type: 'string' } };
const { values } = parseArgs({ options });
const turning = join(root, '../shared/rgbd/turning-person');
/** Of the man who turns: frames (every second is there) in which the back of his head is seen, judged by eye. */
const isBack = (index) => 2 * index >= 32 && 2 * index <= 66;
const shownRooms = [
  'two people, near and far',
  'a poster on the wall, and a person',
  'a print held up, life-size',
  'a telephone held up',
  'a hand and its shadow over half a face',
  'two thirds of the depth missing',
];
const colours = { real: [64, 220, 130], false: [255, 80, 70], dropped: [255, 190, 60], lost: [230, 80, 255] };

const cascade = readHaarCascade(new TextDecoder().decode(await shippedModel('haarcascade_frontalface_default.xml')));
const detectors = {
  moodlens: await openDetector({ search: 'thorough' }),
  'moodlens, score 0.5': await openDetector({ search: 'thorough', minScore: 0.5 }),
  haar: new HaarDetector(cascade, { minSize: 0 }),
  'haar, 1 neighbour': new HaarDetector(cascade, { minSize: 0, minNeighbors: 1 }),
};

/** The head at the top of what is nearer than 1.5 m, 200 mm wide and 260 mm high. */
function headBox({ width, data }, focalPx) {
  for (let y = 0; y < data.length / width; y++) {
    const near = [];
    for (let x = 0; x < width; x++) {
      const mm = data[y * width + x];
      if (mm > 0 && mm < 1500) near.push([x, mm]);
    }
    if (near.length < 30) continue;
    const [middle, mm] = near[near.length >> 1];
    return [middle - (100 * focalPx) / mm, y, (200 * focalPx) / mm, (260 * focalPx) / mm];
  }
  return undefined;
}

async function turningFrames() {
  const folder = await openDepthFolder(turning);
  const frames = [];
  for await (const frame of await openPictureFolder(turning, folder)) {
    const head = headBox(frame.depth, folder.camera.fx);
    frames.push({
      frame,
      real: (box) => !isBack(frame.index) && boxOverlap(box, head) > 0.12,
      of: 1 - isBack(frame.index),
    });
  }
  return frames;
}

async function roomFrames() {
  const { module } = await runnerImport(join(root, 'tests/fixtures/depth-scenes.ts'));
  const photos = await module.facePhotos();
  return Array.from({ length: Number(values.rooms) }, (_, seed) => module.depthScenes(photos, seed + 1))
    .flat()
    .map(({ name, scene, depth }, index) => ({
      name,
      frame: { index, timeMs: 0, picture: scene.picture, depth },
      real: (box) => scene.faces.some((face) => boxOverlap(box, face) > 0.3),
      of: scene.faces.length,
    }));
}

/** Found by each mode: boxes on real faces, and all others. */
async function count(frames, detector) {
  const counts = Object.fromEntries(depthFilterModes.map((mode) => [mode, { real: 0, false: 0 }]));
  const drawn = [];
  const reasons = {};
  for (const { frame, real } of frames) {
    const whole = await detector.detect(frame.picture);
    for (const mode of depthFilterModes) {
      const eyes = mode === 'segment' ? detector : { detect: async () => whole };
      const { faces, rejected } = await findFaces(frame, eyes, new DepthFilter({ mode }));
      for (const { box } of faces) counts[mode][real(box) ? 'real' : 'false']++;
      if (mode !== 'size') continue;
      const boxes = faces.map(({ box }) => [box, real(box) ? 'real' : 'false']);
      boxes.push(...rejected.map(({ box }) => [box, real(box) ? 'lost' : 'dropped']));
      drawn.push({ frame, boxes });
      for (const { reason } of rejected) {
        const rule = reason.split(':')[0] + (reason.includes('wall') ? ' (wall)' : '');
        reasons[rule] = (reasons[rule] ?? 0) + 1;
      }
    }
  }
  return { counts, drawn, reasons };
}

/** Frames in columns, shrunk: the colour picture with its boxes above its depth, near red to far blue, holes black. */
function sheet(drawn, columns, shrink) {
  const [w, h] = [Math.round(640 / shrink), Math.round(480 / shrink)];
  const rows = Math.ceil(drawn.length / columns);
  const picture = {
    width: columns * w,
    height: rows * 2 * h,
    channels: 3,
    data: new Uint8Array(columns * w * rows * 2 * h * 3),
  };
  drawn.forEach(({ frame, boxes }, i) => {
    const shown = { ...frame.picture, data: Uint8Array.from(frame.picture.data) };
    for (const [box, kind] of boxes) drawBox(shown, box, colours[kind], 3);
    [shown, colouredDepth(frame.depth)].forEach((panel, below) => {
      const small = resize(panel, w, h);
      for (let y = 0; y < h; y++) {
        const to = (((Math.floor(i / columns) * 2 + below) * h + y) * columns + (i % columns)) * w * 3;
        picture.data.set(small.data.subarray(y * w * 3, (y + 1) * w * 3), to);
      }
    });
  });
  return picture;
}

function colouredDepth({ width, height, data }) {
  const pixels = new Uint8Array(width * height * 3);
  data.forEach((mm, i) => {
    if (mm === 0) return;
    // Even steps of 1/distance, 0.6 to 4 m.
    const t = Math.min(1, Math.max(0, (1 / mm - 1 / 4000) / (1 / 600 - 1 / 4000)));
    pixels.set(
      [t, 1 - Math.abs(2 * t - 1), 1 - t].map((part) => 40 + 200 * part),
      i * 3,
    );
  });
  return { width, height, channels: 3, data: pixels };
}

/** CPU time of the filter alone. */
function cost(frames) {
  const box = [270, 110, 100, 100];
  const time = (rounds, work) => {
    work();
    const before = process.cpuUsage();
    for (let i = 0; i < rounds; i++) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / rounds;
  };
  const { picture, depth } = frames[0].frame;
  const size = new DepthFilter();
  const view = size.view(picture, depth);
  const raw = { ...depth, kind: 'disparity', data: depth.data.map((mm) => mm >> 1) };
  const segment = new DepthFilter({ mode: 'segment' });
  console.log(`CPU ms: ${time(2000, () => view.judge(box)).toFixed(3)} a face (100 x 100 pixels)`);
  console.log(`  ${time(500, () => size.view(picture, depth)).toFixed(3)} a frame of 640 x 480 in mm`);
  console.log(`  ${time(200, () => size.view(picture, raw)).toFixed(2)} a frame of raw disparity`);
  console.log(`  ${time(100, () => segment.view(picture, depth)).toFixed(2)} a frame to segment`);
}

const places = { 'a man who turns round': await turningFrames(), 'built rooms': await roomFrames() };
if (values.out) mkdirSync(values.out, { recursive: true });
for (const [place, frames] of Object.entries(places)) {
  console.log(`\n${place}: ${frames.length} frames, ${frames.reduce((sum, { of }) => sum + of, 0)} real faces`);
  for (const [name, detector] of Object.entries(detectors)) {
    const { counts, drawn, reasons } = await count(frames, detector);
    const text = depthFilterModes.map((mode) => `${mode} ${counts[mode].real} real + ${counts[mode].false} false`);
    console.log(`  ${name}: ${text.join('; ')}  ${JSON.stringify(reasons)}`);
    if (!values.out) continue;
    const file = `${place} ${name}.png`.replaceAll(/[^a-z0-9.]+/g, '-');
    const inRooms = place === 'built rooms';
    const shown = inRooms ? drawn.filter((_, i) => shownRooms.includes(frames[i].name)).slice(0, 6) : drawn;
    writeFileSync(join(values.out, file), await encodePng(inRooms ? sheet(shown, 6, 2.5) : sheet(shown, 10, 4)));
  }
}
cost(places['a man who turns round']);
for (const detector of Object.values(detectors)) await detector.release();
