// Faces in groups and afar: the shipped detectors with --min-face 30 beside OpenCV's cascade (1.1, 5, from 30 pixels), on pictures with
// faces and scenes without: faces found, wrong boxes, CPU time of the same run. `node experiments/small-faces.mjs`; needs the shared data and
// Debian's python3-opencv. Prints a Markdown table.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodePicture } from '../dist/adapters/node/image-codec.js';
import { openDetector } from '../dist/apps/cli/arguments/detector.js';
import { median } from '../dist/core/numbers/median.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const shared = join(process.env.MOODLENS_SHARED ?? join(root, '../shared'), 'detection');
const { images } = JSON.parse(readFileSync(join(shared, 'cmu-mit/boxes.json'), 'utf8'));
const truth = new Map(images.map(({ file, boxes }) => [file, boxes]));
const rounds = 3;

const sets = ['cmu-mit', 'negatives'].map((name) => {
  const files = readdirSync(join(shared, name))
    .filter((file) => /\.(jpe?g|png)$/.test(file))
    .sort();
  return { name, files };
});

const program = `
import cv2, json, sys, time
cv2.setNumThreads(1)
cascade = cv2.CascadeClassifier(sys.argv[1])
pictures = [cv2.imread(line.strip(), 0) for line in sys.stdin]
begin = time.process_time()
boxes = [[list(map(int, b)) for b in cascade.detectMultiScale(p, 1.1, 5, minSize=(30, 30))] for p in pictures]
print(json.dumps({"boxes": boxes, "seconds": time.process_time() - begin}))`;

function openCv({ name, files }) {
  const input = files.map((file) => join(shared, name, file)).join('\n');
  const cascade = join(root, 'models/haarcascade_frontalface_default.xml');
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', program, cascade], { input, encoding: 'utf8' }));
}

async function ours(detector, { name, files }) {
  const pictures = await Promise.all(files.map((file) => decodePicture(join(shared, name, file))));
  const before = process.cpuUsage();
  const boxes = [];
  for (const picture of pictures) boxes.push((await detector.detect(picture)).map(({ box }) => box));
  const { user, system } = process.cpuUsage(before);
  return { boxes, seconds: (user + system) / 1e6 };
}

/** Centres within half a width, widths within a factor of 2.5. */
const isHit = ([x, y, w, h], [left, top, wide, high]) =>
  Math.abs(x + w / 2 - left - wide / 2) < wide / 2 &&
  Math.abs(y + h / 2 - top - high / 2) < wide / 2 &&
  w < 2.5 * wide &&
  wide < 2.5 * w;

function judged({ files }, boxes) {
  let [hits, wrong, faces] = [0, 0, 0];
  files.forEach((file, i) => {
    const known = truth.get(file) ?? [];
    faces += known.length;
    hits += known.filter((face) => boxes[i].some((box) => isHit(box, face))).length;
    wrong += boxes[i].filter((box) => !known.some((face) => isHit(box, face))).length;
  });
  return { hits, wrong, faces };
}

console.log('| set | detector | faces found | false detections | CPU s | of OpenCV’s |\n|---|---|---|---|---|---|');
const names = ['moodlens', 'mediapipe'];
const detectors = await Promise.all(names.map((name) => openDetector({ search: 'thorough', minFace: 30 }, name)));
for (const set of sets) {
  const runs = [...names, 'OpenCV, cascade'].map((name) => ({ name, rounds: [] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, detector] of detectors.entries()) runs[i].rounds.push(await ours(detector, set));
    runs.at(-1).rounds.push(openCv(set));
  }
  const secondsOf = ({ rounds: all }) => median(all.map(({ seconds }) => seconds));
  for (const run of runs) {
    const { hits, wrong, faces } = judged(set, run.rounds[0].boxes);
    const found = faces > 0 ? `${hits} of ${faces} (${((100 * hits) / faces).toFixed(1)} %)` : '–';
    const seconds = secondsOf(run);
    const ratio = (seconds / secondsOf(runs.at(-1))).toFixed(2);
    console.log(`| ${[set.name, run.name, found, wrong, seconds.toFixed(2), ratio].join(' | ')} |`);
  }
}
for (const detector of detectors) await detector.release();
