// The page's end of the wires to its two workers: frames go to the looking one, everything else to the live one.
import type { FrameReceiver } from '../sources/frame-sender.js';
import type { AnalysedModels } from '../worker/analyser.js';
import type { FromLook, ToLook } from '../worker/detection-protocol.js';
import type { FromWorker, ToWorker } from '../worker/protocol.js';

/** Frames in the looking worker's hands at most: one looked at, one waiting. */
const framesInFlight = 2;
/** Time that the looking worker has to let go of its source. */
const lettingGoMs = 1000;

export type WorkerHandlers = {
  readonly [K in FromWorker['type']]: (message: Extract<FromWorker, { type: K }>) => void;
};

/** Owns the workers. Sources are numbered, so that what a former source still delivers is told apart. */
export class WorkerLink {
  readonly #live: Worker;
  readonly #look: Worker;
  #inFlight = 0;
  #source = 0;

  constructor(handlers: WorkerHandlers, onCrash: (text: string) => void) {
    this.#live = new Worker(new URL('../worker/live-worker.ts', import.meta.url), { type: 'module', name: 'live' });
    this.#look = new Worker(new URL('../worker/detection-worker.ts', import.meta.url), {
      type: 'module',
      name: 'look',
    });
    this.#live.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ('source' in data && data.source !== this.#source) return;
      (handlers[data.type] as (message: FromWorker) => void)(data);
    };
    this.#look.onmessage = (_frameDone: MessageEvent<FromLook>) => {
      this.#inFlight = Math.max(0, this.#inFlight - 1);
    };
    for (const worker of [this.#live, this.#look]) {
      worker.onerror = (event) => {
        event.preventDefault();
        onCrash(event.message || 'a worker could not start');
      };
    }
  }

  /** Connects the workers and has them load the models. */
  open(models: AnalysedModels): void {
    const { port1, port2 } = new MessageChannel();
    this.#tellLook({ type: 'channel', port: port1 }, [port1]);
    this.#live.postMessage({ type: 'open', ...models, looks: port2 } satisfies ToWorker, [port2]);
  }

  send(message: ToWorker): void {
    this.#live.postMessage(message);
  }

  setPaused(paused: boolean): void {
    this.send({ type: 'pause', paused });
    this.#tellLook({ type: 'pause', paused });
  }

  setSmallFaces(wanted: boolean): void {
    this.#tellLook({ type: 'small-faces', wanted });
  }

  /** Begins a new source and returns where its frames go. */
  beginSource(): FrameReceiver {
    const source = ++this.#source;
    this.send({ type: 'source', source });
    this.#tellLook({ type: 'source', source });
    const link = this;
    return {
      sendStream: (stream) => link.#tellLook({ type: 'stream', source, stream }, [stream]),
      sendFrame(frame, timeMs) {
        link.#inFlight++;
        link.#tellLook({ type: 'frame', source, frame, timeMs }, [frame]);
      },
      get wantsFrame() {
        return link.#inFlight < framesInFlight;
      },
    };
  }

  close(): void {
    for (const worker of [this.#live, this.#look]) {
      worker.onmessage = null;
      worker.onerror = null;
    }
    this.#live.terminate();
    // First it lets go of its source: a camera has few frames, and those of a worker that is gone do not come back.
    this.beginSource();
    setTimeout(() => this.#look.terminate(), lettingGoMs);
  }

  #tellLook(message: ToLook, transfer: Transferable[] = []): void {
    this.#look.postMessage(message, transfer);
  }
}
