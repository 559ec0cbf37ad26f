// Whether the threshold of an embedding holds that a gallery finds for itself: named and accepted with it, for several numbers of pictures a person.
//   node experiments/people-threshold.mjs FOLDER [--detector=moodlens|mediapipe] [--false-accepts=0.01] [--pictures=1,2,5,7] [--people=20]
// FOLDER: known/NAME/* and strangers/NAME/*, or NAME/*, of which half are strangers. --people: so many of the known ones, drawn anew for each of 20 draws
// (default: all). Of each so many pictures are learnt, drawn too, and the others are asked about. The face nearest to a picture's middle counts. A face
// that is not found counts as not named. Prints a Markdown table: mean and standard deviation over the draws.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodePicture } from '../dist/adapters/node/image-codec.js';
import { openSession } from '../dist/adapters/node/session.js';
import { openShippedDetector } from '../dist/adapters/node/shipped-detector.js';
import { shippedModel } from '../dist/adapters/node/shipped-models.js';
import { EmbeddedGallery } from '../dist/core/identity/embedded-gallery.js';
import { embeddingFacts, embedPicture } from '../dist/core/identity/embedded-people.js';
import { FaceEmbedding } from '../dist/core/identity/embedding/face-embedding.js';
import { findAllFaces } from '../dist/core/identity/find-face.js';
import { hindsightThreshold, openSetRates, rankOne } from '../dist/core/identity/open-set-rates.js';
import { mean } from '../dist/core/numbers/mean.js';
import { createRandom } from '../dist/core/numbers/random.js';

const { values, positionals } = parseArgs({
  options: {
    detector: { type: 'string', default: 'moodlens' },
    'false-accepts': { type: 'string', default: '0.01' },
    pictures: { type: 'string', default: '1,2,5,7' },
    people: { type: 'string', default: 'Infinity' },
  },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('people-threshold needs a folder of people');
  process.exit(2);
}
const draws = 20;
const falseAccepts = Number(values['false-accepts']);

const detector = await openShippedDetector({ search: 'thorough' }, values.detector);
const hashed = {
  embedding: await FaceEmbedding.open(await shippedModel('face-embedding.onnx'), openSession),
  hash: '',
};
const facts = embeddingFacts(hashed);
const isDivided = existsSync(join(folder, 'known'));
const known = await readPeople(isDivided ? join(folder, 'known') : folder);
const strangers = isDivided ? await readPeople(join(folder, 'strangers')) : undefined;
await detector.release();

console.log(
  `| pictures a person | named, % | strangers named, % | threshold | rank 1, % | named at ${100 * falseAccepts} % with the best threshold, % |\n|---|---|---|---|---|---|`,
);
for (const count of values.pictures.split(',').map(Number)) {
  const results = Array.from({ length: draws }, (_, draw) => judge(draw + 1, count));
  const column = (pick, digits = 1) => spread(results.map(pick), digits);
  console.log(
    `| ${count} | ${column((one) => 100 * one.named)} | ${column((one) => 100 * one.falseAccept, 2)} | ${column((one) => one.threshold, 3)} | ${column((one) => 100 * one.first)} | ${column((one) => 100 * one.best)} |`,
  );
}
await hashed.embedding.release();

/** By name, a picture's embedding or undefined where no face is found. */
async function readPeople(directory) {
  const people = new Map();
  for (const name of readdirSync(directory).sort()) {
    const embedded = [];
    for (const file of readdirSync(join(directory, name)).sort()) {
      const picture = await decodePicture(join(directory, name, file));
      const offCentre = ({ box: [x, y, w, h] }) =>
        Math.hypot(x + (w - picture.width) / 2, y + (h - picture.height) / 2);
      const [face] = (await findAllFaces(picture, detector)).sort((a, b) => offCentre(a) - offCentre(b));
      embedded.push(face && (await embedPicture(hashed, picture, face)));
    }
    people.set(name, embedded);
  }
  return people;
}

function judge(seed, count) {
  const random = createRandom(seed);
  const names = random.shuffle([...known.keys()]);
  const unknown = strangers ? 0 : Math.floor(names.length / 2);
  const enrolled = names.slice(0, Math.min(Number(values.people), names.length - unknown));
  const gallery = new Map();
  const probes = [];
  for (const name of enrolled) {
    const pictures = random.shuffle([...known.get(name)]);
    const learnt = pictures.slice(0, count).filter((one) => one !== undefined);
    if (learnt.length > 0) gallery.set(name, learnt);
    for (const one of pictures.slice(count)) probes.push({ isKnown: true, name, one });
  }
  const others = strangers ? [...strangers.values()] : names.slice(-unknown).map((name) => known.get(name));
  for (const one of others.flat()) probes.push({ isKnown: false, one });
  const people = EmbeddedGallery.train(facts, gallery, { falseAccepts });
  const judged = probes.map(({ isKnown, name, one }) => {
    if (one === undefined) return { isKnown, isRight: false, distance: Number.MAX_VALUE };
    const { person, distance } = people.nearest(one.embedding);
    return { isKnown, isRight: person === name, distance };
  });
  const { threshold } = people;
  return {
    ...openSetRates(judged, threshold),
    threshold,
    first: rankOne(judged),
    best: openSetRates(judged, hindsightThreshold(judged, falseAccepts)).named,
  };
}

function spread(numbers, digits) {
  const middle = mean(numbers);
  const deviation = Math.sqrt(mean(numbers.map((value) => (value - middle) ** 2)));
  return `${middle.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}
