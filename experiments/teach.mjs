// Ways to learn how one person shows each expression, on pseudo-persons made of FER2013's PublicTest, which the shipped model was not
// trained on. Nobody's name is in FER2013, so persons are made up, in one way that is too easy, one that is too hard, and one between:
//   one face an expression   a person's seven expressions are seven pictures; each look at one is in other light and framed otherwise
//   half a face              each look is a blend, half and half, of the expression's own picture and another of its class
//   a group of faces         every look is another picture; what a person has in common is a gamma and a contrast
//   node experiments/teach.mjs DATASET [--persons=N] [--corrections]     DATASET: packed by `moodlens data import`; 120 persons without it
// --corrections: what is taught of some of the expressions, and by corrections alone, changes for these expressions and for the others.
import { parseArgs } from 'node:util';
import { createFolderStore } from '../dist/adapters/node/files.js';
import { openSession } from '../dist/adapters/node/session.js';
import { shippedModel } from '../dist/adapters/node/shipped-models.js';
import { readPackedDataset } from '../dist/core/dataset/packed-dataset.js';
import { wilsonInterval } from '../dist/core/metrics/wilson-interval.js';
import { ExpressionModel } from '../dist/core/model/expression-model.js';
import { createRandom } from '../dist/core/numbers/random.js';
import { augmentedCopies } from '../dist/core/personal/augmented-copies.js';
import { learnAndJudge } from '../dist/core/personal/judge-calibration.js';
import { PersonalCalibration } from '../dist/core/personal/personal-calibration.js';
import { augment } from '../dist/core/training/augmentation.js';

const { values, positionals } = parseArgs({
  options: { persons: { type: 'string', default: '120' }, corrections: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const dataset = await readPackedDataset(createFolderStore(positionals[0] ?? 'data/fer2013'));
const model = await ExpressionModel.open(await shippedModel('expression.onnx'), openSession, { threads: 2 });
const classes = dataset.labels.length;
const size = 48;
const asked = 4;
const none = { probability: 0, area: [0, 0] };
/** Of the taught looks: a minute in front of one camera. */
const mild = {
  ...{ flip: 0.5, rotation: 3, zoom: [0.97, 1.03], shift: 0.03, erasing: none },
  light: { probability: 1, gamma: [0.9, 1.1], side: 0.1, blur: 0.003, noise: 3 },
};
/** Of the looks that are asked about: other days. */
const strong = {
  ...{ flip: 0.5, rotation: 8, zoom: [0.93, 1.08], shift: 0.0625, erasing: none },
  light: { probability: 1, gamma: [0.6, 1.6], side: 0.4, blur: 0.012, noise: 5 },
};

const split = dataset.splitNames.indexOf('PublicTest');
const rowsOf = Array.from({ length: classes }, () => []);
for (let i = 0; i < dataset.count; i++) if (dataset.splits[i] === split) rowsOf[dataset.classes[i]].push(i);

const greyOf = (row) => dataset.pixels.subarray(row * size * size, (row + 1) * size * size);

function changed(pixels, changes, random) {
  const picture = new Float32Array(size * size);
  const target = { values: picture, offset: 0, width: size, height: size, view: { width: size, height: size } };
  augment({ pixels, offset: 0, width: size, height: size }, target, changes, random);
  const data = Uint8Array.from(picture, (value) => Math.round(Math.min(255, Math.max(0, value))));
  return { width: size, height: size, channels: 1, data };
}

/** What one person shows: looks to teach by, `taught` an expression, and looks to ask about. */
function onePerson(kind, seed, taught) {
  const random = createRandom(seed, taught);
  const pick = (label) => rowsOf[label][Math.floor(random.next() * rowsOf[label].length)];
  const [gamma, contrast] = [0.6 + random.next(), 0.6 + 0.6 * random.next()];
  const own = (grey) => Math.max(0, Math.min(255, 128 + contrast * (255 * (grey / 255) ** gamma - 128)));
  const looks = [];
  for (let label = 0; label < classes; label++) {
    const base = greyOf(pick(label));
    for (let i = 0; i < taught + asked; i++) {
      const isTaught = i < taught;
      const other = greyOf(pick(label));
      const pixels =
        kind === 'face'
          ? Uint8Array.from(base)
          : kind === 'half'
            ? Uint8Array.from(base, (grey, at) => (grey + other[at]) / 2)
            : Uint8Array.from(other, own);
      const picture = changed(pixels, isTaught ? mild : strong, random);
      looks.push({ label, isTaught, picture });
    }
  }
  return looks;
}

function moments(vectors) {
  const dims = vectors[0].length;
  const mean = new Float64Array(dims);
  const deviation = new Float64Array(dims);
  for (const vector of vectors) for (let d = 0; d < dims; d++) mean[d] += vector[d] / vectors.length;
  for (const vector of vectors)
    for (let d = 0; d < dims; d++) deviation[d] += (vector[d] - mean[d]) ** 2 / vectors.length;
  const usual = deviation.reduce((sum, value) => sum + Math.sqrt(value), 0) / dims;
  return { mean, deviation: deviation.map((value) => Math.max(0.3 * usual, Math.sqrt(value))) };
}

function standardised(vector, { mean, deviation }) {
  const scaled = mean.map((value, d) => (vector[d] - value) / deviation[d]);
  const length = Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0)) || 1;
  return scaled.map((value) => value / length);
}
const dot = (a, b) => a.reduce((sum, value, d) => sum + value * b[d], 0);
const largest = (scores) => scores.reduce((best, value, i) => (value > scores[best] ? i : best), 0);

/** Scores of a linear head with a ridge penalty, by its dual: as many unknowns as pictures. */
function ridge(vectors, labels, penalty) {
  const n = vectors.length;
  const rows = vectors.map((one, i) => [
    ...vectors.map((other, j) => dot(one, other) + (i === j ? penalty : 0)),
    ...Array.from({ length: classes }, (_, c) => (labels[i] === c ? 1 : 0)),
  ]);
  for (let i = 0; i < n; i++) {
    const pivot = rows[i][i];
    for (let j = i; j < n + classes; j++) rows[i][j] /= pivot;
    for (let k = 0; k < n; k++) {
      const factor = rows[k][i];
      if (k === i || factor === 0) continue;
      for (let j = i; j < n + classes; j++) rows[k][j] -= factor * rows[i][j];
    }
  }
  return (vector) => {
    const alike = vectors.map((one) => dot(one, vector));
    return Array.from({ length: classes }, (_, c) => alike.reduce((sum, value, i) => sum + value * rows[i][n + c], 0));
  };
}

/** By name, a way to learn: from taught looks to a function from an answer of the model to the class. */
const ways = {
  'the general model':
    () =>
    ({ probabilities }) =>
      largest([...probabilities]),
  'prototypes of the pictures alone': (looks) =>
    prototypes(
      looks.map((look) => ({ ...look, answers: look.answers.slice(0, 1) })),
      1,
    ),
  'with the mirror image': (looks) =>
    prototypes(
      looks.map((look) => ({ ...look, answers: look.answers.slice(0, 2) })),
      1,
    ),
  'with five relit and warped copies': (looks) => prototypes(looks, 1),
  'a linear head on all of them': (looks) => linear(looks, 1, 1),
  'the linear head, a fifth the general model': (looks) => linear(looks, 1, 0.8),
  'prototypes, a fifth the general model': (looks) =>
    moodlens(looks, (examples) => PersonalCalibration.learn(examples)),
  'moodlens: as much as leaving pictures out tells': (looks) =>
    moodlens(looks, (examples) => learnAndJudge(examples).calibration),
  'prototypes, half the general model': (looks) => prototypes(looks, 0.5),
};

function moodlens(looks, learn) {
  const calibration = learn(
    looks.map(({ label, answers }) => ({
      label,
      embeddings: answers.map(({ embedding }) => embedding),
      probabilities: answers[0].probabilities,
    })),
  );
  return ({ probabilities, embedding }) => largest([...calibration.adapt(probabilities, embedding)]);
}

function prototypes(looks, weight) {
  const all = looks.flatMap(({ answers }) => answers.map(({ embedding }) => embedding));
  const facts = moments(all);
  const centres = Array.from({ length: classes }, (_, label) => {
    const own = looks.filter((look) => look.label === label).flatMap(({ answers }) => answers);
    if (own.length === 0) return undefined;
    const sum = new Float64Array(all[0].length);
    for (const { embedding } of own)
      standardised(embedding, facts).forEach((value, d) => {
        sum[d] += value;
      });
    const length = Math.sqrt(dot(sum, sum));
    return sum.map((value) => value / length);
  });
  return ({ probabilities, embedding }) => {
    const vector = standardised(embedding, facts);
    return largest(
      centres.map(
        (centre, c) => (1 - weight) * Math.log(Math.max(1e-6, probabilities[c])) + (weight * dot(centre, vector)) / 0.1,
      ),
    );
  };
}

function linear(looks, penalty, weight) {
  const all = looks.flatMap(({ label, answers }) => answers.map(({ embedding }) => ({ label, embedding })));
  const facts = moments(all.map(({ embedding }) => embedding));
  const head = ridge(
    all.map(({ embedding }) => standardised(embedding, facts)),
    all.map(({ label }) => label),
    penalty,
  );
  return ({ probabilities, embedding }) => {
    const scores = head(standardised(embedding, facts));
    return largest(
      scores.map((score, c) => (1 - weight) * Math.log(Math.max(1e-6, probabilities[c])) + (weight * score) / 0.1),
    );
  };
}

const persons = Number(values.persons);
const kinds = [
  ['face', 'one face an expression'],
  ['half', 'half a face'],
  ['group', 'a group of faces'],
];

/** A person's taught looks as examples, and what is asked about with the model's answers. */
async function askModel(kind, person, taught) {
  const looks = onePerson(kind, person, taught);
  const copies = looks.map(({ isTaught, picture }) => (isTaught ? augmentedCopies(picture) : [picture]));
  const answers = (await model.predict(copies.flat())).values();
  const read = looks.map(({ label, isTaught }, i) => {
    const own = copies[i].map(() => answers.next().value);
    const [{ probabilities }] = own;
    return { label, isTaught, probabilities, embeddings: own.map(({ embedding }) => embedding) };
  });
  return { examples: read.filter(({ isTaught }) => isTaught), ask: read.filter(({ isTaught }) => !isTaught) };
}

/** Prints % right for the expressions that `choose` took pictures of and for the others: general model, prototypes alone, moodlens. */
async function measure(title, kind, taught, choose) {
  const hits = { those: [0, 0, 0, 0], 'the others': [0, 0, 0, 0] };
  for (let person = 0; person < persons; person++) {
    const { examples, ask } = await askModel(kind, person, taught);
    const chosen = choose(examples, createRandom(person, 99));
    if (chosen.length === 0) continue;
    // Without what the general model says of them pictures correct nothing.
    const prototypesAlone = PersonalCalibration.learn(chosen.map(({ label, embeddings }) => ({ label, embeddings })));
    const whole = PersonalCalibration.learn(chosen);
    for (const { label, probabilities, embeddings } of ask) {
      const own = hits[chosen.some((one) => one.label === label) ? 'those' : 'the others'];
      own[0]++;
      [
        probabilities,
        prototypesAlone.adapt(probabilities, embeddings[0]),
        whole.adapt(probabilities, embeddings[0]),
      ].forEach((reading, way) => {
        own[way + 1] += largest([...reading]) === label ? 1 : 0;
      });
    }
  }
  for (const [which, [n, ...right]] of Object.entries(hits)) {
    const shares = right.map((count) => `${((100 * count) / n).toFixed(1)} %`).join('  ');
    if (n > 0) console.log(`  ${title}, ${which.padEnd(10)} ${shares}  (n = ${n})`);
  }
}

function someExpressions(count) {
  return (examples, random) => {
    const drawn = Array.from({ length: classes }, (_, label) => [random.next(), label]).sort(([a], [b]) => a - b);
    const labels = drawn.slice(0, count).map(([, label]) => label);
    return examples.filter(({ label }) => labels.includes(label));
  };
}

const misread = (examples) =>
  examples.filter(({ label, probabilities }) => largest([...probabilities]) !== label).slice(0, 3);

for (const [kind, title] of values.corrections ? kinds : []) {
  console.log(`\n${title}: the general model, prototypes alone, moodlens`);
  for (const [count, taught] of [
    [2, 1],
    [2, 3],
    [4, 2],
  ]) {
    await measure(`${count} expressions of ${taught}`, kind, taught, someExpressions(count));
  }
  await measure('3 corrections', kind, 2, misread);
}

for (const [kind, title] of values.corrections ? [] : kinds) {
  for (const taught of [1, 2, 3]) {
    const hits = Object.fromEntries(Object.keys(ways).map((name) => [name, 0]));
    let n = 0;
    for (let person = 0; person < persons; person++) {
      const looks = onePerson(kind, person, taught);
      const teach = looks.filter(({ isTaught }) => isTaught);
      const ask = looks.filter(({ isTaught }) => !isTaught);
      const copies = teach.map(({ picture }) => augmentedCopies(picture));
      const answers = await model.predict([...copies.flat(), ...ask.map(({ picture }) => picture)]);
      let at = 0;
      const learnt = teach.map(({ label }, i) => {
        at += copies[i].length;
        return { label, answers: answers.slice(at - copies[i].length, at) };
      });
      for (const [name, learn] of Object.entries(ways)) {
        const read = learn(learnt);
        ask.forEach(({ label }, i) => {
          hits[name] += read(answers[at + i]) === label ? 1 : 0;
        });
      }
      n += ask.length;
    }
    console.log(`\n${title}, ${taught} taught an expression, ${persons} persons, n = ${n}`);
    for (const [name, count] of Object.entries(hits)) {
      const [low, high] = wilsonInterval(count, n).map((share) => (100 * share).toFixed(1));
      console.log(`  ${name.padEnd(50)} ${((100 * count) / n).toFixed(1)} %  (${low} to ${high})`);
    }
  }
}
await model.release();
