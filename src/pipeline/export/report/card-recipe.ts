// The recipe of a network for its card: sentences, the history, and the configuration that reproduces it.

import { percent } from '../../../core/numbers/percent.js';
import { describeSeconds } from '../../report/describe-seconds.js';
import { count, markdownTable, plain } from '../../report/markdown.js';
import type { TrainConfig } from '../../train/config.js';
import { configurationText, optimiserText, programText, tenEpochs } from '../../train/report/recipe-texts.js';
import type { TrainedNetwork } from '../read-trained-run.js';

/** Markdown: paragraphs, a table of the history, the configuration as JSON. */
export function describeRecipe(network: TrainedNetwork): string {
  return [
    `${trainingText(network)}\n\n${weightsText(network)}`,
    ...sourceTexts(network),
    historyTable(network),
    configurationText(network.config, 'moodlens train'),
  ].join('\n\n');
}

function trainingText({ config, checkpoint, starts, result }: TrainedNetwork): string {
  const { trainer } = checkpoint;
  const [last] = trainer.history.slice(-1);
  const steps = last === undefined ? '' : ` of ${count(last.step / last.epoch)} steps`;
  const program = starts.at(-1);
  const by = program === undefined ? '' : `, by ${programText(program)}`;
  const took = result === undefined ? '' : `, in ${describeSeconds(result.seconds)}`;
  return `${trainer.epoch} epochs${steps} of ${config.batchSize} pictures, seed ${config.seed}, on ${config.threads} ${config.threads === 1 ? 'thread' : 'threads'}${by}${took}; ${stepsText(config)}; ${regularText(config)}; ${augmentationText(config)}.`;
}

function stepsText({ progressive, ...config }: TrainConfig): string {
  const sides = progressive.map(({ side, epochs }) => `${epochs} epochs at ${side} x ${side} pixels`);
  return [optimiserText(config), ...sides].join(', ');
}

function regularText({ labelSmoothing, mixup, dropout, l2, classWeights }: TrainConfig): string {
  return [
    `label smoothing ${labelSmoothing}`,
    dropout === undefined ? "the architecture's dropout" : `dropout ${dropout}`,
    l2 === undefined ? "the architecture's L2" : `L2 ${l2}`,
    ...(mixup === null ? [] : [`mixup ${mixup.alpha}`]),
    ...(classWeights === null ? [] : [classWeights === 'balanced' ? 'balanced class weights' : 'class weights']),
  ].join(', ');
}

function augmentationText({ augmentation }: TrainConfig): string {
  if (augmentation === null) return 'no augmentation';
  const { flip, rotation, zoom, shift, light, erasing } = augmentation;
  const parts = [
    ...(flip > 0 ? ['mirror'] : []),
    ...(rotation > 0 ? [`rotation to ${rotation} degrees`] : []),
    `zoom ${zoom[0]} to ${zoom[1]}`,
    ...(shift > 0 ? [`shift to ${percent(shift, { digits: 0 })}`] : []),
    ...(erasing.probability > 0 ? [`erasing with probability ${erasing.probability}`] : []),
    ...(light === null ? [] : [`gamma, side light, blur and noise with probability ${light.probability}`]),
  ];
  return `augmentation: ${parts.join(', ')}`;
}

function weightsText({ config, weights, checkpoint, result }: TrainedNetwork): string {
  const { epoch, stepInEpoch, history } = checkpoint.trainer;
  const end =
    result === undefined || result.end === 'finished' || result.end === 'early'
      ? ''
      : ` The run did not end as planned (${result.end} after ${result.epochs} of ${config.epochs} epochs).`;
  if (weights === 'best') {
    return `The weights are those of epoch ${epoch}, the one with the lowest validation loss: its figures on those rows are a little too good.${end}`;
  }
  const within = stepInEpoch > 0 ? `, ${stepInEpoch} steps into the next` : '';
  return `The weights are those of the last epoch (${history.length}${within}): none was chosen by its validation figure.${end}`;
}

function sourceTexts({ config: { votes, distillation }, facts: { teacher, pretrained } }: TrainedNetwork): string[] {
  const texts: string[] = [];
  if (pretrained !== undefined) {
    const { run, architecture, split, dataset, hash } = pretrained;
    texts.push(
      `**Pretrained.** It began with the weights of ${plain(run)} (${plain(architecture)}; ${plain(split)}, on the dataset \`${plain(dataset)}\`), whose checkpoint has the SHA-256 \`${plain(hash)}\`.`,
    );
  }
  if (votes !== null) {
    const second =
      votes.auxiliary > 0
        ? `, and a second head, which the file leaves out, learned them in full (weight ${votes.auxiliary})`
        : '';
    texts.push(
      `**Votes.** Besides the labels it learned from [FER+](https://github.com/microsoft/FERPlus), ten people's votes for each of the same training pictures: translated to the labels they are ${percent(votes.weight, { digits: 0 })} of the targets${second}.`,
    );
  }
  if (distillation !== null && teacher !== undefined) {
    texts.push(
      `**Teacher.** ${percent(distillation.weight, { digits: 0 })} of the targets are what another model said of each batch: ${plain(teacher.run)} (${plain(teacher.architecture)}; ${plain(teacher.split)}${teacher.targets === undefined ? '' : `; ${plain(teacher.targets)}`}), SHA-256 \`${plain(teacher.hash)}\`.`,
    );
  }
  return texts;
}

function historyTable({ checkpoint }: TrainedNetwork): string {
  return markdownTable([
    ['epoch', 'training loss', 'validation loss', 'validation accuracy'],
    ...tenEpochs(checkpoint.trainer.history).map(({ epoch, trainingLoss, validationLoss, validationAccuracy }) => [
      String(epoch),
      trainingLoss.toFixed(3),
      validationLoss?.toFixed(3) ?? '–',
      validationAccuracy === undefined ? '–' : percent(validationAccuracy, { digits: 2 }),
    ]),
  ]);
}
