// The most confident mistakes of a model as one sheet of pictures, to see whether the model or the label is wrong.
import { type PackedDataset, samplePicture } from '../../../core/dataset/packed-dataset.js';
import { contactSheet, sheetScale } from '../../report/contact-sheet.js';
import type { NamedSheet } from '../../report/report-files.js';
import { sampleName } from '../../report/sample-name.js';
import type { Evaluation } from '../evaluate.js';

/** Throws RangeError when there are no mistakes. */
export function mistakeSheet(dataset: PackedDataset, { worstMistakes }: Pick<Evaluation, 'worstMistakes'>): NamedSheet {
  const cells = worstMistakes.map(({ index, truth, predicted, confidence }) => ({
    picture: samplePicture(dataset, index),
    captions: [truth, `-> ${predicted} ${confidence.toFixed(2)}`, sampleName(dataset, index)],
  }));
  return {
    file: 'worst-mistakes',
    title: `The ${worstMistakes.length} surest mistakes`,
    caption: `Under each picture its label, -> what the model said with which probability, and its ${dataset.source.files ? 'file' : 'row in the source, from 0'}. Some labels are wrong, too.`,
    picture: contactSheet(cells, { columns: 7, scale: sheetScale(dataset.width, 2) }),
  };
}
