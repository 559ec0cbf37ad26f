// A detector's export as text for a terminal.
import { usualThreshold } from '../../../core/detect/places/place-network.js';
import { percent } from '../../../core/numbers/percent.js';
import { validationPrecision } from '../detector-model.js';
import type { ExportedDetector } from '../export-detector.js';
import { atScoreText, countText } from './detector-tables.js';

export interface DetectorExportFiles {
  readonly model: string;
  readonly card: string;
  readonly evaluation: string;
}

/** Several lines, ending with a line end. `files`: the paths of the written files. */
export function describeDetectorExport(files: DetectorExportFiles, { model, run, figures }: ExportedDetector): string {
  const { epoch } = run.checkpoint.trainer;
  const precision = validationPrecision(run.checkpoint);
  const validated = precision === null ? '' : `, validation average precision ${percent(precision)}`;
  const first = `${files.model}: ${(model.length / 1e6).toFixed(2)} MB, after ${countText(epoch, 'epoch')}${validated}`;
  if (figures === undefined) {
    return `${first}\n  no threshold: a score of ${usualThreshold} counts; --data with the face pictures of the run chooses it, and writes a card\n`;
  }
  if (figures === null) {
    return `${first}; card: ${files.card}\n  no threshold: the run held no picture back to choose it on; a score of ${usualThreshold} counts\n`;
  }
  return `${first}; card: ${files.card}; evaluation: ${files.evaluation}\n  threshold ${figures.threshold}: on the ${figures.pictures} pictures that were held back, ${atScoreText(figures.byCentre)} (by the centre)\n`;
}
