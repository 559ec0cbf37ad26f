// Teaching in the page's worker, over a model whose features are the picture's own grey values.
import { describe, expect, it } from 'vitest';
import type { Face } from '../../../core/detect/face.js';
import { PeopleError } from '../../../core/errors.js';
import type { GreyPicture, Picture } from '../../../core/image/picture.js';
import type { FaceResult } from '../../../core/live/frame-result.js';
import { LivePipeline } from '../../../core/live/pipeline.js';
import type { ExpressionModel } from '../../../core/model/expression-model.js';
import { createRandom } from '../../../core/numbers/random.js';
import { Gallery } from './gallery.js';
import { PersonalCalibrator } from './personal-calibrator.js';

const labels = ['happy', 'sad', 'neutral'];
const size = 48;
let asked = 0;

/** Always says happy; its features are the mean greys of nine parts. */
const model = {
  metadata: { labels, input: { width: size, height: size } },
  predict: async (faces: readonly GreyPicture[]) => {
    asked += faces.length;
    return faces.map(({ data }) => {
      const embedding = new Float32Array(9);
      data.forEach((grey, i) => {
        embedding[3 * Math.floor(i / size / 16) + Math.floor((i % size) / 16)]! += grey / 256;
      });
      return { label: 0, probabilities: Float32Array.of(0.6, 0.2, 0.2), embedding };
    });
  },
} as unknown as ExpressionModel;

const frames = new Map<string, Picture>();

/** A frame with a face that has a light band, whose height tells the expression; one of four like it. */
function shown(expression: string, index = 0): Picture {
  const key = `${expression} ${index % 4}`;
  if (!frames.has(key)) frames.set(key, paint(expression, index % 4));
  return frames.get(key)!;
}

function paint(expression: string, seed: number): Picture {
  const random = createRandom(seed);
  const at = labels.indexOf(expression) * 60;
  const data = Uint8Array.from({ length: 640 * 480 }, (_, i) => {
    const [x, y] = [i % 640, Math.floor(i / 640)];
    const isLight = x > 230 && x < 410 && y > 150 + at && y < 210 + at;
    return (isLight ? 180 : 70) + 50 * random.next();
  });
  return { width: 640, height: 480, channels: 1, data };
}
const face: Face = { box: [230, 150, 180, 180], score: 0.9, keypoints: null };

async function begin() {
  const gallery = Gallery.withoutStorage();
  const random = createRandom(5);
  const picture = (): GreyPicture => ({
    ...{ width: 100, height: 100, channels: 1 },
    data: Uint8Array.from({ length: 10_000 }, () => 255 * random.next()),
  });
  for (const name of ['Ada', 'Bob']) await gallery.add(name, [picture(), picture()]);
  let frame = shown('happy');
  const pipeline = new LivePipeline({
    detector: { detect: async () => [face], release: async () => undefined },
    people: { identify: () => ({ person: 'Ada', distance: 1 }) },
    expression: model,
    clock: () => 0,
  });
  const calibrator = new PersonalCalibrator({ model, modelHash: 'a'.repeat(64), pipeline, gallery });
  let index = 0;
  const see = async (expression: string): Promise<FaceResult> => {
    frame = shown(expression, index);
    const { faces } = await pipeline.process({ index, timeMs: 33 * index++, picture: frame });
    return faces[0]!;
  };
  const settle = async () => {
    for (let i = 0; i < 6; i++) await see('happy');
  };
  const offered = () => ({ picture: frame, faces: [face] }) as unknown as Parameters<PersonalCalibrator['offer']>[0];
  return { gallery, calibrator, see, settle, offered };
}

/** Shows what is asked for until all is done. */
async function teachAll({ calibrator, see, offered }: Awaited<ReturnType<typeof begin>>, name = 'Ada', person = 'Ada') {
  let now = 0;
  let expression = calibrator.begin(name, now).expression;
  for (let i = 0; i < 600; i++) {
    now += 33;
    const result = { ...(await see(expression)), person };
    const state = await calibrator.offer(offered(), [result], now);
    if (state?.phase === 'done') return calibrator.finish();
    expression = state?.expression ?? expression;
  }
  return undefined;
}

describe('PersonalCalibrator', () => {
  it('learns how a person shows each expression, and the next frames are read so', async () => {
    const bench = await begin();
    await bench.settle();
    expect((await bench.see('sad')).expression).toBe('happy');
    const result = await teachAll(bench);
    expect(result).toMatchObject({ name: 'Ada', pictures: 9, rates: { n: 9 }, warnings: [] });
    expect(result!.rates!.after.share).toBeGreaterThan(result!.rates!.before.share);
    for (const expression of labels) expect((await bench.see(expression)).expression).toBe(expression);
    expect(bench.gallery.list()[0]).toMatchObject({ name: 'Ada', taught: 9 });

    // Kept with the person: learnt again from the pictures alone, and gone with the person.
    await bench.calibrator.calibrateAll();
    expect((await bench.see('sad')).expression).toBe('sad');
    await bench.gallery.forget('Ada');
    await bench.calibrator.calibrateAll();
    expect((await bench.see('sad')).expression).toBe('happy');
  });

  it('asks the model about each picture once, as it is taken', async () => {
    const bench = await begin();
    await teachAll(bench);
    const before = asked;
    await bench.calibrator.calibrateAll();
    expect(asked).toBe(before);
  });

  it('takes nothing of somebody else, and keeps nothing when it is stopped', async () => {
    const bench = await begin();
    expect(await teachAll(bench, 'Bob')).toBeUndefined();
    bench.calibrator.act('stop', 1e6);
    expect(await bench.calibrator.offer(bench.offered(), [], 1e6)).toBeNull();
    expect(bench.gallery.taught.size).toBe(0);
  });

  it('learns a correction from the moment that was held, and takes it back', async () => {
    const bench = await begin();
    await bench.settle();
    const { track } = await bench.see('sad');
    const held = { person: 'Ada', confirmed: 'happy' };
    const correct = async (shown: string, expression: string) => {
      bench.calibrator.hold((await bench.see(shown)).track, held);
      await bench.see('neutral');
      return bench.calibrator.correct(track, expression);
    };
    const taught = () => bench.gallery.taught.get('Ada')?.pictures.map(({ expression }) => expression) ?? [];
    // One alone acts, against what was said, in the very next frame.
    const correction = await correct('sad', 'sad');
    expect(correction).toMatchObject({ name: 'Ada', expression: 'sad', instead: 'happy', isLearnt: true });
    expect(correction!.before).toBeCloseTo(0.2, 5);
    expect(correction!.after).toBeGreaterThan(0.5);
    const { expression, probabilities } = await bench.see('sad');
    expect(expression).toBe('sad');
    expect(probabilities!['sad']!).toBeGreaterThan(1.5 * probabilities!['happy']!);
    // What is read so already teaches nothing, and is not kept.
    for (let i = 0; i < 4; i++) await correct('sad', 'sad');
    expect(await correct('sad', 'sad')).toMatchObject({ isLearnt: false });
    const before = taught();
    expect(before.every((one) => one === 'sad')).toBe(true);
    expect(await correct('happy', 'happy')).toMatchObject({ isLearnt: true });
    expect((await bench.see('sad')).expression).toBe('sad');
    expect(taught()).toEqual([...before, 'happy']);
    await bench.calibrator.undoCorrection();
    expect(taught()).toEqual(before);
    await bench.calibrator.undoCorrection();
    expect(taught()).toEqual(before);
    // Nothing that was forgotten meanwhile comes back.
    await correct('neutral', 'neutral');
    await bench.calibrator.forget('Ada');
    await bench.calibrator.undoCorrection();
    expect(taught()).toEqual([]);
    // Only the face that is held, and nobody unknown.
    expect(await bench.calibrator.correct(track, 'sad')).toBeNull();
    bench.calibrator.hold(track, held);
    expect(await bench.calibrator.correct(track + 1, 'sad')).toBeNull();
    bench.calibrator.hold(track, held);
    expect(() => bench.calibrator.hold(track, { ...held, person: null })).toThrow(PeopleError);
    expect(await bench.calibrator.correct(track, 'sad')).toBeNull();
    expect(() => bench.calibrator.hold(99, held)).toThrow(PeopleError);
    expect(() => bench.calibrator.hold(track, undefined)).toThrow(PeopleError);
  });

  it('goes on with everybody else when somebody taught what this model does not know', async () => {
    const bench = await begin();
    await bench.settle();
    const picture: GreyPicture = { width: 8, height: 8, channels: 1, data: new Uint8Array(64) };
    const pictures = ['bored', 'excited'].map((expression) => ({ expression, picture }));
    await bench.gallery.setExamples('Bob', { model: 'b'.repeat(64), pictures });
    await teachAll(bench);
    await bench.calibrator.calibrateAll();
    expect((await bench.see('sad')).expression).toBe('sad');
  });

  it('removes one picture, or all', async () => {
    const bench = await begin();
    await teachAll(bench);
    await bench.calibrator.remove('Ada', 0, 8);
    expect(bench.gallery.taught.get('Ada')!.pictures).toHaveLength(9);
    await bench.calibrator.remove('Ada', 0, 9);
    expect(bench.gallery.taught.get('Ada')!.pictures).toHaveLength(8);
    await bench.calibrator.forget('Ada');
    expect([...bench.gallery.taught]).toEqual([]);
    expect((await bench.see('sad')).expression).toBe('happy');
  });

  it('tells who taught with another model', async () => {
    const { gallery, calibrator } = await begin();
    const picture: GreyPicture = { width: 8, height: 8, channels: 1, data: new Uint8Array(64) };
    await gallery.setExamples('Ada', { model: 'b'.repeat(64), pictures: [{ expression: 'sad', picture }] });
    expect(await calibrator.calibrateAll()).toEqual([
      'Ada was taught with another model; the same pictures teach this one',
    ]);
    await expect(gallery.setExamples('Eve', { model: 'b'.repeat(64), pictures: [] })).rejects.toThrow(PeopleError);
  });
});
