// The face detectors that come with the package.
import type { FaceSearchOptions } from '../../core/detect/face-search.js';
import { openNetworkDetector, type SearchingDetector } from '../../core/detect/networks/open-detector.js';
import { openSession } from './session.js';
import { shippedModel } from './shipped-models.js';

/** `moodlens`: the project's own detector; `mediapipe`: Google's two networks. */
export const shippedDetectors = ['moodlens', 'mediapipe'] as const;
export type ShippedDetector = (typeof shippedDetectors)[number];

/** Opens a shipped detector; release it when done. Throws ModelFormatError when its files are missing, RangeError for options out of range. */
export async function openShippedDetector(
  options: FaceSearchOptions = {},
  name: ShippedDetector = 'moodlens',
): Promise<SearchingDetector> {
  if (name === 'moodlens') {
    return openNetworkDetector({ places: await shippedModel('face-detector.onnx') }, openSession, options);
  }
  const [fullRange, shortRange] = await Promise.all([
    shippedModel('face-full-range.onnx'),
    shippedModel('face-short-range.onnx'),
  ]);
  return openNetworkDetector({ fullRange, shortRange }, openSession, options);
}
