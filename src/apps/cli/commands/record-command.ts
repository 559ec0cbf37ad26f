// `moodlens record SOURCE --out FILE`: what a source shows, as a video file, in its own time.
import { extname } from 'node:path';
import type { Command } from 'commander';
import { KinectDumpWriter } from '../../../adapters/node/kinect/kinect-dump.js';
import { openEncoder } from '../../../adapters/node/video/ffmpeg-encoder.js';
import { type OpenedSource, openSource } from '../../../adapters/node/video/open-source.js';
import { ConfigError } from '../../../core/errors.js';
import type { Progress } from '../../../core/ports/progress.js';
import { steadyFrames } from '../../../pipeline/streams/steady-frames.js';
import { jsonOption } from '../arguments/json.js';
import { isKinect, kinectOption, kinectSource, videoSourceHelp } from '../arguments/source.js';
import { toNumbers } from '../arguments/values.js';
import { commandOf } from '../command-descriptions.js';
import { exitCodes } from '../terminal/exit-codes.js';
import { Interrupt } from '../terminal/interrupt.js';
import { withProgress } from '../terminal/with-progress.js';

interface RecordOptions {
  readonly kinect?: string | true;
  readonly out: string;
  readonly seconds?: string;
  readonly fps?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return commandOf('record', 'without sound, until Ctrl-C or the end of the source')
    .argument('[source]', videoSourceHelp)
    .option(...kinectOption)
    .requiredOption(
      '--out <video>',
      'the file: .mp4, .mov or .mkv; of a Kinect also a folder, for a recording with depth',
    )
    .option('--seconds <n>', 'end after so many seconds of the source')
    .option('--fps <n>', 'frames a second of the file (default: those of the source, or 30)')
    .addOption(jsonOption('{"out","frames","seconds","dropped"} at the end'))
    .action(record);
}

async function record(named: string | undefined, options: RecordOptions): Promise<void> {
  const sourceName = theSource(named, options.kinect);
  const { seconds = Number.POSITIVE_INFINITY, fps } = toNumbers(options, ['seconds', 'fps']);
  for (const [name, value] of Object.entries({ seconds, fps: fps ?? 30 })) {
    if (!(value > 0)) throw new ConfigError(`--${name} must be above 0, found ${options[name as 'seconds' | 'fps']}`);
  }
  // A date or a number behind a dot is part of a folder's name.
  const isDump = isKinect(sourceName) && !/^\.[a-z]/i.test(extname(options.out));
  const interrupt = new Interrupt('the file is complete');
  const source = await openSource(sourceName, {
    rawDepth: isDump,
    onStatus: ({ text }) => process.stderr.write(`${text}\n`),
  });
  interrupt.onAsk = () => void source.close();
  try {
    const rate = fps ?? plausible(source.framesPerSecond);
    const recording = { out: options.out, rate, seconds };
    const written = await withProgress('record', (progress) =>
      isDump ? writeDump(source, { ...recording, progress }) : write(source, { ...recording, progress }),
    );
    const result = { out: options.out, ...written, dropped: source.dropped };
    process.stdout.write(
      options.json
        ? `${JSON.stringify(result)}\n`
        : `${options.out}: ${written.frames} frames, ${written.seconds.toFixed(1)} s\n`,
    );
    if (interrupt.wasAsked) process.exitCode = exitCodes.interrupted;
  } finally {
    interrupt.stopListening();
    await source.close();
  }
}

function theSource(named: string | undefined, kinect: RecordOptions['kinect']): string {
  const [source, more] = [
    ...(named === undefined ? [] : [named]),
    ...(kinect === undefined ? [] : [kinectSource(kinect)]),
  ];
  if (source !== undefined && more === undefined) return source;
  throw new ConfigError(
    `record takes one source and got ${source === undefined ? 'none' : 'two'}; name ${videoSourceHelp}`,
  );
}

interface Recording {
  readonly out: string;
  readonly rate: number;
  readonly seconds: number;
  readonly progress: Progress;
}

/** What was there when a source breaks off stays a whole video. */
async function write(source: OpenedSource, { out, rate, seconds, progress }: Recording) {
  const { width, height, estimatedFrames } = source;
  const encoder = await openEncoder(out, { width, height, framesPerSecond: rate });
  let frames = 0;
  let failure: unknown;
  const total = Number.isFinite(seconds) ? Math.round(seconds * rate) : (estimatedFrames ?? Number.NaN);
  try {
    for await (const picture of steadyFrames(source, rate, 1000 * seconds)) {
      await encoder.write(picture);
      progress.update(
        ++frames,
        Number.isNaN(total) ? frames : Math.max(total, frames),
        `${(frames / rate).toFixed(1)} s`,
      );
    }
  } catch (error) {
    failure = error;
  }
  if (frames > 0) await encoder.finish();
  await encoder.abort();
  if (failure !== undefined) throw failure;
  return { frames, seconds: frames / rate };
}

/** Colour and depth of a Kinect, as fakenect plays them. */
async function writeDump(source: OpenedSource, { out, rate, seconds, progress }: Recording) {
  const dump = await KinectDumpWriter.create(out);
  let frames = 0;
  let lastMs = 0;
  for await (const frame of source) {
    if (frame.timeMs >= 1000 * seconds) break;
    await dump.write(frame);
    lastMs = frame.timeMs;
    progress.update(
      ++frames,
      Number.isFinite(seconds) ? Math.round(seconds * rate) : frames,
      `${(lastMs / 1000).toFixed(1)} s`,
    );
  }
  return { frames, seconds: lastMs / 1000 };
}

/** Cameras without a rate report another number, such as the clock of their stream. */
function plausible(framesPerSecond: number | undefined): number {
  return framesPerSecond !== undefined && framesPerSecond >= 1 && framesPerSecond <= 240 ? framesPerSecond : 30;
}
