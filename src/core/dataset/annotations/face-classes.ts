// Which classes of a set of annotated pictures are faces.
import { DatasetError } from '../../errors.js';
import type { AnnotatedPicture } from './annotated-picture.js';

export interface FaceClasses {
  /** Whether a box is a face's. */
  readonly has: (className: string | null) => boolean;
  /** Classes that are none, with their boxes: "car (3 boxes)". */
  readonly others: readonly string[];
}

/**
 * Those that are `wanted`, by name or number; else the only class, or the one named "face". `names`: names of the classes that are
 * numbers. Throws DatasetError that names the classes of the set when a wanted one is not there, or there are several and none is named "face".
 */
export function chooseFaceClasses(
  pictures: readonly Pick<AnnotatedPicture, 'objects'>[],
  names: ReadonlyMap<string, string>,
  wanted: readonly string[] | undefined,
): FaceClasses {
  const counts = new Map<string, number>();
  for (const { objects } of pictures) {
    for (const { className } of objects) {
      if (className !== null) counts.set(className, (counts.get(className) ?? 0) + 1);
    }
  }
  const describe = (key: string): string => {
    const name = names.get(key);
    const count = counts.get(key)!;
    return `${key}${name === undefined ? '' : ` ${name}`} (${count} ${count === 1 ? 'box' : 'boxes'})`;
  };
  const found = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
  const classes =
    found.slice(0, 20).map(describe).join(', ') + (found.length > 20 ? ` and ${found.length - 20} more` : '');
  const isNamed = (key: string, name: string): boolean => key === name || names.get(key) === name;
  const missing = wanted?.find((name) => found.length > 0 && !found.some((key) => isNamed(key, name)));
  if (missing !== undefined) {
    throw new DatasetError(
      `the set must have boxes of the class '${missing}' and has ${classes}; name one of these with --class`,
    );
  }
  const faces = found.filter((key) => {
    if (wanted !== undefined) return wanted.some((name) => isNamed(key, name));
    return found.length === 1 || (names.get(key) ?? key).toLowerCase() === 'face';
  });
  if (faces.length === 0 && found.length > 1) {
    throw new DatasetError(
      `a set must have one class, or one named 'face', and this one has ${found.length}: ${classes}; name those that are faces with --class`,
    );
  }
  return {
    has: (className) => className === null || faces.includes(className),
    others: found.filter((key) => !faces.includes(key)).map(describe),
  };
}
