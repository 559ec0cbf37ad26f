// The studies of a journal for the page, while they run: read on request, and drawn again after changes.
import type { Journal } from '../../core/ports/journal.js';
import { JournalReplay, type StoredStudy } from '../../core/tuning/journal/journal-replay.js';
import {
  bestTrials,
  countsOf,
  shortNumber,
  shownValue,
  trialTable,
} from '../../pipeline/tune/report/describe-study.js';
import type { ShownStudy } from '../../pipeline/tune/report/study-charts.js';

export interface StudyEntry {
  readonly name: string;
  readonly trials: number;
  /** Whether it can be shown: only studies of one direction can. */
  readonly isShown: boolean;
}

/** One study; `version` changes with every change. */
export interface StudyPage {
  readonly name: string;
  readonly version: string;
  readonly direction: string;
  readonly counts: string;
  readonly best: {
    readonly trial: number;
    readonly value: string;
    readonly params: readonly [string, string][];
  } | null;
  readonly running: readonly { readonly trial: number; readonly step: number | null; readonly value: string | null }[];
  readonly groups: readonly { readonly title: string; readonly charts: readonly StudyChart[] }[];
  readonly table: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

export interface StudyChart {
  readonly file: string;
  readonly title: string;
  readonly caption: string;
}

interface Drawn {
  readonly page: StudyPage;
  /** SVG by file name. */
  readonly charts: ReadonlyMap<string, string>;
  readonly atMs: number;
}

/** Least time between two drawings of a study, which block the server for a moment. */
const drawEveryMs = 4000;
/** Least time between two readings of the journal. */
const readEveryMs = 1000;

export class StudyBoard {
  readonly #journal: Journal;
  readonly #clock: () => number;
  readonly #drawn = new Map<string, Drawn>();
  readonly #drawing = new Map<string, Promise<Drawn>>();
  #replay = new JournalReplay();
  #studies: readonly StoredStudy[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(journal: Journal, clock: () => number = () => performance.now()) {
    this.#journal = journal;
    this.#clock = clock;
  }

  /** Throws StudyError or StorageError when the journal is damaged or gone. */
  async list(): Promise<StudyEntry[]> {
    await this.#read();
    return this.#studies.map(({ name, directions, trials }) => ({
      ...{ name, trials: trials.length, isShown: directions.length === 1 },
    }));
  }

  /** The study at this index of the list; undefined when there is none or it cannot be shown. */
  async page(index: number): Promise<StudyPage | undefined> {
    return (await this.#draw(index))?.page;
  }

  /** A chart of the study in its last returned version. */
  async chart(index: number, file: string): Promise<string | undefined> {
    return (await this.#draw(index))?.charts.get(file);
  }

  async #read(): Promise<void> {
    if (this.#clock() - this.#readAtMs < readEveryMs) return;
    this.#reading ??= this.#journal
      .read(this.#replay.count)
      .then((entries) => {
        this.#replay.apply(entries);
        this.#studies = this.#replay.studies;
        this.#readAtMs = this.#clock();
      })
      .catch((error: unknown) => {
        // The journal may have been replaced: the next reading starts from its beginning.
        this.#replay = new JournalReplay();
        throw error;
      })
      .finally(() => {
        this.#reading = undefined;
      });
    await this.#reading;
  }

  async #draw(index: number): Promise<Drawn | undefined> {
    await this.#read();
    const stored = this.#studies[index];
    const [direction] = stored?.directions ?? [];
    if (!stored || !direction || stored.directions.length !== 1) return undefined;
    const study: ShownStudy = { name: stored.name, direction, trials: stored.trials };
    const last = this.#drawn.get(study.name);
    const version = versionOf(study);
    if (last && (last.page.version === version || this.#clock() - last.atMs < drawEveryMs)) return last;
    let drawing = this.#drawing.get(study.name);
    if (!drawing) {
      drawing = this.#drawNow(study, version).finally(() => this.#drawing.delete(study.name));
      this.#drawing.set(study.name, drawing);
    }
    return drawing;
  }

  async #drawNow(study: ShownStudy, version: string): Promise<Drawn> {
    // Loading ECharts takes a moment: only a request for a study waits for it.
    const [{ studyFigures }, { chartFile }] = await Promise.all([
      import('../../pipeline/tune/report/study-report.js'),
      import('../../pipeline/report/chart-file.js'),
    ]);
    const groups = studyFigures(study);
    const charts = new Map(
      groups.flatMap(({ figures }) => figures.map((figure) => [figure.file, chartFile(figure)] as const)),
    );
    const page: StudyPage = {
      ...{ name: study.name, version, direction: study.direction, counts: countsOf(study.trials) },
      ...{ best: bestOf(study), running: runningOf(study), table: trialTable(study) },
      groups: groups.map(({ title, figures }) => ({
        title,
        charts: figures.map(({ file, title: name, caption }) => ({ file, title: name, caption })),
      })),
    };
    const drawn = { page, charts, atMs: this.#clock() };
    this.#drawn.set(study.name, drawn);
    return drawn;
  }
}

function versionOf({ trials }: ShownStudy): string {
  const states = trials.map(({ state, intermediateValues }) => `${state[0]}${intermediateValues.size}`).join('');
  let hash = 0;
  for (let i = 0; i < states.length; i++) hash = (Math.imul(hash, 31) + states.charCodeAt(i)) | 0;
  return `${trials.length}-${(hash >>> 0).toString(36)}`;
}

function bestOf(study: ShownStudy): StudyPage['best'] {
  const [best] = bestTrials(study);
  if (!best) return null;
  const params = Object.entries(best.params).map(([name, value]) => [name, shownValue(value)] as [string, string]);
  return { trial: best.number, value: shortNumber(best.value!), params };
}

function runningOf({ trials }: ShownStudy): StudyPage['running'] {
  return trials
    .filter(({ state }) => state === 'running')
    .map(({ number, intermediateValues }) => {
      const last = [...intermediateValues].at(-1);
      return { trial: number, step: last?.[0] ?? null, value: last ? shortNumber(last[1]) : null };
    });
}
