// A live source that comes back: what ends, stalls or breaks is opened again, with growing pauses in between.
import type { Frame, FrameSource } from '../../../core/ports/frame-source.js';

/** What happened to a source, for the user to read. */
export interface SourceStatus {
  /** `lost`: it gave up and is opened again in `retryMs`; `restored`: frames come again. */
  readonly state: 'lost' | 'restored';
  /** A sentence with the source's name. */
  readonly text: string;
  /** Milliseconds until the next try; 0 when restored. */
  readonly retryMs: number;
}

export interface ReconnectPorts {
  readonly label: string;
  /** Opens the source again; frames of the same size as before. */
  readonly open: () => Promise<LiveSource>;
  readonly onStatus?: ((status: SourceStatus) => void) | undefined;
  /** First pause, milliseconds; it doubles up to 30 s and starts anew once frames came. Default 500. */
  readonly firstPauseMs?: number | undefined;
}

/** A source that counts the frames that a newer one replaced before they were read. */
export interface LiveSource extends FrameSource {
  readonly dropped: number;
}

const longestPauseMs = 30_000;

/** Wraps an opened source. Indices go on and times never run backwards over a gap, which keeps its length. */
export class ReconnectingSource implements LiveSource {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number | undefined;
  readonly #ports: ReconnectPorts;
  #current: LiveSource;
  #droppedBefore = 0;
  #isClosed = false;
  #cancelPause: () => void = () => undefined;

  constructor(first: LiveSource, ports: ReconnectPorts) {
    this.width = first.width;
    this.height = first.height;
    this.framesPerSecond = first.framesPerSecond;
    this.#current = first;
    this.#ports = ports;
  }

  get dropped(): number {
    return this.#droppedBefore + this.#current.dropped;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Frame> {
    let index = 0;
    let lastMs = 0;
    let offsetMs = 0;
    let startedMs: number | undefined;
    let pauseMs = this.#ports.firstPauseMs ?? 500;
    try {
      while (!this.#isClosed) {
        let isFirst = true;
        let reason = 'it ended';
        try {
          for await (const frame of this.#current) {
            startedMs ??= performance.now();
            if (isFirst && index > 0) {
              offsetMs = Math.max(lastMs + 1, performance.now() - startedMs) - frame.timeMs;
              this.#tell('restored', `${this.#ports.label} gives frames again`, 0);
            }
            if (isFirst) pauseMs = this.#ports.firstPauseMs ?? 500;
            isFirst = false;
            lastMs = Math.round((frame.timeMs + offsetMs) * 1000) / 1000;
            yield { ...frame, index: index++, timeMs: lastMs };
          }
        } catch (error) {
          reason = (error as Error).message;
        }
        pauseMs = await this.#reopen(reason, pauseMs);
      }
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelPause();
    await this.#current.close();
  }

  /** Tries until it is open or closed; returns the next pause. */
  async #reopen(firstReason: string, firstPauseMs: number): Promise<number> {
    let reason = firstReason;
    let pauseMs = firstPauseMs;
    while (!this.#isClosed) {
      const { label } = this.#ports;
      this.#tell('lost', `${label} is lost (${reason}); trying again in ${(pauseMs / 1000).toFixed(1)} s`, pauseMs);
      // Whoever was told may have closed it.
      if (this.#isClosed) break;
      await this.#pause(pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      if (this.#isClosed) break;
      try {
        const next = await this.#ports.open();
        this.#droppedBefore += this.#current.dropped;
        this.#current = next;
        if (this.#isClosed) await next.close();
        break;
      } catch (error) {
        reason = (error as Error).message;
      }
    }
    return pauseMs;
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#cancelPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #tell(state: SourceStatus['state'], text: string, retryMs: number): void {
    this.#ports.onStatus?.({ state, text, retryMs });
  }
}
