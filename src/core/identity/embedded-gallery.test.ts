// People by embedding: who is nearest, who is unknown, and the file, whole and damaged.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeopleError } from '../errors.js';
import { createRandom } from '../numbers/random.js';
import { EmbeddedGallery, type EmbeddedPicture, type EmbeddingFacts } from './embedded-gallery.js';
import { isEmbeddedGallery, readEmbeddedGallery, writeEmbeddedGallery } from './embedded-people-file.js';
import { People } from './people.js';

const size = 16;
const facts: EmbeddingFacts = {
  name: 'dlib-resnet-29',
  hash: 'ab'.repeat(32),
  length: size,
  chip: { width: 8, height: 8, places: { rightEye: [2, 2], leftEye: [6, 2], nose: [4, 4], mouth: [4, 6] } },
};

/** A direction of its own for every person, a little off for every shot. */
function shot(person: number, number: number, off = 0.05): EmbeddedPicture {
  const [own, little] = [createRandom(person), createRandom(1000 + 100 * person + number)];
  const vector = Float32Array.from({ length: size }, () => own.normal() + off * little.normal());
  const length = Math.hypot(...vector);
  return { embedding: vector.map((value) => value / length), picture: Uint8Array.of(person, number) };
}

const shots = (person: number, count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => shot(person, first + i));

const three: [string, EmbeddedPicture[]][] = [
  ['Cy', shots(3, 4)],
  ['Ann', shots(1, 4)],
  ['Bo', shots(2, 4)],
];

describe('EmbeddedGallery', () => {
  it('names known people and nobody else', () => {
    const people = EmbeddedGallery.train(facts, three);
    expect(people.names).toEqual(['Ann', 'Bo', 'Cy']);
    expect([people.pictureCount('Bo'), people.pictureCount('Dan')]).toEqual([4, 0]);
    expect(people.falseAccepts).toBe(0.01);
    expect(people.identify(shot(2, 50).embedding).person).toBe('Bo');
    const stranger = people.identify(shot(9, 50).embedding);
    expect(stranger.person).toBeNull();
    expect(stranger.distance).toBeGreaterThan(people.threshold!);
  });

  it('takes everybody for someone without a threshold, and nobody below a tiny one', () => {
    const all = EmbeddedGallery.train(facts, three, { threshold: 'none' });
    expect([all.threshold, all.falseAccepts]).toEqual([undefined, undefined]);
    expect(all.identify(shot(9, 50).embedding).person).not.toBeNull();
    expect(EmbeddedGallery.train(facts, three, { threshold: 1e-9 }).identify(shot(2, 50).embedding).person).toBeNull();
    for (const threshold of [0, -1, Number.NaN, Infinity]) {
      expect(() => EmbeddedGallery.train(facts, three, { threshold })).toThrow(PeopleError);
    }
  });

  it('is nearer with fewer false accepts allowed, and learns it anew when somebody is forgotten', () => {
    const people = EmbeddedGallery.train(facts, three);
    expect(people.withThreshold({ falseAccepts: 0.001 }).threshold).toBeLessThan(people.threshold!);
    const two = people.without('Cy')!;
    expect(two.names).toEqual(['Ann', 'Bo']);
    expect(two.threshold).not.toBe(people.threshold);
    expect(two.without('Ann')!.without('Bo')).toBeUndefined();
    const given = EmbeddedGallery.train(facts, three, { threshold: 0.3 });
    expect(given.without('Cy')!.threshold).toBe(0.3);
  });

  it('forgets somebody also where too few stay for a threshold', () => {
    const other = { ...facts, name: 'another' };
    const five = EmbeddedGallery.train(
      other,
      [1, 2, 3, 4, 5].map((p) => [`p${p}`, shots(p, 2)] as const),
    );
    expect(five.without('p1')!.threshold).toBe(five.threshold);
  });

  it('counts one person with many like pictures and one with few unlike pictures alike', () => {
    const probe = shot(7, 0).embedding;
    const same = EmbeddedGallery.train(facts, [['Ann', shots(1, 1)]]).nearest(probe).distance;
    const repeated = EmbeddedGallery.train(facts, [['Ann', Array.from({ length: 9 }, () => shot(1, 0))]]);
    expect(repeated.nearest(probe).distance).toBeCloseTo(same, 5);
  });

  it('refuses nobody, people without pictures, and pictures that cancel each other out', () => {
    expect(() => EmbeddedGallery.train(facts, [])).toThrow(/at least one person/);
    expect(() => EmbeddedGallery.train(facts, [['Ann', []]])).toThrow(/Ann has none/);
    const { embedding } = shot(1, 1);
    const opposite = { embedding: embedding.map((value) => -value) };
    expect(() => EmbeddedGallery.train(facts, [['Ann', [{ embedding }, opposite]]])).toThrow(/of Ann must have a mean/);
  });

  it('keeps every embedding and the pictures of some', () => {
    const people = EmbeddedGallery.train(facts, [['Ann', shots(1, 50)]]);
    const pictures = people.pictures('Ann');
    expect(pictures).toHaveLength(50);
    const kept = pictures.flatMap(({ picture }, i) => (picture ? [i] : []));
    expect(kept.length).toBeLessThanOrEqual(20);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.at(-1)).toBeGreaterThan(40);
  });
});

describe('the file', () => {
  const people = EmbeddedGallery.train(facts, three);
  people.taught = new Map([
    [
      'Bo',
      {
        model: 'cd'.repeat(32),
        pictures: [
          { expression: 'happy', picture: { width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(7) } },
        ],
      },
    ],
  ]);
  const text = writeEmbeddedGallery(people);

  it('gives back what was written', () => {
    expect(isEmbeddedGallery(text)).toBe(true);
    for (const other of ['%YAML:1.0\n---\n', '{"format":"moodlens-personal"}'])
      expect(isEmbeddedGallery(other)).toBe(false);
    expect(() => People.fromYaml(text)).toThrow(/must be of LBPH and is of a face embedding/);
    const read = readEmbeddedGallery(text);
    expect(read.facts).toEqual(facts);
    expect(read.names).toEqual(people.names);
    expect([read.threshold, read.falseAccepts]).toEqual([people.threshold, people.falseAccepts]);
    expect(read.taught).toEqual(people.taught);
    expect(read.pictures('Cy').map(({ picture }) => picture)).toEqual(
      people.pictures('Cy').map(({ picture }) => picture),
    );
    expect(read.identify(shot(2, 50).embedding).distance).toBeCloseTo(
      people.identify(shot(2, 50).embedding).distance,
      5,
    );
    const none = readEmbeddedGallery(writeEmbeddedGallery(people.withThreshold({ threshold: 'none' })));
    expect([none.threshold, none.falseAccepts]).toEqual([undefined, undefined]);
  });

  it('gives back a threshold that names nobody, as people who are all alike give', () => {
    const none = new EmbeddedGallery(facts, three, { distance: 0, falseAccepts: 1e-6 });
    expect(readEmbeddedGallery(writeEmbeddedGallery(none)).threshold).toBe(0);
  });

  it('holds a thousand people', () => {
    const crowd = Array.from({ length: 1000 }, (_, i) => [`person ${i}`, [shot(i + 1, 0), shot(i + 1, 1)]] as const);
    const read = readEmbeddedGallery(writeEmbeddedGallery(EmbeddedGallery.train(facts, crowd)));
    expect(read.names).toHaveLength(1000);
    expect(read.nearest(shot(500, 0).embedding).person).toBe('person 499');
  });

  /** The file with something else in it. */
  function changed(change: (json: FileJson) => void): string {
    const json = JSON.parse(text) as FileJson;
    change(json);
    return JSON.stringify(json);
  }
  interface FileJson {
    version: number;
    embedding: { length: number };
    threshold: { distance: number | null; falseAccepts: number | null };
    people: { name: string; pictures: { embedding: string; picture: string | null }[]; taught?: unknown }[];
  }
  const vector = (values: readonly number[]) => Buffer.from(Float32Array.from(values).buffer).toString('base64');
  const ones = Array.from({ length: size }, () => 1);

  it.each<[string, (json: FileJson) => void, RegExp]>([
    [
      'numbers that are none',
      (json) => (json.people[0]!.pictures[0]!.embedding = vector([Number.NaN, ...ones.slice(1)])),
      /picture 1 of Ann is not/,
    ],
    [
      'numbers without end',
      (json) => (json.people[0]!.pictures[0]!.embedding = vector([3e38, ...ones.slice(1)])),
      /picture 1 of Ann is not/,
    ],
    ['zeros', (json) => (json.people[0]!.pictures[0]!.embedding = vector(ones.map(() => 0))), /not all 0/],
    [
      'another length',
      (json) => (json.people[1]!.pictures[2]!.embedding = vector(ones.slice(1))),
      /16 numbers, and that of picture 3 of Bo has 15/,
    ],
    ['no base64', (json) => (json.people[1]!.pictures[2]!.embedding = '!'), /has none/],
    ['a picture that is none', (json) => (json.people[1]!.pictures[2]!.picture = '!'), /picture 3 of Bo/],
    [
      'a picture that is too large',
      (json) => (json.people[1]!.pictures[2]!.picture = 'A'.repeat(1_500_000)),
      /at most 1048576 bytes/,
    ],
    ['two people of one name', (json) => (json.people[1]!.name = 'Ann'), /two are "Ann"/],
    ['an impossible name', (json) => (json.people[1]!.name = '\u0000'), /characters that can be seen/],
    ['nobody', (json) => (json.people = []), /people/],
    ['a person without pictures', (json) => (json.people[0]!.pictures = []), /pictures/],
    ['a threshold below 0', (json) => (json.threshold.distance = -1), /threshold/],
    ['a rate that is none', (json) => (json.threshold.falseAccepts = 5e-324), /falseAccepts/],
    ['a later version', (json) => (json.version = 2), /newer moodlens/],
    ['taught expressions that are none', (json) => (json.people[0]!.taught = { pictures: 1 }), /personal file/],
  ])('refuses %s', (_, change, message) => {
    expect(() => readEmbeddedGallery(changed(change))).toThrow(PeopleError);
    expect(() => readEmbeddedGallery(changed(change))).toThrow(message);
  });

  it('keeps two people whose names differ in characters that cannot be seen', () => {
    expect(readEmbeddedGallery(changed((json) => (json.people[1]!.name = 'A\u200bnn'))).names).toEqual([
      'Ann',
      'Ann (2)',
      'Cy',
    ]);
  });

  it('gives nothing but a PeopleError, whatever is changed or cut off', () => {
    const edit = fc.tuple(fc.nat(text.length - 1), fc.nat(40), fc.string({ maxLength: 8 }));
    fc.assert(
      fc.property(edit, ([at, length, instead]) => {
        try {
          readEmbeddedGallery(text.slice(0, at) + instead + text.slice(at + length));
        } catch (error) {
          expect(error).toBeInstanceOf(PeopleError);
        }
      }),
    );
    for (const at of [0, 1, 50, text.length >> 1, text.length - 3]) {
      expect(() => readEmbeddedGallery(text.slice(0, at))).toThrow(PeopleError);
    }
    for (const other of ['null', '[]', '{}', '{"format":"moodlens-people"}', '1']) {
      expect(() => readEmbeddedGallery(other)).toThrow(PeopleError);
    }
  });
});
