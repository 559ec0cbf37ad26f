// The built-in sample as a source: a moving scene over photographs, played on a canvas.
import { MediaError } from '../../../core/errors.js';
import type { LiveSource } from './live-source.js';
import { layersAt, parseScene, type Scene } from './sample-scene.js';
import { showStream } from './show-stream.js';

const framesPerSecond = 30;

/** Loads the sample's photographs from this origin. Throws MediaError when the build left them out. */
export async function openSampleSource(): Promise<LiveSource> {
  const base = new URL('./sample/', document.baseURI);
  const scene = parseScene(await (await fetchPart(new URL('scene.json', base))).json().catch(() => null));
  const photos = new Map<string, ImageBitmap>();
  await Promise.all(
    [...new Set(scene.shots.map(({ file }) => file))].map(async (file) => {
      photos.set(file, await createImageBitmap(await (await fetchPart(new URL(file, base))).blob()));
    }),
  );
  const player = new ScenePlayer(scene, photos);
  return {
    kind: 'sample',
    label: 'Sample',
    stream: player.stream,
    isMirrored: false,
    credit: scene.credit,
    attach: (video) => {
      player.setPlaying(true);
      return showStream(video, player.stream);
    },
    setPaused: (paused) => player.setPlaying(!paused),
    close() {
      player.setPlaying(false);
      for (const track of player.stream.getTracks()) track.stop();
      for (const photo of photos.values()) photo.close();
    },
  };
}

async function fetchPart(url: URL): Promise<Response> {
  const response = await fetch(url, { credentials: 'same-origin' }).catch((cause: unknown) => {
    throw new MediaError('The sample must come from the moodlens server, but it does not answer; start it again.', {
      cause,
    });
  });
  if (!response.ok) {
    throw new MediaError(
      `The sample must be built, but ${url.pathname} is missing (${response.status}); run \`npm run build\`.`,
    );
  }
  return response;
}

class ScenePlayer {
  readonly stream: MediaStream;
  readonly #scene: Scene;
  readonly #photos: ReadonlyMap<string, ImageBitmap>;
  readonly #context: CanvasRenderingContext2D;
  readonly #isMoving = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  #playedMs = 0;
  #lastMs: number | undefined;
  #nextDrawMs = 0;
  #request = 0;

  constructor(scene: Scene, photos: ReadonlyMap<string, ImageBitmap>) {
    const canvas = document.createElement('canvas');
    canvas.width = scene.width;
    canvas.height = scene.height;
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new MediaError('This browser must offer a 2d canvas; use a current browser.');
    this.#scene = scene;
    this.#photos = photos;
    this.#context = context;
    this.stream = canvas.captureStream(framesPerSecond);
  }

  setPlaying(isPlaying: boolean): void {
    cancelAnimationFrame(this.#request);
    this.#lastMs = undefined;
    if (isPlaying) this.#request = requestAnimationFrame(this.#step);
  }

  readonly #step = (nowMs: number): void => {
    this.#request = requestAnimationFrame(this.#step);
    // A display of 60 Hz or more draws every frame twice over; half a display frame early counts as due.
    if (nowMs < this.#nextDrawMs - 4) return;
    this.#nextDrawMs = Math.max(this.#nextDrawMs + 1000 / framesPerSecond, nowMs);
    this.#playedMs += this.#lastMs === undefined ? 0 : nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#draw();
  };

  #draw(): void {
    const { width, height } = this.#scene;
    for (const { file, view, opacity } of layersAt(this.#scene, this.#playedMs, this.#isMoving)) {
      const photo = this.#photos.get(file);
      if (!photo) continue;
      const [middleX, middleY, viewWidth] = view;
      const viewHeight = (viewWidth * height) / width;
      this.#context.globalAlpha = opacity;
      this.#context.drawImage(
        photo,
        Math.max(0, Math.min(photo.width - viewWidth, middleX - viewWidth / 2)),
        Math.max(0, Math.min(photo.height - viewHeight, middleY - viewHeight / 2)),
        viewWidth,
        viewHeight,
        0,
        0,
        width,
        height,
      );
    }
  }
}
