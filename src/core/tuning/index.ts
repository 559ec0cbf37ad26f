// The public entry `moodlens/tuning`: studies, trials, samplers and pruners, useful without the rest.

export { ConfigError, MoodlensError, StudyError } from '../errors.js';
export type { Journal, JournalRecord } from '../ports/journal.js';
export { createStudy, listStudies, openStudy, type StudyOptions } from './create-study.js';
export { parameterImportances } from './importance.js';
export type {
  CategoricalDistribution,
  Choice,
  Distribution,
  FloatDistribution,
  IntDistribution,
  NumberOptions,
  ParameterValue,
} from './journal/distribution.js';
export { categoricalDistribution, floatDistribution, intDistribution } from './journal/distribution.js';
export type { Attributes, Direction, FrozenTrial, TrialState } from './journal/frozen-trial.js';
export type { StoredStudy } from './journal/journal-replay.js';
export { MemoryJournal } from './journal/memory-journal.js';
export type { Objective, OptimizeOptions } from './optimize.js';
export { type HyperbandOptions, HyperbandPruner } from './pruners/hyperband-pruner.js';
export { MedianPruner } from './pruners/median-pruner.js';
export { NoPruner } from './pruners/no-pruner.js';
export { PatientPruner } from './pruners/patient-pruner.js';
export { type PercentileOptions, PercentilePruner } from './pruners/percentile-pruner.js';
export type { Pruner, Rivals } from './pruners/pruner.js';
export { type SuccessiveHalvingOptions, SuccessiveHalvingPruner } from './pruners/successive-halving-pruner.js';
export { GridSampler } from './samplers/grid-sampler.js';
export { QuasiRandomSampler } from './samplers/quasi-random-sampler.js';
export { RandomSampler } from './samplers/random-sampler.js';
export type { History, Sampler, SamplerOptions } from './samplers/sampler.js';
export { type TpeOptions, TpeSampler } from './samplers/tpe-sampler.js';
export { Study } from './study.js';
export { Trial, TrialPruned } from './trial.js';
