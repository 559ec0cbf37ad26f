// Latency of the live pipeline at 640x480 with one face on one thread, decoding excluded; prints one line of JSON.
// The source is a video of the shared data when it is there, else a photograph that moves; `--frames N` of them (600).
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodePicture } from '../dist/adapters/node/image-codec.js';
import { loadRuntime, openSession } from '../dist/adapters/node/session.js';
import { openShippedDetector } from '../dist/adapters/node/shipped-detector.js';
import { shippedModelPath } from '../dist/adapters/node/shipped-models.js';
import { openVideo } from '../dist/adapters/node/video/ffmpeg.js';
import { expressionLabels } from '../dist/core/dataset/labels.js';
import { People } from '../dist/core/identity/people.js';
import { crop } from '../dist/core/image/crop.js';
import { resize } from '../dist/core/image/resize.js';
import { assemblePipeline } from '../dist/core/live/assemble-pipeline.js';
import { buildModel } from '../dist/core/model/build-model.js';
import { ExpressionModel } from '../dist/core/model/expression-model.js';
import { countMultiplyAdds, countParameters } from '../dist/core/nn/architectures/architecture.js';
import { createArchitecture } from '../dist/core/nn/architectures/create-architecture.js';
import { initialWeights } from '../dist/core/nn/architectures/parameters.js';
import { createRandom } from '../dist/core/numbers/random.js';

const size = { width: 640, height: 480 };
const clip = `${process.env.MOODLENS_SHARED ?? fileURLToPath(new URL('../../shared', import.meta.url))}/video/one-standing-webcam.mkv`;
const photo = fileURLToPath(new URL('../node_modules/@vladmandic/face-api/demo/sample1.jpg', import.meta.url));
const wanted = Number(process.argv[process.argv.indexOf('--frames') + 1]) || 600;
const clock = () => performance.now();

const isShipped = existsSync(shippedModelPath('expression.onnx'));
const expression = await ExpressionModel.open(
  isShipped ? readFileSync(shippedModelPath('expression.onnx')) : untrained(),
  openSession,
);
const useClip = existsSync(clip);
// For the photographs, with the detector's own settings.
const photoDetector = await openShippedDetector();
const pictures = useClip ? await readClip() : await movePhoto();
const people = await enrol();
await photoDetector.release();

const results = [];
for (const known of [undefined, people]) {
  const { pipeline, detector } = await assemblePipeline({
    openDetector: openShippedDetector,
    expression,
    people: known,
    clock,
  });
  const stages = {};
  let faces = 0;
  let cpu = process.cpuUsage();
  for (let i = -30; i < wanted; i++) {
    const picture = pictures[(i + 30) % pictures.length];
    if (i === 0) cpu = process.cpuUsage();
    const result = await pipeline.process({ index: i + 30, timeMs: (i + 30) * 33, picture });
    if (i < 0) continue;
    faces += result.faces.length;
    for (const [stage, ms] of Object.entries(result.latencyMs)) {
      stages[stage] = stages[stage] ?? [];
      stages[stage].push(ms);
    }
  }
  const { user, system } = process.cpuUsage(cpu);
  await detector.release();
  const { total, ...parts } = Object.fromEntries(Object.entries(stages).map(([stage, all]) => [stage, figures(all)]));
  results.push({
    people: known ? 5 : 0,
    facesPerFrame: faces / wanted,
    latencyMs: total,
    cpuMs: cpuMs(user + system),
    stages: parts,
  });
}
const [alone, named] = results;
process.stdout.write(
  `${JSON.stringify({
    bench: 'live',
    ...size,
    frames: wanted,
    source: useClip ? 'one-standing-webcam.mkv' : 'sample1.jpg, moving',
    runtime: (await loadRuntime()).name,
    threads: 1,
    model: { shipped: isShipped, ...expression.metadata },
    ...alone,
    withPeople: named,
  })}\n`,
);
await expression.release();
process.exitCode = alone.latencyMs.p95 <= 20 ? 0 : 1;

/** Processor time a frame, all threads: hardly depends on other work on the machine. */
function cpuMs(microseconds) {
  return Number((microseconds / 1000 / wanted).toFixed(2));
}

function figures(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => Number(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)].toFixed(2));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

async function readClip() {
  const frames = [];
  for await (const { picture } of await openVideo(clip)) frames.push(resize(picture, size.width, size.height));
  return frames;
}

/** One face of a photograph, a quarter of the picture wide, that wanders by a few pixels. */
async function movePhoto() {
  const whole = await decodePicture(photo);
  const [{ box }] = await photoDetector.detect(whole);
  const width = box[2] * 3.2;
  const height = (width * size.height) / size.width;
  return Array.from({ length: 60 }, (_, i) => {
    const x = box[0] + box[2] / 2 - width / 2 + box[2] * 0.2 * Math.sin(i / 9.55);
    const y = box[1] + box[3] / 2 - height / 2;
    return resize(crop(whole, [x, y, width, height]), size.width, size.height);
  });
}

/** The network that would be shipped, with random weights: the same work, meaningless answers. */
function untrained() {
  const architecture = createArchitecture('compact', { classes: expressionLabels.length });
  return buildModel(architecture, initialWeights(architecture, createRandom(1)), {
    format: 1,
    architecture: architecture.name,
    labels: [...expressionLabels],
    input: architecture.input,
    embedding: architecture.features.outputShape([1, architecture.crop.height, architecture.crop.width])[0],
    parameters: countParameters(architecture),
    multiplyAdds: countMultiplyAdds(architecture),
    split: 'none',
    metrics: {},
    dataset: 'none',
    run: 'untrained',
    licence: 'none',
  });
}

/** Five people with 60 pictures each: faces of the photograph's series, every one cut a little differently. */
async function enrol() {
  const random = createRandom(7);
  const jitter = () => (random.next() - 0.5) * 0.1;
  const people = [];
  for (const name of ['sample1', 'sample2', 'sample3', 'sample4', 'sample5', 'sample6']) {
    const picture = await decodePicture(photo.replace('sample1', name));
    for (const { box } of (await photoDetector.detect(picture)).slice(0, 2)) {
      const [x, y, width, height] = box;
      const pictures = Array.from({ length: 60 }, () => {
        const side = width * (1 + jitter());
        return { picture: crop(picture, [x + width * jitter(), y + height * jitter(), side, side]), face: null };
      });
      people.push([`person ${people.length}`, pictures]);
    }
  }
  return People.train(people.slice(0, 5));
}
