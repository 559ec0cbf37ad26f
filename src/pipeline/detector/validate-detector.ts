// Validates a detector on the held-back pictures after each epoch of its training.

import type { FacePicture } from '../../core/dataset/face-pictures.js';
import { decodePlaces } from '../../core/detect/places/decode-places.js';
import { padding, writePlanes } from '../../core/detect/places/write-planes.js';
import { averagePrecision, type JudgedPicture, judgeDetections } from '../../core/metrics/average-precision.js';
import type { ReadPixels } from '../../core/training/detection/detection-batches.js';
import type { TrainingEngine } from '../../core/training/engine.js';
import type { ValidationFigures } from '../../core/training/trainer.js';
import { judgedPicture } from './evaluate-detector.js';
import { longestSide } from './import-faces.js';
import { lowestScore } from './measure-held-back.js';

const chunk = 8;
/** The longest side of all pictures, up to the next multiple of the largest stride, pixels. */
const side = Math.ceil(longestSide / 32) * 32;
/** Smaller faces do not count: root of their area, pixels. */
const smallestFace = 24;

/** Average precision for faces from 24 pixels on; the loss is 1 minus it. */
export async function validateDetector(
  engine: TrainingEngine,
  pictures: readonly FacePicture[],
  indices: Int32Array,
  read: ReadPixels,
): Promise<ValidationFigures> {
  const judged: JudgedPicture[] = [];
  const area = 3 * side * side;
  for (let from = 0; from < indices.length; from += chunk) {
    const part = indices.subarray(from, from + chunk);
    const pixels = new Uint8Array(part.length * area).fill(padding);
    part.forEach((index, i) => {
      writePlanes(read(index), { values: pixels, offset: i * area, width: side, height: side });
    });
    const predictions = await engine.predict(pixels, part.length);
    const each = predictions.length / part.length;
    part.forEach((index, i) => {
      const options = { width: side, height: side, minScore: lowestScore };
      const detections = decodePlaces(predictions.subarray(i * each, (i + 1) * each), options);
      judged.push(judgedPicture({ known: pictures[index]!, detections }));
    });
  }
  const precision = averagePrecision(judgeDetections(judged, { range: [smallestFace, Number.POSITIVE_INFINITY] }));
  return { loss: 1 - precision, precision };
}
