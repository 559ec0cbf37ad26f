// The page's Models view in a real Chromium: cards, dropped pictures and folders, figures, wrong drops, keyboard, privacy.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession } from '../src/adapters/node/session.js';
import { classificationFigures } from '../src/core/metrics/classification-figures.js';
import { reliabilityBins } from '../src/core/metrics/reliability-bins.js';
import { ExpressionModel } from '../src/core/model/expression-model.js';
import { createRandom } from '../src/core/numbers/random.js';
import { dropOn, expressionModelPath, launchChromium, openPage, type WatchedPage, writeClip } from './page-fixtures.js';
import { describeWith, repositoryRoot, requireChromium } from './requirements.js';

const side = 48;
const perClass = 4;
const photograph = join(repositoryRoot, 'node_modules/@vladmandic/face-api/demo/sample3.jpg');

const text = (page: Page, selector: string) => page.locator(selector).first().innerText();

/** A smooth grey picture, different for each seed. */
function pattern(seed: number): Uint8Array {
  const random = createRandom(seed);
  const [a, b, c] = [random.normal(), random.normal(), random.normal()];
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [(i % side) / side, Math.floor(i / side) / side];
    return Math.max(0, Math.min(255, 128 + 110 * Math.sin(9 * a * x + 7 * b * y + 5 * c * x * y)));
  });
}

const png = (pixels: Uint8Array): Promise<Buffer> =>
  sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer();

/** The counts of the matrix on the page, by "truth/predicted". */
const matrixOf = (page: Page, part: string): Promise<Record<string, number>> =>
  page.evaluate(
    (selector) =>
      Object.fromEntries(
        [...document.querySelectorAll<HTMLElement>(`${selector} [data-cell]`)].map((cell) => [
          cell.dataset['cell']!,
          Number(cell.textContent),
        ]),
      ),
    `[data-part=${part}]`,
  );

describeWith([requireChromium()], 'the Models view', () => {
  let folder: string;
  let faces: string;
  let modelPath: string;
  let browser: Browser;
  let expected: { labels: readonly string[]; truth: number[]; probabilities: number[] };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moodlens-models-view-'));
    modelPath = await expressionModelPath(folder);
    faces = join(folder, 'faces');
    const model = await ExpressionModel.open(await readFile(modelPath), openSession);
    const { labels } = model.metadata;
    // Two classes are spelt as other collections do.
    const names = labels.map((label) => ({ happy: 'Happiness', angry: 'anger' })[label] ?? label);
    expected = { labels, truth: [], probabilities: [] };
    for (const [label, name] of names.entries()) {
      await mkdir(join(faces, name), { recursive: true });
      for (let k = 0; k < perClass; k++) {
        const pixels = pattern(label * perClass + k + 1);
        await writeFile(join(faces, name, `${k}.png`), await png(pixels));
        const [said] = await model.predict([{ width: side, height: side, channels: 1, data: pixels }]);
        expected.truth.push(label);
        expected.probabilities.push(...said!.probabilities);
      }
    }
    await model.release();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Opens the Models view and closes it; afterwards nothing may have left the origin or gone wrong unseen. */
  async function withModels(
    options: Parameters<typeof openPage>[1],
    body: (watched: WatchedPage) => Promise<void>,
  ): Promise<void> {
    const watched = await openPage(browser, { model: modelPath, path: '#models', ...options });
    try {
      await watched.page.waitForSelector('.facts', { state: 'attached' });
      await body(watched);
      expect(watched.foreign, 'requests to other origins').toEqual([]);
      expect(watched.complaints, 'errors and warnings').toEqual([]);
    } finally {
      await watched.close();
    }
  }

  const waitForRun = (page: Page, phase = 'finished') =>
    page.waitForSelector(`[data-part=pictures][data-phase=${phase}]`);

  it('shows the chosen model’s card, and another’s when it is chosen', () =>
    withModels({ model: undefined }, async ({ page }) => {
      for (const name of ['95 % interval', 'Network', 'Parameters', 'Split', 'Temperature', 'Data', 'Licence']) {
        expect(await text(page, '.facts')).toContain(name);
      }
      // The matrix of its evaluation gives the accuracy that its file says.
      await page.waitForSelector('[data-part=own] .matrix');
      const matrix = Object.entries(await matrixOf(page, 'own'));
      const count = (of: typeof matrix) => of.reduce((sum, [, pictures]) => sum + pictures, 0);
      const right = matrix.filter(([cell]) => cell.split('/')[0] === cell.split('/')[1]);
      const accuracy = `${((100 * count(right)) / count(matrix)).toFixed(1)} %`;
      expect(await text(page, '[data-part=own] [data-figure=accuracy]')).toBe(accuracy);
      expect(await text(page, '.facts')).toContain(`${accuracy} (95 % interval`);
      expect(await text(page, '[data-part=own]')).toMatch(/calibration error 0\.\d{3}/);
      expect(await page.locator('[data-part=own] .reliability circle').count()).toBeGreaterThan(5);
      await page.click('.card-text summary');
      expect(await text(page, '.markdown')).toContain('Law and ethics');
      expect(await page.locator('.markdown table').count()).toBeGreaterThan(2);
      await page.selectOption('#model-choice', 'expression.int8.onnx');
      await page.waitForSelector('.facts:has-text("8-bit integers")');
      await page.waitForSelector('[data-part=own]:has-text("expression.int8.evaluation.json")');
    }));

  it('shows the card’s matrix when the evaluation is of another model, or nonsense', async () => {
    const shelf = join(folder, 'shelf');
    await mkdir(shelf);
    const shipped = join(repositoryRoot, 'models');
    for (const name of ['expression.onnx', 'expression.int8.onnx', 'expression.md']) {
      await copyFile(join(shipped, name), join(shelf, name));
    }
    const evaluation = JSON.parse(await readFile(join(shipped, 'expression.evaluation.json'), 'utf8'));
    // Of another export of the same run.
    evaluation.model.hash = 'a1'.repeat(32);
    await writeFile(join(shelf, 'expression.evaluation.json'), JSON.stringify(evaluation));
    await writeFile(join(shelf, 'expression.int8.evaluation.json'), 'nonsense');
    await withModels({ model: undefined, modelsRoot: shelf }, async ({ page }) => {
      await page.waitForSelector('[data-part=own]:has-text("From its card") .matrix');
      expect(await page.locator('[data-part=own] .reliability').count()).toBe(0);
      const accuracy = await text(page, '[data-part=own] [data-figure=accuracy]');
      expect(await text(page, '.facts')).toContain(`${accuracy} (95 % interval`);
      await page.selectOption('#model-choice', 'expression.int8.onnx');
      await page.waitForSelector('[data-part=own]:has-text("measures the float form") .matrix');
    });
  });

  it('judges a dropped folder of labelled pictures as Node does', () =>
    withModels({}, async ({ page }) => {
      await dropOn(page, '.drop', [faces]);
      await waitForRun(page);
      const { labels, truth, probabilities } = expected;
      const figures = classificationFigures(truth, probabilities, labels);
      const cells = figures.confusionMatrix.flatMap((row, i) =>
        row.map((count, j) => [`${labels[i]}/${labels[j]}`, count] as const),
      );
      expect(await matrixOf(page, 'pictures')).toEqual(Object.fromEntries(cells));
      expect(await text(page, '[data-part=pictures] [data-figure=accuracy]')).toBe(
        `${(100 * figures.accuracy).toFixed(1)} %`,
      );
      expect(await text(page, '[data-part=pictures] [data-figure=n]')).toBe(String(truth.length));
      const [low, high] = figures.interval.map((share) => (100 * share).toFixed(1));
      expect(await text(page, '[data-part=pictures] [data-figure=interval]')).toBe(`${low} to ${high} %`);
      const bins = reliabilityBins({ truth, probabilities, classes: labels.length }).filter(({ n }) => n > 0);
      expect(await page.locator('[data-part=pictures] .reliability circle').count()).toBe(bins.length);
      // A cell tells its pictures.
      const [cell, count] = cells.find((one) => one[1] > 0)!;
      await page.click(`[data-cell="${cell}"] button`);
      expect(await page.locator('.result').count()).toBe(count);
      expect(await page.locator('.result').first().locator('dt').allInnerTexts()).toEqual([...labels]);
    }));

  it('names what it leaves out: folders of no class, pictures that are none', () =>
    withModels({}, async ({ page }) => {
      const mixed = join(folder, 'mixed');
      for (const name of ['happy', 'joy']) await mkdir(join(mixed, name), { recursive: true });
      await writeFile(join(mixed, 'happy', 'good.png'), await png(pattern(1)));
      await writeFile(join(mixed, 'happy', 'broken.png'), 'no picture');
      await writeFile(join(mixed, 'happy', 'empty.jpg'), '');
      await writeFile(join(mixed, 'joy', 'other.png'), await png(pattern(2)));
      await writeFile(join(mixed, 'joy', 'phone.heic'), 'a format that is not read');
      await page.setInputFiles('#models-folder', mixed);
      await waitForRun(page);
      expect(await text(page, '[data-part=unknown-folders]')).toMatch(
        /mixed\/joy \(1\).*left out of the figures|no class.*mixed\/joy \(1\)/,
      );
      expect(await text(page, '[data-part=problems]')).toMatch(/2 pictures could not be used/);
      expect(await text(page, '[data-part=problems]')).toMatch(/broken\.png: A picture must be/);
      expect(await text(page, '[data-part=problems]')).toMatch(/empty\.jpg: it is empty \(0 bytes\)/);
      expect(await text(page, '[data-part=passed-over]')).toMatch(/1 other file passed over.*phone\.heic/);
      expect(await text(page, '[data-part=pictures] [data-figure=n]')).toBe('1');
      expect(await page.locator('.result').count()).toBe(2);
    }));

  it('finds the face in a photograph unless it is told not to, and takes small pictures whole', () =>
    withModels({}, async ({ page }) => {
      const person = join(folder, 'person.jpg');
      await sharp(photograph).extract({ left: 960, top: 160, width: 480, height: 360 }).toFile(person);
      await page.setInputFiles('#models-files', person);
      await waitForRun(page);
      expect(await page.locator('[data-part=pictures] [data-figure=accuracy]').count()).toBe(0);
      expect(await page.locator('[data-part=unknown-folders]').count()).toBe(0);
      expect(await page.locator('.photograph-face').count()).toBe(1);
      const seen = () =>
        page.evaluate(() => document.querySelector<HTMLCanvasElement>('.result-face')!.toDataURL('image/png'));
      const found = await seen();
      await page.check('#already-cropped');
      await page.waitForFunction((before) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.result-face');
        return canvas !== null && canvas.toDataURL('image/png') !== before;
      }, found);
      expect(await page.locator('.photograph').count()).toBe(0);
      await page.uncheck('#already-cropped');
      await page.locator('.photograph-face').waitFor();
      // As the models' own pictures are: not searched, with a label or without.
      await page.setInputFiles('#models-files', join(faces, 'sad', '0.png'));
      await page.waitForSelector('[data-part=pictures][data-phase=finished]:has-text("0.png")');
      expect(await page.locator('.result').count()).toBe(1);
      expect(await page.locator('.photograph').count()).toBe(0);
      // Without a face there is nothing to be said.
      const wall = join(folder, 'wall.png');
      await sharp({ create: { width: 640, height: 480, channels: 3, background: '#888' } }).toFile(wall);
      await page.setInputFiles('#models-files', wall);
      await page.waitForSelector('[data-part=problems]');
      expect(await text(page, '[data-part=problems]')).toMatch(/must show a face, and none was found/);
    }));

  it('shows every face of a group photograph with its box and its expression', () =>
    withModels({}, async ({ page }) => {
      await page.setInputFiles('#models-files', photograph);
      await waitForRun(page);
      const boxes = page.locator('.photograph-face');
      const count = await boxes.count();
      expect(count).toBeGreaterThan(1);
      expect(await page.locator('.result').count()).toBe(count);
      expect(await boxes.locator('b').allInnerTexts()).toEqual(
        await page
          .locator('.result')
          .evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['expression']!)),
      );
      const size = (await page.locator('.photograph img').boundingBox())!;
      for (const box of await boxes.all()) {
        const { x, y, width, height } = (await box.boundingBox())!;
        expect(x >= size.x && y >= size.y && x + width <= size.x + size.width).toBe(true);
        expect(width / size.width).toBeGreaterThan(0.02);
        expect(height).toBeGreaterThan(0);
      }
      expect(await page.locator('.result-name').allInnerTexts()).toContain(`sample3.jpg, face ${count}`);
      expect(await text(page, '#pictures-title')).toMatch(/Pictures\s*1/i);
    }));

  it('refuses models that are not ours, offers them no longer, and goes on with the one before', () =>
    withModels({}, async ({ page }) => {
      const offered = () => page.locator('#model-choice option').allInnerTexts();
      const before = await offered();
      const facts = await text(page, '.facts');
      await dropOn(page, '.drop', [faces]);
      await waitForRun(page);
      const nonsense = join(folder, 'nonsense.onnx');
      await writeFile(nonsense, 'this is no model');
      await dropOn(page, '.drop', [nonsense]);
      await page.waitForSelector('.model-panel .message.error');
      expect(await text(page, '.model-panel .message.error')).toMatch(
        /nonsense\.onnx: .*not an ONNX model, or it is damaged/,
      );
      await dropOn(page, '.drop', [join(repositoryRoot, 'models/face-full-range.onnx')]);
      await page.waitForSelector('.model-panel .message.error:has-text("metadata")');
      expect(await offered()).toEqual(before);
      expect(await page.inputValue('#model-choice')).toBe('expression.onnx');
      expect(await text(page, '.facts')).toBe(facts);
      // The model before still looks at pictures.
      await page.setInputFiles('#models-files', join(faces, 'sad', '0.png'));
      await page.waitForSelector('[data-part=pictures][data-phase=finished]:has-text("Pictures 1")');
      expect(await page.locator('.result').count()).toBe(1);
      await page.selectOption('#model-choice', 'expression.int8.onnx');
      await page.waitForSelector('.facts:has-text("8-bit integers")');
      expect(await page.locator('.model-panel .message.error').count()).toBe(0);
    }));

  it('shows a dropped evaluation, and says when it is of another model', () =>
    withModels({}, async ({ page }) => {
      const { labels, truth, probabilities } = expected;
      const evaluation = {
        ...classificationFigures(truth, probabilities, labels),
        reliability: reliabilityBins({ truth, probabilities, classes: labels.length }),
        ...{
          labels,
          split: 'PublicTest',
          seenInTraining: true,
          testTimeAugmentation: 'flip',
          model: { run: 'another-run' },
        },
      };
      const path = join(folder, 'evaluation.json');
      await writeFile(path, JSON.stringify(evaluation));
      await dropOn(page, '.drop', [path]);
      await page.waitForSelector('[data-part=evaluation] .matrix');
      const matrix = await matrixOf(page, 'evaluation');
      expect(Object.values(matrix).reduce((sum, count) => sum + count, 0)).toBe(truth.length);
      expect(await text(page, '[data-part=evaluation]')).toMatch(
        /mirror image averaged[\s\S]*not the same model[\s\S]*trained on these pictures/,
      );
    }));

  it('runs the chosen model in the live view', () =>
    withModels({}, async ({ page }) => {
      const own = join(folder, 'own.onnx');
      await writeFile(own, await readFile(join(repositoryRoot, 'models/expression.int8.onnx')));
      await dropOn(page, '.drop', [own]);
      await page.waitForSelector('.facts:has-text("8-bit integers")');
      await page.getByRole('button', { name: 'Use it in Live' }).click();
      await page.waitForSelector('.face .bars');
      expect(await text(page, '.views [aria-current]')).toBe('Live');
      expect(await text(page, '.model-line')).toContain('own.onnx');
      // What played is paused while the models are looked at, and goes on afterwards.
      await page.keyboard.press('2');
      await page.waitForSelector('.models');
      expect(await page.evaluate(() => document.querySelector('video')!.paused)).toBe(true);
      await page.keyboard.press('1');
      await page.waitForFunction(() => !document.querySelector('video')!.paused);
      // A stream goes on too, into other workers.
      await page.keyboard.press('2');
      await page.selectOption('#model-choice', 'expression.onnx');
      await page.waitForSelector('.facts:not(:has-text("8-bit integers"))');
      await page.getByRole('button', { name: 'Use it in Live' }).click();
      await page.waitForSelector('.model-line:has-text("expression.onnx")');
      await page.waitForSelector('.face .bars');
    }));

  it('keeps a video file playing where it is when another model is chosen', () =>
    withModels({}, async ({ page }) => {
      const clip = writeClip(join(folder, 'clip.webm'), 'left', 4);
      await page.keyboard.press('1');
      await page.setInputFiles('#video-file', clip);
      await page.waitForSelector('.face .bars');
      const played = () => page.evaluate(() => document.querySelector('video')!.currentSrc);
      await page.waitForFunction(() => document.querySelector('video')!.currentSrc.startsWith('blob:'));
      const file = await played();
      await page.keyboard.press('2');
      const model = await page.locator('#model-choice option').nth(1).getAttribute('value');
      await page.selectOption('#model-choice', model!);
      await page.getByRole('button', { name: 'Use it in Live' }).click();
      await page.waitForSelector('.face .bars');
      expect(await text(page, '.model-line')).toContain(model);
      expect(await played()).toBe(file);
      expect(await page.evaluate(() => document.querySelector('video')!.paused)).toBe(false);
      expect(await page.locator('.stage-card').count()).toBe(0);
    }));

  it('can be stopped, tells how far it is, and gives no figures of a part', () =>
    withModels({}, async ({ page }) => {
      const many = join(folder, 'many');
      const content = await png(pattern(1));
      for (const name of ['happy', 'sad']) await mkdir(join(many, name), { recursive: true });
      for (let k = 0; k < 1500; k++) await writeFile(join(many, k % 2 ? 'happy' : 'sad', `${k}.png`), content);
      await page.setInputFiles('#models-folder', many);
      await page.waitForFunction(
        () => Number(document.querySelector('.picture-progress progress')?.getAttribute('value')) > 32,
      );
      await page.getByRole('button', { name: 'Stop' }).click();
      await waitForRun(page, 'stopped');
      expect(await text(page, '[data-part=pictures]')).toMatch(/Stopped after [\d,]+ of 1,500: no figures/);
      expect(await page.locator('[data-part=pictures] [data-figure=accuracy]').count()).toBe(0);
      // Nothing of the old pictures mixes with the next.
      await page.getByRole('button', { name: 'Clear' }).click();
      expect(await page.locator('[data-part=pictures]').count()).toBe(0);
      await dropOn(page, '.drop', [faces]);
      await waitForRun(page);
      expect(await text(page, '[data-part=pictures] [data-figure=n]')).toBe(String(expected.truth.length));
    }));

  it('is used with the keyboard alone, and fits a narrow screen', () =>
    withModels({ width: 360 }, async ({ page }) => {
      await page.focus('.skip');
      const reached: string[] = [];
      for (let press = 0; press < 12; press++) {
        await page.keyboard.press('Tab');
        const { name, outlineStyle } = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement;
          return {
            name: element.id || element.ariaLabel || element.innerText.trim(),
            outlineStyle: getComputedStyle(element).outlineStyle,
          };
        });
        expect(outlineStyle, name).not.toBe('none');
        reached.push(name);
        if (name === 'already-cropped') break;
      }
      expect(reached).toEqual(
        expect.arrayContaining(['Live', 'Models', 'model-choice', 'models-drop', 'already-cropped']),
      );
      // Rows keep their distance, however tall the window is.
      const gap = await page.evaluate(() => {
        const edge = (selector: string) => document.querySelector(selector)!.getBoundingClientRect();
        return edge('.models-results').top - edge('.model-panel').bottom;
      });
      expect(gap).toBeLessThanOrEqual(20);
      await dropOn(page, '.drop', [faces]);
      await waitForRun(page);
      const width = () => page.evaluate(() => document.documentElement.scrollWidth);
      expect(await width()).toBeLessThanOrEqual(360);
      await page.click('.views a');
      await page.waitForSelector('.face .bars');
      expect(await width()).toBeLessThanOrEqual(360);
    }));
});
