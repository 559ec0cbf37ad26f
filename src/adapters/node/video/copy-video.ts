// Copies a video's packets without decoding them, and counts them on the way.

import { storageFaultIn } from '../storage-error.js';
import { runProgram } from './ffmpeg-program.js';

export interface CopiedVideo {
  /** That could be read and, with a place to go, written. */
  readonly frames: number;
  /** Why the file system refused, as `{ code }`; undefined when it did not. */
  readonly refused: { readonly code: string } | undefined;
  /** What ffmpeg said besides; '' when all went well. */
  readonly fault: string;
}

/** A day: the longest that copying a recording may take. */
const longestMs = 86_400_000;

/** Reads `file`, and writes it to the file `to`, an MP4 with its index in front where `container` is mp4 or mov. Without `to` it is only read. */
export async function copyVideo(
  program: string,
  file: string,
  { to, container = 'null' }: { readonly to?: string; readonly container?: string } = {},
): Promise<CopiedVideo> {
  const { code, stdout, lastWords } = await runProgram(
    program,
    [
      ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', '-protocol_whitelist', 'file,pipe'],
      ...['-i', `file:${file}`, '-map', '0:v', '-c', 'copy'],
      ...(/^(mp4|mov)$/.test(container) ? ['-movflags', '+faststart'] : []),
      ...['-progress', 'pipe:1', '-f', container, to === undefined ? '-' : `file:${to}`],
    ],
    longestMs,
  );
  const frames = Number([...stdout.matchAll(/^frame=\s*(\d+)/gm)].at(-1)?.[1] ?? 0);
  const refused = storageFaultIn((pattern) => pattern.test(lastWords));
  return { frames, refused, fault: lastWords || (code === 0 ? '' : `it ended with code ${code}`) };
}
