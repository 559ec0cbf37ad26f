// People: names, alignment, sizes, thresholds, and the file that both moodlens and OpenCV read.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Face } from '../detect/face.js';
import { PeopleError } from '../errors.js';
import type { Picture } from '../image/picture.js';
import { createRandom } from '../numbers/random.js';
import { LbphRecogniser } from './lbph.js';
import { leaveOneOutThreshold } from './open-set-threshold.js';
import { readOpenCvYaml, writeOpenCvYaml } from './opencv-yaml.js';
import { type FaceSample, People } from './people.js';
import { personFolder, personName } from './person-name.js';

/** A texture of its own for every person, with some noise for every shot. */
function portrait(person: number, shot: number, width = 120, height = 120): Picture {
  const random = createRandom(person * 1000 + shot);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const wave = Math.sin((x * (person + 2)) / 9) * 50 + Math.cos((y * (person + 3)) / 11) * 50;
      data[y * width + x] = Math.max(0, Math.min(255, 128 + wave + random.normal() * 6));
    }
  }
  return { width, height, channels: 1, data };
}

function shots(person: number, count: number, first = 0): FaceSample[] {
  return Array.from({ length: count }, (_, i) => ({ picture: portrait(person, first + i), face: null }));
}

const three = new Map([
  ['Cy', shots(3, 4)],
  ['Ann', shots(1, 4)],
  ['Bo', shots(2, 4)],
]);

describe('People', () => {
  it('names known people and nobody else', () => {
    const people = People.train(three);
    expect(people.names).toEqual(['Ann', 'Bo', 'Cy']);
    expect(people.pictureCount('Bo')).toBe(4);
    expect(people.pictureCount('Dan')).toBe(0);
    expect(people.identify(portrait(2, 50), null).person).toBe('Bo');
    const stranger = people.identify(portrait(9, 50), null);
    expect(stranger.person).toBeNull();
    expect(stranger.distance).toBeGreaterThan(people.threshold!);
  });

  it('takes everybody for someone without a threshold, and nobody below a tiny one', () => {
    const all = People.train(three, { threshold: 'none' });
    expect(all.threshold).toBeUndefined();
    expect(all.identify(portrait(9, 50), null).person).not.toBeNull();
    const none = People.train(three, { threshold: 0.001 });
    expect(none.identify(portrait(2, 50), null)).toMatchObject({ person: null });
    expect(() => People.train(three, { threshold: -1 })).toThrow(PeopleError);
    expect(() => People.train(three, { threshold: Number.NaN })).toThrow(PeopleError);
  });

  it('gives the same file whatever the order of the names, and joins equal names', () => {
    const text = People.train(three).toYaml();
    expect(People.train([...three].reverse()).toYaml()).toBe(text);
    const joined = People.train([
      ['Zoe\u0308 ', shots(1, 2)],
      ['Zo\u00eb', shots(1, 2, 2)],
    ]);
    expect(joined.names).toEqual(['Zo\u00eb']);
    expect(joined.pictureCount('Zo\u00eb')).toBe(4);
  });

  it('refuses no people, people without pictures and impossible names', () => {
    expect(() => People.train([])).toThrow(/at least one person/);
    expect(() => People.train([['Ann', []]])).toThrow(/Ann has none/);
    expect(() => People.train([['', shots(1, 1)]])).toThrow(PeopleError);
    expect(() => People.train([['a\nb', shots(1, 1)]])).toThrow(PeopleError);
  });

  it('cuts a detected face out wherever it lies', () => {
    const face = portrait(1, 0, 200, 200);
    const scene: Picture = { width: 600, height: 500, channels: 1, data: new Uint8Array(600 * 500).fill(90) };
    const place = (left: number, top: number): FaceSample => {
      const data = scene.data.slice();
      for (let y = 0; y < 200; y++) data.set(face.data.subarray(y * 200, y * 200 + 200), (top + y) * 600 + left);
      const found: Face = { box: [left + 30, top + 30, 140, 140], score: 1, keypoints: null };
      return { picture: { ...scene, data }, face: found };
    };
    const people = People.train([['Ann', [place(20, 30)]]]);
    expect(people.align).toBe(true);
    expect(people.faceSize).toEqual({ width: 100, height: 100 });
    const moved = place(333, 271);
    expect(people.identify(moved.picture, moved.face)).toEqual({ person: 'Ann', distance: 0 });
  });

  it('without alignment takes pictures whole, wants one size, and fits probes to it', () => {
    const people = People.train(three, { align: false });
    expect(people.faceSize).toEqual({ width: 120, height: 120 });
    expect(people.identify(portrait(3, 0), null)).toEqual({ person: 'Cy', distance: 0 });
    expect(people.probe(portrait(3, 0, 77, 300), null)).toMatchObject({ width: 120, height: 120, channels: 1 });
    const face: Face = { box: [-5, 10, 80.5, 60], score: 1, keypoints: null };
    expect(people.probe(portrait(3, 0), face)).toMatchObject({ width: 120, height: 120, channels: 1 });
    const odd: [string, FaceSample[]][] = [
      ['Ann', shots(1, 2)],
      ['Bo', [...shots(2, 1), { picture: portrait(2, 1, 120, 121), face: null }]],
    ];
    expect(() => People.train(odd, { align: false })).toThrow(/120x120; picture 2 of Bo is 120x121/);
  });

  it('takes colour', () => {
    const grey = portrait(1, 0);
    const data = Uint8Array.from({ length: grey.data.length * 3 }, (_, i) => grey.data[Math.floor(i / 3)]!);
    const people = People.train([['Ann', [{ picture: { ...grey, channels: 3, data }, face: null }]]]);
    expect(people.identify(grey, null)).toEqual({ person: 'Ann', distance: 0 });
  });

  it('comes back from its file as it was', () => {
    for (const align of [true, false]) {
      const people = People.train(three, { align, lbph: { radius: 2, gridX: 6 } });
      const again = People.fromYaml(people.toYaml());
      expect(again).toMatchObject({
        align,
        faceSize: people.faceSize,
        names: people.names,
        threshold: people.threshold,
      });
      for (const person of [1, 2, 9]) {
        expect(again.identify(portrait(person, 70), null)).toEqual(people.identify(portrait(person, 70), null));
      }
      expect(again.toYaml()).toBe(people.toYaml());
      expect(readOpenCvYaml(people.toYaml()).count).toBe(12);
    }
  });

  it('writes faces as they are, aligned or not, as the first version of the file, and reads it', () => {
    for (const align of [true, false]) {
      const people = People.train(three, { align, light: 'as-is' });
      expect(people.toYaml()).toMatch(/moodlens_people:\n {3}version: 1\n {3}align: [01]\n {3}face_width/);
      const again = People.fromYaml(people.toYaml());
      expect(again).toMatchObject({ light: 'as-is', align, threshold: people.threshold });
      expect(again.recogniser).toMatchObject({ radius: 1, neighbors: 8, gridX: 8, gridY: 8 });
    }
    expect(People.train(three).light).toBe('tan-triggs');
    expect(People.train(three, { align: false }).light).toBe('as-is');
  });

  it('knows a face in other light when it takes the light out', () => {
    const people = People.train(three, { threshold: 'none' });
    const plain = People.train(three, { threshold: 'none', light: 'as-is' });
    const bright = portrait(2, 50);
    const dark = { ...bright, data: bright.data.map((value) => value * 0.4) };
    const farther = (by: People) => by.identify(dark, null).distance / by.identify(bright, null).distance;
    expect(people.identify(dark, null).person).toBe('Bo');
    expect(farther(people)).toBeLessThan(farther(plain));
  });

  it("reads OpenCV's own file: whole pictures, labels for names", () => {
    const { recogniser } = People.train(three, { align: false, threshold: 'none' });
    recogniser.labelNames.delete(1);
    const people = People.fromYaml(writeOpenCvYaml(recogniser));
    expect(people).toMatchObject({ align: false, faceSize: undefined, names: ['Ann', 'Cy', 'label 1'] });
    expect(people.identify(portrait(2, 0), null)).toEqual({ person: 'label 1', distance: 0 });
    expect(people.probe(portrait(2, 0), { box: [0, 0, 50, 50], score: 1, keypoints: null }).width).toBe(100);
    expect(people.toYaml()).toBe(writeOpenCvYaml(recogniser));
  });

  const text = People.train([['Ann', shots(1, 2)]]).toYaml();
  it.each([
    ['a cut before our facts', text.slice(0, text.indexOf('moodlens_people')), /cut short/],
    ['another version', text.replace('version: 2', 'version: 3'), /newer/],
    ['align 2', text.replace('align: 1', 'align: 2'), /align 0 or 1/],
    ['light 3', text.replace('tan_triggs: 1', 'tan_triggs: 3'), /tan_triggs 0 or 1/],
    ['no size', text.replace('face_width: 100', 'face_width: 0'), /face size/],
    ['a size the grid does not fit in', text.replace('face_width: 100', 'face_width: 9'), /at least 14x14/],
    ['a huge size', text.replace('face_height: 100', 'face_height: 1e9'), /face size/],
    ['a missing name', text.replace('names: 1', 'names: 2'), /must name 2 people/],
    ['a name with line breaks', text.replace('value: Ann', 'value: "A\\nnn"'), /control/],
    ['facts that are a word', text.replace(/moodlens_people:\n(.*\n)*/, 'moodlens_people: yes\n'), /must have keys/],
  ])('refuses a file with %s', (_, damaged, message) => {
    expect(damaged).not.toBe(text);
    expect(() => People.fromYaml(damaged)).toThrow(PeopleError);
    expect(() => People.fromYaml(damaged)).toThrow(message);
  });
});

/** A recogniser over histograms of four bins, one per share of the first. */
function recogniserOf(shares: readonly (readonly [label: number, share: number])[]): LbphRecogniser {
  return LbphRecogniser.restore({
    options: { radius: 1, neighbors: 2, gridX: 1, gridY: 1, threshold: Number.MAX_VALUE },
    labels: shares.map(([label]) => label),
    histograms: shares.map(([, share]) => Float32Array.of(share, 1 - share, 0, 0)),
  });
}

describe('leaveOneOutThreshold', () => {
  it('lies 2.5 standard deviations below the mean distance of strangers', () => {
    const { recogniser } = People.train(three, { threshold: 'none' });
    const nearest = recogniser.labels.map((label, i) =>
      Math.min(...recogniser.distancesBetween(i).filter((_, j) => recogniser.labels[j] !== label)),
    );
    const mean = nearest.reduce((sum, value) => sum + value, 0) / nearest.length;
    const variance = nearest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (nearest.length - 1);
    expect(leaveOneOutThreshold(recogniser, Number.MAX_VALUE)).toBeCloseTo(mean - 2.5 * Math.sqrt(variance), 9);
  });

  it('accepts no stranger that is farther than all left out, and is above 0, whatever the gallery', () => {
    const face = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(fc.array(face, { minLength: 1, maxLength: 12 }), fc.boolean(), (faces, isUsual) => {
        const recogniser = recogniserOf(faces);
        const threshold = leaveOneOutThreshold(recogniser, isUsual ? 0.3 : undefined);
        expect(threshold).toBeGreaterThan(0);
        if (isUsual) expect(threshold).toBeLessThanOrEqual(0.3);
        const between = faces.flatMap(([label], i) =>
          [...recogniser.distancesBetween(i)].filter((distance, j) => faces[j]![0] !== label && distance > 0),
        );
        if (between.length > 0) expect(threshold).toBeLessThanOrEqual(Math.max(...between));
      }),
    );
  });

  it('does not depend on the order of the pictures', () => {
    const faces = [
      [0, 0.1],
      [0, 0.15],
      [1, 0.5],
      [1, 0.52],
      [2, 0.9],
    ] as const;
    const threshold = leaveOneOutThreshold(recogniserOf(faces));
    expect(leaveOneOutThreshold(recogniserOf([...faces].reverse()))).toBeCloseTo(threshold, 12);
  });

  it('goes by the usual distance of strangers, or by one person, not by one picture nor by copies of it', () => {
    const train = (samples: FaceSample[], align: boolean) => People.train([['Ann', samples]], { align }).threshold;
    expect(train(shots(1, 1), true)).toBe(56);
    expect(People.train([['Ann', shots(1, 1)]], { light: 'as-is' }).threshold).toBe(76);
    expect(People.train([['Ann', shots(1, 1)]], { faceSize: { width: 90, height: 90 } }).threshold).toBeUndefined();
    expect(train(shots(1, 3), false)).toBeGreaterThan(0);
    expect(train(shots(1, 1), false)).toBeUndefined();
    expect(train([...shots(1, 1), ...shots(1, 1)], false)).toBeUndefined();
  });

  it('lets strangers count where they come nearer than usual', () => {
    const { recogniser } = People.train(three, { threshold: 'none' });
    const learned = leaveOneOutThreshold(recogniser, Number.MAX_VALUE);
    expect(learned).toBeLessThan(Number.MAX_VALUE);
    expect(leaveOneOutThreshold(recogniser, learned / 2)).toBe(learned / 2);
  });
});

describe('names', () => {
  it.each(['', ' ', 'a\u0000b', 'a\u001b[31m', 'a'.repeat(81), '\ud800', 'a\u2028b'])(
    'personName refuses %j',
    (name) => {
      expect(() => personName(name)).toThrow(PeopleError);
    },
  );

  it.each([
    ['A\u202eda\u202c', 'Ada'],
    ['\u2066Ada\u2069\u200e\u200f\u061c', 'Ada'],
    ['A\u200bd\u200ca\u200d\ufeff\u2060', 'Ada'],
    ['A\u00adda\u3164\u115f\u{e0041}\ufe0f\ufff9\u2800', 'Ada'],
    ['Ada\u00a0 \u3000Lovelace', 'Ada Lovelace'],
    ['Zoe\u200d\u0308', 'Zoë'],
    ['مریم', 'مریم'],
  ])('personName makes %j visible', (written, name) => {
    expect(personName(written)).toBe(name);
    expect(personFolder(written)).toBe(name);
  });

  it.each(['\u200b', '\u202e\u202c', '\u3164', '\u2800'])(
    'personName refuses %j, of which nothing can be seen',
    (name) => {
      expect(() => personName(name)).toThrow(/that can be seen/);
    },
  );

  it('takes every name once more as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        let name: string;
        try {
          name = personName(text);
        } catch {
          return;
        }
        expect(personName(name)).toBe(name);
        expect(name).not.toMatch(/[\p{Cc}\p{Default_Ignorable_Code_Point}]/u);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['"a\\nb\\tc"', 'a b c'],
    ['"\u202e"', 'unnamed'],
    [`"${'x'.repeat(200)}"`, 'x'.repeat(80)],
    [`"${'\u200b'.repeat(200)} y"`, 'y'],
  ])("OpenCV's own file with the name %s opens", (written, name) => {
    const yaml = People.train([['Bob', shots(2, 2)]]).toYaml();
    const own = yaml.slice(0, yaml.indexOf('moodlens_people')).replace(/# moodlens.*\n/, '');
    expect(People.fromYaml(own.replace(/\bBob\b/, written)).names).toEqual([name]);
  });

  it('a file with invisible characters in its names opens with names without, and nobody is joined', () => {
    const people = People.train([
      ['Ada', shots(1, 2)],
      ['Bob', shots(2, 2)],
    ]);
    const picture = { width: 8, height: 8, channels: 1 as const, data: new Uint8Array(64) };
    const teaching = { model: '0'.repeat(64), pictures: [{ expression: 'happy', picture }] };
    people.taught = new Map([['Bob', teaching]]);
    const text = people.toYaml();
    for (const yaml of [text, text.slice(0, text.indexOf('moodlens_taught')).replace(/# moodlens.*\n/, '')]) {
      const opened = People.fromYaml(yaml.replace(/\bBob\b/g, '"Ada\u202e"'));
      expect(opened.names).toEqual(['Ada', 'Ada (2)']);
      expect(opened.pictureCount('Ada (2)')).toBe(2);
      expect([...opened.taught.keys()]).toEqual(yaml === text ? ['Ada (2)'] : []);
      expect(People.fromYaml(opened.toYaml()).names).toEqual(['Ada', 'Ada (2)']);
    }
  });

  it.each([
    '.',
    '..',
    'a/b',
    '../x',
    'a\\b',
    'C:x',
    '.hidden',
    'end.',
    'nul',
    'CON.txt',
    'a*',
    '日'.repeat(70),
    '/abs',
  ])('personFolder refuses %j', (name) => {
    expect(() => personFolder(name)).toThrow(PeopleError);
  });

  it.each(['Ann', 'Zoë Ångström', "O'Brien", 'Dr. No', '日本 太郎', '-x'])('personFolder takes %j', (name) => {
    expect(personFolder(` ${name} `)).toBe(name);
  });

  it('never gives a name that leaves its folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        try {
          expect(personFolder(text)).not.toMatch(/[/\\]|^\.|^$/);
        } catch (error) {
          expect(error).toBeInstanceOf(PeopleError);
        }
      }),
    );
  });
});
