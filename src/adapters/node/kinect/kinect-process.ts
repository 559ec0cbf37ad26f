// A process that reads a Kinect v1 through libfreenect and writes its frames to pipe 3. Apart, because the library ends the
// process, aborts or hangs when something is wrong; who started it watches.
import { writeSync } from 'node:fs';
import type { DepthPicture } from '../../../core/image/depth-picture.js';
import { kinectExits, kinectFrameBytes, kinectSize } from './kinect-format.js';

/** Formats of libfreenect.h: RGB; raw 11-bit disparity; millimetres registered to the colour picture. */
const VIDEO_RGB = 0;
const DEPTH_11BIT = 0;
const DEPTH_REGISTERED = 4;

// Optional: where it could not be installed, everything else works.
const { default: koffi } = await import('koffi').catch(() => process.exit(kinectExits.noKoffi));

const [driver, sync, depthKind] = process.argv.slice(2) as [string, string, DepthPicture['kind']];
// Debian's fakenect lacks functions that the sync library names but does not call: both are bound as they are needed.
load(driver, { global: true, lazy: true });
const library = load(sync, { lazy: true });
const getVideo = library.func(
  'int freenect_sync_get_video(_Out_ void **video, _Out_ uint32_t *timestamp, int index, int format)',
);
const getDepth = library.func(
  'int freenect_sync_get_depth(_Out_ void **depth, _Out_ uint32_t *timestamp, int index, int format)',
);

const depthFormat = depthKind === 'disparity' ? DEPTH_11BIT : DEPTH_REGISTERED;
const frame = Buffer.alloc(kinectFrameBytes);
const pixels = kinectSize.width * kinectSize.height;
for (let last = -1; ; ) {
  const [depth, stamp] = get(getDepth, depthFormat, 2 * pixels);
  const [video] = get(getVideo, VIDEO_RGB, 3 * pixels);
  // The library gives the newest again when there is no newer one.
  if (stamp === last) continue;
  last = stamp;
  frame.writeUInt32LE(stamp, 0);
  frame.set(video, 4);
  frame.set(depth, 4 + 3 * pixels);
  for (let written = 0; written < frame.length; ) written += writeSync(3, frame, written);
}

function load(file: string, options: Parameters<typeof import('koffi').load>[1]) {
  try {
    return koffi.load(file, options);
  } catch (error) {
    process.stderr.write(`cannot load ${file}: ${(error as Error).message}\n`);
    process.exit(kinectExits.noLibrary);
  }
}

function get(call: (...args: unknown[]) => number, format: number, bytes: number): [Uint8Array, number] {
  const pointer = [null];
  const stamp = [0];
  const answer = call(pointer, stamp, 0, format);
  if (answer !== 0 || pointer[0] === null) {
    process.stderr.write(`libfreenect gave ${answer}\n`);
    process.exit(3);
  }
  return [new Uint8Array(koffi.view(pointer[0], bytes)), stamp[0]!];
}
