// The files of a drop or of a file dialog, folders walked.
import type { PictureFile } from '../worker/model-protocol.js';

/** The files of a drop with their paths. Call it in the event itself: the browser forgets the drop afterwards. */
export async function readDrop(transfer: DataTransfer): Promise<PictureFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const loose = [...transfer.files];
  if (entries.length === 0) return loose.map((file) => ({ path: file.name, file }));
  return (await Promise.all(entries.map(walk))).flat();
}

/** The files that a file dialog gave, with their paths below the folder chosen. */
export function readFileList(list: FileList | null): PictureFile[] {
  return [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function walk(entry: FileSystemEntry): Promise<PictureFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ''), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const next = (): Promise<FileSystemEntry[]> => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
  const files: PictureFile[] = [];
  // A reader gives a hundred entries at a time.
  for (let some = await next(); some.length > 0; some = await next()) {
    files.push(...(await Promise.all(some.map(walk))).flat());
  }
  return files;
}
