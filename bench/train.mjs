// Images per second of whole training steps (forward, backward, optimiser), ours beside PyTorch's in the same run, with
// as many threads and in PyTorch's better memory layout; prints a line of JSON for each network, with the ratio and the
// largest resident memory. MOODLENS_PEERS_PYTHON names a Python with torch; without one only our figures are printed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '../dist/core/numbers/median.js';

const { values } = parseArgs({
  options: {
    architecture: { type: 'string', multiple: true, default: ['compact', 'reference'] },
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '12' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
  },
  allowPositionals: true,
});
const [batch, steps, threads, rounds] = ['batch', 'steps', 'threads', 'rounds'].map((name) => Number(values[name]));
const python = process.env.MOODLENS_PEERS_PYTHON ?? join(homedir(), '.cache/peers/bin/python');
const peer = fileURLToPath(new URL('train-torch.py', import.meta.url));
const benchProcess = fileURLToPath(new URL('../dist/apps/cli/processes/bench-process.js', import.meta.url));
const variants = [{ workers: 1 }, { workers: threads }, { workers: threads, ghostBatch: 16 }];
const round = (value) => Math.round(value * 100) / 100;

for (const name of values.architecture) compare(name);

function compare(name) {
  const hasPeer = existsSync(python);
  const measured = [];
  for (let i = 0; i < rounds; i++) {
    // Interleaved, so that a drift of the machine's speed affects all alike; each in its own process, for its memory.
    const ours = variants.map((variant) => timeSteps(name, variant));
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

/** As `moodlens bench train` does it, in the same kind of process. */
function timeSteps(architecture, { workers, ghostBatch = null }) {
  const task = { kind: 'train', architecture, batch, steps, threads, workers, ghostBatch };
  const { durationsMs, memoryMb } = run(process.execPath, [benchProcess, JSON.stringify(task)]);
  return { imagesPerSecond: round((1000 * batch) / median(durationsMs)), memoryMb };
}

function run(program, args) {
  const done = spawnSync(program, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${done.stderr}`);
  return JSON.parse(done.stdout.trim().split('\n').at(-1));
}
