// A run before it starts: what its data and configuration amount to, and everything that can be refused of them.

import { Sha256 } from '../../core/bytes/sha256.js';
import { encodeUtf8 } from '../../core/bytes/utf8.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError, DatasetError, RunError } from '../../core/errors.js';
import type { PretrainedFacts, TeacherFacts } from '../../core/model/model-metadata.js';
import { type Architecture, type ArchitectureOptions, atSide } from '../../core/nn/architectures/architecture.js';
import { architectureFacts } from '../../core/nn/architectures/architecture-facts.js';
import { createArchitecture } from '../../core/nn/architectures/create-architecture.js';
import { initialWeights, type Weights } from '../../core/nn/architectures/parameters.js';
import { createRandom } from '../../core/numbers/random.js';
import type { Progress } from '../../core/ports/progress.js';
import { isTestSplit } from '../data/test-splits.js';
import { architectureOptions } from './architecture-options.js';
import { type Pretrained, pretrainedWeights } from './choose-pretrained.js';
import { type ChosenSamples, chooseSamples, splitNamesOf, splitsOf } from './choose-samples.js';
import { chooseTargets, type LossTargets } from './choose-targets.js';
import { chooseTeacher } from './choose-teacher.js';
import type { TrainConfig } from './config.js';
import type { RunFacts } from './run-folder.js';
import { describeShare } from './share-cores.js';
import { describeSplit } from './trained-on.js';

/** What a run is made of. */
export interface RunInputs {
  readonly dataset: PackedDataset;
  readonly config: TrainConfig;
  /** The text of the file that `config.votes` names; undefined when it names none. */
  readonly votes?: string | undefined;
  /** The file that `config.distillation` names; undefined when it names none. */
  readonly teacher?: Uint8Array | undefined;
  /** The text of the file that `config.splitFile` names; undefined when it names none. */
  readonly splits?: string | undefined;
  /** What the run that `config.pretrained` names has left; undefined when it names none. */
  readonly pretrained?: Pretrained | undefined;
  /** The run's name, kept in the model. */
  readonly name: string;
}

/** A run before its engine starts. */
export interface PreparedRun {
  readonly options: ArchitectureOptions;
  readonly architecture: Architecture;
  readonly chosen: ChosenSamples;
  readonly lossTargets: LossTargets;
  readonly teacher: ReturnType<typeof chooseTeacher>;
  /** Of a run that has no checkpoint yet. */
  readonly weights: Weights;
  readonly facts: RunFacts;
  /** Which samples train and validate, for people. */
  readonly split: string;
}

/**
 * Everything that can be refused before anything is written. Throws DatasetError when the pictures are not of the size that
 * the architecture takes, ConfigError for a test split, RunError when there are too few pictures for a batch, and what the
 * choices of samples, targets and teacher throw.
 */
export function prepareRun(inputs: RunInputs): PreparedRun {
  const { dataset, config, name, votes, teacher: file, splits, pretrained } = inputs;
  const options = architectureOptions(config, dataset.labels.length);
  const architecture = createArchitecture(config.architecture, options);
  requirePictures(dataset, architecture);
  for (const { side } of config.progressive) atSide(architecture, side);
  requireNoTest(config);
  const chosen = chooseSamples(dataset, config, splits);
  const lossTargets = chooseTargets(dataset, config, chosen.training, votes);
  const teacher = chooseTeacher(dataset, config, architecture, file);
  const random = createRandom(config.seed);
  if (config.pretrained !== null && pretrained === undefined)
    throw new TypeError('prepareRun: the configuration names a pretrained run and none is given');
  const weights =
    pretrained === undefined
      ? initialWeights(architecture, random)
      : pretrainedWeights(architecture, dataset.labels, pretrained, random);
  if (chosen.training.length < config.batchSize) {
    throw new RunError(
      `an epoch must hold at least one batch of ${config.batchSize}, and there are ${chosen.training.length} training pictures; choose a smaller batchSize`,
    );
  }
  const { parameters, multiplyAdds } = architectureFacts(architecture);
  const facts: RunFacts = {
    name,
    dataset: dataset.hash,
    seed: config.seed,
    trainingSamples: chosen.training.length,
    validationSamples: chosen.validation.length,
    excludedDuplicates: chosen.excludedDuplicates,
    parameters,
    multiplyAdds,
    teacher: teacher?.facts,
    votes: config.votes === null ? undefined : new Sha256().update(encodeUtf8(votes!)).hex(),
    splits: splitsOf(dataset, config, splits)?.hash,
    pretrained: pretrained?.facts,
  };
  return { options, architecture, chosen, lossTargets, teacher, weights, facts, split: describeSplit(config) };
}

/** The model shrinks or stretches what it is given to its own size: it would be validated on other crops than it sees in use. */
function requirePictures({ width, height }: PackedDataset, { name, input }: Architecture): void {
  if (width === input.width && height === input.height) return;
  throw new DatasetError(
    `the pictures must be of the size that the architecture takes, ${input.width} x ${input.height} for ${name}, and those of this dataset are ${width} x ${height}; import them with 'moodlens data import --size ${input.width}'`,
  );
}

/** A test split is for one look, after every choice is made: no run learns from it, and none is chosen by it. */
function requireNoTest({ trainingSplit, validation }: TrainConfig): void {
  const validating = validation !== null && 'split' in validation ? [validation.split] : [];
  const named = [...splitNamesOf(trainingSplit), ...validating];
  const test = named.find(isTestSplit);
  if (test === undefined) return;
  throw new ConfigError(
    `a run must neither train nor validate on a test split, and '${test}' is one; validate on folds of the training split, and look at the test once, with 'moodlens evaluate'`,
  );
}

/** Reports what will be trained, on what, and the teacher. */
export function announceRun(progress: Progress, config: TrainConfig, prepared: PreparedRun): void {
  const { progressive, epochs } = config;
  const { architecture, split, facts, teacher } = prepared;
  progress.note(
    `${architecture.name}: ${facts.parameters.toLocaleString('en')} parameters, ${(facts.multiplyAdds / 1e6).toFixed(1)} million multiply-adds; ` +
      (facts.validationSamples === 0
        ? `${facts.trainingSamples} training pictures, none to validate on`
        : `${facts.trainingSamples} training and ${facts.validationSamples} validation pictures`) +
      (facts.excludedDuplicates > 0 ? `, ${facts.excludedDuplicates} duplicates of validation pictures left out` : '') +
      `; ${describeShare(config)}`,
  );
  if (progressive.reduce((sum, stage) => sum + stage.epochs, 0) >= epochs) {
    const { width, height } = architecture.view;
    progress.note(
      `the stages of 'progressive' fill all ${epochs} epochs: the network never sees its full ${width} x ${height} pixels, at which it is validated and used`,
    );
  }
  if (teacher !== undefined) progress.note(describeSource('distilled from', teacher.facts, split));
  if (facts.pretrained !== undefined) progress.note(describeSource('goes on from', facts.pretrained, split));
}

function describeSource(how: string, source: TeacherFacts | PretrainedFacts, ownSplit: string): string {
  const { run, architecture, split } = source;
  const told = `${how} ${run} (${architecture}), which was ${split}`;
  if (split === ownSplit) return told;
  return `${told}; this run is ${ownSplit}: its validation figures are only honest if ${run} was not trained on those pictures`;
}
