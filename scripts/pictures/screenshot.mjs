// Makes docs/images/live.png: the built page with the sample, somebody enrolled. Needs a built checkout and Chromium.
// `node scripts/pictures/screenshot.mjs [FILE.png]`; CHROMIUM names another browser, MODEL another expression model.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { startLiveServer } from '../../dist/apps/server/live-server.js';
import { root } from '../set-up.mjs';

const out = resolve(process.argv[2] ?? join(root, 'docs/images/live.png'));
const executablePath =
  process.env.CHROMIUM ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => existsSync(path));
const server = await startLiveServer({ port: 0, ...(process.env.MODEL ? { model: resolve(process.env.MODEL) } : {}) });
const browser = await chromium.launch({ executablePath, args: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: 1360, height: 800 }, colorScheme: 'dark' });
  await page.goto(`${server.url}?token=${server.token}`);
  // Somebody is enrolled while she is alone in the picture, and recognised when the scene comes round to the group.
  await page.waitForSelector('.face', { timeout: 60_000 });
  await page.waitForFunction(() => document.querySelectorAll('.mark:not(.leaving)').length === 1, undefined, {
    timeout: 120_000,
  });
  await page.fill('#enrol-name', 'Ada');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.message', { timeout: 180_000 });
  // The group has stood long enough for the confirmation windows to fill, and nothing is fading.
  await page.waitForFunction(
    () => {
      const marks = [...document.querySelectorAll('.mark')];
      const isGroup = marks.length === 3 && marks.some((mark) => mark.querySelector('.tag.known'));
      globalThis.groupSince = isGroup ? (globalThis.groupSince ?? performance.now()) : undefined;
      return globalThis.groupSince !== undefined && performance.now() - globalThis.groupSince > 3500;
    },
    undefined,
    { timeout: 300_000, polling: 100 },
  );
  await page.evaluate(() => document.activeElement?.blur());
  const png = await page.screenshot();
  await mkdir(dirname(out), { recursive: true });
  // 256 dithered colours are enough to show a page, at a third of the size.
  const { size } = await sharp(png).png({ palette: true, quality: 90, effort: 10, compressionLevel: 9 }).toFile(out);
  process.stdout.write(`${out}: ${(size / 1000).toFixed(0)} kB\n`);
} finally {
  await browser.close();
  await server.close();
}
