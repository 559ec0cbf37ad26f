// The pages that show one source. Each gets a new frame after it has acknowledged earlier ones; until then only the newest frame
// waits, so that a slow page shows fewer frames, not old ones, and a stopped page costs nothing.

import { WebSocket } from 'ws';
import { z } from 'zod';
import type { ServedStatus } from '../../core/live/served-frame.js';
import type { LiveFeed } from './live-feed.js';

/** Most frames sent and not yet acknowledged: one that is shown, one in transit. */
const framesOnTheWay = 2;
/** Time between two pings; a page that has not answered the last one is disconnected. */
const pingEveryMs = 15_000;
const mostViewers = 32;
/** RFC 6455, 7.4.1. */
const closeCodes = { goingAway: 1001, badMessage: 1008 } as const;

const answerSchema = z.strictObject({ ack: z.int().nonnegative() });

interface ReadyFrame {
  readonly sequence: number;
  readonly message: Uint8Array;
}

export class Viewers {
  readonly #feed: LiveFeed;
  readonly #open = new Set<Viewer>();
  readonly #heartbeat: NodeJS.Timeout;
  #status: ServedStatus;

  constructor(feed: LiveFeed) {
    this.#feed = feed;
    this.#status = { state: 'opening', text: `Opening ${feed.label}` };
    feed.listen({
      frame: (sequence, message) => {
        for (const viewer of this.#open) viewer.offer({ sequence, message });
      },
      status: (status) => {
        this.#status = status;
        for (const viewer of this.#open) viewer.tell(status);
      },
    });
    this.#heartbeat = setInterval(() => {
      for (const viewer of this.#open) viewer.ping();
    }, pingEveryMs);
    this.#heartbeat.unref();
  }

  get label(): string {
    return this.#feed.label;
  }

  get isFull(): boolean {
    return this.#open.size >= mostViewers;
  }

  /** Shows the source on that socket until it closes. */
  add(socket: WebSocket): void {
    const viewer = new Viewer(socket);
    this.#open.add(viewer);
    socket.once('close', () => {
      this.#open.delete(viewer);
      if (this.#open.size === 0) this.#feed.setWatched(false);
    });
    viewer.tell(this.#status);
    if (this.#open.size === 1) this.#feed.setWatched(true);
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    for (const viewer of this.#open) viewer.leave();
    await this.#feed.close();
  }
}

class Viewer {
  readonly #socket: WebSocket;
  /** Sequence numbers of the frames sent and not acknowledged, oldest first. */
  #onTheWay: number[] = [];
  #waiting: ReadyFrame | undefined;
  #isAlive = true;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    // Whatever goes wrong (a message that is too long, a connection that breaks) ends with 'close'.
    socket.on('error', () => undefined);
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    socket.on('message', (data, isBinary) => this.#answered(isBinary ? '' : String(data)));
  }

  tell(status: ServedStatus): void {
    // An older frame would arrive after the message that the source has ended.
    if (status.state !== 'playing') this.#waiting = undefined;
    this.#socket.send(JSON.stringify(status));
  }

  offer(frame: ReadyFrame): void {
    if (this.#onTheWay.length >= framesOnTheWay) this.#waiting = frame;
    else this.#send(frame);
  }

  ping(): void {
    if (!this.#isAlive) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#socket.ping();
  }

  leave(): void {
    this.#socket.close(closeCodes.goingAway, 'the server ends');
    // Not every page answers.
    setTimeout(() => this.#socket.terminate(), 500).unref();
  }

  #send({ sequence, message }: ReadyFrame): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#onTheWay.push(sequence);
    this.#socket.send(message, { binary: true });
  }

  /** An acknowledgement covers all frames up to that one. */
  #answered(text: string): void {
    const ack = readAnswer(text);
    if (ack === undefined) {
      this.#socket.close(closeCodes.badMessage, 'answers look like {"ack":1}');
      return;
    }
    this.#onTheWay.splice(0, this.#onTheWay.indexOf(ack) + 1);
    const frame = this.#waiting;
    if (!frame || this.#onTheWay.length >= framesOnTheWay) return;
    this.#waiting = undefined;
    this.#send(frame);
  }
}

function readAnswer(text: string): number | undefined {
  try {
    return answerSchema.parse(JSON.parse(text)).ack;
  } catch {
    return undefined;
  }
}
