// Arrays that all threads of the process see, so that no thread needs a copy of a dataset.

/** The same values in memory that threads share; an array that is there already is returned as it is. */
export function toShared<T extends Uint8Array | Int32Array | Float32Array>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const Kind = array.constructor as new (buffer: SharedArrayBuffer, offset: number, length: number) => T;
  const shared = new Kind(new SharedArrayBuffer(array.byteLength), 0, array.length);
  shared.set(array);
  return shared;
}
