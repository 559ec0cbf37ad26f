// A process that analyses one source for `moodlens live`, which started it: told what by a message, it tells of frames and
// changes until it is told to end or whoever started it is gone.
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeJpeg } from '../../../adapters/node/image-codec.js';
import { MoodlensError } from '../../../core/errors.js';
import type { FrameResult } from '../../../core/live/frame-result.js';
import { packServedFrame, type ServedStatus } from '../../../core/live/served-frame.js';
import type { FrameSource } from '../../../core/ports/frame-source.js';
import { parseAnalyzeConfig } from '../../../pipeline/streams/analyze/config.js';
import { PresenceNews } from '../../../pipeline/streams/publish/presence.js';
import { atOwnPace, serveSource } from '../../../pipeline/streams/serve/serve-source.js';
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

export type ToSource = { readonly kind: 'watched'; readonly isWatched: boolean } | { readonly kind: 'end' };

export type FromSource =
  /** The options are in order and the models open. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'failure'; readonly code: string; readonly message: string }
  | { readonly kind: 'status'; readonly status: ServedStatus }
  | { readonly kind: 'frame'; readonly sequence: number; readonly message: Uint8Array };

const jpegQuality = 80;

/** Time to let go of the source and say goodbye to a broker; then what hangs is left to the end of the process. */
const goodbyeMs = 1000;

const ending = new AbortController();
let current: FrameSource | undefined;
ending.signal.addEventListener('abort', () => {
  void current?.close();
  // An ffprobe that waits for an answer ends with us.
  setTimeout(() => process.exit(), goodbyeMs).unref();
});
let isWatched = false;
/** The frame before is not with the server yet: newer ones are better then. */
let isSending = false;

// Ctrl-C reaches the whole group; the process that started us says when to end.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => ending.abort());
process.once('message', (task: SourceTask) => {
  process.on('message', (message: ToSource) => {
    if (message.kind === 'watched') isWatched = message.isWatched;
    else ending.abort();
  });
  void work(task)
    .catch((error: unknown) => {
      const code = error instanceof MoodlensError ? error.code : 'UNEXPECTED';
      return say({ kind: 'failure', code, message: error instanceof Error ? error.message : String(error) });
    })
    .finally(() => process.exit());
});

async function work({ source, label, options, publish }: SourceTask): Promise<void> {
  const { depth, filter } = await openSourceDepth(options, source);
  const config = parseAnalyzeConfig(analyzeOptions.given(options));
  const { pipeline, people, release } = await openPipeline(options, config, filter);
  const publisher = publish && (await openPublisher(publish.url, publish.topic));
  const news = publisher && new PresenceNews(publisher.root);
  for (const { topic, payload } of news?.begin(people?.names ?? [], new Date().toISOString()) ?? [])
    publisher!.publish(topic, payload);
  await say({ kind: 'ready' });
  const tell = (faces: FrameResult['faces']): void => {
    for (const { topic, payload } of news?.after({ faces }, new Date().toISOString()) ?? [])
      publisher!.publish(topic, payload);
  };
  const onStatus = (status: ServedStatus): void => {
    void say({ kind: 'status', status });
    // Nobody is in a picture that is not there.
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
        void say({ kind: 'frame', sequence: frame.sequence, message: packServedFrame(frame, jpeg) }).finally(() => {
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

function say(message: FromSource): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) resolve();
    else process.send!(message, undefined, {}, () => resolve());
  });
}
