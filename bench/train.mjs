// Images per second of whole training steps (forward, backward, optimiser), ours beside PyTorch's in the same run, on the
// reference network; prints one line of JSON. `--architecture compact` times another network, without a peer.
//
// The peer is a script that prints one JSON line with `train_images_per_s_contiguous` and `…_channels_last`
// (MOODLENS_PEER_TRAINER, run by MOODLENS_PEERS_PYTHON); without it only our figure is printed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openSession } from '../dist/adapters/node/session.js';
import { countParameters, createArchitecture } from '../dist/core/nn/architecture.js';
import { TrainingBatches } from '../dist/core/nn/batches.js';
import { LocalEngine } from '../dist/core/nn/engine.js';
import { initialWeights } from '../dist/core/nn/parameters.js';
import { createRandom } from '../dist/core/tensor/random.js';

const { values } = parseArgs({
  options: {
    architecture: { type: 'string', default: 'reference' },
    batch: { type: 'string', default: '64' },
    steps: { type: 'string', default: '12' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
  },
  allowPositionals: true,
});
const [batch, steps, threads, rounds] = ['batch', 'steps', 'threads', 'rounds'].map((name) => Number(values[name]));
const python = process.env.MOODLENS_PEERS_PYTHON ?? join(homedir(), '.cache/peers/bin/python');
const peer =
  process.env.MOODLENS_PEER_TRAINER ?? fileURLToPath(new URL('../../shared/peers/train_torch.py', import.meta.url));
const hasPeer = values.architecture === 'reference' && existsSync(python) && existsSync(peer);

const architecture = createArchitecture(values.architecture, { classes: 7 });
const result = { benchmark: 'train', architecture: values.architecture, parameters: countParameters(architecture) };
const measured = [];
for (let round = 0; round < rounds; round++) {
  // In turn, so that a machine whose speed drifts treats both alike.
  const ours = await timeOurs();
  measured.push({ ours, peer: hasPeer ? timePeer() : undefined });
  process.stderr.write(`${JSON.stringify(measured.at(-1))}\n`);
}
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const imagesPerSecond = median(measured.map(({ ours }) => ours));
Object.assign(result, { batch, threads, rounds, imagesPerSecond: Math.round(imagesPerSecond * 10) / 10 });
if (hasPeer) {
  const best = (round) =>
    Math.max(round.peer.train_images_per_s_contiguous, round.peer.train_images_per_s_channels_last);
  Object.assign(result, {
    peer: `PyTorch ${measured[0].peer.version}, best layout`,
    peerImagesPerSecond: median(measured.map(best)),
    ratio: Math.round(median(measured.map((round) => round.ours / best(round))) * 100) / 100,
  });
}
process.stdout.write(`${JSON.stringify(result)}\n`);

async function timeOurs() {
  const random = createRandom(1);
  const engine = new LocalEngine(architecture, openSession, {
    optimiser: { name: 'adam' },
    weights: initialWeights(architecture, random),
    threads,
  });
  const { width, height } = architecture.input;
  const batches = new TrainingBatches({
    samples: {
      width,
      height,
      pixels: Uint8Array.from({ length: batch * width * height }, () => random.integer(256)),
      classes: Uint8Array.from({ length: batch }, (_, i) => i % 7),
      indices: Int32Array.from({ length: batch }, (_, i) => i),
    },
    view: architecture.view,
    classCount: 7,
    batchSize: batch,
    seed: 1,
    labelSmoothing: 0,
    softLabelWeight: 0,
    auxiliaryWeight: 0,
    classWeights: null,
    mixup: null,
    progressive: [],
    augmentation: null,
    masks: engine.masks,
  });
  // As the peer does it, one batch is made once and stepped again and again.
  const made = batches.batch(0, 0);
  for (let i = 0; i < 3; i++) await engine.step(made, 1e-4);
  const start = performance.now();
  for (let i = 0; i < steps; i++) await engine.step(made, 1e-4);
  const imagesPerSecond = (batch * steps * 1000) / (performance.now() - start);
  await engine.release();
  return imagesPerSecond;
}

function timePeer() {
  const done = spawnSync(python, [peer, String(batch), String(steps), String(threads)], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the peer failed: ${done.stderr}`);
  return JSON.parse(done.stdout.trim().split('\n').at(-1));
}
