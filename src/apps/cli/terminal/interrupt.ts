// Ctrl-C and SIGTERM: the first ends the work in good order, the second at once.

/** npx passes on a Ctrl-C that the terminal sends to this process too: a signal so soon after the first is the same one. */
const sameKeyMs = 500;
/** When the end takes longer, the user is shown what is waited for. */
const patienceMs = 700;

/**
 * Listens from its creation until `stopListening`. Until `onAsk` is set there is nothing to bring in order: the first Ctrl-C ends the
 * process then. When the end takes longer than a moment, a line on stderr names `waitsFor`.
 */
export class Interrupt {
  wasAsked = false;
  readonly #waitsFor: string | undefined;
  #onAsk: (() => void) | undefined;
  #askedMs = 0;
  #notice: NodeJS.Timeout | undefined;
  readonly #listener = () => {
    if (this.wasAsked && performance.now() - this.#askedMs > sameKeyMs) this.#endAtOnce();
    if (this.wasAsked) return;
    this.wasAsked = true;
    this.#askedMs = performance.now();
    if (this.#onAsk === undefined) {
      // The listeners of `exit` end the programs that were started and remove unfinished files.
      process.emit('exit', 0);
      this.#endAtOnce();
      return;
    }
    if (this.#waitsFor !== undefined) {
      const notice = `\nstopping, as soon as ${this.#waitsFor}; press Ctrl-C again to stop at once\n`;
      this.#notice = setTimeout(() => process.stderr.write(notice), patienceMs);
    }
    this.#onAsk();
  };

  /** `waitsFor` completes "stopping, as soon as ..."; leave it out where `onAsk` prints a line itself. */
  constructor(waitsFor?: string) {
    this.#waitsFor = waitsFor;
    process.on('SIGINT', this.#listener);
    process.on('SIGTERM', this.#listener);
  }

  /** Called at the first Ctrl-C. */
  set onAsk(onAsk: () => void) {
    this.#onAsk = onAsk;
  }

  /** By the signal itself: `process.exit` ends threads in the middle of native code, which then aborts the process. */
  #endAtOnce(): void {
    this.stopListening();
    process.kill(process.pid, 'SIGINT');
  }

  stopListening(): void {
    clearTimeout(this.#notice);
    process.off('SIGINT', this.#listener);
    process.off('SIGTERM', this.#listener);
  }
}
