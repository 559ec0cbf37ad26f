// The places of a detector's levels, where it searches for faces. Each place is a cell of the picture and says whether a face is
// centred near it, how its box lies around it and where its key points are, all in units of the cell's side ("strides").

/** Pixels between two places of a level, finest level first. */
export const strides = [8, 16, 32] as const;

/** As for a loss, a box is at most so many strides wide and high: e^6. */
export const largestLogSize = 6;

/** Left eye, right eye, nose and middle of the mouth; left and right as seen in the picture. */
export const pointNames = ['left eye', 'right eye', 'nose', 'mouth'] as const;

/** What a network says of each place: the logit of its score, centre x and y, logarithm of width and height, then x and y of each point. */
export const outputChannels = { score: 0, centre: 1, size: 3, points: 5, count: 5 + 2 * pointNames.length } as const;

/** What training tells of each place: its score (1 for a face) and weight; edges and weight of the box; points and weight. */
export const targetChannels = {
  score: 0,
  scoreWeight: 1,
  edges: 2,
  boxWeight: 6,
  points: 7,
  pointsWeight: 7 + 2 * pointNames.length,
  count: 8 + 2 * pointNames.length,
} as const;

/** One level of a picture's places. */
export interface PlaceLevel {
  /** Pixels. */
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
  /** The number of its first place; places go row by row. */
  readonly first: number;
}

/** The levels of a picture whose sides the largest stride divides. */
export function placeLevels(width: number, height: number): readonly PlaceLevel[] {
  let first = 0;
  return strides.map((stride) => {
    const level = { stride, columns: Math.floor(width / stride), rows: Math.floor(height / stride), first };
    first += level.columns * level.rows;
    return level;
  });
}

/** How many places a picture has. */
export function countPlaces(width: number, height: number): number {
  return placeLevels(width, height).reduce((sum, { columns, rows }) => sum + columns * rows, 0);
}

/** x and y of left eye, right eye, nose and middle of the mouth, pixels; left and right as seen. */
export type FacePoints = readonly number[];
