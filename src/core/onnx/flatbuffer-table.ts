// Reads tables of a FlatBuffer with every offset checked; the `flatbuffers` library does not validate its input.
import { ByteBuffer } from 'flatbuffers';
import { ModelFormatError } from '../errors.js';

/** A table of a FlatBuffer. `slot` is the field's number in the schema, counted from 0. Throws ModelFormatError on any offset outside the bytes. */
export class FlatbufferTable {
  readonly #buffer: ByteBuffer;
  readonly #position: number;
  readonly #vtable: number;
  readonly #vtableSize: number;

  private constructor(buffer: ByteBuffer, position: number) {
    this.#buffer = buffer;
    this.#position = requireInside(buffer, position, 4);
    this.#vtable = requireInside(buffer, position - buffer.readInt32(position), 4);
    this.#vtableSize = buffer.readUint16(this.#vtable);
    requireInside(buffer, this.#vtable, this.#vtableSize);
  }

  /** The root table. `identifier` is the four letters that the schema puts at byte 4. */
  static root(bytes: Uint8Array, identifier: string): FlatbufferTable {
    const buffer = new ByteBuffer(bytes);
    requireInside(buffer, 0, 8);
    const found = String.fromCharCode(...bytes.subarray(4, 8));
    if (found !== identifier) throw damaged(`bytes 4 to 7 must be "${identifier}", found ${JSON.stringify(found)}`);
    return new FlatbufferTable(buffer, buffer.readUint32(0));
  }

  int8(slot: number, fallback: number): number {
    const at = this.#field(slot, 1);
    return at === 0 ? fallback : this.#buffer.readInt8(at);
  }

  int32(slot: number, fallback: number): number {
    const at = this.#field(slot, 4);
    return at === 0 ? fallback : this.#buffer.readInt32(at);
  }

  uint32(slot: number, fallback: number): number {
    const at = this.#field(slot, 4);
    return at === 0 ? fallback : this.#buffer.readUint32(at);
  }

  boolean(slot: number): boolean {
    return this.int8(slot, 0) !== 0;
  }

  table(slot: number): FlatbufferTable | undefined {
    const at = this.#field(slot, 4);
    return at === 0 ? undefined : new FlatbufferTable(this.#buffer, at + this.#buffer.readUint32(at));
  }

  /** A vector of tables; empty when the field is absent. */
  tables(slot: number): FlatbufferTable[] {
    const { start, length } = this.#vector(slot, 4);
    return Array.from({ length }, (_, i) => {
      const at = start + 4 * i;
      return new FlatbufferTable(this.#buffer, at + this.#buffer.readUint32(at));
    });
  }

  int32s(slot: number): number[] {
    const { start, length } = this.#vector(slot, 4);
    return Array.from({ length }, (_, i) => this.#buffer.readInt32(start + 4 * i));
  }

  /** A view of a byte vector, undefined when the field is absent. */
  bytes(slot: number): Uint8Array | undefined {
    if (this.#field(slot, 4) === 0) return undefined;
    const { start, length } = this.#vector(slot, 1);
    return this.#buffer.bytes().subarray(start, start + length);
  }

  /** A string's ASCII part; empty when the field is absent. */
  ascii(slot: number): string {
    const { start, length } = this.#vector(slot, 1);
    let text = '';
    for (let i = 0; i < Math.min(length, 256); i++) text += String.fromCharCode(this.#buffer.readUint8(start + i));
    return text.replace(/[^\x20-\x7e]/g, '');
  }

  /** The offset of the field's value, or 0 when the table lacks it. */
  #field(slot: number, size: number): number {
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.#vtableSize) return 0;
    const offset = this.#buffer.readUint16(this.#vtable + entry);
    return offset === 0 ? 0 : requireInside(this.#buffer, this.#position + offset, size);
  }

  #vector(slot: number, elementSize: number): { start: number; length: number } {
    const at = this.#field(slot, 4);
    if (at === 0) return { start: 0, length: 0 };
    const vector = requireInside(this.#buffer, at + this.#buffer.readUint32(at), 4);
    const length = this.#buffer.readUint32(vector);
    requireInside(this.#buffer, vector + 4, length * elementSize);
    return { start: vector + 4, length };
  }
}

function requireInside(buffer: ByteBuffer, position: number, size: number): number {
  if (position >= 0 && position + size <= buffer.capacity()) return position;
  throw damaged(`an offset points to byte ${position} of ${buffer.capacity()}`);
}

function damaged(detail: string): ModelFormatError {
  return new ModelFormatError(`this is not a .tflite model, or it is damaged (${detail}); download it again`);
}
