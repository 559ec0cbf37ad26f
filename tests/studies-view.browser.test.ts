// The Studies view in a real Chromium: a study in a file, which goes on while it is looked at.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFileJournal } from '../src/adapters/node/journal/file-journal.js';
import { createStudy } from '../src/core/tuning/create-study.js';
import { RandomSampler } from '../src/core/tuning/samplers/random-sampler.js';
import { launchChromium, openPage } from './page-fixtures.js';
import { describeWith, requireChromium } from './requirements.js';

describeWith(requireChromium(), 'the Studies view', () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moodlens-studies-view-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function begin(path: string, name: string, trials: number) {
    const storage = await createFileJournal(path);
    const study = await createStudy({ name, storage, sampler: new RandomSampler() });
    const search = (count: number) =>
      study.optimize(
        async (trial) => {
          const x = trial.suggestFloat('schedule.rate', 0.001, 1, { log: true });
          await trial.report(x, 1);
          return (x - 0.1) ** 2 + trial.suggestInt('units', 1, 9) / 100;
        },
        { trials: count },
      );
    await search(trials);
    return { storage, study, search };
  }

  it('draws a study, follows it, and shows another', async () => {
    const path = join(folder, 'tune.journal');
    const { storage, study, search } = await begin(path, 'first <one>', 8);
    await begin(path, 'second', 5);
    const { page, foreign, complaints, close } = await openPage(browser, {
      studies: await createFileJournal(path),
      path: '#studies',
    });
    try {
      await page.getByText('8 trials (8 complete); to minimize.').waitFor();
      expect(await page.locator('.study-name').innerText()).toBe('first <one>');
      const shown = page.locator('.study-group img');
      await shown.first().waitFor();
      // Every chart is there and drawn.
      const sizes = () => shown.evaluateAll((all: HTMLImageElement[]) => all.map(({ naturalWidth }) => naturalWidth));
      await expect.poll(async () => (await sizes()).every((width) => width > 500)).toBe(true);
      expect(await shown.first().getAttribute('alt')).toMatch(/^Values\./);
      expect((await sizes()).length).toBeGreaterThanOrEqual(6);
      const before = await shown.first().getAttribute('src');

      await search(2);
      const running = await study.ask();
      running.suggestFloat('schedule.rate', 0.001, 1, { log: true });
      await running.report(0.5, 1);
      await page.getByText('trial 10, step 1: 0.5').waitFor();
      await page.getByText('11 trials (1 running, 10 complete)').waitFor();
      expect(await shown.first().getAttribute('src')).not.toBe(before);
      await page.getByText('Every trial').click();
      expect(await page.locator('.study-table tbody tr').count()).toBe(11);

      await page.getByLabel('Which study').selectOption('1');
      await page.getByText('5 trials (5 complete)').waitFor();
      expect([foreign, complaints]).toEqual([[], []]);
    } finally {
      await close();
      await storage.close();
    }
  });

  it('says how to begin without a journal', async () => {
    const { page, complaints, close } = await openPage(browser, { path: '#studies' });
    await page.getByText('moodlens live --storage tune.journal').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});
