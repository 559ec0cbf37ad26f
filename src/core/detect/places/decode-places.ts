// From what a detector says of every place to faces.
import { keepBestFaces, type PlacedFace } from './placed-face.js';
import { countPlaces, largestLogSize, outputChannels, placeLevels, pointNames } from './places.js';

export interface DecodeOptions {
  /** Of the picture that the network saw, pixels. */
  readonly width: number;
  readonly height: number;
  /** Faces below are left out, 0..1. */
  readonly minScore: number;
}

/**
 * The faces of one picture, best first, in its pixels: `predictions` `[13, 1, places]` from `offset` on (scores as probabilities).
 * Throws RangeError when there are too few of them.
 */
export function decodePlaces(
  predictions: Float32Array,
  { width, height, minScore }: DecodeOptions,
  offset = 0,
): PlacedFace[] {
  const places = countPlaces(width, height);
  if (predictions.length < offset + outputChannels.count * places) {
    throw new RangeError(`decodePlaces: ${places} places need ${outputChannels.count * places} values`);
  }
  const candidates: number[][] = [];
  for (const { stride, columns, rows, first } of placeLevels(width, height)) {
    for (let place = first; place < first + rows * columns; place++) {
      const score = predictions[offset + place]!;
      if (!(score >= minScore)) continue;
      const value = (channel: number): number => predictions[offset + channel * places + place]!;
      const x = ((place - first) % columns) + 0.5;
      const y = Math.floor((place - first) / columns) + 0.5;
      const size = (channel: number): number => Math.exp(Math.min(largestLogSize, value(channel))) / 2;
      const [centreX, centreY] = [x + value(outputChannels.centre), y + value(outputChannels.centre + 1)];
      const [halfWidth, halfHeight] = [size(outputChannels.size), size(outputChannels.size + 1)];
      const edges = [centreX - halfWidth, centreY - halfHeight, centreX + halfWidth, centreY + halfHeight];
      const points = pointNames.flatMap((_, i) => [
        x + value(outputChannels.points + 2 * i),
        y + value(outputChannels.points + 2 * i + 1),
      ]);
      candidates.push([score, ...[...edges, ...points].map((at) => stride * at)]);
    }
  }
  return keepBestFaces(candidates);
}
