// `moodlens analyze SOURCE`: the live pipeline over a file or stream, without a page; or photographs, each by itself.
import { realpath } from 'node:fs/promises';
import type { Command } from 'commander';
import { writeFileAtomic } from '../../../adapters/node/files.js';
import type { MqttPublisher } from '../../../adapters/node/mqtt-publisher.js';
import { terminalProgress } from '../../../adapters/node/terminal-progress.js';
import { openEncoder } from '../../../adapters/node/video/ffmpeg-encoder.js';
import { defaultMinScore } from '../../../core/detect/face-search.js';
import { ConfigError } from '../../../core/errors.js';
import { annotate } from '../../../core/live/annotate.js';
import { defaultStartScore } from '../../../core/live/live-settings.js';
import type { FrameSource } from '../../../core/ports/frame-source.js';
import { silentProgress } from '../../../core/ports/progress.js';
import type { VideoEncoder } from '../../../core/ports/video-encoder.js';
import { analyze } from '../../../pipeline/streams/analyze.js';
import { type AnalyzeConfig, parseAnalyzeConfig } from '../../../pipeline/streams/config.js';
import { type PresenceMessage, PresenceMessages } from '../../../pipeline/streams/presence.js';
import { frameLine, summaryLine, summaryText } from '../../../pipeline/streams/report/format-result.js';
import { type TimelineKind, timelineKind, timelineText } from '../../../pipeline/streams/timeline-file.js';
import { analysedArgument, analysedKind, asOption } from '../arguments/analysed.js';
import { jsonOption } from '../arguments/json.js';
import { addPipelineOptions, analyzeOptions, openPipeline } from '../arguments/pipeline.js';
import { openPublisher, publishOption, topicOption } from '../arguments/publish.js';
import { openAnalysedSource, openSourceDepth } from '../arguments/source.js';
import { commandOf } from '../command-descriptions.js';
import { exitCodes } from '../terminal/exit-codes.js';
import { Interrupt } from '../terminal/interrupt.js';
import { print } from '../terminal/print.js';
import { analyzePhotographs, type PhotosOptions, photosOptions } from './analyze-photos.js';

interface AnalyzeOptions extends PhotosOptions {
  readonly timeline?: string;
  readonly publish?: string;
  readonly topic: string;
  readonly frames?: number;
}

/** The command's definition. */
export function define(): Command {
  const command = commandOf('analyze', 'photographs each by itself, with drawn pictures and crops by person')
    .argument(...analysedArgument)
    .addOption(asOption());
  return addPipelineOptions(command, `${defaultStartScore}; of photographs ${defaultMinScore}`)
    .option(
      '--out <video or folder>',
      'write the video with boxes, names and expressions drawn in (.mp4, .mov, .mkv); the photographs so, into a folder, with photos.jsonl, by which the same command continues a stopped run',
    )
    .option(
      '--faces <folder>',
      'photographs: write every face into a folder by person, those without a name into unknown',
    )
    .addOption(photosOptions.option('search'))
    .option('--timeline <file>', 'write who showed which confirmed expression from when to when (.csv or .json)')
    .option(...publishOption)
    .option(...topicOption)
    .addOption(analyzeOptions.option('frames'))
    .addOption(jsonOption('a JSON line per frame or photograph and a last one with the summary'))
    .action(analyzeNamed);
}

async function analyzeNamed(paths: readonly string[], options: AnalyzeOptions, command: Command): Promise<void> {
  if ((await analysedKind(paths, command)) === 'photos') await analyzePhotographs(paths, options);
  else await analyzeSource(paths[0]!, options);
}

async function analyzeSource(sourceName: string, options: AnalyzeOptions): Promise<void> {
  const config = parseAnalyzeConfig(analyzeOptions.given(options));
  if (options.out !== undefined) await refuseSame(sourceName, options.out);
  const path = options.timeline;
  const timelineFile = path === undefined ? undefined : { path, kind: timelineKind(path) };
  const interrupt = new Interrupt('the frame in work and the files are written');
  const { depth, filter } = await openSourceDepth(options, sourceName);
  const parts = await openPipeline(options, config, filter);
  try {
    const source = await openAnalysedSource(sourceName, depth, {
      onStatus: ({ text }) => process.stderr.write(`${text}\n`),
    });
    interrupt.onAsk = () => void source.close();
    const encoder = options.out === undefined ? undefined : await openOutput(options.out, source);
    const publisher = options.publish === undefined ? undefined : await openPublisher(options.publish, options.topic);
    try {
      await runAnalysis(source, parts, encoder, {
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
  { pipeline, people }: Pick<Awaited<ReturnType<typeof openPipeline>>, 'pipeline' | 'people'>,
  encoder: VideoEncoder | undefined,
  { config, interrupt, json, timelineFile, publisher }: AnalysisRun,
): Promise<void> {
  const news = publisher && new PresenceMessages(publisher.root);
  const publish = (messages: readonly PresenceMessage[] | undefined): void => {
    for (const { topic, payload } of messages ?? []) publisher!.publish(topic, payload);
  };
  publish(news?.begin(people?.names ?? [], new Date().toISOString()));
  // What cannot be written ends the analysis in good order: the rest is written all the same.
  let failure: unknown;
  const attempt = (work: () => Promise<void>) =>
    work().catch((error: unknown) => {
      failure ??= error;
    });
  const { summary, timeline, sourceError } = await analyze({
    source,
    pipeline,
    clock: () => performance.now(),
    // On a terminal the lines themselves are the progress.
    progress: json && process.stdout.isTTY ? silentProgress : terminalProgress('analyze'),
    maxFrames: config.frames,
    shouldStop: () => interrupt.wasAsked || failure !== undefined,
    onFrame: async (result, { picture }) => {
      if (json) await attempt(() => print(`${frameLine(result)}\n`));
      publish(news?.after(result, new Date().toISOString()));
      if (!encoder) return;
      annotate(picture, result);
      await attempt(() => encoder.write(picture));
    },
  });
  // Nobody is in a picture that is over.
  publish(news?.after({ faces: [] }, new Date().toISOString()));
  // A source that ended too early still gives a video of what there was.
  if (encoder && summary.frames > 0) await attempt(() => encoder.finish());
  if (timelineFile) {
    const { path, kind } = timelineFile;
    await attempt(() => writeFileAtomic(path, timelineText(timeline, kind)));
  }
  await attempt(() => print(json ? `${summaryLine(summary)}\n` : summaryText(summary, timeline)));
  if (failure !== undefined) throw failure;
  if (sourceError !== undefined) throw sourceError;
  if (interrupt.wasAsked) process.exitCode = exitCodes.interrupted;
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
