// The whole pipeline over simulated faces: fakes detect, name and classify; tracking and confirmation are real.
import { describe, expect, it } from 'vitest';
import { expressionLabels } from '../dataset/labels.js';
import { DepthFilter } from '../detect/depth/depth-filter.js';
import type { Face } from '../detect/face.js';
import { ConfigError, MediaError, ModelFormatError, PeopleError } from '../errors.js';
import type { FaceIdentifier, Identification } from '../identity/identification.js';
import type { Box, GreyPicture, Picture } from '../image/picture.js';
import { LivePipeline } from './pipeline.js';
import type { ExpressionClassifier, LivePipelineOptions } from './pipeline-parts.js';

const picture = (width = 320, height = 240): Picture => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(width * height * 3).fill(128),
});
const face = (x: number, y = 80, side = 64): Face => ({ box: [x, y, side, side], score: 0.9, keypoints: null });

/** A pipeline whose detector, names and labels the test scripts frame by frame. */
class Bench {
  faces: readonly Face[] | Error = [];
  /** By the x of the face's box. */
  names = new Map<number, Identification>();
  labels: readonly string[] | Error = [];
  identified = 0;
  runs: number[] = [];
  sizes: string[] = [];
  #now = 0;
  #frame = 0;
  readonly pipeline: LivePipeline;

  constructor(options: Partial<LivePipelineOptions> & { parts?: ('people' | 'expression')[] } = {}) {
    const { parts = ['people', 'expression'], ...rest } = options;
    const people: FaceIdentifier = {
      identify: (_, { box }) => {
        this.identified++;
        const answer = this.names.get(box[0]) ?? { person: null, distance: 200 };
        if (answer.person === 'broken') throw new Error('the recogniser broke');
        return answer;
      },
    };
    const expression: ExpressionClassifier = {
      metadata: { labels: expressionLabels, input: { width: 48, height: 40 } },
      predict: async (crops: readonly GreyPicture[]) => {
        this.runs.push(crops.length);
        for (const crop of crops) this.sizes.push(`${crop.width}x${crop.height}x${crop.channels}`);
        const { labels } = this;
        if (labels instanceof Error) throw labels;
        return crops.map((_, i) => {
          const label = expressionLabels.findIndex((name) => name === (labels[i] ?? 'happy'));
          const probabilities = Float32Array.from(expressionLabels, (_, c) => (c === label ? 0.7 : 0.05));
          return { label, probabilities, embedding: [i] };
        });
      },
    };
    this.pipeline = new LivePipeline({
      detector: {
        detect: async () => {
          if (this.faces instanceof Error) throw this.faces;
          return [...this.faces];
        },
        release: async () => undefined,
      },
      people: parts.includes('people') ? people : undefined,
      expression: parts.includes('expression') ? expression : undefined,
      clock: () => this.#now++,
      // Of the two rules the one whose frames can be counted here.
      confirmation: { rule: 'original' },
      ...rest,
    });
  }

  next(shown: Picture = picture()) {
    const index = this.#frame++;
    return this.pipeline.process({ index, timeMs: index * 33, picture: shown });
  }
}

describe('LivePipeline', () => {
  it('gives each face its track, name, probabilities and confirmed expression', async () => {
    const bench = new Bench();
    bench.faces = [face(20), face(200)];
    bench.names.set(20, { person: 'Ada', distance: 30 });
    bench.labels = ['sad', 'fear'];
    for (let i = 0; i < 3; i++) expect((await bench.next()).faces[0]).toMatchObject({ person: null, distance: 30 });
    const result = await bench.next();
    expect(result).toMatchObject({ frame: 3, timeMs: 99, rejected: [] });
    expect(result.faces).toMatchObject([
      { track: 1, person: 'Ada', distance: 30, expression: 'sad', confirmed: 'neutral', depthMm: null, score: 0.9 },
      { track: 2, person: null, distance: 200, expression: 'fear', confirmed: 'neutral', box: [200, 80, 64, 64] },
    ]);
    expect(Object.keys(result.faces[0]!.probabilities!)).toEqual([...expressionLabels]);
    expect(result.faces[0]!.probabilities!.sad).toBeCloseTo(0.7);
    expect(result.latencyMs).toEqual({ detect: 1, track: 1, identify: 1, classify: 1, total: 5 });
  });

  it('confirms with the thirteenth equal label, per person and per track', async () => {
    const bench = new Bench({ identity: { votes: 1 } });
    bench.faces = [face(20), face(200)];
    bench.names.set(20, { person: 'Ada', distance: 30 });
    for (let i = 1; i <= 20; i++) {
      bench.labels = ['sad', i <= 7 ? 'fear' : 'surprise'];
      const { faces } = await bench.next();
      expect(faces.map(({ confirmed }) => confirmed)).toEqual([
        i >= 13 ? 'sad' : 'neutral',
        i >= 20 ? 'surprise' : 'neutral',
      ]);
    }
  });

  it('classifies all faces of a frame in one run, every frame, at the size that the model wants', async () => {
    const bench = new Bench();
    bench.faces = [face(20), face(120), face(220)];
    for (let i = 0; i < 4; i++) await bench.next();
    bench.faces = [];
    await bench.next();
    expect(bench.runs).toEqual([3, 3, 3, 3]);
    expect(new Set(bench.sizes)).toEqual(new Set(['48x40x1']));
  });

  it('identifies a new track in every frame, and a settled one after a second and a half', async () => {
    const bench = new Bench();
    bench.faces = [face(20)];
    bench.names.set(20, { person: 'Ada', distance: 30 });
    const due: number[] = [];
    for (let i = 1; i <= 100; i++) {
      const before = bench.identified;
      expect((await bench.next()).faces[0]).toMatchObject({ person: i < 4 ? null : 'Ada', distance: 30 });
      if (bench.identified > before) due.push(i);
    }
    // A frame every 33 ms.
    expect(due).toEqual([1, 2, 3, 4, 5, 51, 97]);
  });

  it('identifies some of a crowd in each frame, those first that have waited longest', async () => {
    const bench = new Bench();
    bench.faces = Array.from({ length: 10 }, (_, i) => face(20 + 70 * i));
    for (let i = 0; i < 10; i++) bench.names.set(20 + 70 * i, { person: `p${i}`, distance: 30 });
    const counts: number[] = [];
    const voted: number[] = [];
    for (let i = 0; i < 13; i++) {
      const before = bench.identified;
      const { faces } = await bench.next(picture(800));
      counts.push(bench.identified - before);
      voted.push(faces.filter(({ distance }) => distance !== null).length);
    }
    // Five votes of ten tracks, four a frame.
    expect(counts).toEqual([...new Array(12).fill(4), 2]);
    expect(voted.slice(0, 4)).toEqual([4, 8, 10, 10]);
    expect((await bench.next(picture(800))).faces.map(({ person }) => person)).toEqual(
      Array.from({ length: 10 }, (_, i) => `p${i}`),
    );
  });

  it('has faces identified together where the people can, and wants an answer for each', async () => {
    const asked: number[] = [];
    let missing = 0;
    const people: FaceIdentifier = {
      identify: () => expect.unreachable(),
      identifyAll: async (_, faces) => {
        asked.push(faces.length);
        return faces.slice(missing).map(() => ({ person: 'Ada', distance: 0.2 }));
      },
    };
    const bench = new Bench({ people });
    bench.faces = [face(20), face(120)];
    expect((await bench.next()).faces.map(({ distance }) => distance)).toEqual([0.2, 0.2]);
    bench.faces = [];
    await bench.next();
    expect(asked).toEqual([2]);
    bench.faces = [face(20), face(120)];
    missing = 1;
    await expect(bench.next()).rejects.toThrow(PeopleError);
  });

  it('identifies on every frame when asked to', async () => {
    const bench = new Bench({ identity: { settledMs: 0, votes: 1 } });
    bench.faces = [face(20)];
    for (let i = 0; i < 12; i++) await bench.next();
    expect(bench.identified).toBe(12);
  });

  it('does not rename a track for one frame, and does when the answers stay', async () => {
    const bench = new Bench({ identity: { settledMs: 0, unsureMs: 0 } });
    bench.faces = [face(20)];
    const show = async (person: string | null) => {
      bench.names.set(20, { person, distance: 50 });
      return (await bench.next()).faces[0]!.person;
    };
    const shown: (string | null)[] = [];
    for (const person of ['Ada', 'Ada', null, 'Ada', 'Ada', 'Bo', null, 'Ada']) shown.push(await show(person));
    expect(shown).toEqual([null, null, null, null, 'Ada', 'Ada', 'Ada', 'Ada']);
    expect([await show('Bo'), await show('Bo'), await show('Bo'), await show('Bo')]).toEqual([
      'Ada',
      'Ada',
      'Ada',
      'Bo',
    ]);
  });

  it('lets only the nearer of two faces have a name', async () => {
    const bench = new Bench();
    bench.faces = [face(20), face(200)];
    bench.names.set(20, { person: 'Ada', distance: 60 });
    bench.names.set(200, { person: 'Ada', distance: 40 });
    for (let i = 0; i < 3; i++) await bench.next();
    const { faces } = await bench.next();
    expect(faces.map(({ person, distance }) => [person, distance])).toEqual([
      [null, 60],
      ['Ada', 40],
    ]);
  });

  it("ends a person's window with the track, and starts afresh when they return", async () => {
    const bench = new Bench({ tracker: { patience: 2 }, identity: { votes: 1 } });
    bench.names.set(20, { person: 'Ada', distance: 30 });
    bench.faces = [face(20)];
    for (let i = 0; i < 19; i++) await bench.next();
    bench.faces = [];
    for (let i = 0; i < 2; i++) await bench.next();
    bench.faces = [face(20)];
    expect((await bench.next()).faces[0]).toMatchObject({ track: 1, confirmed: 'happy' });
    bench.faces = [];
    for (let i = 0; i < 3; i++) expect((await bench.next()).faces).toEqual([]);
    bench.faces = [face(20)];
    expect((await bench.next()).faces[0]).toMatchObject({ track: 2, person: 'Ada', confirmed: 'neutral' });
  });

  it('holds nothing of those who left, whatever they were called', async () => {
    const bench = new Bench({ tracker: { patience: 2 }, identity: { settledMs: 0, votes: 1 } });
    bench.faces = [face(20), face(200)];
    for (const person of ['Ada', null, 'Bo', 'Ada', null, 'Cy']) {
      bench.names.set(20, { person, distance: 30 });
      await bench.next();
    }
    expect(bench.pipeline.held).toMatchObject({ tracks: 2, identities: 2 });
    bench.faces = [];
    for (let i = 0; i < 3; i++) await bench.next();
    expect(bench.pipeline.held).toEqual({ tracks: 0, identities: 0, windows: 0 });
  });

  it('reads whoever is recognised and taught in their own way, and nobody else', async () => {
    const own = expressionLabels.map((name) => (name === 'fear' ? 0.4 : 0.1));
    const asked: unknown[] = [];
    const reading = {
      adapt: (probabilities: ArrayLike<number>, embedding: ArrayLike<number>) => {
        asked.push(probabilities.length, [...Array.from(embedding)]);
        return own;
      },
    };
    const bench = new Bench({ personal: new Map([['Ada', reading]]) });
    bench.faces = [face(20), face(200)];
    bench.names.set(20, { person: 'Bob', distance: 30 });
    bench.names.set(200, { person: 'Ada', distance: 30 });
    for (let i = 0; i < 6; i++) await bench.next();
    const { faces } = await bench.next();
    expect(faces.map(({ person, expression }) => `${person} ${expression}`)).toEqual(['Bob happy', 'Ada fear']);
    expect(faces[1]!.probabilities).toMatchObject({ fear: 0.4, happy: 0.1 });
    expect(asked.slice(0, 2)).toEqual([7, [1]]);
    expect(bench.pipeline.cropOf(faces[0]!.track)).toMatchObject({ width: 48, height: 40 });
    await bench.pipeline.setPersonal(new Map());
    expect((await bench.next()).faces[1]!.expression).toBe('happy');
    bench.faces = [];
    await bench.next();
    expect(bench.pipeline.cropOf(faces[0]!.track)).toBeUndefined();
  });

  it('forgets what was confirmed of whom it reads otherwise from now on, and of nobody else', async () => {
    const reads = (label: string) => ({ adapt: () => expressionLabels.map((name) => (name === label ? 0.7 : 0.05)) });
    const bob = reads('sad');
    const bench = new Bench({
      confirmation: undefined,
      personal: new Map([
        ['Ada', reads('happy')],
        ['Bob', bob],
      ]),
    });
    bench.faces = [face(20), face(200)];
    bench.names.set(20, { person: 'Bob', distance: 30 });
    bench.names.set(200, { person: 'Ada', distance: 30 });
    for (let i = 0; i < 90; i++) await bench.next();
    const confirmed = async () => (await bench.next()).faces.map((one) => one.confirmed);
    expect(await confirmed()).toEqual(['sad', 'happy']);
    await bench.pipeline.setPersonal(
      new Map([
        ['Ada', reads('fear')],
        ['Bob', bob],
      ]),
    );
    const next = [];
    for (let i = 0; i < 9; i++) next.push(await confirmed());
    expect(next[0]).toEqual(['sad', 'neutral']);
    expect(next[8]).toEqual(['sad', 'fear']);
  });

  it('confirms by another rule from the next frame on, everybody afresh', async () => {
    const bench = new Bench();
    bench.faces = [face(20)];
    for (let i = 0; i < 13; i++) await bench.next();
    expect((await bench.next()).faces[0]!.confirmed).toBe('happy');
    await bench.pipeline.setConfirmation({ rule: 'smooth' });
    const confirmed: (string | null)[] = [];
    for (let i = 0; i < 12; i++) confirmed.push((await bench.next()).faces[0]!.confirmed);
    expect(confirmed[0]).toBe('neutral');
    // 33 ms a frame: 1 - e^(-t / 500) times 0.65 reaches 0.15 after 131 ms.
    expect(confirmed.indexOf('happy')).toBe(4);
    await expect(bench.pipeline.setConfirmation({ rule: 'smooth', margin: -1 })).rejects.toBeInstanceOf(ConfigError);
    expect((await bench.next()).faces[0]!.confirmed).toBe('happy');
  });

  it('works without people and without a model, and takes both later', async () => {
    const bench = new Bench({ parts: [], identity: { votes: 1 } });
    bench.faces = [face(20)];
    const nothing = { person: null, distance: null, expression: null, probabilities: null, confirmed: null };
    expect((await bench.next()).faces[0]).toMatchObject(nothing);
    await bench.pipeline.setPeople({ identify: () => ({ person: 'Bo', distance: 1 }) });
    expect((await bench.next()).faces[0]).toMatchObject({ ...nothing, person: 'Bo', distance: 1, track: 1 });
    await bench.pipeline.setPeople(undefined);
    expect((await bench.next()).faces[0]).toMatchObject(nothing);
  });

  it('identifies everybody anew after the people change', async () => {
    const bench = new Bench();
    bench.faces = [face(20)];
    bench.names.set(20, { person: 'Ada', distance: 30 });
    for (let i = 0; i < 20; i++) await bench.next();
    expect((await bench.next()).faces[0]).toMatchObject({ person: 'Ada', confirmed: 'happy' });
    await bench.pipeline.setPeople({ identify: () => ({ person: 'Cy', distance: 5 }) });
    // Nothing of Ada is left: no name, no vote, no window.
    expect((await bench.next()).faces[0]).toMatchObject({ track: 1, person: null, distance: 5, confirmed: 'neutral' });
    for (let i = 0; i < 2; i++) await bench.next();
    expect((await bench.next()).faces[0]).toMatchObject({ person: 'Cy', confirmed: 'neutral' });
  });

  it('keeps a name for its track while that is out of sight, and frees it when the track ends', async () => {
    const bench = new Bench({ tracker: { patience: 2 } });
    bench.faces = [face(20), face(200)];
    bench.names.set(20, { person: 'Ada', distance: 40 });
    bench.names.set(200, { person: 'Ada', distance: 41 });
    for (let i = 0; i < 6; i++) await bench.next();
    bench.faces = [face(200)];
    const shown: (string | null)[] = [];
    for (let i = 0; i < 4; i++) shown.push((await bench.next()).faces[0]!.person);
    expect(shown).toEqual([null, null, 'Ada', 'Ada']);
  });

  it('starts again from nothing on reset', async () => {
    const bench = new Bench();
    bench.faces = [face(20)];
    for (let i = 0; i < 20; i++) await bench.next();
    await bench.pipeline.reset();
    expect((await bench.next()).faces[0]).toMatchObject({ track: 1, confirmed: 'neutral' });
  });

  it('takes faces that reach past the border and pictures of any size', async () => {
    const bench = new Bench();
    bench.faces = [face(-40, -30), face(300, 220, 90)];
    expect((await bench.next()).faces).toHaveLength(2);
    for (const [width, height] of [
      [1, 1],
      [2, 500],
      [700, 3],
    ] as const) {
      bench.faces = [{ ...face(-10, -10), box: [-10, -10, 900, 900] }];
      expect((await bench.next(picture(width, height))).faces).toHaveLength(1);
    }
    for (const channels of [1, 4] as const) {
      bench.faces = [face(20)];
      const shown = { width: 320, height: 240, channels, data: new Uint8ClampedArray(320 * 240 * channels) };
      expect((await bench.next(shown)).faces).toHaveLength(1);
    }
  });

  it('keeps tracks and windows when the picture only changes its scale', async () => {
    const bench = new Bench();
    bench.faces = [face(200)];
    for (let i = 0; i < 12; i++) await bench.next();
    bench.faces = [face(100, 40, 32)];
    expect((await bench.next(picture(160, 120))).faces[0]).toMatchObject({ track: 1, confirmed: 'happy' });
  });

  it('rejects detections that are no faces, with the reason', async () => {
    const bench = new Bench();
    const odd: Box[] = [
      [400, 10, 50, 50],
      [-60, 10, 50, 50],
      [10, 10, 0, 50],
      [Number.NaN, 10, 5, 5],
    ];
    bench.faces = [...odd.map((box) => ({ box, score: 0.6, keypoints: null })), face(20)];
    const { faces, rejected } = await bench.next();
    expect(faces).toHaveLength(1);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      'outside the picture',
      'outside the picture',
      'no area',
      'no area',
    ]);
  });

  it('begins no track with an unsure detection but follows one through it', async () => {
    const bench = new Bench();
    const unsure = { ...face(20), score: 0.6 };
    bench.faces = [unsure];
    const first = await bench.next();
    expect(first.faces).toEqual([]);
    expect(first.rejected).toEqual([{ box: unsure.box, reason: 'score 0.60 is too low for a new face' }]);
    bench.faces = [face(20)];
    await bench.next();
    bench.faces = [unsure];
    expect((await bench.next()).faces).toMatchObject([{ track: 1, score: 0.6 }]);
    expect(() => new Bench({ startScore: 2 })).toThrow(ConfigError);
  });

  it('is not disturbed by frames that fail', async () => {
    const quiet = new Bench();
    const noisy = new Bench();
    for (const bench of [quiet, noisy]) {
      bench.faces = [face(20), face(200)];
      bench.names.set(20, { person: 'Ada', distance: 30 });
    }
    for (let i = 0; i < 16; i++) {
      // Each stage fails once in a while; a failed frame might as well not have been.
      const good = noisy.faces;
      noisy.faces = new Error('the detector broke');
      await expect(noisy.next()).rejects.toThrow('the detector broke');
      noisy.faces = [face(100, 10), face(120, 150)];
      noisy.labels = new Error('the model broke');
      await expect(noisy.next()).rejects.toThrow('the model broke');
      noisy.labels = ['no such label'];
      await expect(noisy.next()).rejects.toBeInstanceOf(ModelFormatError);
      noisy.labels = [];
      noisy.faces = [face(111, 10)];
      noisy.names.set(111, { person: 'broken', distance: 0 });
      await expect(noisy.next()).rejects.toThrow('the recogniser broke');
      await expect(noisy.next({ width: 5, height: 5, channels: 3, data: new Uint8Array(3) })).rejects.toBeInstanceOf(
        MediaError,
      );
      noisy.faces = good;
      const expected = await quiet.next();
      const { faces } = await noisy.next();
      expect(faces).toEqual(expected.faces);
    }
  });

  it('tells how far faces are that keep their track, and rejects a photograph', async () => {
    const bench = new Bench({ depthFilter: new DepthFilter() });
    const [width, height] = [320, 240];
    const shown = new Uint16Array(width * height).fill(1200);
    // A ball of 17 cm at 0.7 m before the wall; the wall's own face is a picture.
    for (let i = 0; i < shown.length; i++) {
      const inside = 1 - (((i % width) - 232) / 32) ** 2 - ((Math.floor(i / width) - 112) / 32) ** 2;
      if (inside > 0) shown[i] = 785 - 85 * Math.sqrt(inside);
    }
    bench.faces = [face(20, 80, 40), face(200)];
    const depth = { width, height, kind: 'millimetres' as const, data: shown };
    const { faces, rejected } = await bench.pipeline.process({ index: 0, timeMs: 0, picture: picture(), depth });
    expect(faces).toMatchObject([{ track: 1, box: [200, 80, 64, 64] }]);
    expect(faces[0]!.depthMm).toBeCloseTo(706, -1);
    expect(rejected).toMatchObject([{ box: [20, 80, 40, 40], reason: expect.stringMatching(/^flat/) }]);
  });

  it('works on frames in the order of the calls, also when they overlap', async () => {
    const bench = new Bench();
    bench.faces = [face(20)];
    const results = await Promise.all(Array.from({ length: 15 }, () => bench.next()));
    expect(results.map(({ frame }) => frame)).toEqual(Array.from({ length: 15 }, (_, i) => i));
    expect(results.findIndex(({ faces }) => faces[0]!.confirmed === 'happy')).toBe(12);
  });

  it('gives the same results for the same frames', async () => {
    const run = async () => {
      const bench = new Bench();
      const results: unknown[] = [];
      for (let i = 0; i < 40; i++) {
        bench.faces = [face(20 + 4 * i), ...(i % 3 === 0 ? [] : [face(200 - 3 * i, 100)])];
        bench.labels = [expressionLabels[i % 2]!, 'sad'];
        results.push(await bench.next());
      }
      return results;
    };
    expect(await run()).toEqual(await run());
  });
});
