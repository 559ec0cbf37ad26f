// A source that the moodlens server analyses: a WebSocket brings each picture with its result, and both are shown together.
import { DeviceError } from '../../../core/errors.js';
import { type ServedFrame, type ServedStatus, unpackServedFrame } from '../../../core/live/served-frame.js';
import type { LiveSource } from './live-source.js';

export interface ServedEvents {
  /** Right after the picture was drawn. */
  readonly frame: (frame: ServedFrame) => void;
  readonly status: (status: ServedStatus) => void;
}

const againMs = 2000;

/** The names of the server's sources, in their order; none when it has none. */
export async function listServedSources(): Promise<string[]> {
  const response = await fetch(new URL('./sources.json', document.baseURI), { credentials: 'same-origin' }).catch(
    () => undefined,
  );
  const names = response?.ok ? ((await response.json()) as unknown) : undefined;
  return Array.isArray(names) ? names.map(String) : [];
}

/** Source number `index` of the server, drawn on `canvas`. `attach` throws DeviceError when the server does not answer. */
export function openServedSource(
  index: number,
  label: string,
  canvas: HTMLCanvasElement,
  events: ServedEvents,
): LiveSource & { readonly served: number } {
  const stream = new ServedStream(index, canvas, events);
  return {
    kind: 'served',
    label,
    served: index,
    stream: null,
    isMirrored: false,
    credit: null,
    attach: () => stream.connect(),
    setPaused: (isPaused) => (isPaused ? stream.close() : void stream.connect().catch(() => {})),
    close: () => stream.close(),
  };
}

class ServedStream {
  readonly #index: number;
  readonly #canvas: HTMLCanvasElement;
  readonly #screen: ImageBitmapRenderingContext;
  readonly #events: ServedEvents;
  #socket: WebSocket | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(index: number, canvas: HTMLCanvasElement, events: ServedEvents) {
    this.#index = index;
    this.#canvas = canvas;
    this.#screen = canvas.getContext('bitmaprenderer')!;
    this.#events = events;
  }

  /** Resolves once the server has answered. */
  connect(): Promise<void> {
    this.close();
    const url = new URL(`./sources/${this.#index}`, document.baseURI);
    url.protocol = 'ws:';
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    // One after the other, so that decoding keeps the order of the frames.
    let last: Promise<void> = Promise.resolve();
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      last = last
        .then(() => (typeof data === 'string' ? this.#told(data) : this.#show(new Uint8Array(data), socket)))
        // A message that cannot be read ends the connection, which is then opened again.
        .catch(() => socket.close());
    };
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onclose = ({ wasClean }) => {
        if (this.#socket !== socket) return;
        const text = 'The moodlens server does not answer';
        reject(new DeviceError(`${text}; start it again and open the address that it prints.`));
        this.#events.status({
          state: 'lost',
          text: `${wasClean ? 'The moodlens server has ended' : text}. If you start it again, open the address that it prints`,
        });
        this.#again = setTimeout(() => void this.connect().catch(() => {}), againMs);
      };
    });
  }

  close(): void {
    clearTimeout(this.#again);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #told(text: string): void {
    this.#events.status(JSON.parse(text) as ServedStatus);
  }

  async #show(message: Uint8Array<ArrayBuffer>, socket: WebSocket): Promise<void> {
    const { header, jpeg } = unpackServedFrame(message);
    const bitmap = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
    if (this.#socket !== socket) {
      bitmap.close();
      return;
    }
    const { width, height } = bitmap;
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    this.#screen.transferFromImageBitmap(bitmap);
    this.#events.frame(header);
    socket.send(JSON.stringify({ ack: header.sequence }));
  }
}
