// The confirmation windows on clips of ../shared/video, thinned to several frame rates: how often the shown label flips, how long a
// right one takes, how much of the judged time is right. Writes the chart docs/images/windows.svg.
//   node experiments/windows.mjs [--sweep]     --sweep: other time constants and margins of the smooth window instead of the chart
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSession } from '../dist/adapters/node/session.js';
import { openShippedDetector } from '../dist/adapters/node/shipped-detector.js';
import { shippedModel } from '../dist/adapters/node/shipped-models.js';
import { openVideo } from '../dist/adapters/node/video/ffmpeg.js';
import { assemblePipeline } from '../dist/core/live/assemble-pipeline.js';
import { ConfirmationWindows } from '../dist/core/live/confirmation-windows.js';
import { ExpressionModel } from '../dist/core/model/expression-model.js';
import { chartFile } from '../dist/pipeline/report/chart-file.js';
import { seriesStyle } from '../dist/pipeline/report/chart-theme.js';
import { drawChart } from '../dist/pipeline/report/draw-chart.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const videos = join(process.env.MOODLENS_SHARED ?? join(root, '../shared'), 'video');
const rates = [30, 15, 10, 5];
const rules = [
  ['each frame by itself', null],
  ['original: 20 frames', { rule: 'original' }],
  ['smooth: 500 ms', { rule: 'smooth' }],
];

/** What the faces show, judged by eye: seconds from, to. Between the stretches, and of other tracks, nothing is said. */
const truths = {
  'one-neutral-to-happy.mp4': {
    1: [
      ['neutral', 0, 0.6],
      ['happy', 0.6, 2.5],
    ],
  },
  'one-sad-pexels.mp4': {
    1: [
      ['sad', 0, 6],
      ['happy', 9.5, 20],
    ],
  },
  'one-standing-webcam.mkv': { 1: [['neutral', 0, 2.5]] },
  'two-head-pose.mp4': { 1: [], 2: [['neutral', 0, 5]] },
};

/** Every face's samples of every clip, from one run of detector and model. */
async function readFaces() {
  const clock = () => performance.now();
  const expression = await ExpressionModel.open(await shippedModel('expression.onnx'), openSession);
  const faces = [];
  for (const [clip, tracks] of Object.entries(truths)) {
    const { pipeline, detector } = await assemblePipeline({ openDetector: openShippedDetector, expression, clock });
    const samples = {};
    for await (const frame of await openVideo(join(videos, clip))) {
      for (const face of (await pipeline.process(frame)).faces) {
        samples[face.track] ??= [];
        samples[face.track].push({ label: face.expression, probabilities: face.probabilities, timeMs: frame.timeMs });
      }
    }
    await detector.release();
    for (const [track, truth] of Object.entries(tracks)) faces.push({ truth, samples: samples[track] });
  }
  await expression.release();
  return faces;
}

/** The first sample of every 1 / rate seconds. */
function thin(samples, rate) {
  const slot = ({ timeMs }) => Math.floor((timeMs * rate) / 1000 + 1e-6);
  return samples.filter((sample, i) => i === 0 || slot(sample) !== slot(samples[i - 1]));
}

function shownLabels(samples, options) {
  if (options === null) return samples.map(({ label }) => label);
  const windows = new ConfirmationWindows(options);
  return samples.map((sample) => windows.push({ person: null, track: 1 }, sample));
}

/** Over all faces: changes of the shown label a minute, seconds to the first right one, share of judged frames that are right. */
function measure(faces, rate, options) {
  const total = { flips: 0, minutes: 0, right: 0, judged: 0 };
  const delays = [];
  for (const { truth, samples } of faces) {
    const frames = thin(samples, rate);
    const shown = shownLabels(frames, options);
    total.flips += shown.filter((label, i) => label !== (shown[i - 1] ?? 'neutral')).length;
    total.minutes += (frames.at(-1).timeMs - frames[0].timeMs) / 60_000;
    for (const [label, from, to] of truth) {
      const judged = frames
        .map(({ timeMs }, i) => ({ seconds: timeMs / 1000, isRight: shown[i] === label }))
        .filter(({ seconds }) => seconds >= from && seconds < to);
      total.judged += judged.length;
      total.right += judged.filter(({ isRight }) => isRight).length;
      // Neutral is where a window begins: it cannot be late.
      if (label !== 'neutral') delays.push((judged.find(({ isRight }) => isRight)?.seconds ?? to) - from);
    }
  }
  return {
    flipsPerMinute: total.flips / total.minutes,
    delays,
    meanDelay: delays.reduce((sum, delay) => sum + delay, 0) / delays.length,
    rightShare: total.right / total.judged,
  };
}

function print(name, rate, { flipsPerMinute, delays, rightShare }) {
  const seconds = delays.map((delay) => delay.toFixed(2)).join(', ');
  console.log(
    `${name.padEnd(22)} ${String(rate).padStart(2)} frames/s  ${flipsPerMinute.toFixed(1).padStart(5)} flips a minute  delays ${seconds} s  right ${(100 * rightShare).toFixed(1)} %`,
  );
}

/** Delay at the left, flips at the right, over the frame rate. */
function chart(results) {
  const axis = {
    type: 'category',
    data: rates.map(String),
    name: 'frames a second',
    nameLocation: 'middle',
    nameGap: 30,
  };
  const named = (name, gridIndex) => ({ type: 'value', name, gridIndex, min: 0, nameLocation: 'middle', nameGap: 42 });
  return {
    title: 'Confirmation windows by frame rate',
    caption:
      'Mean delay to the first right label over three changes, and changes of the shown label a minute over five faces, in the same clips thinned to fewer frames.',
    legend: rules.map(([name]) => name),
    svg: drawChart(
      (mode) => ({
        grid: [
          { left: 64, width: 320, top: 16, bottom: 56 },
          { left: 464, width: 320, top: 16, bottom: 56 },
        ],
        xAxis: [
          { ...axis, gridIndex: 0 },
          { ...axis, gridIndex: 1 },
        ],
        yAxis: [named('seconds to the right label', 0), named('flips a minute', 1)],
        series: ['meanDelay', 'flipsPerMinute'].flatMap((figure, grid) =>
          results.map((byRate, i) => {
            const { colour, marker } = seriesStyle(mode, i);
            const data = byRate.map((result) => Number(result[figure].toFixed(3)));
            return { type: 'line', color: colour, symbol: marker, xAxisIndex: grid, yAxisIndex: grid, data };
          }),
        ),
      }),
      { widthPx: 800, heightPx: 320 },
    ),
  };
}

const faces = await readFaces();
if (process.argv.includes('--sweep')) {
  for (const rate of [30, 5]) {
    for (const timeConstantMs of [300, 400, 500, 600, 800]) {
      for (const margin of [0.05, 0.1, 0.15, 0.2, 0.3]) {
        print(
          `${timeConstantMs} ms, ${margin}`,
          rate,
          measure(faces, rate, { rule: 'smooth', timeConstantMs, margin }),
        );
      }
    }
  }
} else {
  const results = rules.map(([name, options]) =>
    rates.map((rate) => {
      const result = measure(faces, rate, options);
      print(name, rate, result);
      return result;
    }),
  );
  const file = join(root, 'docs/images/windows.svg');
  await writeFile(file, chartFile(chart(results)));
  console.log(file);
}
