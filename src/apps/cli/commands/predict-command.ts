// `moodlens predict`: the expression of every face in pictures: photographs, or faces that are cropped already.
import type { Command } from 'commander';
import type { Box } from '../../../core/image/picture.js';
import { type PredictedFace, predictPicture } from '../../../pipeline/predict/predict-picture.js';
import { openDetector } from '../arguments/detector.js';
import { jsonOption } from '../arguments/json.js';
import { modelOption, openExpressionModel, parseThreads, threadsOption } from '../arguments/model.js';
import { personalModel, personalOption } from '../arguments/personal.js';
import { eachPicture, listPictures, picturesArgument } from '../arguments/pictures.js';
import { commandOf } from '../command-descriptions.js';

interface PredictOptions {
  readonly model?: string;
  readonly personal?: string;
  readonly cropped?: boolean;
  readonly threads?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return commandOf(
    'predict',
    'every face is found and cut out; pictures of at most 100 pixels a side are taken whole, as cropped faces',
  )
    .argument(...picturesArgument)
    .option('--cropped', 'take every picture whole: each is one face, cropped as FER2013 does it')
    .addOption(modelOption())
    .addOption(personalOption('pictures'))
    .addOption(threadsOption())
    .addOption(
      jsonOption(
        '{"file","expression","probabilities","faces"} per picture: those of the largest face, null when there is none; each face with its box [x, y, width, height], null for a picture taken whole',
      ),
    )
    .action(predict);
}

async function predict(paths: readonly string[], options: PredictOptions): Promise<void> {
  const threads = parseThreads(options.threads);
  const pictures = await listPictures(paths);
  const model = await openExpressionModel(options.model, { threads });
  const { labels } = model.metadata;
  const describe = options.json ? jsonLine : textLines;
  let without = 0;
  try {
    const asked = options.personal === undefined ? model : await personalModel(model, options.personal, options.model);
    const detector = options.cropped ? undefined : await openDetector({ search: 'thorough' });
    try {
      await eachPicture('predict', pictures, async ({ file, picture }) => {
        const faces = await predictPicture(picture, asked, detector);
        if (faces.length === 0) without++;
        process.stdout.write(describe(file, faces, labels));
      });
    } finally {
      if (without > 0) {
        process.stderr.write(
          `no face is found in ${without} of ${pictures.files.length} pictures; faces that are cropped already are read with --cropped\n`,
        );
      }
      await detector?.release();
    }
  } finally {
    await model.release();
  }
}

function jsonLine(file: string, faces: readonly PredictedFace[], labels: readonly string[]): string {
  const each = faces.map(({ label, probabilities, box, score }) => ({
    expression: labels[label]!,
    probabilities: Object.fromEntries(labels.map((name, i) => [name, probabilities[i]!])),
    box: box?.map((value) => rounded(value, 1)) ?? null,
    score: score === null ? null : rounded(score, 3),
  }));
  const { expression = null, probabilities = null } = each[0] ?? {};
  return `${JSON.stringify({ file, expression, probabilities, faces: each })}\n`;
}

/** A line; of several faces one for each. */
function textLines(file: string, faces: readonly PredictedFace[], labels: readonly string[]): string {
  const [first] = faces;
  if (first === undefined) return `${file}: no face found\n`;
  if (faces.length === 1) return `${file}: ${percents(first, labels)}\n`;
  const each = faces.map((face) => `  ${place(face.box!)}: ${percents(face, labels)}\n`);
  return `${file}: ${faces.length} faces\n${each.join('')}`;
}

function percents({ probabilities }: PredictedFace, labels: readonly string[]): string {
  const ordered = labels
    .map((name, i) => ({ name, probability: probabilities[i]! }))
    .sort((a, b) => b.probability - a.probability);
  return ordered
    .slice(0, 3)
    .map(({ name, probability }) => `${name} ${(100 * probability).toFixed(0)} %`)
    .join(', ');
}

const place = ([x, y, width, height]: Box): string =>
  `${Math.round(width)} x ${Math.round(height)} at ${Math.round(x)}, ${Math.round(y)}`;

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
