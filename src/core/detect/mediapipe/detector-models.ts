// The two face detectors of MediaPipe: how their .tflite files become our .onnx files.
import { fromTflite } from '../../onnx/from-tflite.js';

/** The npm package, pinned in package.json, whose .tflite files are converted. */
export const detectorPackage = '@mediapipe/face_detection';

export interface DetectorModel {
  readonly range: 'full' | 'short';
  /** File in the npm package. */
  readonly tflite: string;
  /** File in models/. */
  readonly onnx: string;
}

export const detectorModels: readonly DetectorModel[] = [
  { range: 'full', tflite: 'face_detection_full_range.tflite', onnx: 'face-full-range.onnx' },
  { range: 'short', tflite: 'face_detection_short_range.tflite', onnx: 'face-short-range.onnx' },
];

/**
 * The .onnx bytes of a detector: input `image` float32 [1, 3, size, size] in -1..1 (RGB), outputs `boxes` [1, anchors, 16]
 * and `scores` [1, anchors, 1] (logits). Throws ModelFormatError when the .tflite bytes are not such a network.
 */
export function convertDetector(
  model: DetectorModel,
  tflite: Uint8Array,
  packageVersion: string,
): Uint8Array<ArrayBuffer> {
  return fromTflite(tflite, {
    name: `face-${model.range}-range`,
    inputs: ['image'],
    outputs: ['boxes', 'scores'],
    metadata: {
      source: `${detectorPackage}@${packageVersion} ${model.tflite}`,
      licence: 'Apache-2.0',
      changes: 'converted from TensorFlow Lite to ONNX: weights float16 to float32, layout NHWC to NCHW',
    },
  });
}
