// What detecting and cropping costs the expression model: FER2013's pictures, put on a larger ground, detected, cropped and classified,
// beside the pictures themselves (docs/experiments/face-crop.md, 'Expressions from detected crops').
//   node experiments/detected-crops.mjs DATASET [--split=PublicTest] [--detectors=moodlens,mediapipe]
import { parseArgs } from 'node:util';
import { createFolderStore } from '../dist/adapters/node/files.js';
import { openSession } from '../dist/adapters/node/session.js';
import { shippedModel } from '../dist/adapters/node/shipped-models.js';
import { openDetector } from '../dist/apps/cli/arguments/detector.js';
import { readPackedDataset, samplePicture, splitIndices } from '../dist/core/dataset/packed-dataset.js';
import { cropFace } from '../dist/core/detect/face-crop.js';
import { mainFace } from '../dist/core/detect/main-face.js';
import { resize } from '../dist/core/image/resize.js';
import { wilsonInterval } from '../dist/core/metrics/wilson-interval.js';
import { ExpressionModel } from '../dist/core/model/expression-model.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    split: { type: 'string', default: 'PublicTest' },
    detectors: { type: 'string', default: 'moodlens,mediapipe' },
  },
});
const dataset = await readPackedDataset(createFolderStore(positionals[0]));
const rows = splitIndices(dataset, values.split);
const model = await ExpressionModel.open(await shippedModel('expression.onnx'), openSession);
const size = model.metadata.input;

const margin = 24;
const enlarged = 4;
const originals = await right(
  [...rows].map((row) => samplePicture(dataset, row)),
  rows,
);
console.log(
  '| detector | found | right, the pictures themselves | right, detected crops | turned right - turned wrong |\n|---|---|---|---|---|',
);
for (const name of values.detectors.split(',')) {
  const detector = await openDetector({ search: 'quick' }, name);
  const [found, crops] = [[], []];
  for (const [i, row] of rows.entries()) {
    const picture = onBorder(samplePicture(dataset, row));
    const face = mainFace(await detector.detect(picture));
    if (typeof face === 'string') continue;
    found.push(i);
    crops.push(cropFace(picture, face, size));
  }
  await detector.release();
  const answers = await right(
    crops,
    found.map((i) => rows[i]),
  );
  const before = found.map((i) => originals[i]);
  const gained = answers.filter((is, i) => is && !before[i]).length;
  const lost = answers.filter((is, i) => !is && before[i]).length;
  console.log(
    `| ${name} | ${found.length} of ${rows.length} | ${share(before)} | ${share(answers)} | ${gained} - ${lost} |`,
  );
}
await model.release();

async function right(pictures, ofRows) {
  const answers = [];
  for (let from = 0; from < pictures.length; from += 64) {
    for (const { label } of await model.predict(pictures.slice(from, from + 64))) {
      answers.push(label === dataset.classes[ofRows[answers.length]]);
    }
  }
  return answers;
}

function share(answers) {
  const count = answers.filter(Boolean).length;
  const [low, high] = wilsonInterval(count, answers.length).map((value) => (100 * value).toFixed(1));
  return `${((100 * count) / answers.length).toFixed(1)} % (${low} to ${high})`;
}

/** The picture with its border repeated around it, enlarged. */
function onBorder({ width, height, data }) {
  const [wide, high] = [width + 2 * margin, height + 2 * margin];
  const out = new Uint8Array(wide * high);
  const inside = (at, length) => Math.min(length - 1, Math.max(0, at - margin));
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) out[y * wide + x] = data[inside(y, height) * width + inside(x, width)];
  }
  return resize({ width: wide, height: high, channels: 1, data: out }, wide * enlarged, high * enlarged);
}
