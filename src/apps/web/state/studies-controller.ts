// Follows the studies that the server shows, while their view is looked at.
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

  /** Asks again and again while it is shown. */
  setShown(isShown: boolean): void {
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
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
    try {
      const list = (await ask('list.json')) as StudyEntry[] | null;
      studies.value = list;
      if (list === null) return;
      if (!list[chosenStudy.value]?.isShown)
        chosenStudy.value = Math.max(
          0,
          list.findIndex(({ isShown }) => isShown),
        );
      const index = chosenStudy.value;
      if (list[index]?.isShown) {
        const page = (await ask(`${index}.json`)) as StudyPage;
        // Meanwhile another one may have been chosen.
        if (index === chosenStudy.value && page.version !== studyPage.value?.version) studyPage.value = page;
      }
      studyFailure.value = null;
    } catch (error) {
      // What was shown stays: it is the newest that is known.
      const message = error instanceof Error ? error.message : String(error);
      studyFailure.value = { code: 'STUDY', message };
    }
    if (this.#isShown) this.#timer = setTimeout(() => void this.#follow(), everyMs);
  }
}

/** Where the server has a chart; `version` makes the browser ask for the new one. */
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
