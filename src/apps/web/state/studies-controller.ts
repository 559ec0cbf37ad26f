// Follows the server's studies while their view is shown.
import { signal } from '@preact/signals';
import type { Failure } from '../worker/failure.js';

/** As the server lists and describes them. */
export interface StudyEntry {
  readonly name: string;
  readonly trials: number;
  readonly isShown: boolean;
}

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
  readonly groups: readonly {
    readonly title: string;
    readonly charts: readonly { readonly file: string; readonly title: string; readonly caption: string }[];
  }[];
  readonly table: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** Null: the server was started without a journal. Undefined: it was not asked yet. */
export const studies = signal<readonly StudyEntry[] | null | undefined>(undefined);
export const chosenStudy = signal(0);
export const studyPage = signal<StudyPage | null>(null);
export const studyFailure = signal<Failure | null>(null);

const everyMs = 2000;

export class StudiesController {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isShown = false;
  /** Number of the newest round; an older one that is still running ends. */
  #round = 0;

  /** Polls the server while the view is shown. */
  setShown(isShown: boolean): void {
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    this.#round++;
    clearTimeout(this.#timer);
    if (isShown) void this.#follow();
  }

  choose(index: number): void {
    chosenStudy.value = index;
    studyPage.value = null;
    clearTimeout(this.#timer);
    void this.#follow();
  }

  async #follow(): Promise<void> {
    const round = ++this.#round;
    const isOver = (): boolean => round !== this.#round;
    try {
      const list = (await ask('list.json')) as StudyEntry[] | null;
      if (isOver()) return;
      studies.value = list;
      if (list === null) return;
      if (!list[chosenStudy.value]?.isShown) {
        chosenStudy.value = Math.max(
          0,
          list.findIndex(({ isShown }) => isShown),
        );
      }
      const index = chosenStudy.value;
      const page = list[index]?.isShown ? ((await ask(`${index}.json`)) as StudyPage) : null;
      if (isOver()) return;
      if (page?.version !== studyPage.value?.version || page?.name !== studyPage.value?.name) studyPage.value = page;
      studyFailure.value = null;
    } catch (error) {
      if (isOver()) return;
      // The studies shown stay: nothing newer is known.
      studyFailure.value = { code: 'STUDY', message: error instanceof Error ? error.message : String(error) };
    }
    this.#timer = setTimeout(() => void this.#follow(), everyMs);
  }
}

/** Address of a chart; `version` makes the browser fetch a new one. */
export function chartAddress(index: number, file: string, version: string): string {
  return new URL(`./studies/${index}/${encodeURIComponent(file)}.svg?v=${version}`, document.baseURI).href;
}

async function ask(name: string): Promise<unknown> {
  const response = await fetch(new URL(`./studies/${name}`, document.baseURI), { credentials: 'same-origin' }).catch(
    (cause: unknown) => {
      throw new Error('The moodlens server does not answer; start it again and open the address that it prints.', {
        cause,
      });
    },
  );
  const answer = (await response.json().catch(() => null)) as { message?: string } | null;
  if (!response.ok) throw new Error(answer?.message ?? 'The server cannot show the studies.');
  return answer;
}
