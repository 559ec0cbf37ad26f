// Pictures that poison a gallery: found when they are somebody else's, odd or twice there; and people without one.
import { describe, expect, it } from 'vitest';
import type { GreyPicture } from '../image/picture.js';
import { createRandom } from '../numbers/random.js';
import { LbphRecogniser } from './lbph.js';
import { People } from './people.js';
import { peopleWithout } from './people-without.js';
import { pictureStandings } from './picture-standings.js';

/** A pattern of the person's own with noise. */
function face(person: number, seed: number, noise = 30): GreyPicture {
  const random = createRandom(seed, person);
  const data = Uint8Array.from({ length: 60 * 60 }, (_, i) => {
    const [x, y] = [i % 60, Math.floor(i / 60)];
    return (
      120 + 60 * Math.sin((x * (person + 2)) / 9 + person) * Math.cos((y * (person + 1)) / 8) + noise * random.next()
    );
  });
  return { width: 60, height: 60, channels: 1, data };
}

const faces = (person: number, count: number) => Array.from({ length: count }, (_, seed) => face(person, seed));
const label = (pictures: readonly GreyPicture[], of: number) => pictures.map((picture) => ({ picture, label: of }));

describe('pictureStandings', () => {
  it('doubts nothing among pictures that are alike, in the recogniser order', () => {
    const recogniser = LbphRecogniser.train([...label(faces(1, 6), 1), ...label(faces(2, 6), 2)]);
    const standings = pictureStandings(recogniser);
    expect(standings.map((one) => one.label)).toEqual(recogniser.labels);
    for (const { doubt, own, other, otherLabel, label: of } of standings) {
      expect(doubt).toBeUndefined();
      expect(own).toBeLessThan(other);
      expect(otherLabel).toBe(3 - of);
    }
    expect(pictureStandings(recogniser, 2)).toEqual(standings.slice(6));
  });

  it('names a picture of somebody else, whether that one is known or not', () => {
    const known = LbphRecogniser.train([...label([...faces(1, 6), face(2, 99)], 1), ...label(faces(2, 6), 2)]);
    const [wrong] = pictureStandings(known).filter(({ doubt }) => doubt === 'nearer to another');
    expect(wrong).toMatchObject({ label: 1, otherLabel: 2 });
    const stranger = LbphRecogniser.train(label([...faces(1, 8), face(5, 1)], 1));
    expect(pictureStandings(stranger).map(({ doubt }) => doubt)).toEqual([
      ...new Array(8).fill(undefined),
      'unlike the others',
    ]);
  });

  it('names the second of two that are the same', () => {
    const pictures = faces(1, 6);
    const standings = pictureStandings(LbphRecogniser.train(label([...pictures, pictures[2]!], 1)));
    expect(standings.flatMap(({ doubt }, i) => (doubt ? [[i, doubt]] : []))).toEqual([[6, 'the same as another']]);
  });

  it('says nothing of a single picture', () => {
    expect(pictureStandings(LbphRecogniser.train(label([face(1, 1)], 7)))).toEqual([
      {
        label: 7,
        own: Number.POSITIVE_INFINITY,
        other: Number.POSITIVE_INFINITY,
        otherLabel: undefined,
        doubt: undefined,
      },
    ]);
  });
});

describe('peopleWithout', () => {
  const people = People.train(
    ['Ada', 'Bo', 'Cy'].map(
      (name, person) => [name, faces(person, 4).map((picture) => ({ picture, face: null }))] as const,
    ),
  );

  it('knows the others as before', () => {
    const others = peopleWithout(people, 'Bo')!;
    expect(others.names).toEqual(['Ada', 'Cy']);
    expect(others.toYaml()).not.toContain('Bo');
    for (const [person, name] of [
      [0, 'Ada'],
      [2, 'Cy'],
    ] as const) {
      const probe = face(person, 50);
      expect(others.nearest(probe, null)).toEqual({ person: name, distance: people.nearest(probe, null).distance });
    }
    expect(others.threshold).toBeGreaterThan(0);
  });

  it('is nothing when nobody is left, and keeps that there is no threshold', () => {
    const one = peopleWithout(peopleWithout(people, 'Bo')!, 'Cy')!;
    expect(peopleWithout(one, 'Ada')).toBeUndefined();
    const open = People.train(
      [
        ['Ada', [{ picture: face(0, 1), face: null }]],
        ['Bo', [{ picture: face(1, 1), face: null }]],
      ],
      { threshold: 'none' },
    );
    expect(peopleWithout(open, 'Bo')!.threshold).toBeUndefined();
  });
});
