import { describe, expect, it } from 'vitest';
import { PeopleError } from '../../../core/errors.js';
import { People } from '../../../core/identity/people.js';
import type { GreyPicture } from '../../../core/image/picture.js';
import { createRandom } from '../../../core/numbers/random.js';
import type { BlobStore } from '../../../core/ports/blob-store.js';
import { Gallery } from './gallery.js';
import { packPictures, unpackPictures } from './packed-pictures.js';

function memoryStore(): BlobStore & { readonly blobs: Map<string, Uint8Array> } {
  const blobs = new Map<string, Uint8Array>();
  const bytes = (content: Uint8Array | string) =>
    typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
  return {
    blobs,
    read: async (name) => blobs.get(name),
    write: async (name, content) => void blobs.set(name, bytes(content)),
    append: async () => {
      throw new Error('not used');
    },
    list: async (prefix = '') => [...blobs.keys()].filter((name) => name.startsWith(prefix)),
    remove: async (name) => void blobs.delete(name),
  };
}

/** Pictures of one "person": a smooth pattern of their own with a little noise. */
function picturesOf(person: number, count = 6): GreyPicture[] {
  const random = createRandom(person * 1000 + count);
  return Array.from({ length: count }, () => ({
    width: 100,
    height: 100,
    channels: 1 as const,
    data: Uint8Array.from({ length: 10_000 }, (_, i) => {
      const [x, y] = [i % 100, Math.floor(i / 100)];
      return (
        128 + 60 * Math.sin((x * (person + 1)) / 7 + person) * Math.cos((y * (person + 2)) / 9) + 8 * random.next()
      );
    }),
  }));
}

const who = (gallery: Gallery, person: number) => gallery.identifier?.identify(picturesOf(person, 1)[0]!, null).person;

describe('Gallery', () => {
  it('keeps people whose names an earlier version kept with invisible characters, under names without', async () => {
    const store = memoryStore();
    const before = await Gallery.open(store);
    await before.add('Ada', picturesOf(1));
    await before.add('Bob', picturesOf(2));
    const unseen = (name: string) => encodeURIComponent(name);
    const [ada, bob] = [store.blobs.get('people/Ada')!, store.blobs.get('people/Bob')!];
    store.blobs.clear();
    store.blobs.set(`people/${unseen('Ada')}`, ada);
    store.blobs.set(`people/${unseen('Ada\u202e')}`, bob);
    const gallery = await Gallery.open(store);
    expect(gallery.list().map(({ name, faces }) => [name, faces])).toEqual([
      ['Ada', 6],
      ['Ada (2)', 6],
    ]);
    expect([who(gallery, 1), who(gallery, 2)]).toEqual(['Ada', 'Ada (2)']);
    expect([...store.blobs.keys()].map(decodeURIComponent).sort()).toEqual(['people/Ada', 'people/Ada (2)']);
    expect(gallery.lost).toEqual([]);
  });

  it('names people from their pictures on, also after the page was closed', async () => {
    const store = memoryStore();
    const gallery = await Gallery.open(store);
    expect(gallery.identifier).toBeUndefined();
    expect(await gallery.add('Ada', picturesOf(1))).toBe(6);
    expect(await gallery.add('Zoë / 50 %', picturesOf(2))).toBe(6);
    expect([who(gallery, 1), who(gallery, 2)]).toEqual(['Ada', 'Zoë / 50 %']);

    const reopened = await Gallery.open(store);
    expect(reopened.list().map(({ name, faces }) => [name, faces])).toEqual([
      ['Ada', 6],
      ['Zoë / 50 %', 6],
    ]);
    expect([who(reopened, 1), who(reopened, 2)]).toEqual(['Ada', 'Zoë / 50 %']);
  });

  it('keeps the newest 240 pictures of a person', async () => {
    const gallery = Gallery.withoutStorage();
    await gallery.add('Ada', picturesOf(1, 200));
    expect(await gallery.add('Ada', picturesOf(1, 60))).toBe(240);
  });

  it('shows the pictures of a person, marks what looks wrong, and removes single ones for good', async () => {
    const store = memoryStore();
    const gallery = await Gallery.open(store);
    await gallery.add('Ada', [...picturesOf(1), ...picturesOf(2, 1)]);
    await gallery.add('Bob', picturesOf(2));
    const doubts = () => gallery.review('Ada').map(({ doubt }) => doubt);
    expect(doubts()).toEqual([...new Array(6).fill(null), 'nearer to Bob']);
    // The page showed other pictures: nothing is removed.
    await gallery.removePicture('Ada', { index: 6, count: 9 });
    expect(doubts()).toHaveLength(7);
    await gallery.removePicture('Ada', { index: 6, count: 7 });
    expect(doubts()).toEqual(new Array(6).fill(null));
    const reopened = await Gallery.open(store);
    expect(reopened.list().map(({ faces }) => faces)).toEqual([6, 6]);
    expect(who(reopened, 1)).toBe('Ada');
    for (let count = 6; count > 0; count--) await reopened.removePicture('Ada', { index: 0, count });
    expect(reopened.list().map(({ name }) => name)).toEqual(['Bob']);
    expect(reopened.review('Ada')).toEqual([]);
  });

  it('forgets a person for good', async () => {
    const store = memoryStore();
    const gallery = await Gallery.open(store);
    await gallery.add('Ada', picturesOf(1));
    await gallery.add('Bob', picturesOf(2));
    await gallery.forget('Ada');
    expect(gallery.list().map(({ name }) => name)).toEqual(['Bob']);
    expect([...store.blobs.keys()]).toEqual(['people/Bob']);
    await gallery.forget('Bob');
    expect(store.blobs.size).toBe(0);
    expect(gallery.identifier).toBeUndefined();
  });

  it('exports a file that another browser imports beside its own people', async () => {
    const here = Gallery.withoutStorage();
    await here.add('Ada', picturesOf(1));
    await here.add('Bob', picturesOf(2));
    const text = here.exportYaml();
    expect(People.fromYaml(text).names).toEqual(['Ada', 'Bob']);

    const store = memoryStore();
    const there = await Gallery.open(store);
    await there.add('Cyd', picturesOf(3));
    await there.importYaml(text);
    const reopened = await Gallery.open(store);
    expect(reopened.list().map(({ name, faces }) => [name, faces])).toEqual([
      ['Ada', 0],
      ['Bob', 0],
      ['Cyd', 6],
    ]);
    expect([1, 2, 3].map((person) => who(reopened, person))).toEqual(['Ada', 'Bob', 'Cyd']);

    await reopened.forget('Ada');
    expect((await Gallery.open(store)).list().map(({ name }) => name)).toEqual(['Bob', 'Cyd']);
    await reopened.forget('Bob');
    expect([...store.blobs.keys()]).toEqual(['people/Cyd']);
  });

  it('joins people who were learnt in the light as it was, and finds them again when the page is opened', async () => {
    const earlier = People.train([['Eve', picturesOf(4).map((picture) => ({ picture, face: null }))]], {
      light: 'as-is',
    });
    const store = memoryStore();
    const gallery = await Gallery.open(store);
    await gallery.add('Ada', picturesOf(1));
    await gallery.importYaml(earlier.toYaml());
    for (const each of [gallery, await Gallery.open(store)]) {
      expect(each.identifier!.light).toBe('as-is');
      expect([1, 4].map((person) => who(each, person))).toEqual(['Ada', 'Eve']);
    }
    await gallery.forget('Eve');
    expect(gallery.identifier!.light).toBe('tan-triggs');
  });

  it('refuses a file that is none and keeps what it had', async () => {
    const store = memoryStore();
    const gallery = await Gallery.open(store);
    await gallery.add('Ada', picturesOf(1));
    const before = [...store.blobs.keys()];
    await expect(gallery.importYaml('%YAML:1.0\n---\nnothing: 1\n')).rejects.toThrow(PeopleError);
    await expect(gallery.importYaml('\u0000\u0001')).rejects.toThrow(PeopleError);
    expect([...store.blobs.keys()]).toEqual(before);
    expect(who(gallery, 1)).toBe('Ada');
  });

  it('refuses people who were learnt in another way', async () => {
    const other = People.train([['Eve', picturesOf(4).map((picture) => ({ picture, face: null }))]], {
      lbph: { gridX: 4, gridY: 4 },
    });
    const gallery = Gallery.withoutStorage();
    await gallery.add('Ada', picturesOf(1));
    await expect(gallery.importYaml(other.toYaml())).rejects.toThrow(/same way.*grid 6x6.*grid 4x4/);
  });

  it('goes on without what is damaged and says whose it was', async () => {
    const store = memoryStore();
    const gallery = await Gallery.open(store);
    await gallery.add('Ada', picturesOf(1));
    await gallery.add('Bob', picturesOf(2));
    store.blobs.set('people/Ada', store.blobs.get('people/Ada')!.slice(0, 1000));
    store.blobs.set('imported-people.yml', new TextEncoder().encode('%YAML:1.0\n---\n'));
    const reopened = await Gallery.open(store);
    expect(reopened.lost).toEqual(['Ada', 'the imported people']);
    expect(reopened.list().map(({ name }) => name)).toEqual(['Bob']);
    expect([...store.blobs.keys()]).toEqual(['people/Bob']);
  });

  it('has nothing to export while nobody is known', () => {
    expect(() => Gallery.withoutStorage().exportYaml()).toThrow(PeopleError);
  });

  it('takes a name only where the storage took the pictures', async () => {
    const store = memoryStore();
    const gallery = await Gallery.open({
      ...store,
      write: async () => {
        throw new Error('full');
      },
    });
    await expect(gallery.add('Ada', picturesOf(1))).rejects.toThrow('full');
    expect(gallery.list()).toEqual([]);
  });
});

describe('packed pictures', () => {
  it('come back as they were', () => {
    const pictures = picturesOf(1, 3);
    expect(unpackPictures(packPictures(pictures))).toEqual(pictures);
  });

  it.each([new Uint8Array(), new Uint8Array(19), new Uint8Array(64), packPictures(picturesOf(1, 2)).slice(0, -1)])(
    'are refused when damaged (%#)',
    (bytes) => {
      expect(() => unpackPictures(bytes)).toThrow(PeopleError);
    },
  );

  it('forgets imported expressions apart from the people who taught them', async () => {
    const store = memoryStore();
    const other = await Gallery.open(memoryStore());
    await other.add('Ada', picturesOf(1));
    const picture: GreyPicture = { width: 8, height: 8, channels: 1, data: new Uint8Array(64) };
    await other.setExamples('Ada', { model: 'a'.repeat(64), pictures: [{ expression: 'sad', picture }] });
    const gallery = await Gallery.open(store);
    await gallery.importYaml(other.exportYaml());
    expect(gallery.list()).toMatchObject([{ name: 'Ada', taught: 1 }]);
    expect((await Gallery.open(store)).taught.get('Ada')!.pictures).toHaveLength(1);
    await gallery.setExamples('Ada', { model: 'a'.repeat(64), pictures: [] });
    expect(gallery.list()).toMatchObject([{ name: 'Ada', taught: 0 }]);
    for (const blob of store.blobs.values()) expect(new TextDecoder().decode(blob)).not.toContain('moodlens_taught');
  });
});
