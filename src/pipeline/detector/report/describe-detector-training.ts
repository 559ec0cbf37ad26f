// A detector's training and its export, as text for a terminal.
import { percent } from '../../../core/numbers/percent.js';
import type { TrainingPlaces } from '../../train/report/describe-training.js';
import type { TrainDetectorResult } from '../train-detector.js';

/** A line without its end. */
export function describeDetectorTraining(
  { end, precision }: TrainDetectorResult,
  { folder, data }: TrainingPlaces,
): string {
  if (end === 'stopped') {
    return `stopped and saved; continue with: moodlens detector train --data ${data} --resume ${folder}`;
  }
  if (precision === null) return `${folder}/model.onnx: trained on every picture; none was left to validate`;
  return `${folder}/model.onnx: average precision ${percent(precision)} on the pictures that were held back (faces from 24 pixels on)`;
}

/** A line with its end. */
export function describeDetectorExport(
  file: string,
  { epoch, precision }: { readonly epoch: number; readonly precision: number | null },
): string {
  const judged = precision === null ? '' : `, average precision ${percent(precision)}`;
  return `${file}: after ${epoch} epoch${epoch === 1 ? '' : 's'}${judged}\n`;
}
