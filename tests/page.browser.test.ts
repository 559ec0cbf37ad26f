// The built page in a real Chromium, served by our own server: sources, speed, enrolment, privacy, failures, keyboard.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { People } from '../src/core/identity/people.js';
import { createRandom } from '../src/core/numbers/random.js';
import { expressionModelPath, launchChromium, openPage, type WatchedPage, writeClip } from './page-fixtures.js';
import { describeWith, repositoryRoot, requireChromium, requireCommand } from './requirements.js';

const faceSelector = '.face .bars';
const enrolled = 60;

const text = (page: Page, selector: string) => page.locator(selector).first().innerText();

/** Runs `body` on a page and closes it; afterwards nothing may have left the origin or gone wrong unseen. */
async function withPage(
  browser: Browser,
  options: Parameters<typeof openPage>[1],
  body: (watched: WatchedPage) => Promise<void>,
): Promise<void> {
  const watched = await openPage(browser, options);
  try {
    await body(watched);
    expect(watched.foreign, 'requests to other origins').toEqual([]);
    expect(watched.complaints, 'errors and warnings').toEqual([]);
  } finally {
    await watched.close();
  }
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

const waitForFaces = (page: Page) => page.waitForSelector(faceSelector);

describeWith([requireChromium(), requireCommand('ffmpeg')], 'the live page', () => {
  let folder: string;
  let model: string;
  let camera: string;
  let withoutCamera: Browser;
  let withCamera: Browser;

  beforeAll(async () => {
    if (!existsSync(join(repositoryRoot, 'dist/web/index.html')))
      throw new Error('the page is not built: npm run build');
    folder = await mkdtemp(join(tmpdir(), 'moodlens-page-'));
    model = await expressionModelPath(folder);
    await mkdir(join(folder, 'detectors'));
    await copyFile(join(repositoryRoot, 'models/face-detector.onnx'), join(folder, 'detectors/face-detector.onnx'));
    camera = writeClip(join(folder, 'camera.mjpeg'), 'middle', 10);
    [withoutCamera, withCamera] = await Promise.all([launchChromium(), launchChromium({ camera })]);
  });

  afterAll(async () => {
    await withoutCamera?.close();
    await withCamera?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('plays the sample where there is no camera, with labelled faces', () =>
    withPage(withoutCamera, { model }, async ({ page }) => {
      await waitForFaces(page);
      expect(await text(page, '.segments [aria-pressed=true]')).toBe('Sample');
      expect(await text(page, '.source-label')).toMatch(/@vladmandic\/face-api.*MIT/);
      const labels = await page.locator('.face').first().locator('dt').allInnerTexts();
      expect(labels).toEqual(['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral']);
      expect(labels).toContain(await text(page, '.confirmed'));
      // The mark over the picture says the same as the panel.
      expect(await text(page, '.mark .tag-name')).toMatch(/^Face \d+$/);
      expect(labels).toContain(await text(page, '.mark .tag-label'));
      expect(await page.locator('.mark').first().locator('.mark-bar').count()).toBe(7);
    }));

  it('draws a timeline and saves it on request, confirms by the rule chosen', () =>
    withPage(withoutCamera, { model }, async ({ page }) => {
      const downloads: Download[] = [];
      page.on('download', (download) => downloads.push(download));
      await waitForFaces(page);
      const rule = page.getByLabel('How expressions are confirmed');
      expect(await rule.inputValue()).toBe('smooth');
      const row = page.locator('.strip-row').first();
      await row.locator('.stretch').first().waitFor();
      expect(await row.innerText()).toMatch(/^Face \d+\s*: [a-z]+ \d+ s.*; (now [a-z]+|not in view)/);
      await rule.selectOption('original');
      expect(await page.locator('.confirmed').first().getAttribute('title')).toContain('20 frames');
      expect(downloads).toEqual([]);
      for (const [name, ending, begins] of [
        ['Save CSV', /^moodlens-timeline-[\dT-]+Z\.csv$/, /^who,expression,from_s,to_s\r\nface \d+,[a-z]+,0\.000,\d/],
        ['Save JSON', /^moodlens-timeline-[\dT-]+Z\.json$/, /^\{\s+"format": 1,\s+"stretches": \[\s+\{\s+"who": "face/],
      ] as const) {
        const [saved] = await Promise.all([page.waitForEvent('download'), button(page, name).click()]);
        expect(saved.suggestedFilename()).toMatch(ending);
        expect(await readFile(await saved.path(), 'utf8')).toMatch(begins);
      }
    }));

  it('goes on with a camera: new frames are shown, and the mark follows the face', () =>
    withPage(withCamera, { model }, async ({ page }) => {
      await waitForFaces(page);
      expect(await text(page, '.segments [aria-pressed=true]')).toBe('Camera');
      // The clip's face wanders to and fro.
      const shown = await page.evaluate(async () => {
        const video = document.querySelector('video')!;
        const shown: number[] = [];
        const places = new Set<string>();
        while (shown.length < 60 || places.size < 10) {
          shown.push(
            await new Promise<number>((resolve) => {
              video.requestVideoFrameCallback((_, { presentedFrames }) => resolve(presentedFrames));
            }),
          );
          const place = document.querySelector('.mark')?.getAttribute('style');
          if (place) places.add(place);
        }
        return shown;
      });
      expect(shown.every((count, i) => i === 0 || count > shown[i - 1]!)).toBe(true);
      const latency = page.locator('[data-figure=latency]');
      const [p50, p95] = await Promise.all([latency.getAttribute('data-p50'), latency.getAttribute('data-p95')]);
      expect(Number(p50)).toBeGreaterThan(0);
      expect(Number(p95)).toBeGreaterThanOrEqual(Number(p50));
    }));

  it('enrols a person in 60 pictures, names them, keeps them over a reload, exports and deletes them', () =>
    withPage(withCamera, { model }, async ({ page }) => {
      await waitForFaces(page);
      await page.evaluate(() => {
        const counts: number[] = [];
        Object.assign(globalThis, { counts });
        new MutationObserver(() => {
          const counter = document.querySelector<HTMLElement>('[data-enrolment]');
          if (counter) counts.push(Number(counter.dataset['enrolment']));
        }).observe(document.body, { attributes: true, childList: true, subtree: true });
      });
      await page.fill('#enrol-name', 'Ada');
      await button(page, 'Enrol').click();
      await page.waitForSelector('.message:has-text("Ada is known now")');
      const counts = await page.evaluate(() => (globalThis as unknown as { counts: number[] }).counts);
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      expect(new Set(counts).size).toBeGreaterThan(5);
      expect(counts[0]).toBeLessThan(enrolled / 2);
      expect(await text(page, '.person')).toContain(`${enrolled} pictures`);
      await page.waitForSelector('.face[data-person=Ada]');
      expect(await text(page, '.mark .tag-name')).toBe('Ada');

      await page.reload();
      await page.waitForSelector('.face[data-person=Ada]');

      // Her pictures, looked over: one is removed, for good.
      await button(page, `${enrolled} pictures`).click();
      const shown = (count: number) =>
        page.waitForFunction((wanted) => document.querySelectorAll('.face-picture').length === wanted, count);
      await shown(enrolled);
      await page.click('[aria-label^="Remove picture 3 of Ada"]');
      await button(page, `${enrolled - 1} pictures`).waitFor();
      await shown(enrolled - 1);
      await button(page, `${enrolled - 1} pictures`).click();
      await shown(0);

      const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export').click()]);
      const people = People.fromYaml(await readFile(await download.path(), 'utf8'));
      expect([people.names, people.pictureCount('Ada')]).toEqual([['Ada'], enrolled - 1]);

      await page.locator('.strip-row[data-who=Ada]').waitFor();
      await page.click('[aria-label^="Delete Ada"]');
      await page.click('.person .danger');
      await page.waitForSelector('.face[data-person=""]');
      expect(await page.locator('.strip-row[data-who=Ada]').count()).toBe(0);
      expect(await page.locator('.person').count()).toBe(0);
      const kept = await page.evaluate(
        () =>
          new Promise<unknown[]>((resolve, reject) => {
            const open = indexedDB.open('moodlens');
            open.onerror = () => reject(open.error);
            open.onsuccess = () => {
              const all = open.result.transaction('blobs').objectStore('blobs').getAllKeys();
              all.onsuccess = () => resolve(all.result);
            };
          }),
      );
      expect(kept).toEqual([]);

      // What was exported brings her back.
      await page.setInputFiles('#people-file', await download.path());
      await page.waitForSelector('.face[data-person=Ada]');
      expect(await text(page, '.person')).toContain('imported');
      await page.setInputFiles('#people-file', {
        name: 'x.yml',
        mimeType: 'text/yaml',
        buffer: Buffer.from('no people'),
      });
      await page.waitForSelector('.message.error');
      expect(await page.locator('.person').count()).toBe(1);
    }));

  it('teaches a known person’s expressions, and is corrected by a click', () =>
    withPage(withCamera, { model }, async ({ page }) => {
      await waitForFaces(page);
      await page.fill('#enrol-name', 'Ada');
      await button(page, 'Enrol').click();
      // The card stands for seconds only: what is pressed on it is pressed from inside the page. Neutral is left out, happy taken again.
      await page.evaluate(() => {
        const seen: string[] = [];
        const pressed = new Set<string>();
        const press = (name: string) => {
          if (pressed.has(name)) return;
          pressed.add(name);
          [...document.querySelectorAll<HTMLElement>('.teaching button')].find((at) => at.innerText === name)!.click();
        };
        Object.assign(globalThis, { seen });
        const look = () => {
          const card = document.querySelector<HTMLElement>('.teaching');
          if (!card) return;
          const { expression, phase } = card.dataset;
          const state = `${expression} ${phase}`;
          if (seen.at(-1) !== state) seen.push(state);
          if (state === 'happy taken') press('Retake');
          if (expression !== 'neutral' || !card.querySelector('.teaching-preview canvas')) return;
          const badge = document.querySelector('.enrolment-badge strong')?.textContent;
          const says = [card.querySelector('h3'), card.querySelector('.teaching-asked')].map((at) => at?.textContent);
          if (badge) Object.assign(globalThis, { first: [badge, ...says] });
          if (badge) press('Skip');
        };
        new MutationObserver(look).observe(document.body, { attributes: true, childList: true, subtree: true });
      });
      await button(page, 'Teach my expressions').click();
      await page.locator('.teaching-outcome').waitFor();
      const { first, seen } = await page.evaluate(() => {
        const { first, seen } = globalThis as unknown as Record<'first' | 'seen', readonly string[]>;
        return { first, seen };
      });
      expect(first).toEqual(['neutral', 'neutral', expect.stringMatching(/Relax your face/)]);
      expect(seen).not.toContain('neutral taken');
      expect(seen[seen.indexOf('happy taken') + 1]).toBe('happy countdown');
      // The camera shows one expression all the time: that it contradicts itself is said.
      const outcome = page.locator('.teaching-outcome');
      expect(await outcome.innerText()).toMatch(
        /From 18 pictures[\s\S]*n = 18, 95 % interval[\s\S]*before[\s\S]*after/,
      );
      expect(await outcome.locator('.message.error').count()).toBeGreaterThan(0);
      await outcome.getByRole('button').first().click();

      // Kept over a reload, each picture with its expression; single ones can be removed.
      await page.reload();
      await button(page, '18 taught').click();
      const taught = page.locator('.face-picture small');
      await taught.first().waitFor();
      expect(new Set(await taught.allInnerTexts())).toEqual(
        new Set(['happy', 'surprise', 'sad', 'angry', 'fear', 'disgust']),
      );
      await page.click('[aria-label="Remove picture 1 of Ada, happy"]');
      await button(page, '17 taught').waitFor();

      // What is said of a face is corrected by a click, and that by another.
      await page.locator('.face[data-person=Ada] button.confirmed').click();
      await page.locator('.correct').getByText('What did Ada show just now?').waitFor();
      await page.locator('.correct').getByRole('button', { name: 'neutral', exact: true }).click();
      await page
        .getByText(/Learnt: that was Ada, neutral.*In that picture neutral had \d+ % and has \d+ % now/)
        .waitFor();
      await expect.poll(() => text(page, '.face[data-person=Ada] button.confirmed')).toBe('neutral');
      await button(page, '18 taught').waitFor();
      await button(page, 'Undo').click();
      await button(page, '17 taught').waitFor();

      const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export').click()]);
      const people = People.fromYaml(await readFile(await download.path(), 'utf8'));
      expect(people.taught.get('Ada')!.pictures).toHaveLength(17);
      await button(page, 'Forget all').click();
      await button(page, 'teach expressions').waitFor();

      // One correction alone changes what is said, against what was said.
      const shown = await text(page, '.face[data-person=Ada] button.confirmed');
      const other = shown === 'fear' ? 'disgust' : 'fear';
      await page.locator('.face[data-person=Ada] button.confirmed').click();
      await page.locator('.correct').getByRole('button', { name: other, exact: true }).click();
      await page.getByText(`Learnt: that was Ada, ${other}`).waitFor();
      await expect.poll(() => text(page, '.face[data-person=Ada] button.confirmed')).toBe(other);
      await button(page, 'Undo').click();
      await button(page, 'teach expressions').waitFor();
      await page.setInputFiles('#people-file', await download.path());
      await button(page, '17 taught').waitFor();
      await page.keyboard.press('Escape');
    }));

  it('keeps people who are imported while it warms up', () =>
    withPage(withoutCamera, { model }, async ({ page }) => {
      const random = createRandom(3);
      const data = Uint8Array.from({ length: 10_000 }, () => 255 * random.next());
      const face = { picture: { width: 100, height: 100, channels: 1 as const, data }, face: null };
      const file = join(folder, 'zoe.yml');
      await writeFile(file, People.train([['Zoe', [face, face]]]).toYaml());
      let goOn = (): void => {};
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await waitForFaces(page);
      await page.route('**/face-detector.onnx', async (route) => {
        await held;
        await route.continue();
      });
      await page.reload();
      await page.locator('.stage').getByText('Loading the models').waitFor();
      await page.setInputFiles('#people-file', file);
      await page.locator('.stage').getByText('Loading the models').waitFor();
      expect(await page.locator('.person').count()).toBe(0);
      goOn();
      await page.locator('.person').getByText('Zoe').waitFor({ timeout: 60_000 });
      await page.getByText('Imported: Zoe.').waitFor();
      await waitForFaces(page);
      await page.reload();
      await page.locator('.person').getByText('Zoe').waitFor({ timeout: 60_000 });
    }));

  it('enrols with the keyboard alone', () =>
    withPage(withCamera, { model }, async ({ page }) => {
      await waitForFaces(page);
      await page.keyboard.press('?');
      await page.waitForSelector('dialog[open]');
      await page.keyboard.press('Escape');
      await page.waitForSelector('dialog[open]', { state: 'hidden' });
      await page.keyboard.press('e');
      await page.keyboard.type('Grace');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[data-enrolment]');
      await page.keyboard.press('Escape');
      await page.waitForSelector('#enrol-name:focus');
      // By Tab from the top: everything is reached, and the focus is seen.
      await page.focus('.skip');
      const reached: string[] = [];
      for (let press = 0; press < 20; press++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement;
          const { outlineStyle } = getComputedStyle(element.id === 'people-file' ? element.parentElement! : element);
          return { name: element.id || element.innerText.trim(), outlineStyle };
        });
        if (focused.name === '') break;
        expect(focused.outlineStyle, focused.name).not.toBe('none');
        reached.push(focused.name);
        if (focused.name === 'enrol-name') break;
      }
      expect(reached).toEqual(expect.arrayContaining(['Camera', 'Video file', 'Sample', 'Pause', 'enrol-name']));
      await page.keyboard.type('Grace');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.face[data-person=Grace]');
    }));

  it('plays a video file, pauses and goes on', () =>
    withPage(withoutCamera, { model }, async ({ page }) => {
      await page.waitForSelector('.segments');
      const clip = writeClip(join(folder, 'clip.webm'), 'left', 3);
      await page.setInputFiles('#video-file', clip);
      await page.waitForSelector('.source-label:has-text("clip.webm")');
      await waitForFaces(page);
      await page.keyboard.press('Space');
      await page.waitForSelector('.paused-badge');
      const at = () => page.evaluate(() => document.querySelector('video')!.currentTime);
      const stopped = await at();
      await page.waitForTimeout(400);
      expect(await at()).toBe(stopped);
      await page.keyboard.press('Space');
      await page.waitForFunction((from) => document.querySelector('video')!.currentTime !== from, stopped);
    }));

  it.each<[string, (folder: string) => Promise<Buffer>, RegExp]>([
    ['empty', async () => Buffer.alloc(0), /empty \(0 bytes\)/],
    [
      'garbage',
      async () => Buffer.from('this is no video at all'.repeat(1000)),
      /must be a video that this browser plays/,
    ],
    [
      'truncated',
      async (where) => (await readFile(writeClip(join(where, 'whole.webm'), 'left', 1))).subarray(0, 300),
      /must be a video that this browser plays/,
    ],
  ])('says what is wrong with a video that is %s, and goes on with the sample', (name, content, message) =>
    withPage(withoutCamera, { model }, async ({ page }) => {
      const path = join(folder, `${name}.webm`);
      await writeFile(path, await content(folder));
      await page.setInputFiles('#video-file', path);
      await page.waitForSelector('.failure');
      expect(await text(page, '.failure')).toMatch(message);
      expect(await page.locator('.failure').getAttribute('data-code')).toBe('MEDIA');
      await button(page, 'Watch the sample').click();
      await waitForFaces(page);
    }),
  );

  it('says what to do when the camera may not be used', async () => {
    const browser = await launchChromium({ camera, allowCamera: false });
    try {
      await withPage(browser, { model, allowCamera: false }, async ({ page }) => {
        await button(page, 'Use the camera').click();
        await page.waitForSelector('.failure');
        expect(await text(page, '.failure')).toMatch(/may not use the camera.*Allow it/s);
        expect(await button(page, 'Try again').isVisible()).toBe(true);
      });
    } finally {
      await browser.close();
    }
  });

  it('says so when there is no camera, and when it is unplugged', async () => {
    await withPage(withoutCamera, { model }, async ({ page }) => {
      await waitForFaces(page);
      await page.keyboard.press('c');
      await page.waitForSelector('.failure');
      expect(await text(page, '.failure')).toMatch(/No camera was found/);
    });
    await withPage(withCamera, { model }, async ({ page }) => {
      await waitForFaces(page);
      await page.evaluate(() => {
        const [track] = (document.querySelector('video')!.srcObject as MediaStream).getVideoTracks();
        track!.dispatchEvent(new Event('ended'));
      });
      await page.waitForSelector('.failure');
      expect(await text(page, '.failure')).toMatch(/camera stopped/);
      await button(page, 'Try again').click();
      await waitForFaces(page);
    });
  });

  it('finds faces without an expression model and says what is missing', () =>
    withPage(withCamera, { modelsRoot: join(folder, 'detectors') }, async ({ page, complaints }) => {
      await page.waitForSelector('.face');
      expect(await text(page, '.hint-card')).toMatch(/no expression model/);
      // The browser itself prints the 404.
      complaints.splice(0, complaints.length, ...complaints.filter((line) => !/expression\.onnx|404/.test(line)));
    }));

  it('says so when the expression model is not ours', () =>
    withPage(withCamera, { model: join(repositoryRoot, 'models/face-full-range.onnx') }, async ({ page }) => {
      await page.waitForSelector('.face');
      expect(await text(page, '.hint-card')).toMatch(/metadata/);
    }));

  it('runs with two WebAssembly threads', () =>
    withPage(withCamera, { model, path: '?threads=2' }, async ({ page }) => {
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await waitForFaces(page);
    }));

  it('sends frames from the video element where the browser has no track processor', () =>
    withPage(withCamera, { model, initScript: 'delete globalThis.MediaStreamTrackProcessor' }, async ({ page }) => {
      await waitForFaces(page);
    }));
});
