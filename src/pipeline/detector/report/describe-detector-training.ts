// How a detector's training ended: text for a terminal.
import { percent } from '../../../core/numbers/percent.js';
import type { TrainingPlaces } from '../../train/report/describe-training.js';
import type { TrainDetectorResult } from '../train-detector.js';

/** A line without its end. */
export function describeDetectorTraining(
  { end, precision, threshold }: TrainDetectorResult,
  { folder, data }: TrainingPlaces,
): string {
  if (end === 'stopped') {
    return `stopped and saved; continue with: moodlens detector train --data ${data} --resume ${folder}`;
  }
  if (precision === null) return `${folder}/model.onnx: trained on every picture; none was left to validate`;
  return `${folder}/model.onnx: average precision ${percent(precision)} on the pictures that were held back (faces from 24 pixels on); its threshold is ${threshold}`;
}
