// Makes docs/images/teach.webp, an animated picture of teaching an expression in the page. Needs a built checkout, Chromium and ffmpeg.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { startLiveServer } from '../../dist/apps/server/live-server.js';
import { root } from '../set-up.mjs';

const out = resolve(process.argv[2] ?? join(root, 'docs/images/teach.webp'));
const executablePath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'moodlens-teach-'));
const perSecond = 4;

/** One of the sample's photographs, as a camera sees it. */
const camera = join(folder, 'camera.mjpeg');
const photograph = join(root, 'node_modules/@vladmandic/face-api/demo/sample3.jpg');
const pan = "crop=480:360:x='960+12*sin(2*PI*t/5)':y='160+6*sin(4*PI*t/5)',scale=640:480";
const look = ['-loop', '1', '-framerate', '30', '-i', photograph, '-vf', pan, '-t', '10'];
execFileSync('ffmpeg', ['-v', 'error', ...look, '-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p', camera]);

const server = await startLiveServer({ port: 0 });
const browser = await chromium.launch({
  executablePath,
  args: [
    ...['--headless=new', '--no-sandbox', '--disable-gpu', '--use-fake-ui-for-media-stream'],
    ...['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${camera}`],
  ],
});
try {
  const context = await browser.newContext({ viewport: { width: 1180, height: 760 }, colorScheme: 'dark' });
  await context.grantPermissions(['camera']);
  const page = await context.newPage();
  await page.goto(`${server.url}?token=${server.token}`);
  await page.waitForSelector('.face .bars', { timeout: 60_000 });
  await page.fill('#enrol-name', 'Ada');
  await page.keyboard.press('Enter');
  const teach = page.getByRole('button', { name: 'Teach my expressions' });
  await teach.waitFor({ timeout: 60_000 });
  // The stand-in camera's name is a path.
  await page.evaluate(() => {
    document.querySelector('.source-label').style.visibility = 'hidden';
  });
  let count = 0;
  const shoot = async (times) => {
    for (let i = 0; i < times; i++) {
      const next = performance.now() + 1000 / perSecond;
      await page.screenshot({ path: join(folder, `${String(count++).padStart(3, '0')}.png`) });
      await page.waitForTimeout(Math.max(0, next - performance.now()));
    }
  };
  await shoot(5);
  await teach.click();
  // The one in the photograph smiles: she is asked to, and to look surprised next.
  await page.getByRole('button', { name: 'Skip', exact: true }).click();
  await page.waitForSelector('.teaching[data-expression=happy]');
  await shoot(28);
  const frames = ['-framerate', String(perSecond), '-i', join(folder, '%03d.png')];
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y', ...frames, '-vf', 'scale=826:-2:flags=lanczos', '-c:v', 'libwebp_anim'],
    ...['-loop', '0', '-quality', '60', '-compression_level', '6', out],
  ]);
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true });
}
