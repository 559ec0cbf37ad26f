import { describe, expect, it } from 'vitest';
import type { Face } from '../detect/face.js';
import type { GreyPicture, Picture } from '../image/picture.js';
import { createRandom } from '../numbers/random.js';
import { GuidedCalibration } from './guided-calibration.js';

const frame: Picture = { width: 640, height: 480, channels: 3, data: new Uint8Array(640 * 480 * 3) };
const random = createRandom(1);
const sharp: GreyPicture = {
  ...{ width: 48, height: 48, channels: 1 },
  data: Uint8Array.from({ length: 48 * 48 }, () => 70 + 100 * random.next()),
};
const dark: GreyPicture = { ...sharp, data: sharp.data.map(() => 10) };
const face = (x = 250, width = 120): Face => ({ box: [x, 150, width, 140], score: 0.9, keypoints: null });

function begin(expressions = ['happy', 'neutral', 'angry'], pictures: () => GreyPicture = () => sharp) {
  let nowMs = 5000;
  const teaching = new GuidedCalibration(expressions, pictures, nowMs);
  /** 30 frames a second with that in view. */
  const show = (seconds: number, faces: readonly Face[] = [face()], wrongPerson?: string) => {
    for (let i = 0; i < Math.round(seconds * 30); i++) {
      nowMs += 1000 / 30;
      teaching.offer(frame, faces, nowMs, wrongPerson);
    }
    return teaching.state;
  };
  return { teaching, show, now: () => nowMs };
}

describe('GuidedCalibration', () => {
  it('asks for one expression after the other, the easy ones first, and takes three frames of each', () => {
    const { teaching, show } = begin();
    expect(teaching.state).toMatchObject({
      phase: 'countdown',
      expression: 'neutral',
      step: 1,
      steps: 3,
      secondsLeft: 3,
    });
    expect(teaching.state.asked).toMatch(/Relax/);
    expect(show(1.5)).toMatchObject({ phase: 'countdown', secondsLeft: 2, pictures: [] });
    expect(show(1.6)).toMatchObject({ phase: 'taking' });
    expect(show(0.7)).toMatchObject({ phase: 'taken', expression: 'neutral' });
    expect(show(1.3)).toMatchObject({ phase: 'countdown', expression: 'happy', step: 2 });
    show(12);
    expect(teaching.state.phase).toBe('done');
    expect(teaching.pictures.map(({ expression }) => expression)).toEqual([
      ...['neutral', 'neutral', 'neutral', 'happy', 'happy', 'happy', 'angry', 'angry', 'angry'],
    ]);
  });

  it('is done with seven expressions in less than a minute', () => {
    const { show } = begin(['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral']);
    let seconds = 0;
    while (show(1).phase !== 'done') seconds++;
    expect(seconds).toBeLessThan(45);
  });

  it.each([
    ['nobody', [], undefined, /No face/],
    ['two faces', [face(50), face(400)], undefined, /One face only/],
    ['a face that is far', [face(250, 40)], undefined, /closer/],
    ['another person', [face()], 'Bob', /looks like Bob/],
  ])('takes nothing of %s, and says why', (_, faces, wrongPerson, hint) => {
    const { teaching, show } = begin();
    const state = show(6, faces, wrongPerson);
    expect(state).toMatchObject({ phase: 'taking', pictures: [] });
    expect(state.hint).toMatch(hint);
    expect(show(1)).toMatchObject({ phase: 'taken', hint: '' });
    expect(teaching.pictures).toHaveLength(3);
  });

  it('takes nothing in the dark', () => {
    const { show } = begin(undefined, () => dark);
    expect(show(6)).toMatchObject({ phase: 'taking', pictures: [], hint: expect.stringMatching(/Too dark/) });
  });

  it('takes an expression again, and leaves one out', () => {
    const { teaching, show, now } = begin();
    show(3.8);
    teaching.retake(now());
    expect(teaching.state).toMatchObject({ phase: 'countdown', expression: 'neutral', pictures: [], secondsLeft: 3 });
    show(3.3);
    teaching.skip(now());
    expect(teaching.state).toMatchObject({ phase: 'countdown', expression: 'happy' });
    expect(teaching.pictures).toEqual([]);
    teaching.skip(now());
    teaching.skip(now());
    expect(teaching.state.phase).toBe('done');
    teaching.skip(now());
    teaching.retake(now());
    teaching.next(now());
    expect(teaching.state).toMatchObject({ phase: 'done', step: 3 });
  });

  it('asks for an expression that it does not know by its name', () => {
    expect(begin(['bored']).teaching.state.asked).toBe('Show: bored.');
  });
});
