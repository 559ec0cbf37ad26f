// Tracks over simulated faces: steady, crossing, missed, entering and leaving.
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import type { Box } from '../image/picture.js';
import { Tracker } from './tracker.js';

const size = { width: 640, height: 480 };
const face = (x: number, y = 100, side = 80): Box => [x, y, side, side];

describe('Tracker', () => {
  it('keeps the track of a face that shakes and grows', () => {
    const tracker = new Tracker();
    for (let i = 0; i < 60; i++) {
      const box = face(200 + 10 * Math.sin(i), 100 + 8 * Math.cos(i * 1.7), 60 + i);
      expect(tracker.update([box], size).tracks).toEqual([1]);
    }
  });

  it('keeps two faces apart whatever order the detector gives them in', () => {
    const tracker = new Tracker();
    for (let i = 0; i < 30; i++) {
      const plan =
        i % 2 === 0 ? tracker.update([face(100), face(300)], size) : tracker.update([face(300), face(100)], size);
      expect(plan.tracks).toEqual(i % 2 === 0 ? [1, 2] : [2, 1]);
    }
  });

  it('follows two faces through each other', () => {
    const tracker = new Tracker();
    for (let i = 0; i <= 40; i++) {
      expect(tracker.update([face(60 + 10 * i), face(460 - 10 * i, 120)], size).tracks).toEqual([1, 2]);
    }
  });

  it('follows two crossing faces of which the hind one is hidden meanwhile', () => {
    const tracker = new Tracker();
    for (let i = 0; i <= 40; i++) {
      const front = face(60 + 10 * i);
      const hidden = i >= 18 && i <= 22;
      const boxes = hidden ? [front] : [front, face(460 - 10 * i, 110)];
      expect(tracker.update(boxes, size).tracks).toEqual(hidden ? [1] : [1, 2]);
    }
  });

  it('bridges missed detections up to its patience and no further', () => {
    const tracker = new Tracker({ patience: 3 });
    tracker.update([face(100)], size);
    for (let i = 0; i < 3; i++) expect(tracker.update([], size)).toMatchObject({ tracks: [], ended: [] });
    expect(tracker.update([face(105)], size).tracks).toEqual([1]);
    for (let i = 0; i < 3; i++) expect(tracker.update([], size).ended).toEqual([]);
    expect(tracker.update([], size).ended).toEqual([1]);
    expect(tracker.update([face(105)], size).tracks).toEqual([2]);
  });

  it('finds a moving face again where it must have gone', () => {
    const tracker = new Tracker();
    for (let i = 0; i < 10; i++) tracker.update([face(20 + 15 * i)], size);
    for (let i = 10; i < 15; i++) tracker.update([], size);
    expect(tracker.update([face(20 + 15 * 15)], size).tracks).toEqual([1]);
  });

  it('gives newcomers new numbers and never uses one again', () => {
    const tracker = new Tracker({ patience: 0 });
    const seen = new Set<number>();
    for (let i = 0; i < 20; i++) {
      const [track] = tracker.update([face(100)], size).tracks;
      expect(seen.has(track!)).toBe(false);
      seen.add(track!);
      expect(tracker.update([], size).ended).toEqual([track]);
    }
  });

  it('does not take a far or much larger face for the same one', () => {
    const tracker = new Tracker();
    tracker.update([face(100)], size);
    expect(tracker.update([face(400)], size).tracks).toEqual([2]);
    expect(tracker.update([face(0, 0, 400)], size).tracks).toEqual([3]);
  });

  it('lets the nearer face have the track, not the first in the list', () => {
    const tracker = new Tracker();
    tracker.update([face(100)], size);
    expect(tracker.update([face(150), face(102)], size).tracks).toEqual([2, 1]);
  });

  it('follows a change of the picture size and starts afresh when its shape changes', () => {
    const tracker = new Tracker();
    tracker.update([face(400, 300)], size);
    expect(tracker.update([face(200, 150, 40)], { width: 320, height: 240 }).tracks).toEqual([1]);
    const plan = tracker.update([face(200, 150, 40)], { width: 240, height: 320 });
    expect(plan).toMatchObject({ tracks: [2], ended: [1] });
  });

  it('lets an unsure box continue a track but not begin one, nor take it from a sure one', () => {
    const tracker = new Tracker();
    const commit = (boxes: Box[], unsure: number[]) => {
      const plan = tracker.match(boxes, size, (i) => !unsure.includes(i));
      tracker.commit(plan);
      return plan.tracks;
    };
    expect(commit([face(100)], [0])).toEqual([null]);
    expect(commit([face(100)], [])).toEqual([1]);
    expect(commit([face(104)], [0])).toEqual([1]);
    expect(commit([face(104), face(125)], [0])).toEqual([null, 1]);
  });

  it('changes nothing until the plan is committed', () => {
    const tracker = new Tracker({ patience: 0 });
    tracker.update([face(100)], size);
    expect(tracker.match([], size).ended).toEqual([1]);
    expect(tracker.match([face(400)], size).tracks).toEqual([2]);
    expect(tracker.alive).toEqual([1]);
    expect(tracker.update([face(100)], size)).toMatchObject({ tracks: [1], ended: [] });
  });

  it('refuses unusable options', () => {
    for (const options of [{ patience: -1 }, { patience: 0.5 }, { maxJump: 0 }, { maxJump: Number.NaN }]) {
      expect(() => new Tracker(options)).toThrow(ConfigError);
    }
  });
});
