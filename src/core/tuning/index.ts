// The public entry `moodlens/tuning`: studies, trials, samplers and pruners, useful without the rest.

export { ConfigError, MoodlensError, StudyError } from '../errors.js';
export type { Journal, JournalRecord } from '../ports/journal.js';
export { createStudy, listStudies, openStudy, type StudyOptions } from './create-study.js';
export type {
  CategoricalDistribution,
  Choice,
  Distribution,
  FloatDistribution,
  IntDistribution,
  NumberOptions,
  ParameterValue,
} from './distribution.js';
export { categoricalDistribution, floatDistribution, intDistribution } from './distribution.js';
export type { Attributes, Direction, FrozenTrial, TrialState } from './frozen-trial.js';
export { GridSampler } from './grid-sampler.js';
export { type HyperbandOptions, HyperbandPruner } from './hyperband-pruner.js';
export { parameterImportances } from './importance.js';
export type { StoredStudy } from './journal-replay.js';
export { MedianPruner } from './median-pruner.js';
export { MemoryJournal } from './memory-journal.js';
export { NoPruner } from './no-pruner.js';
export type { Objective, OptimizeOptions } from './optimize.js';
export { PatientPruner } from './patient-pruner.js';
export { type PercentileOptions, PercentilePruner } from './percentile-pruner.js';
export type { Pruner, Rivals } from './pruner.js';
export { QuasiRandomSampler } from './quasi-random-sampler.js';
export { RandomSampler } from './random-sampler.js';
export type { History, Sampler, SamplerOptions } from './sampler.js';
export { Study } from './study.js';
export { type SuccessiveHalvingOptions, SuccessiveHalvingPruner } from './successive-halving-pruner.js';
export { type TpeOptions, TpeSampler } from './tpe-sampler.js';
export { Trial, TrialPruned } from './trial.js';
