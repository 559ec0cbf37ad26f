// A BlobStore in the browser's IndexedDB: it stays in this browser profile, on this machine, for this origin.
import { DeviceError, MoodlensError, StorageError } from '../../core/errors.js';
import type { BlobStore } from '../../core/ports/blob-store.js';

const table = 'blobs';

/** Opens (or makes) the storage of that name. Throws DeviceError where the browser keeps none, as in some private windows. */
export async function openBrowserStore(name: string): Promise<BlobStore> {
  const database = await openDatabase(name);
  const run = <T>(mode: IDBTransactionMode, work: (blobs: IDBObjectStore) => IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(table, mode);
      const request = work(transaction.objectStore(table));
      // Resolving on `complete` rather than on the request's success: only then is the write durable.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(storageError(transaction.error));
    });
  return {
    async read(blob) {
      const content: unknown = await run('readonly', (blobs) => blobs.get(checkName(blob)));
      return content instanceof Uint8Array ? content : undefined;
    },
    async write(blob, content) {
      await run('readwrite', (blobs) => blobs.put(toBytes(content), checkName(blob)));
    },
    async append(blob, content) {
      const added = toBytes(content);
      checkName(blob);
      await new Promise<void>((resolve, reject) => {
        // Read and write in one transaction, so that two writers lose nothing.
        const transaction = database.transaction(table, 'readwrite');
        const blobs = transaction.objectStore(table);
        const old = blobs.get(blob);
        old.onsuccess = () => {
          const before: Uint8Array = old.result instanceof Uint8Array ? old.result : new Uint8Array();
          const joined = new Uint8Array(before.length + added.length);
          joined.set(before);
          joined.set(added, before.length);
          blobs.put(joined, blob);
        };
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(storageError(transaction.error));
      });
    },
    async list(prefix = '') {
      const keys = await run('readonly', (blobs) => blobs.getAllKeys());
      return keys.map(String).filter((key) => key.startsWith(prefix));
    },
    async remove(blob) {
      await run('readwrite', (blobs) => blobs.delete(checkName(blob)));
    },
  };
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(storageError(cause));
    try {
      const request = indexedDB.open(name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(table);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => fail(request.error);
    } catch (cause) {
      fail(cause);
    }
  });
}

function storageError(cause: unknown): MoodlensError {
  if (cause instanceof MoodlensError) return cause;
  if (cause instanceof DOMException && cause.name === 'QuotaExceededError') {
    return new StorageError(
      "This browser's storage must have room, but it is full; delete people or other sites' data.",
      { cause },
    );
  }
  return new DeviceError(
    'This browser must let the page keep data, but its storage did not open; leave private browsing or allow storage for this page.',
    { cause },
  );
}

function checkName(name: string): string {
  if (name === '' || name.startsWith('/') || name.split('/').includes('..')) {
    throw new RangeError(`A blob's name must be relative and without "..", but got "${name}".`);
  }
  return name;
}

function toBytes(content: Uint8Array | string): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
}
