// The built-in sample's script: which part of which photograph shows at a moment.
import { MediaError } from '../../../core/errors.js';

/** A view on a photograph: its middle and its width, in the photograph's pixels. */
export type View = readonly [middleX: number, middleY: number, width: number];

export interface Shot {
  readonly file: string;
  readonly ms: number;
  readonly from: View;
  readonly to: View;
}

/** As scripts/build-sample.mjs writes it. Sizes in pixels. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly fadeMs: number;
  readonly credit: string;
  readonly shots: readonly Shot[];
}

/** One photograph on the screen; `opacity` below 1 while it fades in over the one before. */
export interface Layer {
  readonly file: string;
  readonly view: View;
  readonly opacity: number;
}

/** Checks what the server sent. Throws MediaError when it is no scene. */
export function parseScene(value: unknown): Scene {
  const scene = value as Partial<Scene> | null;
  if (!scene || !Array.isArray(scene.shots) || scene.shots.length === 0 || !scene.width || !scene.height) {
    throw new MediaError('The sample must have shots, but its scene.json has none; run `npm run build` again.');
  }
  return scene as Scene;
}

const smooth = (t: number): number => t * t * (3 - 2 * t);
const mix = (a: View, b: View, t: number): View => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];

/** What to draw at `ms` since the start, bottom first; the scene repeats for ever. Without motion each view stands still. */
export function layersAt(scene: Scene, ms: number, isMoving = true): Layer[] {
  const total = scene.shots.reduce((sum, shot) => sum + shot.ms, 0);
  let at = ms % total;
  let index = 0;
  while (at >= scene.shots[index]!.ms) at -= scene.shots[index++]!.ms;
  const shot = scene.shots[index]!;
  const view = (of: Shot, time: number): View =>
    mix(of.from, of.to, isMoving ? smooth(Math.min(1, time / of.ms)) : 0.5);
  const layers: Layer[] = [];
  if (at < scene.fadeMs && ms >= scene.fadeMs) {
    const before = scene.shots[(index + scene.shots.length - 1) % scene.shots.length]!;
    layers.push({ file: before.file, view: view(before, before.ms), opacity: 1 });
    layers.push({ file: shot.file, view: view(shot, at), opacity: at / scene.fadeMs });
  } else layers.push({ file: shot.file, view: view(shot, at), opacity: 1 });
  return layers;
}
