// Runs in the process of `moodlens live`: starts a process (source-process.ts) for a source and gives what it sends to the server. One
// that dies takes no other with it, and is started again.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtFile } from '../../../adapters/node/built-file.js';
import { handOverNotice } from '../../../adapters/node/fallback-notice.js';
import { ConfigError, DeviceError, MoodlensError } from '../../../core/errors.js';
import type { ServedStatus } from '../../../core/live/served-frame.js';
import type { LiveFeed, LiveFeedEvents } from '../../server/live-feed.js';
import type { SourceCommand, SourceMessage, SourceTask } from './source-process.js';

const entry = builtFile('./source-process.js', import.meta.url);

const restartMs = 2000;
/** Time that the process has to release its device and disconnect from a broker. */
const releaseMs = 3000;

export class SourceFeed implements LiveFeed {
  readonly #task: SourceTask;
  #child: ChildProcess;
  #events: LiveFeedEvents | undefined;
  #status: ServedStatus | undefined;
  #isWatched = false;
  #isClosing = false;
  #restart: NodeJS.Timeout | undefined;

  private constructor(task: SourceTask, child: ChildProcess) {
    this.#task = task;
    this.#child = child;
  }

  /** Starts the process. Throws for options that are not valid; a fault of the source becomes a status. */
  static async open(task: SourceTask): Promise<SourceFeed> {
    const child = start(task);
    const feed = new SourceFeed(task, child);
    await feed.#ready(child);
    feed.#follow(child);
    return feed;
  }

  get label(): string {
    return this.#task.label;
  }

  listen(events: LiveFeedEvents): void {
    this.#events = events;
    if (this.#status) events.status(this.#status);
  }

  setWatched(isWatched: boolean): void {
    this.#isWatched = isWatched;
    this.#send({ kind: 'watched', isWatched });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    this.#send({ kind: 'end' });
    const timer = setTimeout(() => child.kill('SIGKILL'), releaseMs);
    await gone;
    clearTimeout(timer);
  }

  #ready(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const heard = (message: SourceMessage): void => {
        if (message.kind === 'status') this.#setStatus(message.status);
        if (message.kind === 'failure') done(() => reject(errorOf(message)));
        if (message.kind === 'ready') done(resolve);
      };
      const died = (code: number | null): void =>
        done(() => reject(new DeviceError(`the process for ${this.label} ended with ${code}; start it again`)));
      const failed = (cause: Error): void =>
        done(() => reject(new DeviceError(`the process for ${this.label} cannot start: ${cause.message}`, { cause })));
      const done = (finish: () => void): void => {
        child.off('message', heard);
        child.off('exit', died);
        child.off('error', failed);
        finish();
      };
      child.on('message', heard);
      child.on('exit', died);
      child.on('error', failed);
    });
  }

  #follow(child: ChildProcess): void {
    let reason: string | undefined;
    child.on('message', (message: SourceMessage) => {
      if (message.kind === 'status') this.#setStatus(message.status);
      if (message.kind === 'failure') reason = message.message;
      if (message.kind === 'frame') this.#events?.frame(message.sequence, message.message);
    });
    child.on('exit', (code, signal) => {
      if (this.#isClosing) return;
      const why = reason ?? `the process for ${this.label} ended with ${code ?? signal}`;
      const text = `${why}; it is started again`;
      this.#setStatus({ state: 'lost', text });
      this.#restart = setTimeout(() => void this.#startAgain(), restartMs);
    });
    if (this.#isWatched) this.#send({ kind: 'watched', isWatched: true });
  }

  async #startAgain(): Promise<void> {
    const child = start(this.#task);
    this.#child = child;
    try {
      await this.#ready(child);
      this.#follow(child);
    } catch (error) {
      if (this.#isClosing) return;
      this.#setStatus({ state: 'lost', text: `${(error as Error).message}; trying again` });
      this.#restart = setTimeout(() => void this.#startAgain(), restartMs);
    }
  }

  #setStatus(status: ServedStatus): void {
    // The terminal shows only faults, and their end.
    const isNews = status.state === 'playing' ? this.#status?.state === 'lost' : status.state === 'lost';
    if (isNews) process.stderr.write(`${status.text}\n`);
    this.#status = status;
    this.#events?.status(status);
  }

  #send(message: SourceCommand): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}

function start(task: SourceTask): ChildProcess {
  const child = fork(fileURLToPath(entry), {
    env: handOverNotice(),
    // Frames as they are, not as JSON.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('error', () => undefined);
  child.send(task, () => undefined);
  return child;
}

function errorOf({ code, message }: { readonly code: string; readonly message: string }): Error {
  return code === 'CONFIG' ? new ConfigError(message) : new MoodlensError(code, message);
}
