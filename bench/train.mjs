// Images per second of whole training steps (forward, backward, optimiser), ours beside PyTorch's in the same run, with
// as many threads and in PyTorch's better memory layout; prints a line of JSON for each network, with the ratio and the
// largest resident memory. MOODLENS_PEERS_PYTHON names a Python with torch; without one only our figures are printed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { WorkerEngine } from '../dist/adapters/node/worker-engine.js';
import { createArchitecture } from '../dist/core/nn/architecture.js';
import { initialWeights } from '../dist/core/nn/parameters.js';
import { createRandom } from '../dist/core/tensor/random.js';

const { values } = parseArgs({
  options: {
    architecture: { type: 'string', multiple: true, default: ['compact', 'reference'] },
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '12' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    /** Engine options as JSON: only they are timed, in this process. */
    only: { type: 'string' },
  },
  allowPositionals: true,
});
const [batch, steps, threads, rounds] = ['batch', 'steps', 'threads', 'rounds'].map((name) => Number(values[name]));
const python = process.env.MOODLENS_PEERS_PYTHON ?? join(homedir(), '.cache/peers/bin/python');
const peer = fileURLToPath(new URL('train-torch.py', import.meta.url));
const variants = [{ workers: 1 }, { workers: threads }, { workers: threads, ghostBatch: 16 }];
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const round = (value) => Math.round(value * 100) / 100;

if (values.only === undefined) for (const name of values.architecture) compare(name);
else process.stdout.write(`${JSON.stringify(await timeSteps(values.architecture[0], JSON.parse(values.only)))}\n`);

function compare(name) {
  const hasPeer = existsSync(python);
  const measured = [];
  for (let i = 0; i < rounds; i++) {
    // In turn, so that a machine whose speed drifts treats all alike; each in a process of its own, for its memory.
    const ours = variants.map((variant) =>
      run(process.execPath, [fileURLToPath(import.meta.url), ...same(name, variant)]),
    );
    measured.push({ ours, peer: hasPeer ? run(python, [peer, name, batch, steps, threads].map(String)) : undefined });
    process.stderr.write(`${JSON.stringify(measured.at(-1))}\n`);
  }
  const best = ({ contiguous, channels_last: channelsLast }) => Math.max(contiguous, channelsLast);
  const engines = variants.map((variant, i) => ({
    ...variant,
    imagesPerSecond: median(measured.map(({ ours }) => ours[i].imagesPerSecond)),
    memoryMb: Math.max(...measured.map(({ ours }) => ours[i].memoryMb)),
    ...(hasPeer
      ? { ratio: round(median(measured.map(({ ours, peer: p }) => ours[i].imagesPerSecond / best(p)))) }
      : {}),
  }));
  const result = { benchmark: 'train', architecture: name, batch, threads, rounds, engines };
  if (hasPeer) {
    const { version } = measured[0].peer;
    result.peer = `PyTorch ${version}, best layout`;
    result.peerImagesPerSecond = median(measured.map((each) => best(each.peer)));
    result.peerMemoryMb = Math.max(...measured.map((each) => each.peer.memory));
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

function same(name, variant) {
  const options = { architecture: name, batch, steps, threads, only: JSON.stringify(variant) };
  return Object.entries(options).flatMap(([key, value]) => [`--${key}`, String(value)]);
}

function run(program, args) {
  const done = spawnSync(program, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${done.stderr}`);
  return JSON.parse(done.stdout.trim().split('\n').at(-1));
}

async function timeSteps(name, variant) {
  const architecture = createArchitecture(name, { classes: 7 });
  const random = createRandom(1);
  const engine = new WorkerEngine({
    architecture: name,
    architectureOptions: { classes: 7 },
    optimiser: { name: 'adam' },
    weights: initialWeights(architecture, random),
    threads,
    ...variant,
  });
  const side = architecture.crop.height;
  const pixels = Float32Array.from({ length: batch * side * side }, () => random.between(0, 255));
  const targets = Float32Array.from({ length: batch * 7 }, (_, i) => (i % 7 === Math.floor(i / 7) % 7 ? 1 : 0));
  const masks = engine.masks.map(({ shape, rate }) => {
    const length = shape.reduce((product, size) => product * size, batch);
    return Float32Array.from({ length }, () => (random.next() < rate ? 0 : 1 / (1 - rate)));
  });
  const times = [];
  for (let i = 0; i < 3 + steps; i++) {
    // The engine takes the arrays over. Making batches is not what is measured: training does it in another thread.
    const made = {
      size: batch,
      side,
      pixels: pixels.slice(),
      targets: targets.slice(),
      masks: masks.map((m) => m.slice()),
    };
    const start = performance.now();
    await engine.step(made, 1e-4);
    times.push(performance.now() - start);
  }
  await engine.release();
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
  return { imagesPerSecond: round((1000 * batch) / median(times.slice(3))), memoryMb };
}
