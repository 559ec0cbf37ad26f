// `moodlens record SOURCE --out FILE`: what a source shows, as a video file, in its own time.
import { extname } from 'node:path';
import type { Command } from 'commander';
import { KinectDumpWriter } from '../../../adapters/node/kinect/kinect-dump.js';
import { openEncoder } from '../../../adapters/node/video/ffmpeg-encoder.js';
import { openSource } from '../../../adapters/node/video/open-source.js';
import { ConfigError } from '../../../core/errors.js';
import { defaultRecordingRate, recordFrames, recordingRate, recordVideo } from '../../../pipeline/streams/record.js';
import { describeRecording, recordingLine } from '../../../pipeline/streams/report/describe-recording.js';
import { jsonOption } from '../arguments/json.js';
import { isKinect, kinectOption, kinectSource, videoSourceHelp } from '../arguments/source.js';
import { toNumbers } from '../arguments/values.js';
import { commandOf } from '../command-descriptions.js';
import { exitCodes } from '../terminal/exit-codes.js';
import { Interrupt } from '../terminal/interrupt.js';
import { withProgress } from '../terminal/with-progress.js';

interface RecordCommandOptions {
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
    .option('--fps <n>', `frames a second of the file (default: those of the source, or ${defaultRecordingRate})`)
    .addOption(jsonOption('{"out","frames","seconds","dropped"} at the end'))
    .action(record);
}

async function record(named: string | undefined, options: RecordCommandOptions): Promise<void> {
  const sourceName = theSource(named, options.kinect);
  const numbers = toNumbers(options, ['seconds', 'fps']);
  for (const [name, value] of Object.entries(numbers)) {
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
    const { out } = options;
    const { seconds, fps: rate = recordingRate(source) } = numbers;
    const { width, height } = source;
    const recording = await withProgress('record', async (progress) => {
      const settings = { rate, seconds, progress };
      if (isDump) return recordFrames(source, await KinectDumpWriter.create(out), settings);
      return recordVideo(source, await openEncoder(out, { width, height, framesPerSecond: rate }), settings);
    });
    const isJson = options.json === true;
    process.stdout.write(isJson ? recordingLine(out, recording, source.dropped) : describeRecording(out, recording));
    if (interrupt.wasAsked) process.exitCode = exitCodes.interrupted;
  } finally {
    interrupt.stopListening();
    await source.close();
  }
}

function theSource(named: string | undefined, kinect: RecordCommandOptions['kinect']): string {
  const [source, more] = [
    ...(named === undefined ? [] : [named]),
    ...(kinect === undefined ? [] : [kinectSource(kinect)]),
  ];
  if (source !== undefined && more === undefined) return source;
  throw new ConfigError(
    `record takes one source and got ${source === undefined ? 'none' : 'two'}; name ${videoSourceHelp}`,
  );
}
