// A folder of depth pictures that belong to a folder of colour pictures, or to a video's frames.
import { readdir, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { type DepthCamera, kinectCamera, requireDepthCamera } from '../../../core/detect/depth/depth-camera.js';
import { ConfigError, MediaError } from '../../../core/errors.js';
import type { DepthPicture } from '../../../core/image/depth-picture.js';
import type { FrameSource } from '../../../core/ports/frame-source.js';
import { readWholeFile } from '../read-whole-file.js';
import { decodeDepth } from './depth-codec.js';

const depthName = /depth.*\.png$/i;

export interface DepthFolder {
  /** Of the folder's `camera.json`, else a Kinect v1's. */
  readonly camera: DepthCamera;
  /** Of `camera.json`: moves raw disparity onto the colour picture, in pixels at a width of 640. */
  readonly shift: readonly [right: number, down: number] | undefined;
  readonly count: number;
  /** Whether there is depth of a colour picture, by its file's name. */
  has(file: string): boolean;
  /** The depth of a colour picture, by its file's name; undefined when there is none. */
  ofPicture(file: string): Promise<DepthPicture | undefined>;
  /** The depth of a video's frame, in the order of the names; undefined beyond the last. */
  ofFrame(index: number): Promise<DepthPicture | undefined>;
}

/**
 * Opens a folder of 16-bit PNGs: those named `…depth….png`, or all of them when none is. `000-depth.png` belongs to
 * `000-color.jpg`, `7.png` to `7.jpg`. Values are millimetres, or a Kinect v1's raw disparity where `camera.json`
 * says `"depthUnit": "disparity"`. Throws ConfigError for what is no such folder.
 */
export async function openDepthFolder(folder: string): Promise<DepthFolder> {
  const names = (await namesIn(folder)).filter((name) => /\.png$/i.test(name));
  const named = names.filter((name) => depthName.test(name));
  const files = named.length > 0 ? named : names;
  if (files.length === 0) {
    throw new ConfigError(`${folder} must hold depth pictures, PNGs with 16 bits, and holds none; name another folder`);
  }
  const { camera, kind, shift } = await readCamera(join(folder, 'camera.json'));
  const byKey = new Map(files.map((name) => [pairKey(name), name]));
  const read = (name: string | undefined) => (name === undefined ? undefined : decodeDepth(join(folder, name), kind));
  return {
    camera,
    shift,
    count: files.length,
    has: (file) => byKey.has(pairKey(file)),
    ofPicture: async (file) => read(byKey.get(pairKey(file))),
    ofFrame: async (index) => read(files[index]),
  };
}

type VideoSource = FrameSource & { readonly estimatedFrames: number | undefined };

/** The source with each frame's depth, which lies in the folder in the frames' order. */
export function withDepth(source: VideoSource, depth: DepthFolder): VideoSource {
  const { width, height, framesPerSecond, estimatedFrames } = source;
  async function* frames() {
    for await (const frame of source) yield { ...frame, depth: await depth.ofFrame(frame.index) };
  }
  return {
    ...{ width, height, framesPerSecond, estimatedFrames },
    [Symbol.asyncIterator]: frames,
    close: () => source.close(),
  };
}

/** Whether the folder has depth pictures beside others. */
export async function hasDepth(folder: string): Promise<boolean> {
  return (await namesIn(folder)).some((name) => depthName.test(name));
}

/** Plain names in natural order: 2 before 10. Throws ConfigError when there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === 'ENOTDIR' ? 'it is a file' : cause.code === 'ENOENT' ? 'it does not exist' : cause.message;
    throw new ConfigError(`${folder} must be a folder: ${why}; check the name`, { cause });
  });
  return found.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** What a colour picture's name and its depth's have in common. */
export function pairKey(file: string): string {
  const { name } = parse(file);
  return name.replace(/^(colou?r|rgb|depth)[-_.]?/i, '').replace(/[-_.]?(colou?r|rgb|depth)$/i, '');
}

interface CameraFile {
  readonly camera: DepthCamera;
  readonly kind: DepthPicture['kind'];
  readonly shift: readonly [right: number, down: number] | undefined;
}

/** `width` and `fx` in pixels, `depthUnit`, and `shift`; other keys are the file's own. */
async function readCamera(path: string): Promise<CameraFile> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return { camera: kinectCamera, kind: 'millimetres', shift: undefined };
  const bytes = await readWholeFile(path, 100_000).catch((cause: Error) => {
    throw new MediaError(`${path} must be a short JSON file: ${cause.message}; write it again`, { cause });
  });
  let values: Record<string, unknown>;
  try {
    values = { ...kinectCamera, depthUnit: 'mm', ...JSON.parse(new TextDecoder().decode(bytes)) };
  } catch (cause) {
    throw new MediaError(`${path} must be JSON: ${(cause as Error).message}; correct it or take it away`, { cause });
  }
  const camera = { width: Number(values['width']), fx: Number(values['fx']) };
  try {
    requireDepthCamera(camera);
  } catch (cause) {
    throw new MediaError(`${path}: ${(cause as Error).message}`, { cause });
  }
  return { camera, kind: kindOf(values['depthUnit'], path), shift: shiftOf(values['shift'], path) };
}

function kindOf(unit: unknown, path: string): DepthPicture['kind'] {
  if (/^(mm|millimet)/i.test(String(unit))) return 'millimetres';
  if (/^disparity/i.test(String(unit))) return 'disparity';
  throw new MediaError(`${path}: depthUnit must be mm or disparity, found "${unit}"; correct it`);
}

function shiftOf(shift: unknown, path: string): CameraFile['shift'] {
  if (shift === undefined) return undefined;
  const [right, down] = Array.isArray(shift) && shift.length === 2 ? (shift as unknown[]) : [];
  if (Number.isFinite(right) && Number.isFinite(down)) return [Number(right), Number(down)];
  throw new MediaError(`${path}: shift must be two numbers of pixels, found ${JSON.stringify(shift)}; correct it`);
}
