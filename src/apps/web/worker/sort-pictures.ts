// Each dropped picture's class from its folders: the nearest folder above it that is named after a class.
import { findLabel } from '../../../core/dataset/label-names.js';

/** A folder that is named after no class, and how many pictures lie in it. */
export interface UnknownFolder {
  readonly folder: string;
  readonly pictures: number;
}

/**
 * The class of each path, null where no folder above names one; and the folders of those. Pictures that lie in no folder at
 * all are unlabelled; no folder's name is wrong then.
 */
export function sortPictures(
  paths: readonly string[],
  labels: readonly string[],
): { readonly truth: (number | null)[]; readonly unknownFolders: UnknownFolder[] } {
  const unknown = new Map<string, number>();
  const truth = paths.map((path) => {
    const folders = path.split('/').slice(0, -1);
    const label = folders
      .map((folder) => findLabel(labels, folder))
      .filter((found) => found >= 0)
      .at(-1);
    if (label === undefined && folders.length > 0) {
      const folder = folders.join('/');
      unknown.set(folder, (unknown.get(folder) ?? 0) + 1);
    }
    return label ?? null;
  });
  return { truth, unknownFolders: [...unknown].map(([folder, pictures]) => ({ folder, pictures })) };
}
