// The TPE sampler beside Optuna's on standard functions: `node bench/tuning.mjs [--trials 100] [--seeds 30] [--functions a,b]`.
// Prints a Markdown table: medians of the best value over all seeds, their ratio, and whether they differ (Mann & Whitney 1947,
// two-sided); then the time of a proposal with 1,000 trials known. Needs Python with optuna 5; MOODLENS_PEERS_PYTHON names it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../dist/core/numbers/median.js';
import { createRandom } from '../dist/core/numbers/random.js';
import { createStudy, MemoryJournal, openStudy, RandomSampler, TpeSampler } from '../dist/core/tuning/index.js';
import { functions } from './tuning-functions.js';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '100' },
    seeds: { type: 'string', default: '30' },
    functions: { type: 'string', default: 'sphere,rosenbrock,hartmann6,branin,mixed,noisy' },
  },
});
const [trials, seeds] = [Number(values.trials), Number(values.seeds)];
const names = values.functions.split(',');

const optuna = runOptuna();
process.stdout.write(`Optuna ${optuna.version}, ${trials} trials, ${seeds} seeds, best value (lower is better)\n\n`);
process.stdout.write('| function | ours, median | Optuna, median | ratio | p |\n|---|---|---|---|---|\n');
for (const name of names) {
  const ours = [];
  for (let seed = 0; seed < seeds; seed++) ours.push(await search(name, seed));
  const theirs = optuna.best.get(name);
  const [one, other] = [median(ours), median(theirs)];
  const cells = [
    name,
    one.toPrecision(4),
    other.toPrecision(4),
    (one / other).toFixed(2),
    mannWhitney(ours, theirs).toFixed(3),
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
const ms = await proposalMs(1000, 21);
const ratio = (ms / optuna.proposalMs).toFixed(3);
process.stdout.write(
  `\nA proposal with 1,000 trials known: ${ms.toFixed(2)} ms, ${ratio} of Optuna's ${optuna.proposalMs.toFixed(2)} ms\n`,
);

async function search(name, seed) {
  const study = await createStudy({ sampler: new TpeSampler({ seed }) });
  const values = [];
  const objective = (trial) => {
    const value = functions[name === 'noisy' ? 'sphere' : name](trial);
    values[trial.number] = value;
    return name === 'noisy' ? value + 2 * createRandom(seed, trial.number, 1).normal() : value;
  };
  await study.optimize(objective, { trials });
  return values[study.bestTrial.number];
}

async function proposalMs(known, repeats, warmUp = 20) {
  const storage = new MemoryJournal();
  const random = await createStudy({ storage, sampler: new RandomSampler({ seed: 1 }) });
  await random.optimize(functions.mixed, { trials: known });
  const study = await openStudy('study', storage, { sampler: new TpeSampler({ seed: 1 }) });
  const times = [];
  for (let i = 0; i < warmUp + repeats; i++) {
    const begin = performance.now();
    const trial = await study.ask();
    const value = functions.mixed(trial);
    times.push(performance.now() - begin);
    await study.tell(trial, value);
  }
  return median(times.slice(warmUp));
}

function runOptuna() {
  const usual = join(homedir(), '.cache/peers/bin/python');
  const python = process.env.MOODLENS_PEERS_PYTHON ?? (existsSync(usual) ? usual : 'python3');
  const script = fileURLToPath(new URL('tuning-optuna.py', import.meta.url));
  const text = execFileSync(python, [script, trials, seeds, names.join(',')].map(String), { encoding: 'utf8' });
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const best = new Map(
    names.map((name) => [name, lines.filter((line) => line.function === name).map((line) => line.best)]),
  );
  const { optuna: version, proposalMs } = lines.at(-1);
  return { best, version, proposalMs };
}

/** The two-sided p value, by the normal approximation with ties and continuity corrected. */
function mannWhitney(one, other) {
  const all = [...one, ...other].sort((a, b) => a - b);
  const rank = (value) => (all.indexOf(value) + all.lastIndexOf(value)) / 2 + 1;
  const [n, m] = [one.length, other.length];
  const u = one.reduce((sum, value) => sum + rank(value), 0) - (n * (n + 1)) / 2;
  const counts = [...new Set(all)].map((value) => all.lastIndexOf(value) - all.indexOf(value) + 1);
  const ties = counts.reduce((sum, count) => sum + count ** 3 - count, 0);
  const deviation = Math.sqrt(((n * m) / 12) * (n + m + 1 - ties / ((n + m) * (n + m - 1))));
  const z = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / deviation;
  return Math.min(1, 2 * (1 - normalCumulative(z)));
}

/** Abramowitz & Stegun 26.2.17, to 7.5e-8. */
function normalCumulative(z) {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
