// One message of the local server: the result of a frame and the frame itself as JPEG, so that the page shows both together.
import { decodeUtf8, encodeUtf8 } from '../bytes/utf8.js';
import { MediaError } from '../errors.js';
import type { FrameResult } from './frame-result.js';

/** The header: the result of a frame that the server analysed. Boxes are in pixels of `width` x `height`. */
export interface ServedFrame {
  /** Increases with every frame; the viewer acknowledges it. */
  readonly sequence: number;
  readonly width: number;
  readonly height: number;
  /** Milliseconds since the epoch at which the frame came from its source. */
  readonly capturedAt: number;
  readonly result: FrameResult;
}

/** The state of a source that the server analyses. */
export interface ServedStatus {
  /** `lost` and `ended` sources are opened again. */
  readonly state: 'opening' | 'playing' | 'lost' | 'ended';
  /** A sentence with the source's name, for the user. */
  readonly text: string;
}

/** Bytes of the header's length at the beginning. */
const lengthBytes = 4;
const longestHeader = 1 << 20;

/** `[length of the header, 32 bits, little endian][header: JSON in UTF-8][JPEG]`. */
export function packServedFrame(header: ServedFrame, jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  const json = encodeUtf8(JSON.stringify(header));
  const message = new Uint8Array(lengthBytes + json.length + jpeg.length);
  new DataView(message.buffer).setUint32(0, json.length, true);
  message.set(json, lengthBytes);
  message.set(jpeg, lengthBytes + json.length);
  return message;
}

/** The parts of a message; `jpeg` shares its memory. Throws MediaError for anything else. */
export function unpackServedFrame(message: Uint8Array<ArrayBuffer>): {
  readonly header: ServedFrame;
  readonly jpeg: Uint8Array<ArrayBuffer>;
} {
  const length =
    message.length < lengthBytes
      ? undefined
      : new DataView(message.buffer, message.byteOffset, message.length).getUint32(0, true);
  if (length === undefined || length > longestHeader || lengthBytes + length > message.length) {
    throw new MediaError(`a frame of the server must begin with its header's length, found ${message.length} bytes`);
  }
  const json = message.subarray(lengthBytes, lengthBytes + length);
  return { header: parseHeader(json), jpeg: message.subarray(lengthBytes + length) };
}

function parseHeader(json: Uint8Array): ServedFrame {
  let value: Partial<ServedFrame> | null;
  try {
    value = JSON.parse(decodeUtf8(json)) as Partial<ServedFrame> | null;
  } catch (cause) {
    throw new MediaError("a frame's header must be JSON and is not; reload the page", { cause });
  }
  const numbers = [value?.sequence, value?.width, value?.height, value?.capturedAt];
  if (!numbers.every(Number.isFinite) || !Array.isArray(value?.result?.faces)) {
    throw new MediaError("a frame's header must hold sequence, width, height, capturedAt and result; reload the page");
  }
  return value as ServedFrame;
}
