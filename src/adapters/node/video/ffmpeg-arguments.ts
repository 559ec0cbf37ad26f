// Parts of ffmpeg's command line for reading.
import type { VideoInput } from './video-input.js';

/** Brings every picture to `width` x `height`; a source whose size can change keeps its aspect ratio. */
export function sizeFilter({
  width,
  height,
  isSmaller,
  isFixed,
}: {
  readonly width: number;
  readonly height: number;
  readonly isSmaller: boolean;
  readonly isFixed: boolean;
}): string {
  const flags = `flags=${isSmaller ? 'area' : 'bicubic'}`;
  if (isFixed) return `scale=${width}:${height}:${flags},setsar=1`;
  const fitted = `scale=${width}:${height}:force_original_aspect_ratio=decrease:${flags}`;
  return `scale=iw*sar:ih,setsar=1,${fitted},pad=${width}:${height}:-1:-1,setsar=1`;
}

/**
 * Lets ffmpeg end by itself when the network is silent for much longer than we wait: it would outlive a program that was
 * killed and could not stop it.
 */
export function silenceArguments(kind: VideoInput['kind'], stallMs: number): readonly string[] {
  const microseconds = String(Math.round(stallMs * 2000));
  if (kind === 'http') return ['-rw_timeout', microseconds];
  return kind === 'rtsp' ? ['-timeout', microseconds] : [];
}
