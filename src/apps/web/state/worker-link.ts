// The page's connection to its two workers: frames go to the detection worker, all else to the live worker.
import type { FrameReceiver } from '../sources/frame-sender.js';
import type { FromDetection, ToDetection } from '../worker/detection-protocol.js';
import type { LiveModelChoice } from '../worker/live-models.js';
import type { FrameReport, FromWorker, ToWorker } from '../worker/protocol.js';

/** Most frames in the detection worker: one in work, one waiting. */
const framesInFlight = 2;
/** Time for the detection worker to release its source. */
const releaseMs = 1000;

export type WorkerHandlers = {
  readonly [K in Exclude<FromWorker['type'], 'report'>]: (message: Extract<FromWorker, { type: K }>) => void;
};

/** Owns the workers. Sources are numbered, so that late messages of an earlier source are ignored. */
export class WorkerLink {
  readonly #live: Worker;
  readonly #detection: Worker;
  #inFlight = 0;
  #source = 0;

  /** `onReport` takes every analysed frame of the current source. */
  constructor(handlers: WorkerHandlers, onReport: (report: FrameReport) => void, onCrash: (text: string) => void) {
    this.#live = new Worker(new URL('../worker/live-worker.ts', import.meta.url), { type: 'module', name: 'live' });
    this.#detection = new Worker(new URL('../worker/detection-worker.ts', import.meta.url), {
      type: 'module',
      name: 'detection',
    });
    this.#live.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ('source' in data && data.source !== this.#source) return;
      if (data.type === 'report') onReport(data.report);
      else (handlers[data.type] as (message: FromWorker) => void)(data);
    };
    this.#detection.onmessage = (_frameDone: MessageEvent<FromDetection>) => {
      this.#inFlight = Math.max(0, this.#inFlight - 1);
    };
    for (const worker of [this.#live, this.#detection]) {
      worker.onerror = (event) => {
        event.preventDefault();
        onCrash(event.message || 'a worker could not start');
      };
    }
  }

  /** Connects the workers and has them load the models. */
  open(models: LiveModelChoice): void {
    const { port1, port2 } = new MessageChannel();
    this.#tellDetection({ type: 'channel', port: port1 }, [port1]);
    this.#live.postMessage({ type: 'open', ...models, detection: port2 } satisfies ToWorker, [port2]);
  }

  send(message: ToWorker): void {
    this.#live.postMessage(message);
  }

  setPaused(paused: boolean): void {
    this.send({ type: 'pause', paused });
    this.#tellDetection({ type: 'pause', paused });
  }

  setSmallFaces(wanted: boolean): void {
    this.#tellDetection({ type: 'small-faces', wanted });
  }

  /** Begins a new source and returns where its frames go. */
  beginSource(): FrameReceiver {
    const source = ++this.#source;
    this.send({ type: 'source', source });
    this.#tellDetection({ type: 'source', source });
    const link = this;
    return {
      sendStream: (stream) => link.#tellDetection({ type: 'stream', source, stream }, [stream]),
      sendFrame(frame, timeMs) {
        link.#inFlight++;
        link.#tellDetection({ type: 'frame', source, frame, timeMs }, [frame]);
      },
      get wantsFrame() {
        return link.#inFlight < framesInFlight;
      },
    };
  }

  close(): void {
    for (const worker of [this.#live, this.#detection]) {
      worker.onmessage = null;
      worker.onerror = null;
    }
    this.#live.terminate();
    // It releases its source first: a camera has few frames, and those of a terminated worker are lost.
    this.beginSource();
    setTimeout(() => this.#detection.terminate(), releaseMs);
  }

  #tellDetection(message: ToDetection, transfer: Transferable[] = []): void {
    this.#detection.postMessage(message, transfer);
  }
}
