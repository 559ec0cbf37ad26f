// Named files of one folder (Node) or one storage bucket (browser). Names are relative; '..' and absolute names throw.
// Writing throws StorageError when the place is full or does not allow it; what was there before then stays.

export interface BlobStore {
  /** Undefined when there is no such blob. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Atomic: readers see the old content or the whole new one, also after a crash. */
  write(name: string, content: Uint8Array | string): Promise<void>;
  /** Adds to the end, creating the blob when missing. */
  append(name: string, content: Uint8Array | string): Promise<void>;
  list(prefix?: string): Promise<string[]>;
  remove(name: string): Promise<void>;
}
