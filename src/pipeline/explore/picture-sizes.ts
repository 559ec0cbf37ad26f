// The sizes and formats of the pictures in a folder.
import type { OriginalPicture } from '../data/import-folder.js';

/** Pictures of the same size, format and colour. */
export interface PictureKind {
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  readonly format: string;
  readonly isGrey: boolean;
  readonly count: number;
  /** Pictures by split. */
  readonly splits: Readonly<Record<string, number>>;
}

/** The kinds of pictures, the most frequent first; on a tie, the smaller. */
export function pictureKinds(pictures: Iterable<OriginalPicture>): PictureKind[] {
  const kinds = new Map<string, { first: OriginalPicture; splits: Map<string, number> }>();
  for (const picture of pictures) {
    const { width, height, format, isGrey, split } = picture;
    const key = `${width} ${height} ${format} ${isGrey}`;
    const kind = kinds.get(key) ?? { first: picture, splits: new Map() };
    kind.splits.set(split, (kind.splits.get(split) ?? 0) + 1);
    kinds.set(key, kind);
  }
  return [...kinds.values()]
    .map(({ first: { width, height, format, isGrey }, splits }) => ({
      width,
      height,
      format,
      isGrey,
      count: [...splits.values()].reduce((sum, count) => sum + count, 0),
      splits: Object.fromEntries(splits),
    }))
    .sort((a, b) => b.count - a.count || a.width * a.height - b.width * b.height);
}
