// The page's end of the wire to the worker: one typed method per message, one handler per answer.
import type { FrameReceiver } from '../sources/frame-sender.js';
import type { FromWorker, ToWorker } from '../worker/protocol.js';

/** Frames in the worker's hands at most: one analysed, one waiting. */
const framesInFlight = 2;

export type WorkerHandlers = {
  readonly [K in FromWorker['type']]: (message: Extract<FromWorker, { type: K }>) => void;
};

/** Owns the worker. Sources are numbered, so that what a former source still delivers is told apart. */
export class WorkerLink {
  readonly #worker: Worker;
  #inFlight = 0;
  #source = 0;

  constructor(handlers: WorkerHandlers, onCrash: (text: string) => void) {
    this.#worker = new Worker(new URL('../worker/live-worker.ts', import.meta.url), {
      type: 'module',
      name: 'moodlens',
    });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'frame-done') this.#inFlight = Math.max(0, this.#inFlight - 1);
      if ('source' in data && data.source !== this.#source) return;
      (handlers[data.type] as (message: FromWorker) => void)(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      onCrash(event.message || 'the worker could not start');
    };
  }

  send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /** Begins a new source and returns where its frames go. */
  beginSource(): FrameReceiver {
    const source = ++this.#source;
    this.send({ type: 'source', source });
    const link = this;
    return {
      sendStream: (stream) => link.send({ type: 'stream', source, stream }, [stream]),
      sendFrame(frame, timeMs) {
        link.#inFlight++;
        link.send({ type: 'frame', source, frame, timeMs }, [frame]);
      },
      get wantsFrame() {
        return link.#inFlight < framesInFlight;
      },
    };
  }

  close(): void {
    this.#worker.terminate();
  }
}
