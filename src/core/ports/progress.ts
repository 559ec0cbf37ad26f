// How long work tells what it is doing; a place draws a bar, a line or nothing.

export interface Progress {
  /**
   * `done` of `total` units; `detail` is short text such as "812 images/s". `secondsLeft` for work that knows it better
   * than its rate tells, because its units do not all take the same time.
   */
  update(done: number, total: number, detail?: string, estimate?: { readonly secondsLeft: number }): void;
  /** A line worth keeping (a warning, an epoch's figures). */
  note(text: string): void;
  finish(): void;
}

/** Says nothing. */
export const silentProgress: Progress = { update() {}, note() {}, finish() {} };
