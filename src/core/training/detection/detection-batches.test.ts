// Batches of a detector: the same for the same seed, epoch and number; weights add up as they should.
import { describe, expect, test } from 'vitest';
import type { FacePicture } from '../../dataset/face-pictures.js';
import { countPlaces, targetChannels } from '../../detect/places/places.js';
import { createRandom } from '../../numbers/random.js';
import { DetectionBatches, type DetectionBatchOptions } from './detection-batches.js';

const side = 64;
const random = createRandom(1);
const pictures: FacePicture[] = Array.from({ length: 9 }, (_, i) => ({
  file: `set/${i}`,
  width: 60 + i,
  height: 50,
  channels: i % 2 === 0 ? 1 : 3,
  faces: i === 8 ? [] : [{ box: [10 + i, 10, 20, 26], points: i % 3 === 0 ? null : [15, 20, 25, 20, 20, 25, 20, 30] }],
  unsure: [],
}));
const pixels = pictures.map(({ width, height, channels }) =>
  Uint8Array.from({ length: width * height * channels }, () => random.integer(256)),
);
const options: DetectionBatchOptions = {
  pictures,
  indices: Int32Array.from([0, 1, 2, 3, 4, 5, 6, 8]),
  batchSize: 3,
  side,
  seed: 5,
  composition: { faceSizes: [10, 40], mosaic: [0.3, 0.1], flip: 0.5, rotation: 10, stretch: 0.1, occlusion: 0.2 },
  colours: { grey: 0.3, light: 0.5, blur: 0.2, noise: [0.5, 10], jpeg: [0.3, 25] },
  shares: { score: 4, box: 2, points: 0.5 },
};
const read = (index: number) => ({ ...pictures[index]!, data: pixels[index]! });
const batches = new DetectionBatches(options, read);
const places = countPlaces(side, side);

describe('detection batches', () => {
  test('have the shapes that the network takes, and leave out what fills no batch', () => {
    const batch = batches.batch(0, 0);
    expect(batches.perEpoch).toBe(2);
    expect(batch).toMatchObject({ size: 3, side, masks: [] });
    expect(batch.pixels).toBeInstanceOf(Uint8Array);
    expect(batch.pixels).toHaveLength(3 * 3 * side * side);
    expect(batch.targets).toHaveLength(3 * targetChannels.count * places);
  });

  test('are the same again, in any order, and others in another epoch or place', () => {
    const [first, second, later] = [batches.batch(0, 0), batches.batch(0, 1), batches.batch(1, 0)];
    const again = new DetectionBatches(options, read);
    expect(again.batch(1, 0)).toEqual(later);
    expect(again.batch(0, 1)).toEqual(second);
    expect(again.batch(0, 0)).toEqual(first);
    expect(first).not.toEqual(second);
    expect(first).not.toEqual(later);
  });

  test('never show a picture that is not in use', () => {
    const asked = new Set<number>();
    const watched = new DetectionBatches(options, (index) => {
      asked.add(index);
      return read(index);
    });
    for (let epoch = 0; epoch < 20; epoch++) watched.batch(epoch, 0);
    expect([...asked].sort()).toEqual([...options.indices].sort());
  });

  test('divide the loss of boxes by the places that answer: together they weigh their share', () => {
    for (let number = 0; number < 2; number++) {
      const { targets, size } = batches.batch(0, number);
      const sum = (channel: number, test: (value: number) => number = (value) => value) => {
        let total = 0;
        for (let sample = 0; sample < size; sample++) {
          const at = (sample * targetChannels.count + channel) * places;
          for (let i = at; i < at + places; i++) total += test(targets[i]!);
        }
        return total;
      };
      const answers = sum(targetChannels.score);
      expect(answers).toBeGreaterThan(0);
      expect(sum(targetChannels.boxWeight) / size).toBeCloseTo((2 * answers) / Math.max(answers, size), 4);
      const withPoints = sum(targetChannels.pointsWeight, (value) => (value > 0 ? 1 : 0));
      expect(withPoints).toBeLessThanOrEqual(answers);
    }
  });
});
