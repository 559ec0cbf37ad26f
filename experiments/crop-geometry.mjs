// Where a detector's key points and boxes lie in FER2013's own pictures, and which of them tell best where such a picture's corners
// are (docs/experiments/face-crop.md, 'FER2013's geometry'). Each picture is put on black ground and enlarged, so that the detector finds its face.
//   node experiments/crop-geometry.mjs DATASET [--detector=NAME or FILE] [--every=N]     DATASET: packed by `moodlens data import`
import { parseArgs } from 'node:util';
import { createFolderStore } from '../dist/adapters/node/files.js';
import { openDetector } from '../dist/apps/cli/arguments/detector.js';
import { readPackedDataset } from '../dist/core/dataset/packed-dataset.js';
import { resize } from '../dist/core/image/resize.js';
import { median } from '../dist/core/numbers/median.js';
import { quantile } from '../dist/core/numbers/quantile.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    detector: { type: 'string', default: 'moodlens' },
    every: { type: 'string', default: '8' },
  },
});
const dataset = await readPackedDataset(createFolderStore(positionals[0]));
const { width, height } = dataset;
const detector = await openDetector({ search: 'quick' }, values.detector);

const margin = 32;
const enlarged = 4;
const found = [];
let pictures = 0;
for (let row = 0; row < dataset.count; row += Number(values.every)) {
  pictures++;
  const picture = onGround(dataset.pixels.subarray(row * width * height, (row + 1) * width * height));
  const [face] = await detector.detect(picture);
  if (!face?.keypoints) continue;
  const own = ([x, y]) => [x / enlarged - margin, y / enlarged - margin];
  const [left, top] = own(face.box);
  const points = Object.fromEntries(Object.entries(face.keypoints).map(([name, point]) => [name, own(point)]));
  found.push({ box: [left, top, face.box[2] / enlarged, face.box[3] / enlarged], points });
}
await detector.release();

const middle = (pick) => median(found.map(pick).sort((a, b) => a - b));
const range = (pick) => {
  const all = Float64Array.from(found.map(pick)).sort();
  return `${quantile(all, 0.5).toFixed(2)} (${quantile(all, 0.25).toFixed(1)}..${quantile(all, 0.75).toFixed(1)})`;
};
console.log(`${found.length} of ${pictures} faces found\n\n| | x | y |\n|---|---|---|`);
const names = Object.keys(found[0].points);
for (const name of names) {
  console.log(`| ${name} | ${range(({ points }) => points[name][0])} | ${range(({ points }) => points[name][1])} |`);
}
console.log(`| box: left, top | ${range(({ box }) => box[0])} | ${range(({ box }) => box[1])} |`);
console.log(`| box: width, height | ${range(({ box }) => box[2])} | ${range(({ box }) => box[3])} |\n`);

/** The template: medians, mirrored halves averaged. */
const mirror = { rightEye: 'leftEye', leftEye: 'rightEye', rightEar: 'leftEar', leftEar: 'rightEar' };
const template = Object.fromEntries(
  names.map((name) => {
    const other = mirror[name] ?? name;
    const x = (middle(({ points }) => points[name][0]) + width - middle(({ points }) => points[other][0])) / 2;
    const y = (middle(({ points }) => points[name][1]) + middle(({ points }) => points[other][1])) / 2;
    return [name, [x, y]];
  }),
);
console.log('template', JSON.stringify(template));
const boxTemplate = [0, 1, 2, 3].map((i) => middle(({ box }) => box[i]));
const side = (box) => (box[2] + box[3]) / 2;
const centre = (box) => [box[0] + box[2] / 2, box[1] + box[3] / 2];
console.log('box: sides of the picture', (width / side(boxTemplate)).toFixed(3), 'centre', centre(boxTemplate));

const corners = [
  [0, 0],
  [width, 0],
  [0, height],
  [width, height],
];
/** Pairs of template and found points with weights; the box counts as its four corners of the template's box. */
function pairsOf(face, weights) {
  const pairs = [];
  for (const [name, weight] of Object.entries(weights)) {
    if (name === 'box') {
      const [x, y] = centre(face.box);
      const [tx, ty] = centre(boxTemplate);
      const scale = side(face.box) / side(boxTemplate);
      for (const [dx, dy] of [
        [-1, -1],
        [1, -1],
        [-1, 1],
        [1, 1],
      ]) {
        const half = side(boxTemplate) / 2;
        pairs.push({
          from: [tx + dx * half, ty + dy * half],
          to: [x + dx * half * scale, y + dy * half * scale],
          weight,
          isBox: true,
        });
      }
    } else if (face.points[name]) pairs.push({ from: template[name], to: face.points[name], weight, isBox: false });
  }
  return pairs;
}

/** Least squares; the angle comes from the points alone, because a box has none. */
function placeBy(pairs, isTurned) {
  const angle = isTurned ? angleOf(pairs.filter(({ isBox }) => !isBox)) : 0;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (pick) => pairs.reduce((sum, pair) => sum + pair.weight * pick(pair), 0) / total;
  const turned = ({ from: [x, y], isBox }) => (isBox ? [x, y] : [cos * x - sin * y, sin * x + cos * y]);
  const [fx, fy, tx, ty] = [
    mean((p) => turned(p)[0]),
    mean((p) => turned(p)[1]),
    mean((p) => p.to[0]),
    mean((p) => p.to[1]),
  ];
  let [along, spread] = [0, 0];
  for (const pair of pairs) {
    const [x, y] = turned(pair);
    along += pair.weight * ((x - fx) * (pair.to[0] - tx) + (y - fy) * (pair.to[1] - ty));
    spread += pair.weight * ((x - fx) ** 2 + (y - fy) ** 2);
  }
  const scale = along / spread;
  return ([x, y]) => [tx + scale * (cos * x - sin * y - fx), ty + scale * (sin * x + cos * y - fy)];
}

function angleOf(pairs) {
  const total = pairs.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (pick) => pairs.reduce((sum, pair) => sum + pair.weight * pick(pair), 0) / total;
  const [fx, fy, tx, ty] = [mean((p) => p.from[0]), mean((p) => p.from[1]), mean((p) => p.to[0]), mean((p) => p.to[1])];
  let [real, imaginary] = [0, 0];
  for (const { from, to, weight } of pairs) {
    const [ax, ay, bx, by] = [from[0] - fx, from[1] - fy, to[0] - tx, to[1] - ty];
    real += weight * (ax * bx + ay * by);
    imaginary += weight * (ax * by - ay * bx);
  }
  return Math.atan2(imaginary, real);
}

const eyes = { rightEye: 1, leftEye: 1 };
const rules = {
  'eyes, mouth': { ...eyes, mouth: 1 },
  'eyes, nose, mouth': { ...eyes, nose: 1, mouth: 1 },
  'eyes, mouth, ears at 0.3': { ...eyes, mouth: 1, rightEar: 0.3, leftEar: 0.3 },
  'eyes, mouth, box at 0.1': { ...eyes, mouth: 1, box: 0.1 },
  'eyes, mouth, box at 0.3': { ...eyes, mouth: 1, box: 0.3 },
  'eyes, mouth, box at 1': { ...eyes, mouth: 1, box: 1 },
  'box only': { box: 1 },
};
console.log('\nmean distance of the four corners, pixels\n\n| fitted to | rotated | not rotated |\n|---|---|---|');
for (const [name, weights] of Object.entries(rules)) {
  if (!names.includes('leftEar') && 'leftEar' in weights) continue;
  const errorOf = (isTurned) => {
    let sum = 0;
    for (const face of found) {
      const map = placeBy(pairsOf(face, weights), isTurned);
      for (const corner of corners) sum += Math.hypot(map(corner)[0] - corner[0], map(corner)[1] - corner[1]) / 4;
    }
    return (sum / found.length).toFixed(2);
  };
  console.log(`| ${name} | ${name === 'box only' ? '-' : errorOf(true)} | ${errorOf(false)} |`);
}

function onGround(pixels) {
  const wide = width + 2 * margin;
  const data = new Uint8Array(wide * (height + 2 * margin)).fill(0);
  for (let y = 0; y < height; y++) data.set(pixels.subarray(y * width, (y + 1) * width), (y + margin) * wide + margin);
  const picture = { width: wide, height: height + 2 * margin, channels: 1, data };
  return resize(picture, wide * enlarged, (height + 2 * margin) * enlarged);
}
