// The page in a real Chromium with sources that the server analyses: a real process over a clip, and one that is lost.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodePicture, encodeJpeg } from '../src/adapters/node/image-codec.js';
import { SourceFeed } from '../src/apps/cli/processes/source-runner.js';
import type { LiveFeed, LiveFeedEvents } from '../src/apps/server/live-feed.js';
import type { FrameResult } from '../src/core/live/frame-result.js';
import { packServedFrame } from '../src/core/live/served-frame.js';
import { launchChromium, openPage, writeClip } from './page-fixtures.js';
import { describeWith, requireChromium, requireCommand } from './requirements.js';

/** Frames of one colour with a face of Ada's in them, as often as it is asked to. */
class PaintedFeed implements LiveFeed {
  readonly label = 'Kinect';
  watched = 0;
  #events: LiveFeedEvents | undefined;
  #sequence = 0;
  listen(events: LiveFeedEvents) {
    this.#events = events;
    events.status({ state: 'opening', text: 'Opening Kinect' });
  }
  setWatched(isWatched: boolean) {
    if (isWatched) this.watched++;
  }
  async close() {}
  tell(state: 'playing' | 'lost' | 'ended', text: string) {
    this.#events!.status({ state, text });
  }
  async frame([red, green, blue]: readonly [number, number, number], width = 64, height = 48) {
    const data = new Uint8Array(width * height * 3).map((_, i) => [red, green, blue][i % 3]!);
    const jpeg = await encodeJpeg({ width, height, channels: 3, data });
    const sequence = ++this.#sequence;
    const result: FrameResult = {
      frame: sequence,
      timeMs: sequence * 33,
      faces: [
        {
          ...{ box: [16, 12, 24, 24], score: 0.9, track: 3, person: 'Ada', distance: 20, depthMm: 900 },
          ...{ expression: 'happy', probabilities: { happy: 0.9, neutral: 0.1 }, confirmed: 'happy' },
        },
      ],
      rejected: [],
      latencyMs: { detect: 1, track: 1, identify: 1, classify: 1, total: 4 },
    };
    const capturedAt = performance.timeOrigin + performance.now();
    this.#events!.frame(sequence, packServedFrame({ sequence, width, height, capturedAt, result }, jpeg));
  }
}

describeWith([requireChromium(), requireCommand('ffmpeg')], 'a served source in the page', () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moodlens-served-page-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('is shown first, with its faces, and gives way to another and to the sample', async () => {
    const options = { detector: 'moodlens', window: 'smooth' } as const;
    const open = (name: 'left' | 'middle') => {
      const source = writeClip(join(folder, `${name}.webm`), name, 4);
      return SourceFeed.open({ source, label: `${name}.webm`, options, publish: undefined });
    };
    const feeds = await Promise.all([open('left'), open('middle')]);
    const { page, foreign, complaints, close } = await openPage(browser, { feeds });
    try {
      await page.locator('.face .bars').first().waitFor();
      expect(new URL(page.url()).search).toBe('');
      expect(await page.locator('.segments [aria-pressed=true]').innerText()).toBe('Sources');
      const size = await page
        .locator('.stage canvas')
        .evaluate(({ width, height }: HTMLCanvasElement) => [width, height]);
      expect(size).toEqual([640, 480]);
      expect(await page.locator('.mark:not(.leaving) .tag-name').innerText()).toBe('Face 1');
      await expect.poll(() => page.locator('[data-figure=fps]').innerText()).toMatch(/^\d+$/);
      // The faces of the source before go first, if only for a moment.
      await page.evaluate(() => {
        new MutationObserver((_, observer) => {
          if (!document.body.textContent.includes('No face in view.')) return;
          document.body.dataset['wereGone'] = '';
          observer.disconnect();
        }).observe(document.body, { childList: true, subtree: true, characterData: true });
      });
      await page.getByLabel('Which source').selectOption('1');
      await page.locator('body[data-were-gone]').waitFor();
      await page.locator('.face .bars').first().waitFor();
      // Nothing of it needs the page's own models.
      expect(
        await page.evaluate(() =>
          performance
            .getEntriesByType('resource')
            .map(({ name }) => name)
            .join(),
        ),
      ).not.toContain('.onnx');
      await page.getByRole('button', { name: 'Sample', exact: true }).click();
      await page.locator('.stage video:visible').waitFor();
      await page.locator('.face .bars').first().waitFor();
      await page.getByRole('button', { name: 'Sources', exact: true }).click();
      await page.locator('.stage canvas:visible').waitFor();
      await page.locator('.face .bars').first().waitFor();
      expect([foreign, complaints]).toEqual([[], []]);
    } finally {
      await close();
    }
  });

  it('shows picture and result of one frame together, says when it is lost, and pauses', async () => {
    const feed = new PaintedFeed();
    const { page, foreign, complaints, close } = await openPage(browser, { feeds: [feed] });
    // What is on the screen, in the middle of the stage's left edge: no mark is there.
    const shown = async () => {
      const clip = (await page.locator('.stage').boundingBox())!;
      const png = await page.screenshot({ clip: { x: clip.x + 8, y: clip.y + clip.height / 2, width: 1, height: 1 } });
      const { data } = await decodePicture(png);
      return [...data].map((value) => (value > 127 ? 1 : 0)).join('');
    };
    try {
      await page.getByText('Opening Kinect').waitFor();
      feed.tell('playing', 'Showing Kinect');
      await feed.frame([255, 0, 0]);
      await page.locator('.mark:not(.leaving) .tag-name').waitFor();
      expect(await page.locator('.mark:not(.leaving)').innerText()).toMatch(/^Ada\s*happy/);
      expect(await page.locator('.face-name').innerText()).toBe('Ada');
      expect(await page.locator('.segments [aria-pressed=true]').innerText()).toBe('Kinect');
      feed.tell('lost', 'Kinect is lost (unplugged); trying again in 1 s');
      await page.getByText('Kinect is lost (unplugged)').waitFor();
      await page.getByText('No face in view.').waitFor();
      expect(await page.locator('.mark:not(.leaving)').count()).toBe(0);
      feed.tell('playing', 'Kinect gives frames again');
      // Another size: the picture is shown in its own shape.
      await feed.frame([0, 0, 255], 96, 48);
      await page.locator('.mark:not(.leaving) .tag-name').waitFor();
      expect(
        await page.locator('.stage').evaluate((stage) => getComputedStyle(stage).getPropertyValue('--aspect')),
      ).toBe('2');
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
      await page.locator('.paused-badge').waitFor();
      const before = feed.watched;
      await page.getByRole('button', { name: 'Play', exact: true }).click();
      await expect.poll(() => feed.watched).toBe(before + 1);
      feed.tell('playing', 'Showing Kinect');
      await feed.frame([0, 255, 0]);
      await expect.poll(shown).toBe('010');
      expect([foreign, complaints]).toEqual([[], []]);
    } finally {
      await close();
    }
  });

  it('says that the server has ended, and what to do', async () => {
    const feed = new PaintedFeed();
    const { page, close, endServer } = await openPage(browser, { feeds: [feed] });
    await expect.poll(() => feed.watched).toBe(1);
    feed.tell('playing', 'Showing Kinect');
    await feed.frame([9, 9, 9]);
    await page.locator('.mark:not(.leaving) .tag-name').waitFor();
    await endServer();
    await page.getByText(/open the address that it prints/).waitFor();
    await close();
  });
});
