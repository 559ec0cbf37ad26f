// The people known in this browser: pictures of those enrolled here, histograms of imported files, and personal examples, all in the
// browser's own storage. Forgetting a person deletes all of it.
import type { Face } from '../../../core/detect/face.js';
import { alignedFace } from '../../../core/detect/face-crop.js';
import { PeopleError } from '../../../core/errors.js';
import { defaultFaceSize, People } from '../../../core/identity/people.js';
import { peopleOf, peopleWithout } from '../../../core/identity/people-without.js';
import { personName, personNames } from '../../../core/identity/person-name.js';
import type { ExamplesByPerson } from '../../../core/identity/personal-section.js';
import { pictureStandings } from '../../../core/identity/picture-standings.js';
import type { GreyPicture, Picture } from '../../../core/image/picture.js';
import {
  mostPersonalExamples,
  type PersonalExample,
  type PersonalFile,
  readPersonalFile,
  writePersonalFile,
} from '../../../core/personal/personal-file.js';
import type { BlobStore } from '../../../core/ports/blob-store.js';
import { packPictures, unpackPictures } from './packed-pictures.js';
import type { KnownPicture, PersonSummary } from './protocol.js';

/** Pictures kept of one person; the oldest go first. */
const mostPictures = 240;
const folder = 'people/';
const taughtFolder = 'taught/';
const importedFile = 'imported-people.yml';

/** The picture that is kept of a face: the recogniser's input, before illumination normalisation. */
export function cropForGallery(picture: Picture, face: Face): GreyPicture {
  return alignedFace(picture, face, defaultFaceSize);
}

export class Gallery {
  /** Names of the people whose data was damaged and could not be read. */
  readonly lost: string[] = [];
  readonly #store: BlobStore | undefined;
  readonly #pictures = new Map<string, readonly GreyPicture[]>();
  readonly #taught = new Map<string, PersonalFile>();
  #imported: People | undefined;
  #people: People | undefined;

  private constructor(store: BlobStore | undefined) {
    this.#store = store;
  }

  /** Reads the stored people. Damaged data is removed and named in `lost`; everybody else stays known. */
  static async open(store: BlobStore): Promise<Gallery> {
    const gallery = new Gallery(store);
    const [pictureBlobs, taughtBlobs] = [await store.list(folder), await store.list(taughtFolder)];
    // An earlier version kept names with characters that are now removed.
    const nameOf = personNames([...pictureBlobs, ...taughtBlobs].map(writtenName));
    for (const blob of pictureBlobs) {
      const name = nameOf.get(writtenName(blob))!;
      const content = await store.read(blob);
      if (content) await gallery.#load(blob, name, () => gallery.#pictures.set(name, unpackPictures(content)));
      await move(store, blob, blobOf(name));
    }
    for (const blob of taughtBlobs) {
      const name = nameOf.get(writtenName(blob))!;
      const content = await store.read(blob);
      if (!content) continue;
      await gallery.#load(blob, `the expressions of ${name}`, () =>
        gallery.#taught.set(name, readPersonalFile(new TextDecoder().decode(content))),
      );
      await move(store, blob, taughtBlobOf(name));
    }
    const imported = await store.read(importedFile);
    if (imported) {
      await gallery.#load(importedFile, 'the imported people', () => {
        gallery.#imported = People.fromYaml(new TextDecoder().decode(imported));
      });
    }
    gallery.#people = gallery.#join();
    return gallery;
  }

  /** Where the browser keeps nothing: people are known until the page is closed. */
  static withoutStorage(): Gallery {
    return new Gallery(undefined);
  }

  /** Names faces; undefined while nobody is known. */
  get identifier(): People | undefined {
    return this.#people;
  }

  list(): PersonSummary[] {
    return (this.#people?.names ?? []).map((name) => {
      const pictures = this.#pictures.get(name) ?? [];
      const taught = this.#taught.get(name)?.pictures.length ?? 0;
      return { name, faces: pictures.length, portrait: pictures.at(-1) ?? null, taught };
    });
  }

  /** Personal examples by person. */
  get taught(): ExamplesByPerson {
    return this.#taught;
  }

  /** Replaces the person's examples; no pictures removes them. Throws PeopleError for somebody unknown. */
  async setExamples(name: string, file: PersonalFile): Promise<void> {
    if (!this.#people?.names.includes(name)) throw new PeopleError(`${name} must be known first; enrol ${name}.`);
    if (file.pictures.length === 0) {
      await this.#store?.remove(taughtBlobOf(name));
      this.#taught.delete(name);
      return;
    }
    const kept = { ...file, pictures: file.pictures.slice(-mostPersonalExamples) };
    await this.#store?.write(taughtBlobOf(name), writePersonalFile(kept));
    this.#taught.set(name, kept);
  }

  /** Adds pictures of a person; returns how many there are now. */
  async add(given: string, pictures: readonly GreyPicture[]): Promise<number> {
    const name = personName(given);
    const before = this.#pictures.get(name);
    const all = [...(before ?? []), ...pictures].slice(-mostPictures);
    this.#pictures.set(name, all);
    try {
      this.#people = this.#join();
      await this.#store?.write(blobOf(name), packPictures(all));
    } catch (error) {
      if (before) this.#pictures.set(name, before);
      else this.#pictures.delete(name);
      this.#people = this.#join();
      throw error;
    }
    return all.length;
  }

  /** The kept pictures of a person, and which of them are doubtful; none for imported people. */
  review(name: string): KnownPicture[] {
    const pictures = this.#pictures.get(name) ?? [];
    // Own pictures come first and in their order among a person's.
    const label = this.#people?.names.indexOf(name) ?? -1;
    const standings = this.#people && pictures.length > 0 ? pictureStandings(this.#people.recogniser, label) : [];
    return pictures.map((picture, i) => {
      const { doubt, otherLabel } = standings[i]!;
      const other = otherLabel === undefined ? '' : this.#people!.names[otherLabel];
      return { picture, doubt: doubt === 'nearer to another' ? `nearer to ${other}` : (doubt ?? null) };
    });
  }

  /** Removes one kept picture, by its index; with the last one the person is forgotten. Removes none when there are not `count` pictures. */
  async removePicture(
    name: string,
    { index, count }: { readonly index: number; readonly count: number },
  ): Promise<void> {
    const pictures = this.#pictures.get(name) ?? [];
    if (pictures.length !== count || pictures[index] === undefined) return;
    const others = pictures.filter((_, i) => i !== index);
    if (others.length === 0) return this.forget(name);
    await this.#store?.write(blobOf(name), packPictures(others));
    this.#pictures.set(name, others);
    this.#people = this.#join();
  }

  /** Removes a person's pictures and histograms, here and in the browser's storage. */
  async forget(name: string): Promise<void> {
    await this.#store?.remove(blobOf(name));
    await this.#store?.remove(taughtBlobOf(name));
    this.#pictures.delete(name);
    this.#taught.delete(name);
    if (this.#imported?.names.includes(name)) {
      this.#imported = peopleWithout(this.#imported, name);
      if (this.#imported) await this.#store?.write(importedFile, this.#imported.toYaml());
      else await this.#store?.remove(importedFile);
    }
    this.#people = this.#join();
  }

  /** OpenCV's LBPH file of everybody, with the personal examples. */
  exportYaml(): string {
    if (!this.#people) throw new PeopleError('There must be people to export, but nobody is known yet; enrol someone.');
    this.#people.taught = this.#taught;
    return this.#people.toYaml();
  }

  /** Adds the people of such a file; returns their names. Throws PeopleError when it is none, or was made with other settings. */
  async importYaml(text: string): Promise<readonly string[]> {
    const added = People.fromYaml(text);
    // Examples are stored on their own, so that they can be removed on their own.
    const { taught } = added;
    added.taught = new Map();
    const imported = this.#imported ? joinPeople([this.#imported, added]) : added;
    const own = this.#own(imported);
    const people = own ? joinPeople([own, imported]) : imported;
    await this.#store?.write(importedFile, imported.toYaml());
    this.#imported = imported;
    this.#people = people;
    for (const [name, file] of taught) {
      const own = this.#taught.get(name)?.pictures ?? [];
      await this.setExamples(name, {
        ...file,
        pictures: [...own, ...file.pictures.filter((one) => !own.some(isSame(one)))],
      });
    }
    return added.names;
  }

  async #load(blob: string, name: string, load: () => void): Promise<void> {
    try {
      load();
    } catch (error) {
      if (!(error instanceof PeopleError)) throw error;
      this.lost.push(name);
      await this.#store?.remove(blob);
    }
  }

  /** The people of the kept pictures, with the illumination normalisation of those they are joined with. */
  #own(joinedWith: People | undefined): People | undefined {
    if (this.#pictures.size === 0) return undefined;
    return People.train(
      [...this.#pictures].map(([name, pictures]) => [name, pictures.map((picture) => ({ picture, face: null }))]),
      joinedWith ? { light: joinedWith.light } : {},
    );
  }

  #join(): People | undefined {
    const own = this.#own(this.#imported);
    return own && this.#imported ? joinPeople([own, this.#imported]) : (own ?? this.#imported);
  }
}

const isSame =
  (one: PersonalExample) =>
  (other: PersonalExample): boolean =>
    one.expression === other.expression && one.picture.data.join() === other.picture.data.join();

const taughtBlobOf = (name: string): string => `${taughtFolder}${encodeURIComponent(name)}`;
const writtenName = (blob: string): string => decodeURIComponent(blob.slice(blob.indexOf('/') + 1));
const blobOf = (name: string): string => `${folder}${encodeURIComponent(name)}`;

/** Renames a blob, if it exists and has another name. */
async function move(store: BlobStore, from: string, to: string): Promise<void> {
  const content = from === to ? undefined : await store.read(from);
  if (!content) return;
  await store.write(to, content);
  await store.remove(from);
}

/** The people of several galleries, with a new threshold. */
function joinPeople(galleries: readonly People[]): People {
  const [first] = galleries as [People];
  for (const other of galleries) mustMatch(first, other);
  const names = [...new Set(galleries.flatMap((people) => people.names))].sort();
  const labels: number[] = [];
  const histograms: Float32Array[] = [];
  for (const { recogniser } of galleries) {
    for (const [index, label] of recogniser.labels.entries()) {
      labels.push(names.indexOf(recogniser.labelNames.get(label) || `label ${label}`));
      histograms.push(recogniser.histogram(index));
    }
  }
  return peopleOf(first, { labels, histograms, names });
}

function mustMatch(a: People, b: People): void {
  const settings = ({ align, light, faceSize, recogniser: { radius, neighbors, gridX, gridY } }: People): string =>
    `${align ? 'aligned' : 'unaligned'} faces of ${faceSize ? `${faceSize.width}x${faceSize.height}` : 'unknown size'}, light ${light}, radius ${radius}, ${neighbors} neighbours, grid ${gridX}x${gridY}`;
  if (settings(a) === settings(b)) return;
  throw new PeopleError(
    `People who are known together must be learnt in the same way, here ${settings(a)}, but the file has ${settings(b)}; make it with \`moodlens people train\` without other options.`,
  );
}
