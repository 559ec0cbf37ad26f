// What the page can do: choose a source, pause, enrol and forget people. Views call it; it writes the state.
import { listCameras } from '../../../adapters/browser/camera.js';
import { openCameraSource } from '../sources/camera-source.js';
import { openFileSource } from '../sources/file-source.js';
import { sendFrames } from '../sources/frame-sender.js';
import type { LiveSource, SourceKind } from '../sources/live-source.js';
import { openSampleSource } from '../sources/sample-source.js';
import { type Failure, toFailure } from '../worker/failure.js';
import type { FrameReport } from '../worker/protocol.js';
import * as state from './live-state.js';
import { Rates } from './rates.js';
import { WorkerLink } from './worker-link.js';

const cardsEveryMs = 100;
const figuresEveryMs = 500;
const faultTitles: Readonly<Record<SourceKind, string>> = {
  camera: 'The camera is not available',
  file: 'This video cannot be played',
  sample: 'The sample cannot be played',
};

/** An expression model for the live view, chosen in the page. */
export interface ModelChoice {
  readonly name: string;
  readonly source: string | Blob;
}

export class LiveController {
  readonly #video: HTMLVideoElement;
  readonly #onReport: (report: FrameReport | null) => void;
  readonly #rates = new Rates();
  #link: WorkerLink;
  #source: LiveSource | undefined;
  #stopSending = (): void => {};
  #attempt = 0;
  #cardsAt = 0;
  #figuresAt = 0;
  #announcedFaces = '';
  /** Null: the server's. */
  #model: ModelChoice | null;
  #isShown = true;
  /** Paused because the other view is shown. */
  #isAside = false;

  /**
   * Plays in `video`; `onReport` gets every analysed frame for drawing, null when there is nothing to draw any more; `model`
   * is the expression model, null for the server's.
   */
  constructor(
    video: HTMLVideoElement,
    onReport: (report: FrameReport | null) => void,
    model: ModelChoice | null = null,
  ) {
    this.#model = model;
    this.#video = video;
    this.#onReport = onReport;
    this.#link = this.#openWorker();
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.#refreshCameras());
  }

  /** Chooses the first source: the camera where the page may use it already, the sample where there is none. */
  async begin(): Promise<void> {
    const attempt = this.#attempt;
    await this.#refreshCameras();
    // The cameras can take a while to answer; by then the user may have chosen.
    if (attempt !== this.#attempt) return;
    if (state.cameras.value.length === 0) return this.useSample();
    const permission = await navigator.permissions?.query({ name: 'camera' as PermissionName }).catch(() => undefined);
    if (attempt === this.#attempt && permission?.state === 'granted') return this.useCamera();
  }

  async useCamera(deviceId?: string): Promise<void> {
    const isOpen = await this.#open(
      'camera',
      () => this.useCamera(deviceId),
      () =>
        openCameraSource(deviceId, (error) => {
          this.#close();
          this.#fail('camera', error, () => void this.useCamera(deviceId));
        }),
    );
    // Names of cameras are told only after permission.
    if (isOpen) await this.#refreshCameras();
  }

  async useFile(file: File): Promise<void> {
    await this.#open('file', undefined, async () => openFileSource(file));
  }

  async useSample(): Promise<void> {
    await this.#open('sample', () => this.useSample(), openSampleSource);
  }

  togglePause(): void {
    if (!this.#source) return;
    const paused = !state.isPaused.value;
    state.isPaused.value = paused;
    this.#source.setPaused(paused);
    if (paused) this.#video.pause();
    else void this.#video.play().catch(() => {});
    this.#link.setPaused(paused);
    state.announcement.value = paused ? 'Paused' : 'Playing';
  }

  /** While the other view is shown nothing is analysed; what played goes on afterwards. */
  setShown(isShown: boolean): void {
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    const isToggled = isShown ? this.#isAside && state.isPaused.value : !state.isPaused.value;
    this.#isAside = !isShown && isToggled && this.#source !== undefined;
    if (isToggled) this.togglePause();
  }

  /** Runs another expression model from now on; the people and the source begin again. */
  useModel(choice: ModelChoice): void {
    this.#model = choice;
    this.#isAside = false;
    this.#restart();
  }

  toggleMirror(): void {
    const shown = state.source.value;
    if (shown) state.source.value = { ...shown, isMirrored: !shown.isMirrored };
  }

  enrol(name: string): void {
    state.peopleMessage.value = null;
    if (!this.#source) {
      state.peopleMessage.value = { text: 'Start the camera, a video or the sample first.', isError: true };
      return;
    }
    if (state.isPaused.value) this.togglePause();
    this.#link.send({ type: 'enrol', name });
  }

  cancelEnrolment(): void {
    if (state.enrolment.value) this.#link.send({ type: 'cancel-enrolment' });
  }

  forget(name: string): void {
    this.#link.send({ type: 'forget', name });
  }

  exportPeople(): void {
    this.#link.send({ type: 'export-people' });
  }

  async importPeople(file: File): Promise<void> {
    this.#link.send({ type: 'import-people', text: await file.text() });
  }

  async #open(
    kind: SourceKind,
    retry: (() => Promise<void>) | undefined,
    openSource: () => Promise<LiveSource & { readonly deviceId?: string | undefined }>,
  ): Promise<boolean> {
    const attempt = ++this.#attempt;
    this.#close();
    state.stageFailure.value = null;
    state.opening.value = kind;
    let opened: (LiveSource & { readonly deviceId?: string | undefined }) | undefined;
    try {
      opened = await openSource();
      if (attempt === this.#attempt) await opened.attach(this.#video);
    } catch (error) {
      opened?.close();
      if (attempt === this.#attempt) this.#fail(kind, error, retry ? () => void retry() : null);
      return false;
    }
    if (attempt !== this.#attempt) {
      opened.close();
      return false;
    }
    this.#show(opened, opened.deviceId);
    return true;
  }

  #show(opened: LiveSource, deviceId: string | undefined): void {
    this.#source = opened;
    state.opening.value = null;
    state.source.value = {
      kind: opened.kind,
      label: opened.label,
      isMirrored: opened.isMirrored,
      credit: opened.credit,
      aspect: this.#video.videoWidth / this.#video.videoHeight || 4 / 3,
      deviceId,
    };
    state.announcement.value = `Showing ${opened.label}`;
    this.#stopSending = sendFrames(this.#video, opened.stream, this.#link.beginSource());
  }

  #close(): void {
    this.#stopSending();
    this.#stopSending = () => {};
    this.#link.beginSource();
    this.#source?.close();
    this.#source = undefined;
    this.#video.pause();
    this.#video.srcObject = null;
    this.#video.removeAttribute('src');
    this.#rates.clear();
    this.#onReport(null);
    this.#cardsAt = 0;
    state.source.value = null;
    state.isPaused.value = false;
    state.figures.value = null;
    state.faces.value = [];
  }

  #fail(kind: SourceKind, error: unknown, retry: (() => void) | null): void {
    state.opening.value = null;
    state.stageFailure.value = { title: faultTitles[kind], failure: toFailure(error), retry };
  }

  async #refreshCameras(): Promise<void> {
    state.cameras.value = await listCameras();
  }

  #openWorker(): WorkerLink {
    state.chosenModel.value = this.#model?.name ?? null;
    state.loading.value = { text: 'Starting', share: 0 };
    const link = new WorkerLink(
      {
        progress: ({ text, share }) => {
          state.loading.value = { text, share };
        },
        ready: ({ model, modelMissing }) => {
          state.loading.value = null;
          state.model.value = model;
          state.modelMissing.value = modelMissing;
        },
        unusable: ({ failure }) => this.#workerFailed(failure),
        report: ({ report }) => this.#report(report),
        'source-failed': ({ failure }) => {
          const kind = this.#source?.kind ?? 'camera';
          this.#close();
          state.stageFailure.value = { title: 'The picture stopped', failure, retry: this.#retryFor(kind) };
        },
        enrolment: ({ state: enrolment }) => {
          const before = state.enrolment.value?.taken;
          state.enrolment.value = enrolment;
          if (enrolment && enrolment.taken !== before && enrolment.taken % 15 === 0) {
            state.announcement.value = `${enrolment.taken} of ${enrolment.wanted} pictures`;
          }
        },
        enrolled: ({ name, faces }) => {
          state.peopleMessage.value = { text: `${name} is known now, from ${faces} pictures.`, isError: false };
        },
        people: ({ people }) => {
          state.people.value = people;
        },
        exported: ({ text }) => download('moodlens-people.yml', text),
        'people-failed': ({ failure }) => {
          state.peopleMessage.value = { text: failure.message, isError: true };
        },
      },
      (text) =>
        this.#workerFailed({
          code: 'DEVICE',
          message: `The analysis stopped (${text}). Press Try again; if it happens again, use a current browser.`,
        }),
    );
    link.open(new URL('./models/', document.baseURI).href, wantedThreads(), this.#model?.source);
    return link;
  }

  #workerFailed(failure: Failure): void {
    state.loading.value = null;
    state.stageFailure.value = { title: 'The analysis could not start', failure, retry: () => this.#restart() };
  }

  #restart(): void {
    this.#link.close();
    this.#close();
    state.stageFailure.value = null;
    this.#link = this.#openWorker();
    void this.begin();
  }

  #retryFor(kind: SourceKind): (() => void) | null {
    if (kind === 'camera') return () => void this.useCamera();
    return kind === 'sample' ? () => void this.useSample() : null;
  }

  #report(report: FrameReport): void {
    const now = performance.now();
    const wait = Math.max(0, performance.timeOrigin + now - report.endedAt);
    this.#rates.add(now, report.latencyMs + wait);
    this.#onReport(report);
    if (now - this.#cardsAt >= cardsEveryMs) {
      this.#cardsAt = now;
      state.faces.value = report.result.faces.map(({ track, person, confirmed, probabilities }) => ({
        track,
        person,
        confirmed,
        probabilities,
      }));
      this.#announceFaces();
    }
    if (now - this.#figuresAt >= figuresEveryMs) {
      this.#figuresAt = now;
      state.figures.value = {
        framesPerSecond: this.#rates.framesPerSecond(now),
        latencyMs: { p50: this.#rates.latencyMs(0.5), p95: this.#rates.latencyMs(0.95) },
      };
    }
  }

  /** Says who came or went; expressions change too often to be spoken. */
  #announceFaces(): void {
    const seen = state.faces.value;
    const names = seen.flatMap(({ person }) => (person ? [person] : [])).sort();
    const unknown = seen.length - names.length;
    const text = [...names, ...(unknown > 0 ? [`${unknown} unknown`] : [])].join(', ') || 'nobody';
    if (text !== this.#announcedFaces) state.announcement.value = `In view: ${text}`;
    this.#announcedFaces = text;
  }
}

/** WebAssembly threads, from the address (`?threads=2`); one unless asked for. */
function wantedThreads(): number {
  const wanted = Math.floor(Number(new URLSearchParams(location.search).get('threads')) || 1);
  return Math.max(1, Math.min(wanted, navigator.hardwareConcurrency || 1));
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
