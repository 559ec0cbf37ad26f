// Naming faces by an embedding, and people of another embedding embedded anew; with a made embedding in place of a network.
import { describe, expect, it, vi } from 'vitest';
import type { Face } from '../detect/face.js';
import { MediaError, PeopleError } from '../errors.js';
import type { Picture } from '../image/picture.js';
import { EmbeddedGallery, type EmbeddedPicture } from './embedded-gallery.js';
import { EmbeddedPeople, embeddingFacts, embedPicture, type HashedEmbedding, reEmbed } from './embedded-people.js';

const places = { rightEye: [6, 6], leftEye: [14, 6], nose: [10, 10], mouth: [10, 14] } as const;

/** Cosines of the mean brightness of the chip's rows: mirror images have the same, brighter faces others. */
function made(name: string, hash: string, turns = 3): HashedEmbedding {
  const form = { width: 20, height: 20, places };
  return {
    hash: hash.repeat(32),
    embedding: {
      chipForm: form,
      metadata: { name, output: { name: 'embedding', length: 8 } } as HashedEmbedding['embedding']['metadata'],
      embed: async (chips) =>
        chips.map(({ data }) => {
          const mean = Array.from(data).reduce((sum, value) => sum + value, 0) / data.length / 255;
          const vector = Float32Array.from({ length: 8 }, (_, i) => Math.cos(turns * mean * (i + 1) + i));
          const length = Math.hypot(...vector);
          return vector.map((value) => value / length);
        }),
    },
  };
}

const flat = (grey: number, side = 60): Picture => ({
  ...{ width: side, height: side, channels: 1 as const },
  data: new Uint8Array(side * side).fill(grey),
});
const face: Face = { box: [20, 20, 20, 20], score: 1, keypoints: null };

/** A picture file is its grey value, side by side. */
const encode = async ({ width, data }: Picture) => Uint8Array.of(width, data[0]!);
const decode = async ([side, grey]: Uint8Array): Promise<Picture> => {
  if (grey === undefined) throw new MediaError('no picture');
  return flat(grey, side);
};

async function gallery(hashed: HashedEmbedding, greys: Record<string, number[]>): Promise<EmbeddedGallery> {
  const people = await Promise.all(
    Object.entries(greys).map(async ([name, own]): Promise<[string, EmbeddedPicture[]]> => {
      return [name, await Promise.all(own.map((grey) => embedPicture(hashed, flat(grey), face, encode)))];
    }),
  );
  return EmbeddedGallery.train(embeddingFacts(hashed), people, { threshold: 0.2 });
}

const greys = { Ann: [20, 24], Bo: [120, 124], Cy: [230] };

describe('EmbeddedPeople', () => {
  it('names the faces of a picture in one run of the embedding', async () => {
    const hashed = made('one', 'ab');
    const people = new EmbeddedPeople(await gallery(hashed, greys), hashed);
    const embed = vi.spyOn(hashed.embedding, 'embed');
    const both = await people.identifyAll(flat(121), [face, null]);
    expect(both.map(({ person }) => person)).toEqual(['Bo', 'Bo']);
    // Two faces and their mirror images.
    expect(embed.mock.calls.map(([chips]) => chips.length)).toEqual([4]);
    expect(await people.identifyAll(flat(121), [])).toEqual([]);
    expect((await people.identify(flat(70), face)).person).toBeNull();
  });

  it('refuses a gallery of another embedding', async () => {
    const people = await gallery(made('one', 'ab'), greys);
    expect(() => new EmbeddedPeople(people, made('two', 'cd'))).toThrow(/must be known by the embedding two/);
    const longer = made('one', 'ab');
    Object.assign(longer.embedding.metadata.output, { length: 9 });
    expect(() => new EmbeddedPeople(people, longer)).toThrow(/must have 9 numbers, and those of the people have 8/);
  });
});

describe('reEmbed', () => {
  const other = made('dlib-resnet-29', 'cd', 2);

  it('knows the same people by another embedding, and says so', async () => {
    const before = await gallery(made('one', 'ab'), greys);
    before.taught = new Map([['Ann', { model: 'ef'.repeat(32), pictures: [] }]]);
    const { gallery: after, notes } = await reEmbed(before, other, decode);
    expect(after.names).toEqual(['Ann', 'Bo', 'Cy']);
    expect(after.facts.hash).toBe(other.hash);
    expect(after.taught).toBe(before.taught);
    expect(new EmbeddedPeople(after, other).gallery.nearest(after.pictures('Bo')[0]!.embedding).person).toBe('Bo');
    expect(notes.join('\n')).toMatch(/another embedding \(one, abab/);
    expect(notes.join('\n')).toMatch(/given threshold does not hold/);
    expect(after.falseAccepts).toBe(0.01);
  });

  it('leaves out pictures that cannot be read or are of another size, and counts them', async () => {
    const before = await gallery(made('one', 'ab'), greys);
    const damaged = (picture: Uint8Array) => [
      ['Ann', [{ ...before.pictures('Ann')[0]!, picture }, before.pictures('Ann')[1]!]] as const,
      ['Bo', before.pictures('Bo')] as const,
    ];
    for (const picture of [Uint8Array.of(9), Uint8Array.of(30, 5)]) {
      const people = EmbeddedGallery.train(before.facts, damaged(picture), { threshold: 'none' });
      const { gallery: after, notes } = await reEmbed(people, other, decode);
      expect(after.pictureCount('Ann')).toBe(1);
      expect(after.threshold).toBeUndefined();
      expect(notes.join('\n')).toContain('1 kept pictures cannot be read');
    }
  });

  it('names those whose pictures are not kept', async () => {
    const before = await gallery(made('one', 'ab'), greys);
    const bare = before.pictures('Ann').map(({ embedding }) => ({ embedding }));
    const people = EmbeddedGallery.train(
      before.facts,
      [
        ['Ann', bare],
        ['Bo', before.pictures('Bo')],
      ],
      { threshold: 'none' },
    );
    await expect(reEmbed(people, other, decode)).rejects.toThrow(PeopleError);
    await expect(reEmbed(people, other, decode)).rejects.toThrow(/none that can be read of Ann; train again/);
  });
});
