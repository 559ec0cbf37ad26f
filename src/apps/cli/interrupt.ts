// Ctrl-C (and SIGTERM): the first ends the work in good order, the second at once.
/** npx passes on a Ctrl-C that the terminal has sent us too: what comes this soon after the first is not a second one. */
const sameKeyMs = 500;

/** Listens from its creation until `stopListening`. */
export class Interrupt {
  wasAsked = false;
  onAsk: () => void = () => undefined;
  #askedMs = 0;
  readonly #listener = () => {
    if (this.wasAsked && performance.now() - this.#askedMs > sameKeyMs) this.#endAtOnce();
    if (this.wasAsked) return;
    this.wasAsked = true;
    this.#askedMs = performance.now();
    this.onAsk();
  };

  constructor() {
    process.on('SIGINT', this.#listener);
    process.on('SIGTERM', this.#listener);
  }

  /** By the signal itself: `process.exit` ends threads in the middle of native code, which then aborts the process. */
  #endAtOnce(): void {
    this.stopListening();
    process.kill(process.pid, 'SIGINT');
  }

  stopListening(): void {
    process.off('SIGINT', this.#listener);
    process.off('SIGTERM', this.#listener);
  }
}
