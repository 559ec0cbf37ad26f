// The page in Chromium beside a bare page that only plays the same camera: how many of the frames it still shows and analyses, and how
// long the page's own work waits. A clip of one face (640x480, 30 frames/s) is the camera. Needs a built checkout, Chromium and ffmpeg.
//   npm run bench -- page [--seconds=N]     8 without it; exits with 1 when the page shows or analyses too few frames, or holds work up
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { startLiveServer } from '../dist/apps/server/live-server.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '8' } } });
const seconds = Number(values.seconds);
/** Shares of the frames that the bare page shows; how much later than there timers of 10 ms may be. */
const allowed = { leastShown: 0.83, leastAnalysed: 0.67, mostLagMs: 50, mostModelsLagMs: 50 };
const pictures = 1500;

const photograph = fileURLToPath(new URL('../node_modules/@vladmandic/face-api/demo/sample3.jpg', import.meta.url));
const executablePath =
  process.env.CHROMIUM ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => existsSync(path));

const folder = mkdtempSync(join(tmpdir(), 'moodlens-bench-page-'));
const camera = join(folder, 'camera.mjpeg');
const pan = "crop=480:360:x='960+20*sin(2*PI*t/5)':y='160+8*sin(4*PI*t/5)',scale=640:480";
const format = ['-vf', pan, '-t', '10', '-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p'];
execFileSync('ffmpeg', ['-v', 'error', '-loop', '1', '-framerate', '30', '-i', photograph, ...format, camera]);

const server = await startLiveServer({ port: 0 });
const browser = await chromium.launch({
  executablePath,
  args: [
    ...['--headless=new', '--no-sandbox', '--disable-gpu', '--use-fake-ui-for-media-stream'],
    ...['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`],
  ],
});
try {
  const bare = await measureBare();
  const live = await measureLive();
  const models = await measureModels();
  const shown = live.shown / bare.shown;
  const analysed = live.analysed / bare.shown;
  console.log(`bare page: ${bare.shown.toFixed(1)} frames/s shown, timers 99 % within ${bare.lagP99.toFixed(1)} ms`);
  console.log(`live page: shows ${shown.toFixed(2)} and analyses ${analysed.toFixed(2)} of them`);
  console.log(`live page: timers ${(live.lagP99 - bare.lagP99).toFixed(1)} ms later than the bare page's (99 %)`);
  console.log(`models view, ${pictures} pictures: timers ${(models - bare.lagP50).toFixed(1)} ms later (median)`);
  const faults = [
    shown < allowed.leastShown && `shows less than ${allowed.leastShown} of the bare page's frames`,
    analysed < allowed.leastAnalysed && `analyses less than ${allowed.leastAnalysed} of the bare page's frames`,
    live.lagP99 - bare.lagP99 > allowed.mostLagMs && `holds work up for more than ${allowed.mostLagMs} ms`,
    models - bare.lagP50 > allowed.mostModelsLagMs &&
      `the models view holds up more than ${allowed.mostModelsLagMs} ms`,
  ].filter(Boolean);
  for (const fault of faults) console.log(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

async function open(path) {
  const context = await browser.newContext({ permissions: ['camera'] });
  const page = await context.newPage();
  await page.route('**/bare?*', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<video autoplay muted></video>' }),
  );
  const address = new URL(path, server.url);
  address.searchParams.set('token', server.token);
  await page.goto(address.href);
  return { page, close: () => context.close() };
}

/** The same camera, shown by nothing but a video element. */
async function measureBare() {
  const { page, close } = await open('/bare');
  await page.evaluate(async () => {
    const video = document.querySelector('video');
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      video: { width: 640, height: 480, frameRate: 30 },
    });
    await video.play();
  });
  const measured = await measure(page);
  await close();
  return measured;
}

async function measureLive() {
  const { page, close } = await open('');
  await page.waitForSelector('.face .bars', { timeout: 60_000 });
  await page.waitForTimeout(3000);
  const measured = await measure(page);
  await close();
  return measured;
}

/** Frames shown and analysed a second, and how late timers of 10 ms are. */
function measure(page) {
  return page.evaluate(async (length) => {
    const video = document.querySelector('video');
    const lags = [];
    let shown = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      lags.push(now - last - 10);
      last = now;
    }, 10);
    const count = () => {
      shown++;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
    const analysed = [];
    for (let second = 0; second < length; second++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      analysed.push(Number(document.querySelector('[data-figure=fps]')?.textContent ?? 0));
    }
    clearInterval(timer);
    lags.sort((a, b) => a - b);
    return {
      shown: shown / length,
      analysed: analysed.reduce((a, b) => a + b, 0) / analysed.length,
      lagP50: lags[Math.floor(lags.length / 2)],
      lagP99: lags[Math.floor(lags.length * 0.99)],
    };
  }, seconds);
}

/** Median lateness of timers while the Models view reads a folder of pictures, milliseconds. */
async function measureModels() {
  const many = join(folder, 'many');
  const content = await sharp(photograph)
    .extract({ left: 960, top: 160, width: 240, height: 240 })
    .resize(48, 48)
    .png()
    .toBuffer();
  for (const name of ['happy', 'sad']) mkdirSync(join(many, name), { recursive: true });
  for (let k = 0; k < pictures; k++) writeFileSync(join(many, k % 2 ? 'happy' : 'sad', `${k}.png`), content);
  const { page, close } = await open('#models');
  await page.waitForSelector('.facts', { state: 'attached', timeout: 60_000 });
  await page.setInputFiles('#models-folder', many);
  await page.waitForFunction(() => Number(document.querySelector('.picture-progress')?.getAttribute('value')) > 32);
  const lag = await page.evaluate(async () => {
    const lags = [];
    for (let k = 0, last = performance.now(); k < 50; k++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      lags.push(performance.now() - last - 10);
      last = performance.now();
    }
    return lags.sort((a, b) => a - b)[25];
  });
  await close();
  return lag;
}
