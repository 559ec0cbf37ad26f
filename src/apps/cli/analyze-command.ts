// `moodlens analyze SOURCE`: the live pipeline over a file or stream, without a page.
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { Command } from 'commander';
import { withDepth } from '../../adapters/node/depth-folder.js';
import { openEncoder, type VideoEncoder } from '../../adapters/node/ffmpeg-encoder.js';
import { writeFileAtomic } from '../../adapters/node/files.js';
import type { MqttPublisher } from '../../adapters/node/mqtt-publisher.js';
import { openSource as openAnySource } from '../../adapters/node/open-source.js';
import { openPictureFolder } from '../../adapters/node/picture-folder.js';
import { terminalProgress } from '../../adapters/node/terminal-progress.js';
import type { DepthFilter } from '../../core/detect/depth-filter.js';
import { ConfigError } from '../../core/errors.js';
import { annotate } from '../../core/live/annotate.js';
import type { WindowRule } from '../../core/live/confirmation-windows.js';
import { LivePipeline } from '../../core/live/pipeline.js';
import type { FrameSource } from '../../core/ports/frame-source.js';
import { silentProgress } from '../../core/ports/progress.js';
import { analyze } from '../../pipeline/analyze/analyze.js';
import { type AnalyzeConfig, followedLess, parseAnalyzeConfig } from '../../pipeline/analyze/config.js';
import { frameLine, summaryLine, summaryText } from '../../pipeline/analyze/format-result.js';
import { type TimelineKind, timelineKind, timelineText } from '../../pipeline/analyze/timeline-file.js';
import { PresenceNews } from '../../pipeline/publish/presence.js';
import {
  addDepthOptions,
  type Depth,
  type DepthOptions,
  isFile,
  isFolder,
  isKinect,
  kinectFilter,
  openDepth,
} from './depth-options.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from './detector-options.js';
import { exitCodes } from './exit-codes.js';
import { Interrupt } from './interrupt.js';
import { openExpressionModel } from './open-expression-model.js';
import { personalModel } from './open-personal-model.js';
import { readPeopleFile } from './people-file.js';
import { sourceHelp } from './source-help.js';
import { toNumbers } from './to-number.js';
import { windowOption } from './window-option.js';

interface AnalyzeOptions extends DetectorOptions, DepthOptions {
  readonly people?: string;
  readonly model?: string;
  readonly personal?: string;
  readonly out?: string;
  readonly timeline?: string;
  readonly publish?: string;
  readonly topic: string;
  readonly window: WindowRule;
  readonly minScore?: string;
  readonly frames?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  const command = new Command('analyze')
    .description('run the live pipeline over a video or stream and write what it finds')
    .argument('<source>', sourceHelp);
  return addDepthOptions(addDetectorOptions(command))
    .option('--people <file>', "name the people of this file, made by 'moodlens people train'")
    .option('--model <file>', 'expression model (.onnx) instead of the shipped one')
    .option(
      '--personal <file>',
      "read everybody's face as 'moodlens teach' learnt one person's: for videos of that person",
    )
    .option('--out <video>', 'write the video with boxes, names and expressions drawn in (.mp4, .mov, .mkv)')
    .option('--timeline <file>', 'write who showed which confirmed expression from when to when (.csv or .json)')
    .addOption(windowOption())
    .option('--min-score <number>', 'detection score from which somebody new counts as a face, 0 to 1 (default: 0.65)')
    .option(
      '--publish <mqtt://host>',
      'tell an MQTT broker who is there with which expression, never pictures; see docs/live.md',
    )
    .option('--topic <name>', 'what the topics of --publish begin with', 'moodlens')
    .option('--frames <n>', 'stop after so many frames')
    .option('--json', 'print a JSON line per frame and a last one with the summary')
    .action(analyzeSource);
}

async function analyzeSource(sourceName: string, options: AnalyzeOptions): Promise<void> {
  const config = parseAnalyzeConfig(toNumbers(options, ['minScore', 'frames']));
  if (options.out !== undefined) await refuseSame(sourceName, options.out);
  const path = options.timeline;
  const timelineFile = path === undefined ? undefined : { path, kind: timelineKind(path) };
  const interrupt = new Interrupt();
  const depth = isKinect(sourceName) ? undefined : await openDepth(options, sourceName);
  const filter = isKinect(sourceName) ? kinectFilter(options) : depth?.filter;
  const parts = await openParts(options, config, filter);
  try {
    const source = await openSource(sourceName, depth);
    interrupt.onAsk = () => void source.close();
    const encoder = options.out === undefined ? undefined : await openOutput(options.out, source);
    const publisher = options.publish === undefined ? undefined : await openPublisher(options.publish, options.topic);
    try {
      await runAnalysis(source, parts.pipeline, encoder, {
        config,
        interrupt,
        json: options.json ?? false,
        timelineFile,
        publisher,
      });
    } finally {
      await publisher?.close();
      // After a finish there is nothing left to abort.
      await encoder?.abort();
      await source.close();
    }
  } finally {
    interrupt.stopListening();
    await parts.release();
  }
}

interface AnalysisRun {
  readonly config: AnalyzeConfig;
  readonly interrupt: Interrupt;
  readonly json: boolean;
  readonly timelineFile: { readonly path: string; readonly kind: TimelineKind } | undefined;
  readonly publisher: MqttPublisher | undefined;
}

async function runAnalysis(
  source: FrameSource,
  pipeline: LivePipeline,
  encoder: VideoEncoder | undefined,
  { config, interrupt, json, timelineFile, publisher }: AnalysisRun,
): Promise<void> {
  const news = publisher && new PresenceNews(publisher.root);
  const { summary, timeline, sourceError } = await analyze({
    source,
    pipeline,
    clock: () => performance.now(),
    // On a terminal the lines themselves are the progress.
    progress: json && process.stdout.isTTY ? silentProgress : terminalProgress('analyze'),
    maxFrames: config.frames,
    shouldStop: () => interrupt.wasAsked,
    onFrame: async (result, { picture }) => {
      if (json) await print(`${frameLine(result)}\n`);
      for (const { topic, payload } of news?.after(result, new Date().toISOString()) ?? [])
        publisher!.publish(topic, payload);
      if (!encoder) return;
      annotate(picture, result);
      await encoder.write(picture);
    },
  });
  // A source that ended too early still gives a video of what there was.
  if (summary.frames > 0) await encoder?.finish();
  if (timelineFile) await writeFileAtomic(timelineFile.path, timelineText(timeline, timelineFile.kind));
  await print(json ? `${summaryLine(summary)}\n` : summaryText(summary, timeline));
  if (sourceError !== undefined) throw sourceError;
  if (interrupt.wasAsked) process.exitCode = exitCodes.interrupted;
}

/** The library costs a moment to load: only those who publish wait for it. */
async function openPublisher(url: string, root: string): Promise<MqttPublisher> {
  const { MqttPublisher } = await import('../../adapters/node/mqtt-publisher.js');
  return MqttPublisher.open(url, { root, onStatus: (text) => process.stderr.write(`${text}\n`) });
}

/** Detector, expression model and people; `release` frees what holds native memory. */
async function openParts(options: AnalyzeOptions, { minScore }: AnalyzeConfig, depthFilter: DepthFilter | undefined) {
  const people = options.people === undefined ? undefined : await readPeopleFile(options.people);
  const general = await openExpressionModel(options.model);
  const expression =
    options.personal === undefined ? general : await personalModel(general, options.personal, options.model);
  const detector = await openChosenDetector(options, {
    minScore: Math.max(0.05, minScore - followedLess),
    ...(options.minFace === undefined ? {} : { search: 'spread' as const }),
  });
  return {
    pipeline: new LivePipeline({
      detector,
      expression,
      people,
      depthFilter,
      startScore: minScore,
      confirmation: { rule: options.window },
      clock: () => performance.now(),
    }),
    release: async () => {
      await detector.release();
      await general.release();
    },
  };
}

async function openSource(name: string, depth: Depth | undefined) {
  if (await isFolder(name)) return openPictureFolder(name, depth?.folder);
  if (depth && !(await isFile(name))) {
    throw new ConfigError(`--depth belongs to a video file or a folder of pictures, found ${name}; record it first`);
  }
  const video = await openAnySource(name, { onStatus: ({ text }) => process.stderr.write(`${text}\n`) });
  return depth ? withDepth(video, depth.folder) : video;
}

function openOutput(path: string, { width, height, framesPerSecond }: FrameSource): Promise<VideoEncoder> {
  return openEncoder(path, { width, height, framesPerSecond: framesPerSecond ?? 25 });
}

async function refuseSame(source: string, out: string): Promise<void> {
  const [from, to] = await Promise.all([source, out].map((path) => realpath(path).catch(() => undefined)));
  if (from !== undefined && from === to) {
    throw new ConfigError(`--out must not name the source itself (${out}); choose another name`);
  }
}

/** Writes to stdout and waits while the reader is behind. When the reader goes away (`| head`), main.ts ends the program. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
