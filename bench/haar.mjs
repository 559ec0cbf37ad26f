// The Haar detector beside OpenCV's (Debian's python3-opencv, one thread): the same boxes, and CPU time over the same pictures in turn.
//   node bench/haar.mjs [FOLDER] [--cascade FILE]     FOLDER: pictures; default ../shared/detection/cmu-mit
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decodePicture } from '../dist/adapters/node/image-codec.js';
import { readHaarCascade } from '../dist/core/detect/haar/cascade.js';
import { HaarDetector } from '../dist/core/detect/haar/haar-detector.js';
import { toGrey } from '../dist/core/image/grey.js';
import { median } from '../dist/core/numbers/median.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { cascade: { type: 'string' } } });
const folder = positionals[0] ?? join(root, '../shared/detection/cmu-mit');
const file = values.cascade ?? join(root, 'models/haarcascade_frontalface_default.xml');
const cascade = readHaarCascade(readFileSync(file, 'utf8'));
const rounds = 3;

const names = readdirSync(folder).filter((name) => /\.(jpe?g|png|pgm|gif)$/i.test(name));
const pictures = await Promise.all(names.map(async (name) => toGrey(await decodePicture(join(folder, name)))));
const temporary = mkdtempSync(join(tmpdir(), 'bench-haar-'));
const paths = pictures.map(({ width, height, data }, i) => {
  const path = join(temporary, `${i}.pgm`);
  writeFileSync(path, Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), data]));
  return path;
});

function openCv(scaleFactor, minNeighbors) {
  const args = [join(root, 'tests/oracles/haar_boxes.py'), file, String(scaleFactor), String(minNeighbors)];
  const text = execFileSync('/usr/bin/python3', args, { input: paths.join('\n'), encoding: 'utf8', maxBuffer: 1e9 });
  return JSON.parse(text);
}

function ours(scaleFactor, minNeighbors) {
  const detector = new HaarDetector(cascade, { scaleFactor, minNeighbors });
  const before = process.cpuUsage();
  const boxes = pictures.map((picture) => detector.boxesIn(picture));
  const { user, system } = process.cpuUsage(before);
  return { boxes, seconds: (user + system) / 1e6 };
}

const sorted = (boxes) => JSON.stringify(boxes.map((box) => box.join()).sort());
ours(1.3, 3);
console.log(`${pictures.length} pictures of ${folder}, CPU seconds, median of ${rounds} rounds in turn`);
try {
  for (const scaleFactor of [1.1, 1.15]) {
    for (const minNeighbors of [0, 5]) {
      const [mine, theirs] = [[], []];
      for (let round = 0; round < rounds; round++) {
        mine.push(ours(scaleFactor, minNeighbors));
        theirs.push(openCv(scaleFactor, minNeighbors));
      }
      const same = mine[0].boxes.filter((boxes, i) => sorted(boxes) === sorted(theirs[0].boxes[i])).length;
      const [a, b] = [mine, theirs].map((runs) => median(runs.map(({ seconds }) => seconds)));
      const count = theirs[0].boxes.reduce((sum, boxes) => sum + boxes.length, 0);
      console.log(
        `scale factor ${scaleFactor}, ${minNeighbors} neighbours: ${same} of ${pictures.length} pictures with the same boxes (${count}); moodlens ${a.toFixed(2)} s, OpenCV ${b.toFixed(2)} s, ratio ${(a / b).toFixed(2)}`,
      );
    }
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
