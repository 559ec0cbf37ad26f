// Learning people from a folder each, with pictures kept in memory and a detector that says what the test wants.
import { describe, expect, it } from 'vitest';
import type { Face, FaceDetector } from '../../core/detect/face.js';
import { ConfigError, MediaError, PeopleError } from '../../core/errors.js';
import type { Picture } from '../../core/image/picture.js';
import { createRandom } from '../../core/numbers/random.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { identifyPicture } from './identify-picture.js';
import { trainPeople } from './train-people.js';

function picture(seed: number, width = 640, height = 480): Picture {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: width * height }, () => random.integer(256));
  return { width, height, channels: 1, data };
}

/** A store of named pictures; 'broken' cannot be decoded. */
function gallery(files: Record<string, Picture | 'broken'>) {
  const names = Object.keys(files).sort();
  const store = {
    list: async () => names,
    read: async (name: string) => (name in files ? Uint8Array.of(names.indexOf(name)) : undefined),
  } as unknown as BlobStore;
  const decode = async ([index]: Uint8Array): Promise<Picture> => {
    const found = files[names[index!]!]!;
    if (found === 'broken') throw new MediaError('no picture');
    return found;
  };
  return { store, decode };
}

const face: Face = { box: [100, 100, 200, 200], score: 0.9, keypoints: null };
const background: Face = { box: [500, 20, 60, 60], score: 0.9, keypoints: null };

function detector(find: (picture: Picture) => Face[]): FaceDetector {
  return { detect: async (seen) => find(seen), release: async () => undefined };
}

describe('trainPeople', () => {
  it('learns everybody and names what it left out', async () => {
    const [ann, crowd, nobody, crop] = [picture(1), picture(2), picture(3), picture(4, 120, 110)];
    const { store, decode } = gallery({
      'Ann/1.png': ann,
      'Ann/old/2.PGM': crowd,
      'Ann/notes.txt': 'broken',
      'Bo/1.jpg': 'broken',
      'Bo/2.jpg': nobody,
      'Bo/3.jpg': crop,
      'loose.png': 'broken',
    });
    const find = detector((seen) => (seen === ann ? [background, face] : seen === crowd ? [face, face] : []));
    const { people, counts, whole, leftOut } = await trainPeople(store, {}, { decode, detector: find });
    expect([...counts]).toEqual([
      ['Ann', 1],
      ['Bo', 1],
    ]);
    expect(whole).toBe(1);
    expect(leftOut).toEqual([
      { file: 'Ann/old/2.PGM', reason: expect.stringContaining('several') },
      { file: 'Bo/1.jpg', reason: 'no picture' },
      { file: 'Bo/2.jpg', reason: expect.stringContaining('no face') },
    ]);
    expect(people.faceSize).toEqual({ width: 100, height: 100 });
    expect(await identifyPicture(people, ann, find)).toEqual({ person: 'Ann', distance: 0 });
    expect(await identifyPicture(people, crop, find)).toEqual({ person: 'Bo', distance: 0 });
    expect(await identifyPicture(people, nobody, find)).toEqual({ person: null, distance: null });
    expect((await identifyPicture(people, crowd, find)).distance).toBeGreaterThan(0);
  });

  it('joins folders whose names are equal', async () => {
    const { store, decode } = gallery({ 'Zo\u00eb/1.png': picture(1), 'Zoe\u0308/1.png': picture(2) });
    const { counts } = await trainPeople(store, {}, { decode, detector: detector(() => [face]) });
    expect([...counts]).toEqual([['Zo\u00eb', 2]]);
  });

  it('refuses two folders that differ in invisible characters only', async () => {
    const { store, decode } = gallery({ 'evil/1.png': picture(1), 'ev\u202eil/1.png': picture(2) });
    const ports = { decode, detector: detector(() => [face]) };
    await expect(trainPeople(store, {}, ports)).rejects.toThrow(
      /"ev.il" and "evil" are both evil|"evil" and "ev.il" are both evil/,
    );
  });

  it('says why somebody has no usable picture', async () => {
    const { store, decode } = gallery({ 'Ann/1.png': picture(1), 'Bo/1.png': 'broken' });
    const training = trainPeople(store, {}, { decode, detector: detector(() => [face]) });
    await expect(training).rejects.toThrow(PeopleError);
    await expect(training).rejects.toThrow(/Bo has none:\n {2}Bo\/1.png: no picture/);
  });

  it('without alignment needs no detector and names the picture of odd size', async () => {
    const { store, decode } = gallery({
      'Ann/1.png': picture(1, 61, 50),
      'Ann/2.png': picture(2, 60, 50),
      'Bo/1.png': picture(3, 60, 50),
    });
    const training = trainPeople(store, { align: false }, { decode });
    await expect(training).rejects.toThrow(/one size, here 60x50; Ann\/1.png is 61x50/);
    const even = gallery({ 'Ann/2.png': picture(2, 60, 50), 'Bo/1.png': picture(3, 60, 50) });
    const { people } = await trainPeople(even.store, { align: false, threshold: 'none' }, { decode: even.decode });
    expect(await identifyPicture(people, picture(3, 60, 50), undefined)).toEqual({ person: 'Bo', distance: 0 });
  });

  it('refuses an empty folder and impossible options', async () => {
    const { store, decode } = gallery({ 'loose.png': picture(1) });
    await expect(trainPeople(store, { align: false }, { decode })).rejects.toThrow(/folder per person/);
    await expect(trainPeople(store, { threshold: -1 }, { decode })).rejects.toThrow(ConfigError);
    await expect(trainPeople(store, { faceSize: 3 }, { decode })).rejects.toThrow(/faceSize/);
  });
});
