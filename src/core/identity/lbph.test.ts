// LBPH beside OpenCV: stored answers on small pictures.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Answers, expectSame } from '../../../tests/fixtures/lbph-answers.js';
import { PeopleError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { type LbphOptions, LbphRecogniser } from './lbph.js';

interface Case extends Answers {
  readonly width: number;
  readonly height: number;
  readonly setting: LbphOptions;
  readonly train: readonly string[];
  readonly trainLabels: readonly number[];
  readonly test: readonly string[];
  readonly histograms: readonly (readonly number[])[];
}

const fixture = JSON.parse(readFileSync(new URL('./fixtures/lbph.json', import.meta.url), 'utf8')) as { cases: Case[] };

function grey(width: number, height: number, data: Uint8Array): GreyPicture {
  return { width, height, channels: 1, data };
}

function noise(width: number, height: number, seed: number): GreyPicture {
  return grey(
    width,
    height,
    Uint8Array.from({ length: width * height }, (_, i) => (Math.imul(i + 1, 2654435761 + seed * 40503) >>> 16) & 255),
  );
}

describe('LbphRecogniser', () => {
  it.each(fixture.cases.map((each) => [JSON.stringify(each.setting), each] as const))(
    'has the bits of OpenCV with %s',
    (_, { width, height, setting, train, trainLabels, test, histograms, ...answers }) => {
      const decode = (text: string) => grey(width, height, Uint8Array.from(Buffer.from(text, 'base64')));
      const faces = train.map((text, i) => ({ picture: decode(text), label: trainLabels[i]! }));
      const recogniser = LbphRecogniser.train(faces, setting);
      histograms.forEach((values, i) => {
        expect([...recogniser.histogram(i)]).toEqual(values);
      });
      expectSame(recogniser, test.map(decode), answers);
    },
  );

  it('covers a threshold that turns some probes away', () => {
    const { labels } = fixture.cases.find(({ setting }) => setting.threshold !== undefined)!;
    expect(labels).toContain(-1);
    expect(labels.some((label) => label !== -1)).toBe(true);
  });

  it('gives the first of equally near faces', () => {
    const picture = noise(20, 20, 1);
    const recogniser = LbphRecogniser.train([5, 3].map((label) => ({ picture, label })));
    expect(recogniser.predict(picture)).toEqual({ label: 5, distance: 0 });
    recogniser.threshold = 0;
    expect(recogniser.predict(picture)).toEqual({ label: -1, distance: Number.MAX_VALUE });
    expect(recogniser.nearest(picture)).toEqual({ label: 5, distance: 0 });
  });

  it('learns more with update, as if trained on all at once', () => {
    const faces = [1, 2, 3, 4].map((seed) => ({ picture: noise(24, 20, seed), label: seed }));
    const recogniser = LbphRecogniser.train(faces.slice(0, 2));
    recogniser.predict(noise(24, 20, 9));
    recogniser.update(faces.slice(2));
    expect(recogniser.distances(noise(24, 20, 9))).toEqual(LbphRecogniser.train(faces).distances(noise(24, 20, 9)));
  });

  it('is symmetric and zero only to itself between known faces', () => {
    const faces = [1, 2, 3].map((seed) => ({ picture: noise(24, 20, seed), label: seed }));
    const recogniser = LbphRecogniser.train(faces);
    const [first, second] = [recogniser.distancesBetween(0), recogniser.distancesBetween(1)];
    expect(first[0]).toBe(0);
    expect(first[1]).toBeGreaterThan(0);
    expect(first[1]).toBe(second[0]);
    expect(recogniser.distances(faces[1]!.picture)).toEqual(second);
  });

  it('takes the smallest picture that fills the grid and refuses smaller ones', () => {
    expect(LbphRecogniser.train([{ picture: noise(10, 10, 1), label: 1 }]).predict(noise(10, 10, 1)).label).toBe(1);
    const train = (width: number, height: number, options?: LbphOptions) => () =>
      LbphRecogniser.train([{ picture: noise(width, height, 1), label: 1 }], options);
    expect(train(9, 10)).toThrow(/at least 10x10 pixels.*found 9x10/);
    expect(train(10, 9)).toThrow(PeopleError);
    expect(train(0, 0)).toThrow(PeopleError);
    expect(train(10, 10, { radius: 2 })).toThrow(/at least 12x12/);
  });

  it('refuses pictures of other sizes and adds none of a batch with one', () => {
    const recogniser = LbphRecogniser.train([{ picture: noise(24, 20, 1), label: 1 }]);
    expect(() => recogniser.predict(noise(20, 24, 1))).toThrow(/24x20.*20x24/);
    const batch = [noise(24, 20, 2), noise(25, 20, 2)].map((picture) => ({ picture, label: 2 }));
    expect(() => recogniser.update(batch)).toThrow(PeopleError);
    expect(recogniser.count).toBe(1);
    expect(() => LbphRecogniser.train(batch)).toThrow(/face 2 is 25x20/);
  });

  it('refuses colour, no faces, odd labels and options', () => {
    const colour = { width: 20, height: 20, channels: 3, data: new Uint8Array(1200) } as unknown as GreyPicture;
    expect(() => LbphRecogniser.train([{ picture: colour, label: 1 }])).toThrow(/grey/);
    expect(() => LbphRecogniser.train([])).toThrow(PeopleError);
    const one = { picture: noise(20, 20, 1), label: 1 };
    for (const label of [0.5, Number.NaN, 2 ** 31]) {
      expect(() => LbphRecogniser.train([{ ...one, label }])).toThrow(PeopleError);
    }
    for (const options of [
      { radius: 0 },
      { radius: 1.5 },
      { neighbors: 17 },
      { neighbors: 0 },
      { gridX: 0 },
      { gridY: 257 },
      { gridX: 256, gridY: 256 },
      { threshold: Number.NaN },
    ]) {
      expect(() => LbphRecogniser.train([one], options)).toThrow(PeopleError);
    }
  });
});
