// The detector's networks, from the server: its detector, or MediaPipe's where it offers none.
import type { DetectorModels } from '../../../core/detect/networks/open-detector.js';
import { DeviceError } from '../../../core/errors.js';

/** Reads a file of the server's models; undefined when there is none. */
export type ReadModel = (name: string) => Promise<Uint8Array | undefined>;

/** Throws DeviceError when the server has no detector. */
export async function readDetector(read: ReadModel): Promise<DetectorModels> {
  const places = await read('face-detector.onnx');
  if (places) return { places };
  const [fullRange, shortRange] = await Promise.all(['face-full-range.onnx', 'face-short-range.onnx'].map(read));
  if (fullRange) return { fullRange, ...(shortRange ? { shortRange } : {}) };
  throw new DeviceError('The server must have a face detector, but it has none; install moodlens again.');
}
