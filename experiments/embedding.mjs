// Known people and strangers on press photographs: the face embedding beside LBPH. 60 people with 8 pictures each, of which 5 are known
// and 3 are asked about, in 8 draws (the known ones are pictures k to k + 4, counted in a circle), and one picture of each of 300 strangers.
//   node experiments/embedding.mjs [FOLDER] [--detector=moodlens|mediapipe]     FOLDER: known/NAME/*, strangers/NAME/*; ../shared/identity/lfw-dev without it
// "Named" is with the largest threshold that accepts at most 1 % of the strangers, found in hindsight. A face that is not found counts as not
// named. Prints a Markdown table: mean and standard deviation over the draws.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodePicture } from '../dist/adapters/node/image-codec.js';
import { openSession } from '../dist/adapters/node/session.js';
import { openShippedDetector, shippedDetectors } from '../dist/adapters/node/shipped-detector.js';
import { shippedModel } from '../dist/adapters/node/shipped-models.js';
import { faceChip } from '../dist/core/detect/face-chip.js';
import { alignedFace } from '../dist/core/detect/face-crop.js';
import { FaceEmbedding } from '../dist/core/identity/embedding/face-embedding.js';
import { inLight, lbphForLight } from '../dist/core/identity/face-light.js';
import { findAllFaces } from '../dist/core/identity/find-face.js';
import { LbphRecogniser } from '../dist/core/identity/lbph.js';
import { hindsightThreshold, openSetRates, rankOne } from '../dist/core/identity/open-set-rates.js';
import { defaultFaceSize } from '../dist/core/identity/people.js';
import { mirror } from '../dist/core/image/mirror.js';
import { mean } from '../dist/core/numbers/mean.js';
import { median } from '../dist/core/numbers/median.js';

const { values, positionals } = parseArgs({
  options: { detector: { type: 'string', default: 'moodlens' } },
  allowPositionals: true,
});
if (!shippedDetectors.includes(values.detector)) {
  console.error(`--detector must be one of ${shippedDetectors.join(', ')}, found ${values.detector}`);
  process.exit(2);
}
const shared = process.env.MOODLENS_SHARED ?? fileURLToPath(new URL('../../shared', import.meta.url));
const folder = positionals[0] ?? join(shared, 'identity/lfw-dev');
const [draws, enrolled, falseAccept, timed] = [8, 5, 0.01, 100];

const pictures = ['known', 'strangers'].flatMap((kind) =>
  readdirSync(join(folder, kind))
    .sort()
    .flatMap((person) =>
      readdirSync(join(folder, kind, person))
        .sort()
        .map((file) => ({ isKnown: kind === 'known', person, path: join(folder, kind, person, file) })),
    ),
);

const detector = await openShippedDetector({ search: 'thorough' }, values.detector);
const found = [];
for (const [i, one] of pictures.entries()) {
  const picture = await decodePicture(one.path);
  const offCentre = ({ box: [x, y, w, h] }) => Math.hypot(x + (w - picture.width) / 2, y + (h - picture.height) / 2);
  // The photographs are cut around the face that they are named after.
  const [face] = (await findAllFaces(picture, detector)).sort((a, b) => offCentre(a) - offCentre(b));
  if (face !== undefined) found.push({ ...one, picture, face });
  if (i % 50 === 49) process.stderr.write(`\rfaces: ${i + 1} of ${pictures.length}`);
}
process.stderr.write('\n');
await detector.release();

const light = 'tan-triggs';
const greyOf = ({ picture, face }) => inLight(alignedFace(picture, face, defaultFaceSize), light);
const lbph = LbphRecogniser.train(
  found.map((one, label) => ({ picture: greyOf(one), label })),
  lbphForLight(light),
);
const lbphDistances = found.map((_, i) => lbph.distancesBetween(i));

const embedding = await FaceEmbedding.open(await shippedModel('face-embedding.onnx'), openSession);
const chips = found.map(({ picture, face }) => faceChip(picture, face, embedding.chipForm));
const embeddings = await embedding.embed(chips);
const mirrored = await embedding.embed(chips.map(mirror));
const both = embeddings.map((one, i) => unit(one.map((value, k) => value + mirrored[i][k])));

const tables = [
  [
    'LBPH, nearest picture',
    nearestPicture((a, b) => lbphDistances[a][b]),
    await timeOf((one) => lbph.nearest(greyOf(one))),
  ],
  ['embedding, nearest picture', nearestPicture((a, b) => distance(embeddings[a], embeddings[b]))],
  ['embedding, mean of the pictures', nearestMean(embeddings), await timeOf(embedOne)],
  ['the same, each face averaged with its mirror image', nearestMean(both)],
];
await embedding.release();

const facesOf = (isKnown, of) => of.filter((one) => one.isKnown === isKnown).length;
console.log(
  `Detector ${values.detector}: found ${facesOf(true, found)} of ${facesOf(true, pictures)} faces of known people, ${facesOf(false, found)} of ${facesOf(false, pictures)} of strangers.\n`,
);
console.log(
  `| | named at ${100 * falseAccept} % of strangers | threshold | rank 1 | ms a face |\n|---|---|---|---|---|`,
);
for (const [name, rank, ms] of tables) {
  const results = Array.from({ length: draws }, (_, draw) => judge(draw, rank));
  const cells = [
    spread(
      results.map(({ named }) => 100 * named),
      1,
    ),
    spread(
      results.map(({ threshold }) => threshold),
      3,
    ),
    spread(
      results.map(({ first }) => 100 * first),
      1,
    ),
    ms === undefined ? '' : ms.toFixed(1),
  ];
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

/** The rates of a draw; `rank(gallery)` gives the nearest person of a probe and the distance. */
function judge(draw, rank) {
  const gallery = new Map();
  const probes = [];
  for (const person of new Set(pictures.filter(({ isKnown }) => isKnown).map((one) => one.person))) {
    const own = pictures.filter((one) => one.isKnown && one.person === person);
    const turned = own.map((_, i) => own[(i + draw) % own.length]);
    const at = ({ path }) => found.findIndex((one) => one.path === path);
    gallery.set(
      person,
      turned
        .slice(0, enrolled)
        .map(at)
        .filter((i) => i >= 0),
    );
    for (const one of turned.slice(enrolled)) probes.push({ isKnown: true, person, index: at(one) });
  }
  for (const one of pictures.filter(({ isKnown }) => !isKnown)) {
    probes.push({ isKnown: false, index: found.findIndex(({ path }) => path === one.path) });
  }
  const nearest = rank(gallery);
  const judged = probes.map(({ isKnown, person, index }) => {
    if (index < 0) return { isKnown, isRight: false, distance: Number.MAX_VALUE };
    const best = nearest(index);
    return { isKnown, isRight: best.person === person, distance: best.distance };
  });
  const threshold = hindsightThreshold(judged, falseAccept);
  return { threshold, named: openSetRates(judged, threshold).named, first: rankOne(judged) };
}

function nearestPicture(between) {
  return (gallery) => (probe) =>
    nearestOf(
      [...gallery].map(([person, indices]) => ({
        person,
        distance: Math.min(...indices.map((i) => between(probe, i))),
      })),
    );
}

function nearestMean(vectors) {
  return (gallery) => {
    const means = [...gallery].map(([person, indices]) => {
      const sums = new Float64Array(vectors[0].length);
      for (const i of indices) for (const [k, value] of vectors[i].entries()) sums[k] += value;
      return { person, centre: unit(sums) };
    });
    return (probe) =>
      nearestOf(means.map(({ person, centre }) => ({ person, distance: distance(vectors[probe], centre) })));
  };
}

function nearestOf(persons) {
  return persons.reduce((best, one) => (one.distance < best.distance ? one : best));
}

function distance(a, b) {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
}

function unit(vector) {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function embedOne({ picture, face }) {
  return embedding.embed([faceChip(picture, face, embedding.chipForm)]);
}

/** Median over some faces, milliseconds. */
async function timeOf(work) {
  const times = [];
  for (const one of found.slice(0, timed)) {
    const start = performance.now();
    await work(one);
    times.push(performance.now() - start);
  }
  return median(times);
}

function spread(numbers, digits) {
  const middle = mean(numbers);
  const deviation = Math.sqrt(mean(numbers.map((value) => (value - middle) ** 2)));
  return `${middle.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}
