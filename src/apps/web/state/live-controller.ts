// What the page can do: choose a source, pause, enrol and forget people. Views call it; it writes the state.
import { listCameras } from '../../../adapters/browser/camera.js';
import type { WindowRule } from '../../../core/live/confirmation-windows.js';
import type { ServedFrame } from '../../../core/live/served-frame.js';
import { openCameraSource } from '../sources/camera-source.js';
import { openFileSource } from '../sources/file-source.js';
import { sendFrames } from '../sources/frame-sender.js';
import type { SourceKind } from '../sources/live-source.js';
import { openSampleSource } from '../sources/sample-source.js';
import { listServedSources, openServedSource } from '../sources/served-source.js';
import type { Failure } from '../worker/failure.js';
import type { FrameReport } from '../worker/protocol.js';
import { FrameReporter } from './frame-reporter.js';
import * as state from './live-state.js';
import { SourcePlayer } from './source-player.js';
import type { TimelineRecorder } from './timeline-recorder.js';
import { workerHandlers } from './worker-handlers.js';
import { WorkerLink } from './worker-link.js';

/** An expression model for the live view, chosen in the page. */
export interface ModelChoice {
  readonly name: string;
  readonly source: string | Blob;
}

export class LiveController {
  readonly #video: HTMLVideoElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #player: SourcePlayer;
  readonly #reporter: FrameReporter;
  /** Opened by the first source that is analysed in the page. */
  #link: WorkerLink | undefined;
  #stopSending = (): void => {};
  /** Null: the server's. */
  #model: ModelChoice | null;
  #isShown = true;
  /** Paused because the other view is shown. */
  #isAside = false;

  /**
   * Plays in `video`, what the server sends on `canvas`; `draw` gets every analysed frame, null when there is nothing to draw any
   * more; `model` is the expression model, null for the server's.
   */
  constructor(
    { video, canvas }: { readonly video: HTMLVideoElement; readonly canvas: HTMLCanvasElement },
    draw: (report: FrameReport | null) => void,
    model: ModelChoice | null = null,
  ) {
    this.#model = model;
    this.#video = video;
    this.#canvas = canvas;
    this.#reporter = new FrameReporter(draw);
    this.#player = new SourcePlayer(video, {
      opened: () => {
        this.#send();
        // It opened while the other view was shown.
        if (!this.#isShown) this.#putAside();
      },
      closing: () => {
        this.#stopSending();
        this.#link?.beginSource();
        this.#reporter.clear();
        state.servedStatus.value = null;
      },
    });
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.#refreshCameras());
  }

  /** Chooses the first source: the server's, the camera where the page may use it already, the sample where there is none. */
  async begin(): Promise<void> {
    const { attempt } = this.#player;
    state.servedSources.value = await listServedSources();
    if (attempt !== this.#player.attempt) return;
    if (state.servedSources.value.length > 0) return this.useServed(0);
    // The models load while the user decides.
    this.#worker();
    await this.#refreshCameras();
    // The cameras can take a while to answer; by then the user may have chosen.
    if (attempt !== this.#player.attempt) return;
    if (state.cameras.value.length === 0) return this.useSample();
    const permission = await navigator.permissions?.query({ name: 'camera' as PermissionName }).catch(() => undefined);
    if (attempt === this.#player.attempt && permission?.state === 'granted') return this.useCamera();
  }

  async useCamera(deviceId?: string): Promise<void> {
    const retry = () => void this.useCamera(deviceId);
    const isOpen = await this.#player.open('camera', retry, () =>
      openCameraSource(deviceId, (error) => {
        this.#player.close();
        this.#player.fail('camera', error, retry);
      }),
    );
    // The browser gives the names of cameras only after permission.
    if (isOpen) await this.#refreshCameras();
  }

  async useFile(file: File): Promise<void> {
    await this.#player.open('file', null, async () => openFileSource(file));
  }

  async useSample(): Promise<void> {
    await this.#player.open('sample', () => void this.useSample(), openSampleSource);
  }

  /** Shows one of the server's sources. */
  async useServed(index: number): Promise<void> {
    const label = state.servedSources.value[index] ?? '';
    const retry = () => void this.useServed(index);
    await this.#player.open('served', retry, async () =>
      openServedSource(index, label, this.#canvas, {
        frame: (frame) => this.#showServed(frame),
        status: (status) => {
          state.servedStatus.value = status;
          if (status.state !== 'playing') this.#reporter.rest();
        },
      }),
    );
  }

  togglePause(): void {
    if (!this.#player.source) return;
    const paused = !state.isPaused.value;
    this.#player.setPaused(paused);
    this.#link?.setPaused(paused);
    state.announcement.value = paused ? 'Paused' : 'Playing';
  }

  /** While the other view is shown the source is paused; it goes on afterwards. */
  setShown(isShown: boolean): void {
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    if (!isShown) this.#putAside();
    else if (this.#isAside) {
      this.#isAside = false;
      if (state.isPaused.value) this.togglePause();
    }
  }

  /** Uses this expression model from now on; the source goes on. */
  useModel(choice: ModelChoice): void {
    this.#model = choice;
    if (this.#link) this.#restart();
  }

  /** Confirms expressions by this rule from now on. */
  useWindowRule(windowRule: WindowRule): void {
    state.windowRule.value = windowRule;
    this.#link?.send({ type: 'window-rule', windowRule });
  }

  /** Searches for small faces too, or no longer. */
  searchSmallFaces(wanted: boolean): void {
    state.smallFaces.value = wanted;
    this.#link?.setSmallFaces(wanted);
  }

  get timeline(): TimelineRecorder {
    return this.#reporter.timeline;
  }

  toggleMirror(): void {
    const shown = state.source.value;
    if (shown) state.source.value = { ...shown, isMirrored: !shown.isMirrored };
  }

  enrol(name: string): void {
    state.peopleMessage.value = null;
    if (!this.#player.source) {
      state.peopleMessage.value = { text: 'Start the camera, a video or the sample first.', isError: true };
      return;
    }
    if (state.isPaused.value) this.togglePause();
    this.#worker().send({ type: 'enrol', name });
  }

  /** Begins a guided calibration of a known person. */
  calibrate(name: string): void {
    state.peopleMessage.value = null;
    state.calibrationResult.value = null;
    if (!this.#player.source) {
      state.peopleMessage.value = { text: 'Start the camera, a video or the sample first.', isError: true };
      return;
    }
    if (state.isPaused.value) this.togglePause();
    this.#worker().send({ type: 'calibrate', name });
  }

  actInCalibration(act: 'retake' | 'skip' | 'stop'): void {
    this.#link?.send({ type: 'calibrating', act });
  }

  /** Keeps a face as it is now; `correct` then says which expression it shows. */
  holdFace(track: number): void {
    state.correction.value = null;
    this.#link?.send({ type: 'hold', track });
  }

  correct(track: number, expression: string): void {
    this.#link?.send({ type: 'correct', track, expression });
  }

  undoCorrection(): void {
    this.#link?.send({ type: 'undo-correction' });
  }

  /** Shows the personal examples of a person. */
  reviewExamples(name: string): void {
    this.#worker().send({ type: 'review-examples', name });
  }

  /** Removes a person's examples: the general model alone is used again. */
  forgetExamples(name: string): void {
    this.#worker().send({ type: 'forget-examples', name });
  }

  removeExample(index: number): void {
    const shown = state.reviewedExamples.value;
    if (!shown) return;
    this.#worker().send({ type: 'remove-example', name: shown.name, index, count: shown.pictures.length });
  }

  cancelEnrolment(): void {
    if (state.calibrating.value) this.actInCalibration('stop');
    if (state.enrolment.value) this.#link?.send({ type: 'cancel-enrolment' });
  }

  forget(name: string): void {
    this.#worker().send({ type: 'forget', name });
  }

  /** Shows the gallery pictures of a person. */
  review(name: string): void {
    this.#worker().send({ type: 'review', name });
  }

  /** Removes the picture at this index of the person who is reviewed. */
  removePicture(index: number): void {
    const shown = state.reviewed.value;
    if (shown) this.#worker().send({ type: 'remove-picture', name: shown.name, index, count: shown.pictures.length });
  }

  exportPeople(): void {
    this.#worker().send({ type: 'export-people' });
  }

  async importPeople(file: File): Promise<void> {
    this.#worker().send({ type: 'import-people', text: await file.text() });
  }

  #putAside(): void {
    if (!this.#player.source || state.isPaused.value) return;
    this.#isAside = true;
    this.togglePause();
  }

  #send(): void {
    const { source } = this.#player;
    if (!source || source.kind === 'served') return;
    this.#stopSending = sendFrames(this.#video, source.stream, this.#worker().beginSource());
  }

  /** A frame that the server analysed, just after it was drawn. */
  #showServed({ result, width, height, capturedAt }: ServedFrame): void {
    const shown = state.source.value;
    if (shown && shown.aspect !== width / height) state.source.value = { ...shown, aspect: width / height };
    const endedAt = performance.timeOrigin + performance.now();
    this.#reporter.add({ result, width, height, latencyMs: endedAt - capturedAt, endedAt });
  }

  async #refreshCameras(): Promise<void> {
    state.cameras.value = await listCameras();
  }

  #worker(): WorkerLink {
    this.#link ??= this.#openWorker();
    return this.#link;
  }

  #openWorker(): WorkerLink {
    state.chosenModel.value = this.#model?.name ?? null;
    state.loading.value = { text: 'Starting', share: 0 };
    const link = new WorkerLink(
      workerHandlers({
        unusable: (failure) => this.#workerFailed(failure),
        forgotten: (name) => this.timeline.forget(name),
        sourceFailed: (failure) => {
          const kind = this.#player.source?.kind ?? 'camera';
          this.#player.close();
          state.stageFailure.value = { title: 'The picture stopped', failure, retry: this.#retryFor(kind) };
        },
      }),
      (report) => this.#reporter.add(report),
      (text) =>
        this.#workerFailed({
          code: 'DEVICE',
          message: `The analysis stopped (${text}). Press Try again; if it happens again, use a current browser.`,
        }),
    );
    link.open({
      modelsUrl: new URL('./models/', document.baseURI).href,
      threads: wantedThreads(),
      expression: this.#model?.source,
      windowRule: state.windowRule.value,
    });
    link.setSmallFaces(state.smallFaces.value);
    return link;
  }

  #workerFailed(failure: Failure): void {
    state.loading.value = null;
    state.stageFailure.value = { title: 'The analysis could not start', failure, retry: () => this.#restart() };
  }

  /** Starts new workers. The source goes on at the same place, paused if it was; without a source the first is chosen. */
  #restart(): void {
    this.#stopSending();
    this.#link?.close();
    this.#reporter.clear();
    state.stageFailure.value = null;
    state.enrolment.value = null;
    state.calibrating.value = null;
    this.#link = this.#openWorker();
    if (this.#player.source) {
      this.#send();
      if (state.isPaused.value) this.#link.setPaused(true);
    } else if (state.opening.value === null) void this.begin();
  }

  #retryFor(kind: SourceKind): (() => void) | null {
    if (kind === 'camera') return () => void this.useCamera();
    return kind === 'sample' ? () => void this.useSample() : null;
  }
}

/** WebAssembly threads, from the address (`?threads=2`); one unless asked for. */
function wantedThreads(): number {
  const wanted = Math.floor(Number(new URLSearchParams(location.search).get('threads')) || 1);
  return Math.max(1, Math.min(wanted, navigator.hardwareConcurrency || 1));
}
