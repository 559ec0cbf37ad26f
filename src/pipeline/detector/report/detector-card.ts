// The card of a trained detector, in Markdown, from its run's facts and the export's figures.
import { type FacesDescription, holdBack } from '../../../core/dataset/face-pictures.js';
import { thresholdRule } from '../../../core/metrics/choose-threshold.js';
import { percent } from '../../../core/numbers/percent.js';
import { sureScore } from '../../../core/training/detection/compose-sample.js';
import { count, markdownTable, plain } from '../../report/markdown.js';
import type { ReportTable } from '../../report/report-table.js';
import { configurationText, optimiserText, programText, tenEpochs } from '../../train/report/recipe-texts.js';
import type { TrainedDetector } from '../detector-model.js';
import type { ExportedDetector } from '../export-detector.js';
import type { HeldBackFigures } from '../measure-held-back.js';
import { summariseFacePictures } from './describe-face-pictures.js';
import { atScoreText, countText, pointsText, recallTable, sizeTable, timeText } from './detector-tables.js';

export interface DetectorCardRequest {
  readonly exported: ExportedDetector;
  readonly faces: FacesDescription;
  /** Name of the model's file, without its folder. */
  readonly file: string;
  /** Notes of the user (for example where the pictures come from), as Markdown; a section of its own. */
  readonly notes?: string | undefined;
}

/** Longer tables of sets tell nobody anything. */
const mostSets = 20;

/** The first line of every card, up to the run's name. */
const heading = '# The face detector ';

/** Whether a text is a card that `writeDetectorCard` wrote. */
export function isDetectorCard(text: string): boolean {
  return text.startsWith(heading);
}

/** The whole card, ending with a line end. */
export function writeDetectorCard({ exported, faces, file, notes }: DetectorCardRequest): string {
  const { run, model, figures } = exported;
  return [
    `${heading}${plain(run.facts.name)}`,
    `\`${plain(file)}\` finds the faces in pictures of any size: for each a box, a score and four key points (eyes, nose, mouth). It does not tell whose face it is.`,
    factsTable(run, { bytes: model.length, figures }),
    `## Data\n\n${dataText(run, faces)}`,
    `## Recipe\n\n${recipeText(run)}`,
    ...(notes === undefined ? [] : [`## Notes\n\n${notes.trim()}`]),
    `## Figures\n\n${figures === null || figures === undefined ? unmeasured : figuresText(run, figures)}`,
    `${limits}\n`,
  ].join('\n\n');
}

const unmeasured =
  'None, and no threshold: the run held no picture back. Figures of a run with the same recipe that held pictures back tell what to expect; only pictures that it has not seen can measure it.';

function factsTable(
  { facts, config }: TrainedDetector,
  { bytes, figures }: { readonly bytes: number; readonly figures: HeldBackFigures | null | undefined },
): string {
  const { falsePerPicture, lowest, highest } = thresholdRule;
  const threshold =
    figures === null || figures === undefined
      ? 'none: no picture was held back to choose it on'
      : `**${figures.threshold}** of the file's scores, which moodlens shows as ${figures.atScore.score}: the lowest one with at most ${falsePerPicture} false detections per picture (by the centre) on the ${count(figures.pictures)} pictures that were held back, but at least ${lowest} and at most ${highest}`;
  return markdownTable([
    ['', ''],
    [
      'Network',
      `\`${config.architecture}\`: ${count(facts.parameters)} parameters, ${(facts.multiplyAdds / 1e6).toFixed(1)} million multiply-adds for 256 x 256 pixels`,
    ],
    ['File', `${count(bytes)} bytes`],
    [
      'Input',
      '`image`, uint8 `[batch, 3, height, width]`, red, green, blue; both sides multiples of 32; normalisation is inside the graph',
    ],
    ['Output', '`places`, float32 `[batch, 13, 1, places]`; `PlaceDetector` in moodlens decodes it'],
    ['Threshold', threshold],
    ['Run', plain(facts.name)],
  ]);
}

function dataText({ facts, config }: TrainedDetector, faces: FacesDescription): string {
  const summary = summariseFacePictures(faces);
  const sure = faces.pictures.reduce(
    (sum, { unsure }) => sum + unsure.filter(({ score }) => score >= sureScore).length,
    0,
  );
  const unsure =
    summary.unsure === 0
      ? 'Nothing was proposed by another detector.'
      : `Another detector proposed ${count(summary.unsure)} more places, which nobody annotated: the ${count(sure)} with a score of ${sureScore} or more count as faces in the training; the loss ignores the other ${count(summary.unsure - sure)}. The figures ignore all of them.`;
  return [
    `${count(summary.pictures)} pictures with ${count(summary.faces)} annotated faces, ${count(summary.withPoints)} of them with key points. ${unsure}`,
    ...setsTable(faces, config.validationShare),
    `Trained on ${count(facts.trainingSamples)} pictures; ${count(facts.validationSamples)} were held back by their file names (a share of ${config.validationShare}). ${pretrainedText(facts)}`,
    `Hash of the packed pictures: \`${faces.hash}\`.`,
  ].join('\n\n');
}

function pretrainedText({ pretrained }: TrainedDetector['facts']): string {
  if (pretrained === undefined) return 'No pretrained weights were used.';
  const { run, split, earlier = [] } = pretrained;
  const before = earlier.map((one) => `, which began with those of \`${plain(one.run)}\` (${one.split})`).join('');
  return `It began with the weights of the run \`${plain(run)}\` (${split})${before}; all these weights were trained by moodlens.`;
}

/** A row for each folder of the pictures' names; none when there is one set, or very many. */
function setsTable({ pictures }: FacesDescription, share: number): string[] {
  const held = new Set(holdBack(pictures, share).validation);
  const sets = new Map<string, { pictures: number; faces: number; held: number }>();
  pictures.forEach(({ file, faces }, i) => {
    const name = file.includes('/') ? file.slice(0, file.indexOf('/')) : 'without a folder';
    const own = sets.get(name) ?? { pictures: 0, faces: 0, held: 0 };
    sets.set(name, {
      pictures: own.pictures + 1,
      faces: own.faces + faces.length,
      held: own.held + (held.has(i) ? 1 : 0),
    });
  });
  if (sets.size < 2 || sets.size > mostSets) return [];
  const rows = [...sets].map(([name, own]) => [plain(name), count(own.pictures), count(own.faces), count(own.held)]);
  return [markdownTable([['set', 'pictures', 'faces', 'pictures held back'], ...rows])];
}

function recipeText(run: TrainedDetector): string {
  const { config, checkpoint, starts, weights } = run;
  const { epoch, history } = checkpoint.trainer;
  const last = history.at(-1);
  const steps = last === undefined ? '' : ` of ${count(last.step / last.epoch)} steps`;
  const program = starts.at(-1);
  const by = program === undefined ? '' : `, by ${programText(program)}`;
  const chosen =
    weights === 'best'
      ? `The weights are those of epoch ${epoch}, the one with the highest validation average precision: its figures are a little too good.`
      : `The weights are those after epoch ${epoch} of ${config.epochs}${epoch < config.epochs ? ', while the run was not complete' : ''}: they were not chosen by their validation figure.`;
  return [
    `${countText(epoch, 'epoch')}${steps} of ${config.batchSize} samples of ${config.side} x ${config.side} pixels, seed ${config.seed}${by}; ${optimiserText(config)}. ${chosen}`,
    markdownTable([
      ['epoch', 'training loss', 'validation average precision (faces from 24 pixels on)'],
      ...tenEpochs(history).map(({ epoch: own, trainingLoss, validationPrecision }) => [
        String(own),
        trainingLoss.toFixed(3),
        validationPrecision === undefined ? '–' : percent(validationPrecision),
      ]),
    ]),
    configurationText(config, 'moodlens detector train'),
  ].join('\n\n');
}

function figuresText({ facts }: TrainedDetector, figures: HeldBackFigures): string {
  const { byCentre } = figures;
  const points = pointsText(figures);
  const sentences = [
    ...[`by overlap, ${atScoreText(figures)}`, `by the centre, ${atScoreText(byCentre)}`],
    ...(points === undefined ? [] : [points]),
    timeText(figures),
  ];
  return [
    `On the ${count(figures.pictures)} pictures that the run \`${plain(facts.name)}\` held back, with ${count(figures.faces)} faces. Intervals: average precision by bootstrap over the pictures, recall Wilson's. The threshold was chosen on these same pictures, so expect a few more false detections elsewhere.`,
    'By overlap, a detection is correct from an intersection over union of 0.5 with a face on, so a face whose box is drawn by another rule counts as missed and its detection as false:',
    markdown(sizeTable(figures)),
    markdown(recallTable(figures)),
    'By the centre, a detection is correct when its centre lies within half a width of that of a face and the widths differ by a factor of at most 2.5, so a false one is on no face:',
    markdown(sizeTable(byCentre)),
    markdown(recallTable(byCentre)),
    sentences.map((sentence) => `- ${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`).join('\n'),
  ].join('\n\n');
}

function markdown({ columns, rows }: ReportTable): string {
  return markdownTable([columns, ...rows]);
}

const limits = `## Limits

- It knows faces like those it was trained on. Expect more missed faces among people, poses, masks, light and cameras that are rare in that data; no
  figures per group of people exist unless somebody measures them.
- Faces cut off by the border, from behind or upside down are mostly missed; drawn faces, dolls and statues may be found.
- Boxes are drawn by the rule of its data. Detectors that draw them by another rule are compared with
  \`moodlens detector evaluate --match centre\`.
- Pictures of people are personal data. The detector keeps nothing and identifies nobody; what is done with a face that it finds may need a consent.`;
