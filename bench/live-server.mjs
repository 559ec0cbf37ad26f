// `moodlens live SOURCE` from a camera's picture to the page, under load: a camera of our own (30 JPEGs a second by HTTP, 640x480,
// one face, each with its number in it), eight viewers that answer, one that never does, and the page in Chromium when it is there.
//   npm run bench -- live-server [--seconds=N]     20 without it
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import { unpackServedFrame } from '../dist/core/live/served-frame.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
const seconds = Number(values.seconds);
const root = fileURLToPath(new URL('../', import.meta.url));
const rate = 30;
const warmUpMs = 4000;
const viewers = 8;
const pictures = 256;
/** The number's bits, one block each, along the picture's lower edge. */
const bits = 8;
const block = 40;

const now = () => performance.timeOrigin + performance.now();
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

async function paint(number) {
  const left = 960 + Math.round(20 * Math.sin((2 * Math.PI * number) / 128));
  const face = sharp(join(root, 'node_modules/@vladmandic/face-api/demo/sample3.jpg'))
    .extract({ left, top: 160, width: 480, height: 360 })
    .resize(640, 480);
  const strip = Buffer.alloc(bits * block * block * 3);
  for (let y = 0; y < block; y++) {
    for (let x = 0; x < bits * block; x++) {
      const isSet = (number >> Math.floor(x / block)) & 1;
      strip.fill(isSet ? 255 : 0, 3 * (y * bits * block + x), 3 * (y * bits * block + x) + 3);
    }
  }
  const raw = { width: bits * block, height: block, channels: 3 };
  return face
    .composite([{ input: strip, raw, left: 0, top: 480 - block }])
    .jpeg({ quality: 85 })
    .toBuffer();
}

async function readNumber(jpeg) {
  const area = { left: 0, top: 480 - block, width: bits * block, height: block };
  const { data } = await sharp(jpeg).extract(area).greyscale().raw().toBuffer({ resolveWithObject: true });
  let number = 0;
  for (let bit = 0; bit < bits; bit++) {
    if (data[(block / 2) * bits * block + bit * block + block / 2] > 127) number |= 1 << bit;
  }
  return number;
}

const jpegs = await Promise.all(Array.from({ length: pictures }, (_, number) => paint(number)));
const sentAt = new Float64Array(pictures);
let sent = 0;

// A camera: the newest picture at its time.
const camera = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=frame' });
  const startMs = now();
  let count = 0;
  const timer = setInterval(() => {
    for (; count < ((now() - startMs) * rate) / 1000; count++) {
      const number = count % pictures;
      const jpeg = jpegs[number];
      response.write(`--frame\r\ncontent-type: image/jpeg\r\ncontent-length: ${jpeg.length}\r\n\r\n`);
      response.write(jpeg);
      response.write('\r\n');
      sentAt[number] = now();
      sent++;
    }
  }, 1);
  response.on('close', () => clearInterval(timer));
});
await new Promise((done) => camera.listen(0, '127.0.0.1', done));
const source = `http://127.0.0.1:${camera.address().port}/video`;

const program = join(root, 'dist/apps/cli/main.js');
const live = spawn(process.execPath, [program, 'live', '--no-open', '--json', '--port', '0', source], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(live.stdout, 'data');
const address = JSON.parse(String(line)).url;
const { host, searchParams } = new URL(address);

/** Counts frames; the one that measures also reads their numbers. */
function watch({ isAnswering = true, isMeasuring = false } = {}) {
  const socket = new WebSocket(`ws://${host}/sources/0?token=${searchParams.get('token')}`);
  const seen = { frames: 0, faces: 0, added: [], served: [], socket };
  socket.on('message', (data, isBinary) => {
    if (!isBinary) return;
    const arrivedAt = now();
    const { header, jpeg } = unpackServedFrame(new Uint8Array(data));
    seen.frames++;
    seen.faces += header.result.faces.length;
    seen.served.push(arrivedAt - header.capturedAt);
    if (isAnswering) socket.send(JSON.stringify({ ack: header.sequence }));
    if (isMeasuring) void readNumber(jpeg).then((number) => seen.added.push(arrivedAt - sentAt[number]));
  });
  return seen;
}

const all = Array.from({ length: viewers }, (_, index) => watch({ isMeasuring: index === 0 }));
const silent = watch({ isAnswering: false });
const executablePath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((path) => existsSync(path));
const browser = executablePath
  ? await chromium.launch({ executablePath, args: ['--headless=new', '--no-sandbox', '--disable-gpu'] })
  : undefined;
const page = await browser?.newPage();
await page?.goto(address);
await page?.waitForSelector('.face .bars', { timeout: 60_000 });
await new Promise((done) => setTimeout(done, warmUpMs));

for (const seen of all) Object.assign(seen, { frames: 0, faces: 0, added: [], served: [] });
const before = { at: now(), sent };
const rates = [];
while (now() - before.at < seconds * 1000) {
  await new Promise((done) => setTimeout(done, 1000));
  if (page) rates.push(Number(await page.locator('[data-figure=fps]').innerText()));
}
const took = (now() - before.at) / 1000;
const pageLatency = await page?.evaluate(() => ({ ...document.querySelector('[data-figure=latency]').dataset }));
const [{ added, served, faces, frames }] = all;
const perSecond = all.map((seen) => seen.frames / took).sort((a, b) => a - b);
added.sort((a, b) => a - b);
served.sort((a, b) => a - b);
const ms = (value) => `${value.toFixed(1)} ms`;
console.log(`camera                    ${((sent - before.sent) / took).toFixed(1)} frames/s of 640x480`);
console.log(
  `eight viewers             ${perSecond[0].toFixed(1)} to ${perSecond.at(-1).toFixed(1)} frames/s, ${(faces / frames).toFixed(2)} faces a frame`,
);
console.log(`one that never answers    got ${silent.frames} frames`);
console.log(
  `picture sent to received  p50 ${ms(at(added, 0.5))}, p95 ${ms(at(added, 0.95))}, ffmpeg's decoding included`,
);
console.log(`decoded to received       p50 ${ms(at(served, 0.5))}, p95 ${ms(at(served, 0.95))}`);
if (page) {
  rates.sort((a, b) => a - b);
  console.log(
    `the page                  ${at(rates, 0.5).toFixed(0)} frames/s; decoded to drawn p50 ${pageLatency.p50} ms, p95 ${pageLatency.p95} ms`,
  );
}
await browser?.close();
for (const { socket } of [...all, silent]) socket.terminate();
live.kill('SIGINT');
await once(live, 'exit');
camera.closeAllConnections();
camera.close();
