// The cost of making a training batch, in microseconds a picture and by part (each part alone, minus the plain centre crop),
// on one thread; prints one line of JSON. The masks are those of the network with the most and of `compact`.
import { parseArgs } from 'node:util';
import { createArchitecture } from '../dist/core/nn/architectures/create-architecture.js';
import { buildTrainingGraph } from '../dist/core/nn/graphs/training-graph.js';
import { createRandom } from '../dist/core/numbers/random.js';
import { TrainingBatches } from '../dist/core/training/batches.js';

const { values } = parseArgs({
  options: {
    batch: { type: 'string', default: '64' },
    side: { type: 'string', default: '44' },
    rounds: { type: 'string', default: '25' },
  },
  allowPositionals: true,
});
const [batchSize, side, rounds] = ['batch', 'side', 'rounds'].map((name) => Number(values[name]));

const masksOf = (name) => buildTrainingGraph(createArchitecture(name, { classes: 7 }), 1).masks;
const still = { flip: 0, rotation: 0, zoom: [1, 1], shift: 0, light: null, erasing: { probability: 0, area: [0, 0] } };
const moving = { ...still, flip: 0.5, rotation: 8, zoom: [0.9, 1.12], shift: 0.09 };
const even = { probability: 1, gamma: [1, 1], side: 0, blur: 0, noise: 0 };
const erasing = { probability: 0.25, area: [0.04, 0.16] };
const light = { probability: 0.5, gamma: [0.6, 1.6], side: 0.5, blur: 0.02, noise: 8 };
// The baselines of the other parts: `less` names one of these.
const plain = { augmentation: null };
const warped = { augmentation: moving };
const curved = { augmentation: { ...moving, light: { ...even, gamma: [0.6, 1.6], side: 0.5 } } };
const parts = {
  crop: { is: plain },
  warp: { is: warped, less: plain },
  gammaAndSide: { is: curved, less: warped },
  blur: {
    is: { augmentation: { ...moving, light: { ...even, gamma: [0.6, 1.6], side: 0.5, blur: 0.02 } } },
    less: curved,
  },
  noise: {
    is: { augmentation: { ...moving, light: { ...even, gamma: [0.6, 1.6], side: 0.5, noise: 8 } } },
    less: curved,
  },
  erasing: { is: { augmentation: { ...moving, erasing } }, less: warped },
  mixup: { is: { ...plain, mixup: { alpha: 0.2 } }, less: plain },
  masksOfCompact: { is: { ...plain, masks: masksOf('compact') }, less: plain },
  masksOfReference: { is: { ...plain, masks: masksOf('reference') }, less: plain },
  wholeForCompact: { is: { augmentation: { ...moving, erasing, light }, masks: masksOf('compact') } },
  wholeForReference: { is: { augmentation: { ...moving, erasing, light }, masks: masksOf('reference') } },
};

const timers = new Map();
for (const { is, less } of Object.values(parts))
  for (const options of [is, less]) if (options) timers.set(options, open(options));
// Interleaved rounds, so that a drift of the machine's speed affects all parts alike. The best round counts, as other work only slows it down.
for (let round = 0; round < rounds; round++) for (const timer of timers.values()) timer.measure(round);
const micros = Object.entries(parts).map(([name, { is, less }]) => {
  const own = timers.get(is).best - (less === undefined ? 0 : timers.get(less).best);
  return [name, Math.round(own * 100) / 100];
});
process.stdout.write(
  `${JSON.stringify({ benchmark: 'augment', batch: batchSize, side, rounds, microsecondsPerPicture: Object.fromEntries(micros) })}\n`,
);

function open(changes) {
  const [size, count] = [48, 512];
  const random = createRandom(1);
  const batches = new TrainingBatches({
    samples: {
      width: size,
      height: size,
      pixels: Uint8Array.from({ length: count * size * size }, () => random.integer(256)),
      classes: Uint8Array.from({ length: count }, (_, i) => i % 7),
      indices: Int32Array.from({ length: count }, (_, i) => i),
    },
    view: { width: side, height: side },
    classCount: 7,
    batchSize,
    seed: 1,
    labelSmoothing: 0.1,
    softLabelWeight: 0,
    classWeights: null,
    mixup: null,
    progressive: [],
    masks: [],
    ...changes,
  });
  return {
    best: Number.POSITIVE_INFINITY,
    measure(round) {
      const start = performance.now();
      for (let number = 0; number < batches.perEpoch; number++) batches.batch(round, number);
      const micros = (1000 * (performance.now() - start)) / (batches.perEpoch * batchSize);
      this.best = Math.min(this.best, micros);
    },
  };
}
