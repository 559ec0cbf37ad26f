// `moodlens live`: serves the live page on this machine and opens it.
import { spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { isAddress, sourceLabel, videoInput } from '../../../adapters/node/video/video-input.js';
import { readDetectorModel } from '../../../core/detect/places/place-detector.js';
import { ConfigError } from '../../../core/errors.js';
import { defaultWindowRule, type WindowRule } from '../../../core/live/confirmation-windows.js';
import { type LiveServer, startLiveServer } from '../../server/live-server.js';
import { defaultDetector, readDetectorFile } from '../arguments/detector.js';
import { jsonOption } from '../arguments/json.js';
import { namingModelFile } from '../arguments/model.js';
import { addPipelineOptions, type PipelineOptions } from '../arguments/pipeline.js';
import { publishOption, topicOption } from '../arguments/publish.js';
import { kinectOption, kinectSource, sourceHelp } from '../arguments/source.js';
import { openExistingJournal, storageOption } from '../arguments/study.js';
import { commandOf } from '../command-descriptions.js';
import { SourceFeed } from '../processes/source-runner.js';
import { Interrupt } from '../terminal/interrupt.js';

interface LiveOptions extends PipelineOptions {
  readonly port?: string;
  readonly kinect?: string | true;
  readonly storage?: string;
  readonly publish?: string;
  readonly topic: string;
  readonly open: boolean;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  const command = commandOf('live', 'nothing leaves this machine')
    .argument('[sources...]', `analysed by this program, for the page to show, each ${sourceHelp}`)
    .option(...kinectOption)
    .addOption(storageOption('show the studies of this journal, also of one that runs'))
    .option('--port <number>', 'TCP port on 127.0.0.1 (default: 4747 or the next free one)');
  return addPipelineOptions(command)
    .option(...publishOption)
    .option(...topicOption)
    .option('--no-open', 'do not open the browser')
    .addOption(jsonOption('{"url"} on stdout'))
    .action(live);
}

async function live(named: readonly string[], options: LiveOptions): Promise<void> {
  const port = options.port === undefined ? undefined : parsePort(options.port);
  const model = options.model === undefined ? undefined : resolve(options.model);
  if (model !== undefined) await mustExist(model);
  const detector = await pageDetector(options.detector, named.length > 0 || options.kinect !== undefined);
  const sources = [...named, ...(options.kinect === undefined ? [] : [kinectSource(options.kinect)])];
  if (sources.length === 0) refuseWithoutSource(options);
  const journal = options.storage === undefined ? undefined : await openExistingJournal(options.storage);
  const interrupt = new Interrupt('the sources are closed');
  let feeds: readonly SourceFeed[] = [];
  try {
    feeds = await openFeeds(sources, options);
    const server = await startLiveServer({
      ...(port === undefined ? {} : { port }),
      ...(model === undefined ? {} : { model }),
      ...(detector === undefined ? {} : { detector }),
      feeds,
      studies: journal,
    });
    const view = journal && sources.length === 0 ? 'studies' : undefined;
    const url = pageAddress(server, { token: server.token }, options.window, view);
    process.stdout.write(options.json ? `${JSON.stringify({ url })}\n` : `moodlens is at ${url}  (Ctrl-C ends it)\n`);
    // A program's arguments can be seen by every user of the machine; a ticket is worth nothing once it is used.
    if (options.open) openBrowser(pageAddress(server, { ticket: server.ticket() }, options.window, view));
    await new Promise<void>((done) => {
      interrupt.onAsk = done;
    });
    await server.close();
  } finally {
    interrupt.stopListening();
    await Promise.all(feeds.map((feed) => feed.close()));
    await journal?.close();
  }
}

/** Without a source the page analyses what it shows by itself: options of the analysis here would do nothing. */
function refuseWithoutSource(options: LiveOptions): void {
  const [odd] = sourceOptions.filter((key) => options[key] !== undefined);
  if (odd === undefined) return;
  const name = odd.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new ConfigError(`--${name} is for sources that are analysed here, and none is named; add one, such as camera`);
}

const sourceOptions = [
  ...(['people', 'personal', 'minScore', 'publish', 'depth', 'depthFilter', 'near'] as const),
  ...(['cascade', 'scaleFactor', 'minNeighbors', 'minFace'] as const),
];

/** Throws for options that are not valid; a source that cannot be opened yet is shown as such in the page, and tried again. */
async function openFeeds(sources: readonly string[], all: LiveOptions): Promise<SourceFeed[]> {
  const {
    port: _port,
    kinect: _kinect,
    storage: _storage,
    open: _open,
    json: _json,
    publish: url,
    topic,
    ...options
  } = all;
  const opening = sources.map(async (source, index) => {
    await checkSource(source);
    const ownTopic = sources.length === 1 ? topic : `${topic}/${index + 1}`;
    const publish = url === undefined ? undefined : { url, topic: ownTopic };
    return SourceFeed.open({ source, label: labelOf(source), options, publish });
  });
  const opened = await Promise.allSettled(opening);
  const feeds = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = opened.find((one) => one.status === 'rejected');
  if (failed) {
    await Promise.all(feeds.map((feed) => feed.close()));
    throw failed.reason;
  }
  return feeds;
}

/** A camera may be plugged in later; a missing file or an address of another kind is a mistake in the command. */
async function checkSource(source: string): Promise<void> {
  if (/^(camera|kinect)(:.*)?$/s.test(source)) return;
  if (isAddress(source)) await videoInput(source);
  else if (!(await stat(source).catch(() => undefined))) {
    throw new ConfigError(`cannot open ${source}: there is no such file; a source is ${sourceHelp}`);
  }
}

/** Short, and without a password. */
function labelOf(source: string): string {
  const [, device, which] = /^(camera|kinect)(?::(.*))?$/s.exec(source) ?? [];
  if (device === 'kinect') return which === undefined ? 'Kinect' : `Kinect recording ${basename(which)}`;
  if (device === 'camera') return which === undefined ? 'Camera' : `Camera ${which}`;
  return isAddress(source) ? sourceLabel(source) : basename(resolve(source));
}

/** The page reads from its address how to begin. */
function pageAddress(
  server: LiveServer,
  secret: Readonly<Record<string, string>>,
  window: WindowRule,
  view: string | undefined,
): string {
  const url = new URL(server.url);
  for (const [name, value] of Object.entries(secret)) url.searchParams.set(name, value);
  if (window !== defaultWindowRule) url.searchParams.set('window', window);
  if (view !== undefined) url.hash = view;
  return url.href;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) {
    throw new ConfigError(`--port must be a whole number from 0 to 65535, but got "${text}"`);
  }
  return port;
}

/** What the page gets instead of the shipped detector. With sources, another one may be for them alone. */
async function pageDetector(detector: string, hasSources: boolean): Promise<string | null | undefined> {
  if (detector === defaultDetector) return undefined;
  if (detector === 'mediapipe') return null;
  if (detector === 'haar') {
    if (hasSources) return undefined;
    throw new ConfigError(
      '--detector haar is for sources that are analysed here, and none is named; add one, such as camera',
    );
  }
  const model = await readDetectorFile(detector);
  await namingModelFile(detector, () => readDetectorModel(model));
  return resolve(detector);
}

async function mustExist(path: string): Promise<void> {
  const isReadable = await access(path, constants.R_OK).then(
    async () => (await stat(path)).isFile(),
    () => false,
  );
  if (!isReadable) throw new ConfigError(`--model must name an .onnx file, and ${path} is none that can be read`);
}

/** Asks the desktop to open the page; without a desktop the printed address is enough. */
function openBrowser(url: string): void {
  const [program, args] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['cmd', ['/c', 'start', '', url]]
        : ['xdg-open', [url]];
  const child = spawn(program as string, args as string[], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
