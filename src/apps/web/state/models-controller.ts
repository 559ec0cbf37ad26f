// What the Models view can do: choose a model, analyse pictures, read an evaluation. Views call it; it writes the state.
import { type Failure, toFailure } from '../worker/failure.js';
import type { ModelCard, PictureFile, PictureProblem, PictureResult } from '../worker/model-protocol.js';
import { announcement } from './live-state.js';
import { type ModelHandlers, ModelLink } from './model-link.js';
import * as state from './models-state.js';
import { baseName, planDrop } from './plan-drop.js';
import { listServerModels, readCard } from './server-models.js';

const modelsUrl = (): string => new URL('./models/', document.baseURI).href;

export class ModelsController {
  readonly #link = new ModelLink(this.#handlers(), (text) => this.#crashed(text));
  #dropped = 0;
  /** Of the model that is open. */
  #openId: string | null = null;
  #pictures: readonly PictureFile[] = [];
  #results: PictureResult[] = [];
  #problems: PictureProblem[] = [];

  /** Lists the server's models and opens the first. */
  async begin(): Promise<void> {
    state.isOpeningModel.value = true;
    try {
      state.shelf.value = await listServerModels(modelsUrl());
    } catch (error) {
      state.modelFailure.value = toFailure(error);
    }
    state.isOpeningModel.value = false;
    const [first] = state.shelf.value;
    if (first) this.choose(first.id);
  }

  /** Opens a model of the shelf; dropped pictures are analysed again. */
  choose(id: string): void {
    const chosen = state.shelf.value.find((model) => model.id === id);
    if (!chosen) return;
    this.#update({ phase: 'waiting' }, 'running');
    state.chosenId.value = id;
    state.modelFailure.value = null;
    state.isOpeningModel.value = true;
    this.#link.open(chosen);
  }

  /** Takes whatever was dropped: a model, an evaluation, pictures, or several of them. */
  async take(dropped: readonly PictureFile[] | Promise<readonly PictureFile[]>): Promise<void> {
    state.dropFailure.value = null;
    state.isReadingDrop.value = true;
    let files: readonly PictureFile[] = [];
    try {
      files = await dropped;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `What is dropped must be readable, but the browser says: ${why}. Copy it elsewhere and drop it again.`;
      state.dropFailure.value = { code: 'MEDIA', message };
      return;
    } finally {
      state.isReadingDrop.value = false;
    }
    const plan = planDrop(files);
    if ('code' in plan) {
      state.dropFailure.value = plan;
      return;
    }
    const { model, card, evaluation, pictures, passedOver } = plan;
    if (model) this.#add(model, card);
    if (evaluation) this.#link.readEvaluation(baseName(evaluation.path), evaluation.file);
    if (pictures.length > 0) this.#analyse(pictures, passedOver);
  }

  setCropped(areCropped: boolean): void {
    state.areCropped.value = areCropped;
    this.#analyseAgain();
  }

  /** Stops the analysis; pictures analysed so far stay listed, without figures. */
  stop(): void {
    this.#link.stop();
    this.#update({ phase: 'stopped' });
  }

  /** Removes the pictures and their figures. */
  clear(): void {
    this.#link.stop();
    this.#pictures = [];
    state.pictureRun.value = null;
  }

  #analyseAgain(): void {
    if (this.#pictures.length > 0) this.#analyse(this.#pictures, state.pictureRun.value?.passedOver ?? []);
  }

  #analyse(pictures: readonly PictureFile[], passedOver: readonly PictureFile[]): void {
    if (this.#openId === null && !state.isOpeningModel.value) {
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
    // They wait for the model that is being opened.
    const phase = state.isOpeningModel.value ? 'waiting' : 'running';
    state.pictureRun.value = {
      ...{ phase, total: pictures.length, passedOver, labels: [], labelled: 0, unknownFolders: [], done: 0 },
      files: new Map(pictures.map(({ path, file }) => [path, file])),
      ...{ results: this.#results, problems: this.#problems, judgement: null, failure: null },
    };
    announcement.value = `Analysing ${pictures.length} pictures`;
    if (phase === 'waiting') return;
    this.#link.predict(pictures, { findFaces: !state.areCropped.value, modelsUrl: modelsUrl() });
  }

  #add({ path, file }: PictureFile, card: PictureFile | undefined): void {
    const id = `dropped-${++this.#dropped}`;
    const beside = { card: card === undefined ? null : { file: card.file }, evaluation: null };
    state.shelf.value = [...state.shelf.value, { id, name: baseName(path), source: file, ...beside }];
    this.choose(id);
  }

  async #opened(card: ModelCard): Promise<void> {
    const id = state.chosenId.value;
    const model = state.shelf.value.find((one) => one.id === id);
    this.#openId = id;
    state.isOpeningModel.value = false;
    state.card.value = card;
    state.cardText.value = null;
    announcement.value = `${card.name} is open`;
    this.#analyseAgain();
    const text = await readCard(model?.card ?? null);
    if (this.#openId === id) state.cardText.value = text;
  }

  /** Goes back to the model before, which is still open. A file that is no model is removed from the list. */
  #refused({ code, message }: Failure): void {
    const refused = state.shelf.value.find(({ id }) => id === state.chosenId.value);
    if (refused && (code === 'MODEL_FORMAT' || typeof refused.source !== 'string')) {
      state.shelf.value = state.shelf.value.filter((model) => model !== refused);
    }
    state.isOpeningModel.value = false;
    state.chosenId.value = this.#openId;
    state.modelFailure.value = { code, message: refused ? `${refused.name}: ${message}` : message };
    // Without a model they wait for the next.
    if (this.#openId !== null && state.pictureRun.value?.phase === 'waiting') this.#analyseAgain();
  }

  #update(change: Partial<state.PictureRun>, onlyIn?: state.PictureRun['phase']): void {
    const run = state.pictureRun.value;
    if (run && (onlyIn === undefined || run.phase === onlyIn)) state.pictureRun.value = { ...run, ...change };
  }

  #handlers(): ModelHandlers {
    return {
      opened: ({ card }) => void this.#opened(card),
      refused: ({ failure }) => this.#refused(failure),
      begun: ({ labels, labelled, unknownFolders }) => this.#update({ labels, labelled, unknownFolders }),
      predicted: ({ pictures, results, problems }) => {
        this.#results.push(...results);
        this.#problems.push(...problems);
        this.#update({ done: (state.pictureRun.value?.done ?? 0) + pictures });
      },
      finished: ({ judgement }) => {
        this.#update({ phase: 'finished', judgement });
        announcement.value = `Found ${this.#results.length} faces; ${this.#problems.length} pictures could not be used`;
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

  /** The fresh worker has no model: one must be chosen again. */
  #crashed(text: string): void {
    this.#openId = null;
    state.card.value = null;
    state.cardText.value = null;
    this.#update({ phase: 'waiting' }, 'running');
    this.#refused({
      code: 'DEVICE',
      message: `the analysis of the pictures stopped (${text}). Choose a model again; if it happens again, use a current browser.`,
    });
  }
}
