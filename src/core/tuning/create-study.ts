// Begins a study, or continues the one of the same name.
import { ConfigError, StudyError } from '../errors.js';
import type { Journal } from '../ports/journal.js';
import type { Direction } from './journal/frozen-trial.js';
import { JournalOperation } from './journal/journal-operation.js';
import { JournalReplay } from './journal/journal-replay.js';
import { MemoryJournal } from './journal/memory-journal.js';
import { MedianPruner } from './pruners/median-pruner.js';
import type { Pruner } from './pruners/pruner.js';
import type { Sampler } from './samplers/sampler.js';
import { TpeSampler } from './samplers/tpe-sampler.js';
import { onlyDirection, Study } from './study.js';

export interface StudyOptions {
  /** 'study' when not given. */
  readonly name?: string;
  /** 'minimize' when not given. */
  readonly direction?: Direction;
  /** TPE when not given. */
  readonly sampler?: Sampler;
  /** The median pruner when not given. */
  readonly pruner?: Pruner;
  /** Where the study is kept; when not given, in memory. */
  readonly storage?: Journal;
}

/** Throws StudyError when the journal is damaged, or its study of that name has another direction. */
export async function createStudy(options: StudyOptions = {}): Promise<Study> {
  const { name = 'study', direction = 'minimize', storage = new MemoryJournal() } = options;
  if (name === '') throw new ConfigError("a study's name must not be empty");
  const replay = await replayOf(storage);
  if (!replay.study(name)) {
    const directions = [direction === 'maximize' ? 2 : 1];
    const record = { op_code: JournalOperation.CreateStudy, worker_id: storage.workerId, study_name: name, directions };
    await storage.append([record]);
    replay.apply(await storage.read(replay.count));
  }
  const study = openReplayed(name, storage, replay, options);
  if (study.direction !== direction) {
    throw new StudyError(
      `study ${name} is there already, to ${study.direction}, found ${direction}; take its direction or another name`,
    );
  }
  return study;
}

/** Opens a study that is there. Throws StudyError, which names those that are, when it is not. */
export async function openStudy(
  name: string,
  storage: Journal,
  parts: Pick<StudyOptions, 'sampler' | 'pruner'> = {},
): Promise<Study> {
  return openReplayed(name, storage, await replayOf(storage), parts);
}

/** The studies of a journal: names, directions and trials. */
export async function listStudies(storage: Journal) {
  return (await replayOf(storage)).studies;
}

async function replayOf(storage: Journal): Promise<JournalReplay> {
  const replay = new JournalReplay();
  replay.apply(await storage.read(0));
  return replay;
}

function openReplayed(
  name: string,
  journal: Journal,
  replay: JournalReplay,
  { sampler = new TpeSampler(), pruner = new MedianPruner() }: Pick<StudyOptions, 'sampler' | 'pruner'>,
): Study {
  const stored = replay.study(name);
  if (stored) {
    onlyDirection(stored);
    return new Study(stored, { sampler, pruner, journal, replay });
  }
  const names = replay.studies.map((study) => study.name);
  throw new StudyError(
    `there is no study ${name} in the journal; it has ${names.length > 0 ? names.join(', ') : 'none'}`,
  );
}
