// Frames of a source at the constant rate of a video file: repeated where the source has too few, left out where it has too many.
import type { Picture } from '../../core/image/picture.js';
import type { FrameSource } from '../../core/ports/frame-source.js';

/** The longest gap that is filled; a longer one (a camera that was unplugged) is shortened to it. */
const longestGapMs = 60_000;

/** The pictures for times 0, 1/rate, 2/rate ..., each the newest of the source at that time, until `endMs` of the source. */
export async function* steadyFrames(
  source: FrameSource,
  rate: number,
  endMs = Number.POSITIVE_INFINITY,
): AsyncGenerator<Picture> {
  const stepMs = 1000 / rate;
  let newest: Picture | undefined;
  let given = 0;
  let skippedMs = 0;
  let lastMs = 0;
  let wanted: number | undefined;
  for await (const { picture, timeMs } of source) {
    skippedMs += Math.max(0, timeMs - lastMs - longestGapMs);
    lastMs = timeMs;
    if (timeMs >= endMs) {
      wanted = Math.round((endMs - skippedMs) / stepMs);
      break;
    }
    // With a tolerance of half a step, so that frames of a source with the same rate are neither repeated nor left out.
    const due = Math.round((timeMs - skippedMs) / stepMs);
    for (; newest !== undefined && given < due; given++) yield newest;
    newest = picture;
  }
  for (wanted ??= given + 1; newest !== undefined && given < wanted; given++) yield newest;
}
