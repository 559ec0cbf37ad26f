// Runs in a process of its own, which source-runner.ts in the process of `moodlens live` starts: analyses one source. The first
// message is its task; it sends frames and changes of status until it is sent an end or the runner's process is gone.
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeJpeg } from '../../../adapters/node/image-codec.js';
import { MoodlensError } from '../../../core/errors.js';
import type { FrameResult } from '../../../core/live/frame-result.js';
import { packServedFrame, type ServedStatus } from '../../../core/live/served-frame.js';
import type { FrameSource } from '../../../core/ports/frame-source.js';
import { parseAnalyzeConfig } from '../../../pipeline/streams/config.js';
import { PresenceMessages } from '../../../pipeline/streams/presence.js';
import { atOwnPace, serveSource } from '../../../pipeline/streams/serve-source.js';
import { isFolder } from '../arguments/path-kind.js';
import { analyzeOptions, openPipeline, type PipelineOptions } from '../arguments/pipeline.js';
import { openPublisher } from '../arguments/publish.js';
import { openAnalysedSource, openSourceDepth } from '../arguments/source.js';

export interface SourceTask {
  /** As on the command line. */
  readonly source: string;
  readonly label: string;
  readonly options: PipelineOptions;
  /** A broker's address, and what its topics begin with. */
  readonly publish: { readonly url: string; readonly topic: string } | undefined;
}

/** What the process is sent after its task. */
export type SourceCommand = { readonly kind: 'watched'; readonly isWatched: boolean } | { readonly kind: 'end' };

/** What the process sends. */
export type SourceMessage =
  /** The options are in order and the models open. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'failure'; readonly code: string; readonly message: string }
  | { readonly kind: 'status'; readonly status: ServedStatus }
  | { readonly kind: 'frame'; readonly sequence: number; readonly message: Uint8Array };

const jpegQuality = 80;

/** Time to release the source and disconnect from a broker; then the process ends whatever still hangs. */
const releaseMs = 1000;

const ending = new AbortController();
let current: FrameSource | undefined;
ending.signal.addEventListener('abort', () => {
  void current?.close();
  // An ffprobe that waits for an answer ends with us.
  setTimeout(() => process.exit(), releaseMs).unref();
});
let isWatched = false;
/** The last frame has not reached the runner yet: frames in the meantime are dropped, so that the page shows the newest. */
let isSending = false;

// Ctrl-C reaches the whole process group; the runner says when to end.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => ending.abort());
process.once('message', (task: SourceTask) => {
  process.on('message', (message: SourceCommand) => {
    if (message.kind === 'watched') isWatched = message.isWatched;
    else ending.abort();
  });
  void analyseSource(task)
    .catch((error: unknown) => {
      const code = error instanceof MoodlensError ? error.code : 'UNEXPECTED';
      return send({ kind: 'failure', code, message: error instanceof Error ? error.message : String(error) });
    })
    .finally(() => process.exit());
});

async function analyseSource({ source, label, options, publish }: SourceTask): Promise<void> {
  const { depth, filter } = await openSourceDepth(options, source);
  const config = parseAnalyzeConfig(analyzeOptions.given(options));
  const { pipeline, people, release } = await openPipeline(options, config, filter);
  const publisher = publish && (await openPublisher(publish.url, publish.topic));
  const news = publisher && new PresenceMessages(publisher.root);
  for (const { topic, payload } of news?.begin(people?.names ?? [], new Date().toISOString()) ?? [])
    publisher!.publish(topic, payload);
  await send({ kind: 'ready' });
  const tell = (faces: FrameResult['faces']): void => {
    for (const { topic, payload } of news?.after({ faces }, new Date().toISOString()) ?? [])
      publisher!.publish(topic, payload);
  };
  const onStatus = (status: ServedStatus): void => {
    void send({ kind: 'status', status });
    // Without a picture nobody is present.
    if (status.state !== 'playing') tell([]);
  };
  // Pictures with depth, and folders, give every frame as fast as it is asked for.
  const isPaced = depth !== undefined || (await isFolder(source));
  const pace = { clock: () => performance.now(), wait };
  try {
    await serveSource({
      label,
      pipeline,
      open: async () => {
        const opened = await openAnalysedSource(source, depth, {
          live: true,
          onStatus: ({ state, text }) => onStatus({ state: state === 'lost' ? 'lost' : 'playing', text }),
        });
        current = opened;
        if (ending.signal.aborted) await opened.close();
        return isPaced ? atOwnPace(opened, pace) : opened;
      },
      encode: (picture) => encodeJpeg(picture, jpegQuality),
      onStatus,
      onResult: ({ faces }) => tell(faces),
      onFrame: (frame, jpeg) => {
        if (isSending) return;
        isSending = true;
        void send({ kind: 'frame', sequence: frame.sequence, message: packServedFrame(frame, jpeg) }).finally(() => {
          isSending = false;
        });
      },
      isWatched: () => isWatched,
      shouldStop: () => ending.signal.aborted,
      now: () => performance.timeOrigin + performance.now(),
      wait,
    });
  } finally {
    tell([]);
    await publisher?.close();
    await release();
  }
}

function wait(milliseconds: number): Promise<void> {
  return sleep(milliseconds, undefined, { signal: ending.signal }).catch(() => undefined);
}

function send(message: SourceMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send!(message, undefined, {}, () => resolve());
  });
}
