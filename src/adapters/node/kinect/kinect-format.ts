// What a Kinect v1 gives, and how its process writes it: a time stamp (32 bits), colour (RGB), depth (16 bits a pixel, little endian).

export const kinectSize = { width: 640, height: 480 } as const;
const pixels = kinectSize.width * kinectSize.height;
export const kinectFrameBytes = 4 + 3 * pixels + 2 * pixels;

export interface KinectFrame {
  /** Of the camera's own clock; wraps. */
  readonly stamp: number;
  readonly rgb: Uint8Array;
  readonly depth: Uint16Array;
}

/** `bytes`: one whole frame. The arrays are its own. */
export function readKinectFrame(bytes: Uint8Array): KinectFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const depth = new Uint16Array(pixels);
  const from = 4 + 3 * pixels;
  for (let i = 0; i < pixels; i++) depth[i] = view.getUint16(from + 2 * i, true);
  return { stamp: view.getUint32(0, true), rgb: bytes.slice(4, from), depth };
}

/** How the process that reads it ends when it cannot begin. */
export const kinectExits = { noLibrary: 4, noKoffi: 5 } as const;
