// The report of a dataset: what it writes, that it loads nothing, and that its charts and pictures can be read again.

import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../../tests/fixtures/memory-store.js';
import { decodePicture, encodePng } from '../../../adapters/node/image-codec.js';
import { createDataset, samplePicture } from '../../../core/dataset/packed-dataset.js';
import { createRandom } from '../../../core/numbers/random.js';
import { parseExploreConfig } from '../config.js';
import { explore } from '../explore.js';
import { writeExplorationReport } from './exploration-report.js';
import { meanFaceSheet, sampleSheets } from './sample-sheets.js';

const labels = ['<b>yes</b> & "no"', 'a class whose name is a good deal longer than any class should have', 'none'];

/** Pictures of noise: 60 of the first class, 20 of the second, none of the third. */
function noise() {
  const random = createRandom(3);
  const count = 80;
  return createDataset({
    width: 48,
    height: 48,
    labels,
    splitNames: ['train', 'test'],
    pixels: Uint8Array.from({ length: count * 48 * 48 }, () => random.integer(256)),
    classes: Uint8Array.from({ length: count }, (_, i) => (i % 4 === 0 ? 1 : 0)),
    splits: Uint8Array.from({ length: count }, (_, i) => (i < 65 ? 0 : 1)),
    rows: Int32Array.from({ length: count }, (_, i) => i),
    source: {
      kind: 'folder',
      name: 'noise',
      brokenRows: 0,
      files: Array.from({ length: count }, (_, i) => `a/${i}.png`),
    },
  });
}

const dataset = noise();
const config = parseExploreConfig({ samples: 8 });

describe('writeExplorationReport', () => {
  const store = createMemoryStore();
  const text = (name: string) => new TextDecoder().decode(store.blobs.get(name));
  let files: readonly string[];
  beforeAll(async () => {
    files = await writeExplorationReport(store, { exploration: explore(dataset), dataset, config, encodePng });
  });

  it('writes a chart and a sheet a file, and the page last', () => {
    expect(files).toEqual([
      'class-distribution.svg',
      'mean-faces.png',
      'samples-0--b-yes-b-no-.png',
      'samples-1-a-class-whose-name-is-a-good-deal-longer.png',
      'brightness.svg',
      'brightness-by-class.svg',
      'contrast.svg',
      'contrast-by-class.svg',
      'report.html',
    ]);
    expect([...store.blobs.keys()]).toEqual(files);
  });

  it('makes a page that loads nothing, runs nothing, and has each chart for light and for dark', () => {
    const page = text('report.html');
    expect(page).not.toMatch(/<script|:hover|<link|<iframe|@import|javascript:/i);
    const loaded = [...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map((match) => match[1]!);
    expect(loaded.filter((target) => !target.startsWith('data:image/png;base64,'))).toEqual([]);
    expect(loaded).toHaveLength(3);
    expect(page.match(/class="light chart"/g)).toHaveLength(5);
    expect(page.match(/class="dark chart"/g)).toHaveLength(5);
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).not.toContain('<b>yes');
    expect(page).toContain('&lt;b&gt;yes&lt;/b&gt; &amp; &quot;no&quot;');
  });

  it('holds the sheets as they are', async () => {
    const page = text('report.html');
    const pictures = [...page.matchAll(/base64,([^"]+)"/g)].map((match) => Buffer.from(match[1]!, 'base64'));
    for (const [i, name] of ['mean-faces.png', 'samples-0--b-yes-b-no-.png'].entries()) {
      expect(new Uint8Array(pictures[i]!)).toEqual(store.blobs.get(name));
    }
    const { width, height } = await decodePicture(store.blobs.get('mean-faces.png')!);
    expect(page).toContain(`width="${width}" height="${height}"`);
  });

  it('writes every count on its bar, and nothing for a class that has none but 0', () => {
    const chart = text('class-distribution.svg');
    const shown = [...chart.matchAll(/>(\d+) \((\d+\.\d) %\)</g)].map((match) => Number(match[1]));
    const counts = [0, 1].flatMap((split) =>
      labels.map((_, label) => dataset.classes.filter((one, i) => one === label && dataset.splits[i] === split).length),
    );
    // In light and in dark.
    expect(shown).toEqual([...counts, ...counts]);
  });

  it.each(['class-distribution', 'brightness', 'brightness-by-class', 'contrast', 'contrast-by-class'])(
    'draws %s.svg as well-formed SVG that keeps inside its edges',
    async (name) => {
      const { data, info } = await sharp(store.blobs.get(`${name}.svg`))
        .raw()
        .toBuffer({ resolveWithObject: true });
      const white = (x: number, y: number) => {
        const at = (y * info.width + x) * info.channels;
        return data[at] === 255 && data[at + 1] === 255 && data[at + 2] === 255;
      };
      const edge: boolean[] = [];
      for (let x = 0; x < info.width; x++) edge.push(white(x, 0), white(x, info.height - 1));
      for (let y = 0; y < info.height; y++) edge.push(white(0, y), white(info.width - 1, y));
      expect(edge).not.toContain(false);
    },
  );
});

describe('sampleSheets', () => {
  it('draws the same samples with the same seed, others with another', () => {
    const sheets = (seed: number) =>
      [...sampleSheets(dataset, { samples: 8, seed })].map(({ picture }) => picture.data);
    const same = (a: number, b: number) =>
      sheets(a).map((data, i) => Buffer.compare(Buffer.from(data), Buffer.from(sheets(b)[i]!)) === 0);
    expect(same(1, 1)).toEqual([true, true]);
    expect(same(1, 2)).toEqual([false, false]);
  });

  it("shows the class's pictures only, and all when there are few", () => {
    const sheets = [...sampleSheets(dataset, { samples: 100, seed: 1 })];
    expect(sheets.map(({ caption }) => caption.split(' samples')[0])).toEqual(['60 of 60', '20 of 20']);
    // The first picture begins after a gap of 8 and a frame of 4, each pixel doubled; sample 0 is the second class's first.
    const { picture } = sheets[1]!;
    const first = (x: number, y: number) => picture.data[((12 + 2 * y) * picture.width + 12 + 2 * x) * 4];
    const { data } = samplePicture(dataset, 0);
    expect(Array.from({ length: 48 }, (_, x) => first(x, 5))).toEqual([...data.subarray(5 * 48, 6 * 48)]);
  });

  it('gives a mean face to classes that have samples', () => {
    const { picture } = meanFaceSheet(dataset);
    // Two cells as wide as the longest name, which is shortened to 40 letters of 12 pixels.
    expect(picture.width).toBe(8 + 2 * (4 + 40 * 12 + 2 + 4 + 8));
  });
});
