// `npm run experiment -- ablation --data DATASET --votes fer2013new.csv --out FOLDER`: what each part of the shipped recipe is worth. Trains the recipe
// shortened, then again with one part changed at a time, each with the same seeds, validated on a fold of Training (clean and
// stressed); prints a Markdown table. May be stopped at any moment, and continues from there. Hours: five to ten minutes a run on two cores.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mean } from '../dist/core/numbers/mean.js';
import { percent, points } from '../dist/core/numbers/percent.js';
import { root, run } from '../scripts/set-up.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    votes: { type: 'string' },
    out: { type: 'string' },
    config: { type: 'string', default: join(root, 'configs/residual.json') },
    seeds: { type: 'string', default: '1,2,3' },
    /** Only these, by name; the whole recipe is always among them. */
    parts: { type: 'string' },
  },
});
if (!values.data || !values.votes || !values.out) {
  fail("--data (made by 'moodlens data import'), --votes (FER+'s fer2013new.csv) and --out must all be given");
}
const [data, out] = [resolve(values.data), resolve(values.out)];

const shipped = JSON.parse(readFileSync(values.config, 'utf8'));
const recipe = {
  ...shipped,
  epochs: 9,
  progressive: [{ side: 28, epochs: 6 }],
  votes: { ...shipped.votes, file: resolve(values.votes) },
  validation: { folds: 10, fold: 0, seed: 1 },
};
const { augmentation, votes, schedule } = recipe;
const augmented = (changes) => ({ augmentation: { ...augmentation, ...changes } });
/** What is changed, by the name of its row. */
const changes = {
  'the whole recipe': {},
  'labels only, no votes': { votes: null },
  'votes in the targets, no second head': { votes: { ...votes, auxiliary: 0 } },
  'second head, no votes in the targets': { votes: { ...votes, weight: 0 } },
  'no average of the weights': { average: null },
  'no label smoothing': { labelSmoothing: 0 },
  'no changes of light, blur and noise': augmented({ light: null }),
  'no erasing': augmented({ erasing: { probability: 0 } }),
  'no turning, zooming, shifting': augmented({ rotation: 0, zoom: [1, 1], shift: 0 }),
  'no augmentation at all': { augmentation: null },
  'no clipping of gradients': { clipNorm: null },
  'no penalty on the weights': { l2: 0 },
  'decay apart from the gradient, no penalty': { l2: 0, weightDecay: 0.005 },
  'cosine from a warm start': { schedule: { name: 'cosine', rate: schedule.rate, warmUp: 500 } },
  'constant rate': { schedule: { name: 'constant', rate: schedule.rate / 5 } },
  'full size from the start': { progressive: [] },
  'mixup 0.2': { mixup: { alpha: 0.2 } },
  'balanced class weights': { classWeights: 'balanced' },
  Adam: { optimiser: { name: 'adam' }, schedule: { ...schedule, rate: 0.002 } },
};
const seeds = values.seeds.split(',').map(Number);
if (seeds.some((seed) => !Number.isInteger(seed))) fail(`--seeds must be whole numbers, found ${values.seeds}`);
const wanted = values.parts?.split(',').map((name) => name.trim());
const unknown = wanted?.filter((name) => !(name in changes)) ?? [];
if (unknown.length > 0) fail(`no part is named ${unknown.join(', ')}; there are: ${Object.keys(changes).join('; ')}`);

if (run(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', process.stderr, 'inherit'] }) !== 0)
  process.exit(1);

const parts = Object.keys(changes).filter((name, i) => i === 0 || !wanted || wanted.includes(name));
mkdirSync(out, { recursive: true });
const figures = new Map(parts.map((name) => [name, []]));
// Seed by seed, so that an early end leaves a complete table of fewer seeds.
for (const seed of seeds) for (const name of parts) figures.get(name).push(measure(name, seed));
process.stdout.write(table());

/** Trains and evaluates one row with one seed, or reads what an earlier call measured. */
function measure(name, seed) {
  const folder = join(out, `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-${seed}`);
  const result = `${folder}.result.json`;
  if (!existsSync(result)) {
    const config = `${folder}.config.json`;
    writeFileSync(config, JSON.stringify({ ...recipe, ...changes[name], seed }, null, 2));
    const start = existsSync(folder) ? ['--resume', folder] : ['--out', folder, '--config', config];
    if (!existsSync(join(folder, 'model.onnx'))) moodlens('train', '--data', data, ...start);
    moodlens('evaluate', '--data', data, '--run', folder, '--stress', '--threads', '2', '--out', result);
  }
  const { accuracy, n, nll, stress } = JSON.parse(readFileSync(result, 'utf8'));
  return { accuracy, n, nll, stressed: stress.stressedMean, both: stress.cleanAndStressedMean };
}

function moodlens(...args) {
  // Standard output is for the table.
  const stdio = ['ignore', process.stderr, 'inherit'];
  if (run(process.execPath, [join(root, 'dist/apps/cli/main.js'), ...args], { stdio }) !== 0) fail(`${args[0]} failed`);
}

function table() {
  const meanOf = (name, key) => mean(figures.get(name).map((one) => one[key]));
  const rows = parts.map((name) => {
    const against = figures.get(name).map(({ both }, i) => both - figures.get(parts[0])[i].both);
    const change = mean(against);
    const spread = seeds.length > 1 ? ` (${points(Math.min(...against))} to ${points(Math.max(...against))})` : '';
    const cells = ['accuracy', 'stressed', 'both'].map((key) => percent(meanOf(name, key), { unit: false }));
    const loss = meanOf(name, 'nll').toFixed(3);
    return `| ${[name, ...cells, name === parts[0] ? '' : `${points(change)}${spread}`, loss].join(' | ')} |`;
  });
  const { n } = figures.get(parts[0])[0];
  return `n = ${n} (fold 0 of 10 of Training), seeds ${seeds.join(', ')}; accuracy in %\n\n| | clean | stressed | mean of both | against the whole recipe | log loss, clean |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
