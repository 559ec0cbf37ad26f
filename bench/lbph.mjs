// LBPH beside OpenCV's own (cv2.face, one thread) on the same pictures; prints one line of JSON with the ratio of times,
// also for faces whose light is taken out first.
// 200 training pictures and 200 probes: the ORL faces when the shared data is there, else drawn ones of that size.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inLight, lbphForLight } from '../dist/core/identity/face-light.js';
import { LbphRecogniser } from '../dist/core/identity/lbph.js';
import { readOpenCvYaml, writeOpenCvYaml } from '../dist/core/identity/opencv-yaml.js';
import { decodeNetpbm } from '../dist/core/image/netpbm.js';
import { median } from '../dist/core/numbers/median.js';
import { createRandom } from '../dist/core/numbers/random.js';

const orl = `${process.env.MOODLENS_SHARED ?? fileURLToPath(new URL('../../shared', import.meta.url))}/identity/orl`;
const oracle = fileURLToPath(new URL('../tests/oracles/lbph.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lbph-'));
try {
  const useOrl = existsSync(orl);
  const paths = useOrl ? orlFaces() : drawnFaces();
  const train = paths.filter((_, i) => i % 10 < 5);
  const test = paths.filter((_, i) => i % 10 >= 5);
  const read = ([path, label]) => ({ picture: decodeNetpbm(readFileSync(path)), label });
  const faces = train.map(read);
  const probes = test.map((entry) => read(entry).picture);

  const trainMs = median(Array.from({ length: 5 }, () => time(() => LbphRecogniser.train(faces)))) / faces.length;
  const recogniser = LbphRecogniser.train(faces);
  recogniser.predict(probes[0]);
  // Half before OpenCV's turn and half after it, so that other work on the machine affects both.
  const people = withoutLight(faces);
  people(probes[0]);
  const ours = [];
  const oursWithoutLight = [];
  const measure = () => {
    ours.push(...probes.map((probe) => time(() => recogniser.predict(probe))));
    oursWithoutLight.push(...probes.map((probe) => time(() => people(probe))));
  };
  measure();
  const opencv = askOpenCv(train, test);
  measure();

  let text = '';
  const writeMs = time(() => {
    text = writeOpenCvYaml(recogniser);
  });
  const readMs = time(() => readOpenCvYaml(text));
  const predictMs = median(ours);
  const withoutLightMs = median(oursWithoutLight);
  process.stdout.write(
    `${JSON.stringify({
      bench: 'lbph',
      pictures: useOrl ? 'ORL' : 'drawn',
      train: train.length,
      test: test.length,
      predictMs: round(predictMs),
      trainMsPerPicture: round(trainMs),
      fileMegabytes: round(text.length / 1e6),
      fileWriteMs: round(writeMs),
      fileReadMs: round(readMs),
      opencv: opencv && { predictMs: round(opencv.predictMs), trainMsPerPicture: round(opencv.trainMs) },
      ratio: opencv && round(predictMs / opencv.predictMs),
      withoutLight: {
        predictMs: round(withoutLightMs),
        ratio: opencv && round(withoutLightMs / opencv.predictMs),
      },
    })}\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** Predicts as for aligned people: with illumination normalisation, whose time counts, and its LBPH settings. */
function withoutLight(faces) {
  const seen = (picture) => inLight(picture, 'tan-triggs');
  const learnt = faces.map(({ picture, label }) => ({ picture: seen(picture), label }));
  const recogniser = LbphRecogniser.train(learnt, lbphForLight('tan-triggs'));
  return (picture) => recogniser.predict(seen(picture));
}

function orlFaces() {
  return Array.from({ length: 400 }, (_, i) => {
    const subject = Math.floor(i / 10) + 1;
    return [join(orl, `s${subject}`, `${(i % 10) + 1}.pgm`), subject];
  });
}

function drawnFaces() {
  return Array.from({ length: 400 }, (_, i) => {
    const random = createRandom(i);
    const person = Math.floor(i / 10) + 1;
    const pixels = Uint8Array.from({ length: 92 * 112 }, (_, at) => {
      const wave = 60 * Math.sin(((at % 92) * person) / 50) + 40 * Math.cos((at / 92) * 0.15);
      return Math.max(0, Math.min(255, 128 + wave + 8 * random.normal()));
    });
    const path = join(folder, `${i}.pgm`);
    writeFileSync(path, Buffer.concat([Buffer.from('P5\n92 112\n255\n'), pixels]));
    return [path, person];
  });
}

/** Undefined without Debian's python3-opencv. */
function askOpenCv(train, test) {
  const input = JSON.stringify({
    settings: [{ radius: 1, neighbors: 8, gridX: 8, gridY: 8 }],
    train,
    test: test.map(([path]) => path),
  });
  try {
    const [{ trainMs, predictMs }] = JSON.parse(
      execFileSync('/usr/bin/python3', [oracle, 'time'], { input, stdio: ['pipe', 'pipe', 'ignore'] }),
    ).results;
    return { trainMs: trainMs / train.length, predictMs: median(predictMs) };
  } catch {
    process.stderr.write('cv2.face is not at hand (apt-get install python3-opencv): no ratio\n');
    return null;
  }
}

function time(work) {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function round(value) {
  return Number(value.toPrecision(4));
}
