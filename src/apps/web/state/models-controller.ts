// What the Models view can do: choose a model, look at pictures, read an evaluation. Views call it; it writes the state.
import type { Failure } from '../worker/failure.js';
import type {
  FromModelWorker,
  PictureFile,
  PictureProblem,
  PictureResult,
  ToModelWorker,
} from '../worker/model-protocol.js';
import { announcement } from './live-state.js';
import * as state from './models-state.js';
import { sortFiles } from './read-drop.js';

type Handlers = {
  readonly [K in FromModelWorker['type']]: (message: Extract<FromModelWorker, { type: K }>) => void;
};

const modelsUrl = (): string => new URL('./models/', document.baseURI).href;

export class ModelsController {
  #worker = this.#openWorker();
  #request = 0;
  #job = 0;
  #dropped = 0;
  #pictures: readonly PictureFile[] = [];
  #results: PictureResult[] = [];
  #problems: PictureProblem[] = [];

  /** Lists the server's models and opens the first. */
  async begin(): Promise<void> {
    state.isOpeningModel.value = true;
    const base = modelsUrl();
    try {
      const response = await fetch(new URL('list.json', base), { credentials: 'omit' });
      const listed = (await response.json()) as { file: string; name: string; card: string | null }[];
      state.shelf.value = listed.map(({ file, name, card }) => ({
        ...{ id: file, name, source: new URL(file, base).href },
        card: card === null ? null : { url: new URL(card, base).href },
      }));
    } catch {
      state.isOpeningModel.value = false;
      state.modelFailure.value = {
        code: 'DEVICE',
        message:
          'The list of models must come from the moodlens server, but it does not answer; start it again with `moodlens live` and reload the page.',
      };
      return;
    }
    const [first] = state.shelf.value;
    if (first) this.choose(first.id);
    else state.isOpeningModel.value = false;
  }

  /** Opens a model of the shelf; pictures that were dropped are looked at again. */
  choose(id: string): void {
    const chosen = state.shelf.value.find((model) => model.id === id);
    if (!chosen) return;
    this.#interrupt();
    state.chosenId.value = id;
    state.card.value = null;
    state.cardText.value = null;
    state.modelFailure.value = null;
    state.isOpeningModel.value = true;
    this.#send({ type: 'open', request: ++this.#request, name: chosen.name, model: chosen.source });
    void this.#showCard(chosen);
    if (this.#pictures.length > 0) this.#look(this.#pictures);
  }

  /** Takes whatever was dropped: a model, an evaluation, pictures, or several of them. */
  async take(files: readonly PictureFile[]): Promise<void> {
    const { models, evaluations, cards, pictures, others } = sortFiles(files);
    state.dropFailure.value = null;
    const [model] = models;
    const [evaluation] = evaluations;
    if (model) await this.#add(model, cards[0]);
    if (evaluation) this.#send({ type: 'read-evaluation', name: baseName(evaluation.path), file: evaluation.file });
    if (pictures.length > 0) this.#look(pictures);
    if (model || evaluation || pictures.length > 0) return;
    state.dropFailure.value = nothingUseful(others.length > 0 ? others : cards);
  }

  setFindFaces(isOn: boolean): void {
    state.findFaces.value = isOn;
    if (this.#pictures.length > 0) this.#look(this.#pictures);
  }

  /** Stops looking; what was seen stays listed, without figures. */
  stop(): void {
    this.#send({ type: 'stop' });
    this.#interrupt();
  }

  /** Puts the pictures and their figures away. */
  clear(): void {
    this.stop();
    this.#pictures = [];
    state.pictureRun.value = null;
  }

  #look(pictures: readonly PictureFile[]): void {
    if (state.card.value === null && !state.isOpeningModel.value) {
      state.dropFailure.value = {
        code: 'MODEL_FORMAT',
        message: 'Pictures need a model, but none is open; choose one, or drop an .onnx file of yours.',
      };
      return;
    }
    this.#pictures = pictures;
    this.#results = [];
    this.#problems = [];
    state.resultFilter.value = { kind: 'all' };
    state.pictureRun.value = {
      ...{ phase: 'running', total: pictures.length, labelled: 0, unknownFolders: [], done: 0 },
      ...{ results: this.#results, problems: this.#problems, judgement: null, failure: null },
    };
    announcement.value = `Looking at ${pictures.length} pictures`;
    // Without a model they wait for one.
    if (state.card.value === null) return;
    const [job, findFaces] = [++this.#job, state.findFaces.value];
    this.#send({ type: 'predict', job, pictures, findFaces, modelsUrl: modelsUrl() });
  }

  async #add({ path, file }: PictureFile, card: PictureFile | undefined): Promise<void> {
    const id = `dropped-${++this.#dropped}`;
    const text = card === undefined ? null : { text: await card.file.text() };
    state.shelf.value = [...state.shelf.value, { id, name: baseName(path), source: file, card: text }];
    this.choose(id);
  }

  async #showCard({ id, card }: state.ShelfModel): Promise<void> {
    if (card === null) return;
    const text =
      'text' in card
        ? card.text
        : await fetch(card.url, { credentials: 'omit' })
            .then((response) => (response.ok ? response.text() : null))
            .catch(() => null);
    if (state.chosenId.value === id) state.cardText.value = text;
  }

  #interrupt(): void {
    this.#job++;
    this.#update({ phase: 'stopped' }, 'running');
  }

  #update(change: Partial<state.PictureRun>, onlyIn?: state.PictureRun['phase']): void {
    const run = state.pictureRun.value;
    if (run && (onlyIn === undefined || run.phase === onlyIn)) state.pictureRun.value = { ...run, ...change };
  }

  #send(message: ToModelWorker): void {
    this.#worker.postMessage(message);
  }

  #openWorker(): Worker {
    const worker = new Worker(new URL('../worker/model-worker.ts', import.meta.url), { type: 'module', name: 'model' });
    const handlers = this.#handlers();
    worker.onmessage = ({ data }: MessageEvent<FromModelWorker>) => {
      if ('job' in data && data.job !== this.#job) return;
      if ('request' in data && data.request !== this.#request) return;
      (handlers[data.type] as (message: FromModelWorker) => void)(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#workerFailed(event.message || 'its worker could not start');
    };
    return worker;
  }

  #handlers(): Handlers {
    return {
      opened: ({ card }) => {
        state.isOpeningModel.value = false;
        state.card.value = card;
        announcement.value = `${card.name} is open`;
        if (this.#pictures.length > 0) this.#look(this.#pictures);
      },
      refused: ({ failure }) => {
        state.isOpeningModel.value = false;
        state.modelFailure.value = failure;
        // They wait for the next model.
        state.pictureRun.value = null;
      },
      begun: ({ labelled, unknownFolders }) => this.#update({ labelled, unknownFolders }),
      predicted: ({ results, problems }) => {
        this.#results.push(...results);
        this.#problems.push(...problems);
        this.#update({ done: this.#results.length + this.#problems.length });
      },
      finished: ({ judgement }) => {
        this.#update({ phase: 'finished', judgement });
        announcement.value = `Looked at ${this.#results.length} pictures, ${this.#problems.length} could not be read`;
      },
      failed: ({ failure }) => this.#update({ phase: 'failed', failure }),
      evaluation: ({ evaluation }) => {
        state.evaluation.value = evaluation;
      },
      'evaluation-refused': ({ failure }) => {
        state.dropFailure.value = failure;
      },
    };
  }

  /** A fresh worker, so that another model can be chosen. */
  #workerFailed(text: string): void {
    this.#worker.terminate();
    this.#interrupt();
    this.#worker = this.#openWorker();
    state.isOpeningModel.value = false;
    state.card.value = null;
    state.modelFailure.value = {
      code: 'DEVICE',
      message: `Looking at the pictures stopped (${text}). Choose the model again; if it happens again, use a current browser.`,
    };
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function nothingUseful(files: readonly PictureFile[]): Failure {
  const names = files.slice(0, 3).map(({ path }) => baseName(path));
  const more = files.length > names.length ? ` and ${files.length - names.length} more` : '';
  const found = names.length === 0 ? 'there are no files in it' : `it holds ${names.join(', ')}${more}`;
  return {
    code: 'MEDIA',
    message: `What is dropped here must be pictures (JPEG, PNG, WebP, GIF, AVIF, BMP, PGM), a model (.onnx) or an evaluation (.json), but ${found}. Drop a picture, or a folder with a folder per class.`,
  };
}
