// How a training run, or that of an ensemble, ended: text for a terminal.
import { percent } from '../../../core/numbers/percent.js';
import type { TrainResult } from '../train.js';
import type { EnsembleResult } from '../train-ensemble.js';

/** Where the run is, and the dataset that it is trained on: as the command was given them. */
export interface TrainingPlaces {
  readonly folder: string;
  readonly data: string;
}

/** A line, of an ensemble one more for each member; without the last line's end. */
export function describeTraining(result: TrainResult | EnsembleResult, { folder, data }: TrainingPlaces): string {
  if (result.end === 'stopped') {
    return `stopped and saved; continue with: moodlens train --data ${data} --resume ${folder}`;
  }
  if ('members' in result) {
    const each = result.members.map(
      ({ name, architecture, validationAccuracy }) =>
        `\n  ${name}: ${architecture}${validationAccuracy === null ? '' : `, validation accuracy ${percent(validationAccuracy)}`}`,
    );
    return `${folder}/model.onnx: the mean of ${result.members.length} models; 'moodlens evaluate' measures its accuracy${each.join('')}`;
  }
  if (result.validation === null)
    return `${folder}/model.onnx: trained on every row it was given; none was left to validate`;
  const { accuracy, interval, n } = result.validation;
  const between = interval.map((end) => percent(end, { unit: false })).join('-');
  return `${folder}/model.onnx: validation accuracy ${percent(accuracy)} (95 % interval ${between}, n = ${n})`;
}
