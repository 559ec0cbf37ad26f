// Tracks faces from frame to frame by their places: predicted boxes against detected boxes, by the best global assignment.
import { ConfigError } from '../errors.js';
import type { Box } from '../image/picture.js';
import { assign } from './assignment.js';

export interface TrackerOptions {
  /** Frames in a row that a track survives without a detection. Default 10. */
  readonly patience?: number;
  /** Largest distance of a face from its predicted place, in face sizes. Default 0.8; it grows while a face is missed. */
  readonly maxJump?: number;
}

/** A picture's size in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What `Tracker.match` proposes; nothing has changed until it is given to `commit`. */
export interface TrackerPlan {
  /** The track of each box, in the order of the boxes; null for one that fits no track and may not begin one. */
  readonly tracks: readonly (number | null)[];
  /** Tracks that end. */
  readonly ended: readonly number[];
  /** The tracker's state after this frame. */
  readonly state: TrackerState;
}

interface Track {
  readonly id: number;
  readonly box: Box;
  /** Movement of the centre, pixels a frame. */
  readonly velocity: readonly [number, number];
  readonly missed: number;
}

interface TrackerState {
  readonly tracks: readonly Track[];
  readonly nextId: number;
  readonly size: PictureSize | undefined;
}

/** Gives every face a track number, which is never used again for another. Deterministic. */
export class Tracker {
  readonly #patience: number;
  readonly #maxJump: number;
  #state: TrackerState = { tracks: [], nextId: 1, size: undefined };

  constructor(options: TrackerOptions = {}) {
    const { patience = 10, maxJump = 0.8 } = options;
    if (!Number.isSafeInteger(patience) || patience < 0) {
      throw new ConfigError(`the tracker's patience must be a whole number of frames, at least 0, found ${patience}`);
    }
    if (!(maxJump > 0 && maxJump < Infinity)) {
      throw new ConfigError(`the tracker's maxJump must be above 0 face sizes, found ${maxJump}`);
    }
    this.#patience = patience;
    this.#maxJump = maxJump;
  }

  /** Tracks that have not ended, also those missed for the moment, in the order in which they began. */
  get alive(): readonly number[] {
    return this.#state.tracks.map(({ id }) => id);
  }

  /**
   * Proposes the tracks of one frame's boxes without changing anything. When the picture's size changes, tracks are scaled with it;
   * when its aspect ratio changes they end, because no face can be placed then. Boxes for which `mayBegin` is false only continue
   * tracks.
   */
  match(boxes: readonly Box[], size: PictureSize, mayBegin: (index: number) => boolean = () => true): TrackerPlan {
    const old = followSize(this.#state, size);
    const predicted = old.map(predict);
    const pairs = assign(
      boxes.map((box, b) => {
        const handicap = mayBegin(b) ? 0 : 1;
        return old.map((track, i) => this.#cost(box, predicted[i]!, track.missed) + handicap);
      }),
      old.length,
    );
    const found = new Map<number, Track>();
    let nextId = this.#state.nextId;
    const begun: Track[] = [];
    const tracks = boxes.map((box, i) => {
      const before = old[pairs[i]!];
      if (before) {
        found.set(before.id, follow(before, box));
        return before.id;
      }
      if (!mayBegin(i)) return null;
      begun.push({ id: nextId, box, velocity: [0, 0], missed: 0 });
      return nextId++;
    });
    const kept = old
      .map((track) => found.get(track.id) ?? { ...track, missed: track.missed + 1 })
      .filter(({ missed }) => missed <= this.#patience);
    const keptIds = new Set(kept.map(({ id }) => id));
    const ended = this.alive.filter((id) => !keptIds.has(id));
    return { tracks, ended, state: { tracks: [...kept, ...begun], nextId, size } };
  }

  /** Takes over what `match` proposed. */
  commit(plan: TrackerPlan): void {
    this.#state = plan.state;
  }

  /** `match` and `commit` in one. */
  update(boxes: readonly Box[], size: PictureSize): TrackerPlan {
    const plan = this.match(boxes, size);
    this.commit(plan);
    return plan;
  }

  /** Cost of a box for a track: 0 is best, Infinity when it cannot be the same face. */
  #cost(box: Box, expected: Box, missed: number): number {
    const areas = [box[2] * box[3], expected[2] * expected[3]] as const;
    const likeness = Math.min(...areas) / Math.max(...areas);
    if (!(likeness > 0.25)) return Infinity;
    const [x, y] = centre(box);
    const [expectedX, expectedY] = centre(expected);
    const distance = Math.hypot(x - expectedX, y - expectedY) / Math.sqrt(Math.sqrt(areas[0] * areas[1]));
    const reach = this.#maxJump * Math.min(2, 1 + missed * 0.15);
    if (!(distance <= reach)) return Infinity;
    return distance + (1 - overlap(box, expected)) + (1 - Math.sqrt(likeness));
  }
}

/** The track's predicted box in the next frame; the longer it is missed, the less movement is assumed. */
function predict({ box, velocity, missed }: Track): Box {
  let steps = 0;
  for (let i = 0, weight = 1; i <= missed; i++, weight *= 0.9) steps += weight;
  return [box[0] + velocity[0] * steps, box[1] + velocity[1] * steps, box[2], box[3]];
}

function follow(track: Track, box: Box): Track {
  const frames = track.missed + 1;
  const [x, y] = centre(box);
  const [oldX, oldY] = centre(track.box);
  return {
    id: track.id,
    box,
    velocity: [
      0.5 * track.velocity[0] + (0.5 * (x - oldX)) / frames,
      0.5 * track.velocity[1] + (0.5 * (y - oldY)) / frames,
    ],
    missed: 0,
  };
}

/** The tracks in the pixels of a picture of this size; none when its aspect ratio changed. */
function followSize({ tracks, size: old }: TrackerState, size: PictureSize): readonly Track[] {
  if (!old || (old.width === size.width && old.height === size.height)) return tracks;
  const scaleX = size.width / old.width;
  const scaleY = size.height / old.height;
  if (!(Math.abs(scaleX / scaleY - 1) < 0.02)) return [];
  return tracks.map((track) => ({
    ...track,
    box: [track.box[0] * scaleX, track.box[1] * scaleY, track.box[2] * scaleX, track.box[3] * scaleY],
    velocity: [track.velocity[0] * scaleX, track.velocity[1] * scaleY],
  }));
}

function centre([x, y, width, height]: Box): [number, number] {
  return [x + width / 2, y + height / 2];
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}
