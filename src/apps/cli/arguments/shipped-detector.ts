// The shipped face detector, for commands that need one.
import { openSession } from '../../../adapters/node/session.js';
import { shippedModel } from '../../../adapters/node/shipped-models.js';
import { type NeuralDetectorOptions, NeuralFaceDetector } from '../../../core/detect/mediapipe/neural-detector.js';

/** Opens the neural detector; release it when done. Throws ModelFormatError when the models are missing. */
export async function openDetector(options: NeuralDetectorOptions = {}): Promise<NeuralFaceDetector> {
  const [fullRange, shortRange] = await Promise.all([
    shippedModel('face-full-range.onnx'),
    shippedModel('face-short-range.onnx'),
  ]);
  return NeuralFaceDetector.open({ fullRange, shortRange }, openSession, options);
}
