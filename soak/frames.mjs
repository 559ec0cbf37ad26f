// An hour of live video, accelerated: does memory or the time a frame takes grow? `analyze`'s own loop with the live pipeline,
// over a room in which people come and go and frames change their size; people files, models, rules and sources are exchanged on the way.
//   npm run soak -- frames [--real] [--frames=N] [--json]
// Without --real the detector, the expression model and the known people are stand-ins that cost next to nothing: 108,000 frames, an hour at
// 30 frames/s. With --real they are the shipped ones over pasted photographs, 10,000 frames. Exits with 1 when something grows.

import { parseArgs } from 'node:util';
import { queryObjects } from 'node:v8';
import { assemblePipeline } from '../dist/core/live/assemble-pipeline.js';
import { ConfirmationWindow } from '../dist/core/live/confirmation-window.js';
import { SmoothWindow } from '../dist/core/live/smooth-window.js';
import { TrackIdentity } from '../dist/core/live/track-identity.js';
import { median } from '../dist/core/numbers/median.js';
import { silentProgress } from '../dist/core/ports/progress.js';
import { analyze } from '../dist/pipeline/streams/analyze.js';
import { frameLine } from '../dist/pipeline/streams/report/format-result.js';
import { ends, least, memoryHeld } from './memory.js';
import { names, realParts, syntheticParts } from './parts.js';
import { Room } from './scene.js';

const { values } = parseArgs({
  options: { real: { type: 'boolean' }, frames: { type: 'string' }, json: { type: 'boolean' } },
});
const frameCount = Number(values.frames ?? (values.real ? 10_000 : 108_000));
const probes = frameCount < 5000 ? 10 : 50;
/** Growth that is allowed between the first and the last third, megabytes. */
const allowed = { heap: 1, external: 1, rss: 15 };
/** The record that `analyze` keeps for its timeline may grow: up to so much a stretch, megabytes. */
const stretchSize = 0.0002;
/** Growth of processor time a frame. */
const allowedSlowdown = 1.25;
/** At most five people at once, and tracks that were lost live for ten frames more. */
const mostTracks = 15;

const room = new Room();
const parts = values.real ? await realParts(room) : syntheticParts(room);
const { openDetector, expression, people, paint } = parts;
const { pipeline, detector } = await assemblePipeline({
  openDetector,
  expression,
  people,
  clock: () => performance.now(),
});
const rows = [];
let isOver = false;

async function* frames() {
  for (let index = 0; index < frameCount; index++) {
    room.step();
    if (index % 5000 === 4999) await exchange(index);
    yield { index, timeMs: (index * 1000) / 30, picture: paint() };
  }
  isOver = true;
}

/** The actions of users in an hour. */
async function exchange(index) {
  await pipeline.setPeople(undefined);
  await pipeline.setPeople(people);
  await pipeline.setExpression(undefined);
  await pipeline.setExpression(expression);
  await pipeline.setConfirmation({ rule: index % 10_000 === 4999 ? 'smooth' : 'original' });
  if (index % 20_000 === 19_999) await pipeline.reset();
}

let written = 0;
let cpu = process.cpuUsage();
let probedAt = 0;
let busiest = 0;

/** The frames between two probes of memory, counted objects and time. */
function probe(frame) {
  const { user, system } = process.cpuUsage(cpu);
  const cpuMs = (user + system) / 1000 / (frame - probedAt);
  const countedWindows = queryObjects(ConfirmationWindow) + queryObjects(SmoothWindow);
  rows.push({
    frame,
    ...memoryHeld(),
    cpuMs,
    ...pipeline.held,
    countedWindows,
    countedIdentities: queryObjects(TrackIdentity),
  });
  if (!values.json) console.log(describe(rows.at(-1)));
  probedAt = frame;
  cpu = process.cpuUsage();
}

function describe({ frame, heap, external, rss, cpuMs, ...held }) {
  const { tracks, identities, countedIdentities, windows, countedWindows } = held;
  return `${String(frame).padStart(7)} frames  heap ${heap.toFixed(2)} MB  external ${external.toFixed(2)} MB  rss ${rss.toFixed(0)} MB  ${cpuMs.toFixed(3)} ms CPU a frame  ${tracks} tracks, ${identities} identities (${countedIdentities} alive), ${windows} windows (${countedWindows} alive)`;
}

const every = Math.max(1, Math.floor(frameCount / probes));
const { timeline, summary } = await analyze({
  source: { width: 640, height: 480, framesPerSecond: 30, [Symbol.asyncIterator]: frames, close: async () => {} },
  pipeline,
  clock: () => performance.now(),
  progress: silentProgress,
  onFrame: async (result) => {
    written += frameLine(result).length;
    busiest = Math.max(busiest, pipeline.held.tracks);
    if ((result.frame + 1) % every === 0) probe(result.frame + 1);
  },
});
await detector.release();
await parts.release();

const faults = [];
for (const row of rows) {
  const { tracks, identities, windows, countedWindows, countedIdentities } = row;
  // A person's window stays while their track lives, also when the track is called otherwise for a moment.
  if (identities > tracks || windows > tracks + names.length)
    faults.push(`more is held than belongs to tracks: ${describe(row)}`);
  if (countedWindows !== windows || countedIdentities > identities + 1)
    faults.push(`more is alive than is held: ${describe(row)}`);
}
if (busiest > mostTracks) faults.push(`${busiest} tracks at once, where at most ${mostTracks} can be`);
if (!isOver || summary.frames !== frameCount) faults.push(`the run ended after ${summary.frames} frames`);
const ofRows = (key, figure) =>
  ends(
    rows.map((row) => row[key]),
    figure,
  );
const figures = {
  ...Object.fromEntries(Object.keys(allowed).map((key) => [key, ofRows(key, least)])),
  cpuMs: ofRows('cpuMs', median),
};
// A short run is all warm-up: only counts are judged.
if (rows.length === probes && frameCount >= 5000) {
  for (const [key, most] of Object.entries(allowed)) {
    const growth =
      figures[key].last - figures[key].first - (key === 'heap' ? timeline.stretches.length * stretchSize : 0);
    if (growth > most) faults.push(`${key} grew by ${growth.toFixed(1)} MB, more than ${most}`);
  }
  const slowdown = figures.cpuMs.last / figures.cpuMs.first;
  if (slowdown > allowedSlowdown) faults.push(`a frame takes ${slowdown.toFixed(2)} times the processor time it took`);
}
const outcome = {
  frames: summary.frames,
  seconds: summary.frames / summary.framesPerSecond,
  stretches: timeline.stretches.length,
  written,
  busiest,
  figures,
  faults,
};
if (values.json) console.log(JSON.stringify(outcome));
else {
  for (const [key, { first, last }] of Object.entries(figures))
    console.log(`${key.padEnd(9)} ${first.toFixed(3)} -> ${last.toFixed(3)}`);
  console.log(
    `${outcome.stretches} stretches in the timeline, ${busiest} tracks at most, ${(outcome.seconds / 60).toFixed(1)} minutes`,
  );
  console.log(faults.length === 0 ? 'nothing grows' : faults.slice(0, 5).join('\n'));
}
process.exitCode = faults.length === 0 ? 0 : 1;
