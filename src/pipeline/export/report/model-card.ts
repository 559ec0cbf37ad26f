// The model card, in Markdown, from the run's facts and the export's figures.
import type { PackedDataset } from '../../../core/dataset/packed-dataset.js';
import type { ModelMetadata } from '../../../core/model/model-metadata.js';
import { readPictureFront } from '../../../core/model/picture-front.js';
import { type ExpressionModelFile, readExpressionModel } from '../../../core/model/read-expression-model.js';
import { count, markdownTable, plain } from '../../report/markdown.js';
import { splitNamesOf } from '../../train/choose-samples.js';
import type { ExportedRun } from '../export.js';
import type { TrainedNetwork, TrainedRun } from '../read-trained-run.js';
import { describeFigures, describeInt8 } from './card-figures.js';
import { limitsAndLaw } from './card-law.js';
import { describeRecipe } from './card-recipe.js';

export interface CardRequest {
  readonly run: TrainedRun;
  readonly dataset: PackedDataset;
  readonly exported: ExportedRun;
  /** Names of the files, without folders. */
  readonly files: { readonly model: string; readonly int8: string };
  /** Notes of the user (for example how choices were made), as Markdown; a section of its own. */
  readonly notes?: string | undefined;
}

/** The whole card, ending with a line end. */
export function writeModelCard(request: CardRequest): string {
  const { run, dataset, exported, files, notes } = request;
  const file = readExpressionModel(exported.model);
  const sections = [
    `# ${title(run)}\n\n${opening(files.model, file)}\n\n${factsTable(request, file)}`,
    `## Data\n\n${dataText(run, dataset)}`,
    `## Recipe\n\n${run.networks.map(networkText).join('\n\n')}`,
    ...(notes === undefined ? [] : [`## Notes\n\n${notes.trim()}`]),
    exported.figures === null ? unmeasured : describeFigures(exported.figures),
    ...(exported.int8 === undefined ? [] : [describeInt8(exported.int8, files.int8)]),
    limitsAndLaw(isFer2013(dataset)),
  ];
  return sections.join('\n\n');
}

const unmeasured = `## Figures\n\nNone: it was trained on every row it was given, and no row was left to validate. Figures of a run with the same recipe that held rows back tell what to expect; only rows that it has not seen can measure it.`;

function title({ name }: TrainedRun): string {
  return `The expression model ${plain(name)}`;
}

function opening(name: string, { metadata: { labels } }: ExpressionModelFile): string {
  const list = `${labels.slice(0, -1).join(', ')} or ${labels.at(-1)}`;
  return `\`${plain(name)}\` names the facial expression of one cropped face: ${plain(list)}. It says what a face shows, not what a person feels.`;
}

function factsTable({ run, exported }: CardRequest, file: ExpressionModelFile): string {
  const { metadata } = file;
  const { input, labels, embedding, parameters, multiplyAdds } = metadata;
  const view = readPictureFront(file)?.view;
  const seen =
    view === undefined || (view.width === input.width && view.height === input.height)
      ? ''
      : `; the central ${view.width} x ${view.height} pixels are used`;
  const { parity, batchNorms } = exported;
  const left = batchNorms.left > 0 ? `, ${batchNorms.left} are operators of their own` : '';
  return markdownTable([
    ['', ''],
    [
      'Network',
      `${architectureText(run)}: ${count(parameters)} parameters, ${(multiplyAdds / 1e6).toFixed(1)} million multiply-adds, ${(exported.model.length / 1e6).toFixed(1)} MB`,
    ],
    [
      'Input',
      `\`image\`, uint8 grey \`[batch, 1, ${input.height}, ${input.width}]\`, 0..255${seen}; normalisation is inside the graph`,
    ],
    [
      'Output',
      `\`probabilities\` \`[batch, ${labels.length}]\` in the order above, \`embedding\` \`[batch, ${embedding}]\``,
    ],
    [
      'Parity',
      `the trainer's own forward pass names the same class for all ${count(parity.n)} pictures that it ${exported.figures === null ? 'trained' : 'validated'} on, and no probability differs by more than ${parity.maxDifference.toExponential(1)}; ${batchNorms.folded} batch normalisations are folded into the layers beside them${left}`,
    ],
    ...temperatureRow(metadata),
    ['Run', plain(run.name)],
    [
      'Licence',
      `${metadata.licence}, for the weights. The pictures they were learned from are not included and carry no licence of ours`,
    ],
  ]);
}

/** The parity above is that of the probabilities before the temperature. */
function temperatureRow({ temperature, members }: ModelMetadata): string[][] {
  if (temperature === undefined) return [];
  const { value, split, n, nll, ece } = temperature;
  const change = ({ before, after }: { before: number; after: number }) =>
    `from ${before.toFixed(3)} to ${after.toFixed(3)}`;
  return [
    [
      'Temperature',
      `${members === undefined ? 'logits' : 'the logarithms of the mean'} are divided by ${value.toFixed(3)} (Guo et al. 2017), after the parity check; fitted on ${plain(split)}, n = ${count(n)}: negative log-likelihood ${change(nll)}, calibration error ${change(ece)} on these same rows, which the figures below are of`,
    ],
  ];
}

function architectureText({ networks }: TrainedRun): string {
  const names = networks.map(({ config }) => `\`${config.architecture}\``);
  return names.length === 1
    ? names[0]!
    : `an ensemble of ${names.length}, the mean of their probabilities (${names.join(', ')})`;
}

function dataText({ networks }: TrainedRun, dataset: PackedDataset): string {
  const { source, splitNames, splits, hash } = dataset;
  const from = isFer2013(dataset)
    ? `FER2013 (ICML 2013 challenge; grey 48 x 48 pictures found by web search, labelled by few people)`
    : `Pictures from ${plain(source.name)}`;
  const counts = splitNames.map((name, k) => ({ name, n: splits.reduce((sum, s) => sum + (s === k ? 1 : 0), 0) }));
  const there = counts.filter(({ n }) => n > 0).map(({ name, n }) => `${plain(name)} ${count(n)}`);
  return [
    `${from}. Rows in the dataset: ${there.join(', ')}; no others were there.${networks.some(({ facts }) => facts.pretrained !== undefined) ? '' : ' No pretrained weights were used.'}`,
    ...new Set(networks.map(splitText)),
    `Hash of the packed dataset: \`${hash}\`.`,
  ].join('\n\n');
}

function splitText({ facts, config }: TrainedNetwork): string {
  const { trainingSamples, validationSamples, excludedDuplicates } = facts;
  const { trainingSplit, validation, splitFile } = config;
  const left =
    excludedDuplicates > 0
      ? ` (${count(excludedDuplicates)} are left out because a validation picture is the same pixel for pixel)`
      : '';
  const names = splitNamesOf(trainingSplit).map(plain).join(' and ');
  const trained = `Trained on ${count(trainingSamples)} pictures of ${names}${left}`;
  const file =
    splitFile === null ? '' : ` The sets are those of a split file with the hash \`${plain(facts.splits ?? '')}\`.`;
  if (validation === null) return `${trained}; no row was left to validate.${file}`;
  const validated =
    'split' in validation
      ? plain(validation.split)
      : `fold ${validation.fold} of ${validation.folds}, stratified, duplicates on one side, seed ${validation.seed ?? config.seed}`;
  return `${trained}, validated on the ${count(validationSamples)} of ${validated}.${file}`;
}

function networkText(network: TrainedNetwork, index: number, all: readonly TrainedNetwork[]): string {
  const heading = all.length === 1 ? '' : `### Member ${index + 1}: ${network.config.architecture}\n\n`;
  return heading + describeRecipe(network);
}

function isFer2013({ source }: PackedDataset): boolean {
  return source.kind === 'fer2013-csv';
}
