// The report of a detector: its files, its page, and what the sheets show.
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../../tests/fixtures/memory-store.js';
import type { Box, Picture } from '../../../core/image/picture.js';
import type { DetectedPicture } from '../detect-pictures.js';
import { findMistakes } from '../detector-mistakes.js';
import { judgeDetector } from '../evaluate-detector.js';
import { describeDetectorEvaluation } from './describe-detector-evaluation.js';
import { writeDetectorReport } from './detector-report.js';
import type { DetectorEvaluation } from './format-detector-evaluation.js';
import { falseSheet, missedSheet } from './mistake-sheets.js';

const face: Box = [20, 20, 40, 40];
const elsewhere: Box = [70, 30, 30, 30];

function detected(faces: readonly Box[], finds: readonly Box[], channels: 1 | 3 = 3): DetectedPicture {
  const [width, height] = [160, 90];
  const picture: Picture = { width, height, channels, data: new Uint8Array(width * height * channels).fill(128) };
  return {
    known: {
      file: 'set/<a>.webp',
      faces: faces.map((box) => ({ box, points: null })),
      unsure: [],
      read: async () => picture,
    },
    detections: finds.map((box) => ({ box, score: 0.9, points: null })),
    latencyMs: 3,
  };
}

function evaluationOf(pictures: readonly DetectedPicture[]): DetectorEvaluation {
  return {
    ...{
      kind: 'face-detector-evaluation',
      detector: '<run>',
      epoch: 2,
      model: null,
      which: 'of a test',
      dataset: null,
    },
    ...{ seenPictures: 1, leftOut: 0, matching: 'overlap' },
    ...judgeDetector(pictures, { matching: 'overlap', score: 0.5 }),
  };
}

async function report(pictures: readonly DetectedPicture[]) {
  const store = createMemoryStore();
  const shown: Picture[] = [];
  const names = await writeDetectorReport(store, {
    evaluation: evaluationOf(pictures),
    detected: pictures,
    encodePng: async (picture) => {
      shown.push(picture);
      return new Uint8Array([1]);
    },
  });
  return { names, page: new TextDecoder().decode(await store.read('report.html')), shown };
}

function count({ data, channels }: Picture, isColour: (red: number, green: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < data.length; i += channels) if (isColour(data[i]!, data[i + 1]!)) found++;
  return found;
}
const red = (r: number, g: number): boolean => r > 200 && g < 100;
const green = (r: number, g: number): boolean => r < 100 && g > 200;

describe('writeDetectorReport', () => {
  test('writes figures, charts, sheets and the page that shows them', async () => {
    const { names, page } = await report([detected([face], [face]), detected([face], [elsewhere])]);
    expect(names).toEqual([
      'evaluation.json',
      'precision-recall.svg',
      'recall-by-false-detections.svg',
      'missed-faces.png',
      'false-detections.png',
      'report.html',
    ]);
    expect(page).toContain('Face detector: &lt;run&gt;, 2 epochs');
    expect(page).toContain('The model was trained on 1 of these 2 pictures');
    expect(page).toContain('Missed faces: 1');
    expect(page).toContain('False detections: 1');
  });

  test('pictures without a face have no curves, and a detector without mistakes no sheets', async () => {
    const empty = await report([detected([], [elsewhere])]);
    expect(empty.names).toEqual(['evaluation.json', 'false-detections.png', 'report.html']);
    const perfect = await report([detected([face], [face])]);
    expect(perfect.names).not.toContain('missed-faces.png');
    expect(perfect.page).toContain('There are none.');
  });
});

test('shows other detectors beside it', async () => {
  const [own, other] = [[detected([face], [face])], [detected([face], [elsewhere])]];
  const store = createMemoryStore();
  const evaluation = { ...evaluationOf(own), compared: [{ ...evaluationOf(other), detector: 'haar', epoch: null }] };
  const names = await writeDetectorReport(store, {
    ...{ evaluation, detected: own, others: [other] },
    encodePng: async () => new Uint8Array([1]),
  });
  expect(names).toContain('detectors.svg');
  const page = new TextDecoder().decode(await store.read('report.html'));
  expect(page).toMatch(/Beside other detectors[\s\S]*&lt;run&gt;, 2 epochs<\/th>[\s\S]*haar<\/th>/);
  expect(describeDetectorEvaluation(evaluation)).toMatch(/\n<run>, 2 epochs .*100\.0 %.*\nhaar .* 0\.0 %.*1\.000/);
});

describe('the sheets', () => {
  const sheets = async (pictures: readonly DetectedPicture[]) => {
    const mistakes = findMistakes(pictures, { matching: 'overlap', score: 0.5 });
    return [await missedSheet(mistakes, 0.5), await falseSheet(mistakes, 0.5)];
  };

  test.each([1, 3] as const)(
    'draw the missed face green and the false detection red, in %i channels',
    async (channels) => {
      const [missed, wrong] = await sheets([detected([face], [[100, 30, 50, 50]], channels)]);
      expect(count(missed!.picture, green)).toBeGreaterThan(200);
      expect(count(wrong!.picture, red)).toBeGreaterThan(200);
    },
  );

  test('take boxes at and beyond the border, and larger than the picture', async () => {
    const boxes: Box[] = [
      [-10, -10, 30, 30],
      [150, 80, 40, 40],
      [-50, -50, 400, 400],
      [500, 500, 20, 20],
    ];
    const [missed] = await sheets(boxes.map((box) => detected([box], [])));
    expect(missed!.picture.height).toBeGreaterThan(100);
  });

  test('show the first 60', async () => {
    const [missed, wrong] = await sheets(Array.from({ length: 70 }, () => detected([face], [])));
    expect(missed!.title).toBe('Missed faces: 60 of 70');
    expect(wrong).toBeUndefined();
  });
});
