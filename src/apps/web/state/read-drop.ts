// The files of a drop or of a file dialog, folders walked, sorted by what they are for.
import type { PictureFile } from '../worker/model-protocol.js';

export interface SortedFiles {
  readonly models: readonly PictureFile[];
  readonly evaluations: readonly PictureFile[];
  readonly cards: readonly PictureFile[];
  readonly pictures: readonly PictureFile[];
  /** Of no kind that is used here. */
  readonly others: readonly PictureFile[];
}

const pictureName = /\.(jpe?g|png|webp|gif|avif|bmp|pgm|ppm)$/i;

/** The files of a drop with their paths. Call it in the event itself: the browser forgets the drop afterwards. */
export async function readDrop(transfer: DataTransfer): Promise<PictureFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const loose = [...transfer.files];
  if (entries.length === 0) return loose.map((file) => ({ path: file.name, file }));
  const files: PictureFile[] = [];
  for (const entry of entries) await walk(entry, files);
  return files;
}

/** The files that a file dialog gave, with their paths below the folder chosen. */
export function readFileList(list: FileList | null): PictureFile[] {
  return [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Hidden files, which systems leave in folders, are passed over. */
export function sortFiles(files: readonly PictureFile[]): SortedFiles {
  const seen = files.filter(
    ({ path }) => !path.split('/').some((part) => part.startsWith('.') || part === 'Thumbs.db'),
  );
  const named = (pattern: RegExp): PictureFile[] => seen.filter(({ path }) => pattern.test(path));
  return {
    models: named(/\.onnx$/i),
    evaluations: named(/\.json$/i),
    cards: named(/\.md$/i),
    pictures: named(pictureName),
    others: seen.filter(({ path }) => !/\.(onnx|json|md)$/i.test(path) && !pictureName.test(path)),
  };
}

async function walk(entry: FileSystemEntry, into: PictureFile[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    into.push({
      path,
      file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const next = (): Promise<FileSystemEntry[]> => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  // A reader gives a hundred entries at a time.
  for (let some = await next(); some.length > 0; some = await next()) for (const one of some) await walk(one, into);
}
