// `moodlens predict`: the expression of every face in pictures: photographs, or faces that are cropped already.
import type { Command } from 'commander';
import { predictPicture } from '../../../pipeline/predict/predict.js';
import { predictionLine, predictionText } from '../../../pipeline/predict/report/format-prediction.js';
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
  const describe = options.json ? predictionLine : predictionText;
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
