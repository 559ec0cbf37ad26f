// The page's connection to the Models view's worker.
import type { FromModelWorker, PictureFile, ToModelWorker } from '../worker/model-protocol.js';
import type { ShelfModel } from './models-state.js';

export type ModelHandlers = {
  readonly [K in FromModelWorker['type']]: (message: Extract<FromModelWorker, { type: K }>) => void;
};

/** Owns the worker. Orders are numbered, so that late answers to an earlier one are ignored. */
export class ModelLink {
  readonly #handlers: ModelHandlers;
  readonly #onCrash: (text: string) => void;
  #worker: Worker;
  #request = 0;
  #job = 0;

  /** After a crash there is a fresh worker, without a model, before `onCrash` is called. */
  constructor(handlers: ModelHandlers, onCrash: (text: string) => void) {
    this.#handlers = handlers;
    this.#onCrash = onCrash;
    this.#worker = this.#open();
  }

  /** Opens a model; the one before stays when it is refused. An analysis in progress is dropped. */
  open({ name, source, evaluation }: Pick<ShelfModel, 'name' | 'source' | 'evaluation'>): void {
    this.#job++;
    this.#send({ type: 'open', request: ++this.#request, name, model: source, evaluation });
  }

  predict(
    pictures: readonly PictureFile[],
    options: { readonly findFaces: boolean; readonly modelsUrl: string },
  ): void {
    this.#send({ type: 'predict', job: ++this.#job, pictures, ...options });
  }

  /** Stops the analysis; later answers are ignored. */
  stop(): void {
    this.#job++;
    this.#send({ type: 'stop' });
  }

  readEvaluation(name: string, file: Blob): void {
    this.#send({ type: 'read-evaluation', name, file });
  }

  #open(): Worker {
    const worker = new Worker(new URL('../worker/model-worker.ts', import.meta.url), { type: 'module', name: 'model' });
    worker.onmessage = ({ data }: MessageEvent<FromModelWorker>) => {
      if ('job' in data && data.job !== this.#job) return;
      if ('request' in data && data.request !== this.#request) return;
      (this.#handlers[data.type] as (message: FromModelWorker) => void)(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      this.#worker = this.#open();
      this.#onCrash(event.message || 'its worker could not start');
    };
    return worker;
  }

  #send(message: ToModelWorker): void {
    this.#worker.postMessage(message);
  }
}
