// `moodlens people list`, `forget` and `review`: who is known, and from which pictures.
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, writeFileAtomic } from '../../../../adapters/node/files.js';
import { decodePicture, encodePng } from '../../../../adapters/node/image-codec.js';
import { writing } from '../../../../adapters/node/storage-error.js';
import { ConfigError, PeopleError } from '../../../../core/errors.js';
import { People } from '../../../../core/identity/people.js';
import { peopleWithout } from '../../../../core/identity/people-without.js';
import { personName } from '../../../../core/identity/person-name.js';
import type { PeopleMethod } from '../../../../pipeline/people/config.js';
import { describeKnownPeople } from '../../../../pipeline/people/report/describe-people.js';
import { describeReview } from '../../../../pipeline/people/report/describe-review.js';
import { reviewSheet } from '../../../../pipeline/people/report/review-sheet.js';
import { type PeopleReview, reviewPeople } from '../../../../pipeline/people/review-people.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from '../../arguments/detector.js';
import { jsonOption } from '../../arguments/json.js';
import {
  peopleFileOption,
  peopleFolderArgument,
  readPeopleFile,
  requirePeopleFolder,
  writePeopleFile,
} from '../../arguments/people.js';
import { methodOption, openEmbedding, usualMethod } from '../../arguments/people-method.js';
import { withProgress } from '../../terminal/with-progress.js';

/** The commands, to be added to `moodlens people`. */
export function defineGalleryCommands(): Command[] {
  return [
    new Command('list')
      .description('list whom a people file knows, from how many pictures')
      .addOption(peopleFileOption())
      .addOption(jsonOption('the list as JSON'))
      .action(list),
    new Command('forget')
      .description('remove a person from a people file, and their pictures with --faces; this cannot be undone')
      .argument('<name>', 'the person')
      .option('--people <file>', 'the people file')
      .option('--faces <dir>', 'the folder with a folder of pictures per person')
      .action(forget),
    addDetectorOptions(new Command('review'))
      .description('review the pictures that people are learnt from: list the doubtful ones, remove pictures by number')
      .argument(...peopleFolderArgument)
      .option('--out <sheet.png>', 'write a sheet of all faces with their numbers, the doubtful ones in red')
      .option('--remove <numbers>', 'delete these pictures, such as 3,7,12-14; this cannot be undone')
      .addOption(methodOption('embedding where its model is at hand'))
      .addOption(jsonOption('every picture with its distances as JSON'))
      .action(review),
  ];
}

async function list(options: { readonly people: string; readonly json?: boolean }): Promise<void> {
  const people = await readPeopleFile(options.people);
  const known = people.names.map((name) => ({
    name,
    pictures: people.pictureCount(name),
    taught: people.taught.get(name)?.pictures.length ?? 0,
  }));
  if (options.json) {
    const method: PeopleMethod = people instanceof People ? 'lbph' : 'embedding';
    const falseAccepts = people instanceof People ? null : (people.falseAccepts ?? null);
    const facts = { method, people: known, threshold: people.threshold ?? null, falseAccepts };
    process.stdout.write(`${JSON.stringify(facts)}\n`);
  } else process.stdout.write(describeKnownPeople(known, people));
}

async function forget(given: string, options: { readonly people?: string; readonly faces?: string }): Promise<void> {
  const name = personName(given);
  if (options.people === undefined && options.faces === undefined) {
    throw new ConfigError('people forget needs --people, --faces or both: where the person is to be forgotten');
  }
  // Both are checked first, so that a wrong name removes nothing at all.
  const people = options.people === undefined ? undefined : await readPeopleFile(options.people);
  if (people && !people.names.includes(name)) {
    throw new PeopleError(`${options.people} must know ${name} and knows ${people.names.join(', ')}`);
  }
  const folders = options.faces === undefined ? [] : await foldersOf(options.faces, name);
  if (people && options.people !== undefined) {
    const others = people instanceof People ? peopleWithout(people, name) : people.without(name);
    if (others) await writePeopleFile(options.people, others);
    else await writing(options.people, () => rm(options.people!));
    const left = others ? `it knows ${others.names.join(', ')}` : 'nobody was left: the file is removed';
    process.stderr.write(`${options.people}: ${name} is forgotten; ${left}\n`);
  }
  for (const folder of folders) {
    await writing(folder, () => rm(folder, { recursive: true }));
    process.stderr.write(`${folder} is removed\n`);
  }
}

/** The person's folders, straight below `faces`: at least one, more where names are written in several ways. */
async function foldersOf(faces: string, name: string): Promise<string[]> {
  await requirePeopleFolder(faces);
  const entries = await readdir(faces, { withFileTypes: true });
  const found = entries.filter((entry) => entry.isDirectory() && isNamed(entry.name, name));
  if (found.length === 0) {
    throw new PeopleError(`${faces} must have a folder of ${name} and has none`);
  }
  return found.map((entry) => join(resolve(faces), entry.name));
}

function isNamed(folder: string, name: string): boolean {
  try {
    return personName(folder) === name;
  } catch {
    return false;
  }
}

interface ReviewOptions extends DetectorOptions {
  readonly method?: PeopleMethod;
  readonly out?: string;
  readonly remove?: string;
  readonly json?: boolean;
}

async function review(directory: string, options: ReviewOptions): Promise<void> {
  await requirePeopleFolder(directory);
  const method = options.method ?? (await usualMethod({}));
  const detector = await openChosenDetector(options, {});
  const embedding = method === 'embedding' ? await openEmbedding() : undefined;
  try {
    const store = createFolderStore(directory);
    const found = await withProgress('review', (progress) =>
      reviewPeople(store, { decode: decodePicture, detector, embedding, progress }),
    );
    if (options.remove !== undefined) {
      const numbers = parseNumbers(options.remove, found.pictures.length);
      for (const { number, file } of found.pictures) {
        if (!numbers.has(number)) continue;
        await store.remove(file);
        process.stderr.write(`${number} removed: ${file}\n`);
      }
      process.stderr.write(
        "the numbers change with that: review again before removing more, then run 'moodlens people train'\n",
      );
      return;
    }
    if (options.out !== undefined) {
      await writeFileAtomic(options.out, await encodePng(reviewSheet(found)), { mode: 0o600 });
      process.stderr.write(`${options.out} written\n`);
    }
    process.stdout.write(options.json ? `${JSON.stringify(facts(found))}\n` : describeReview(found));
  } finally {
    await detector.release();
    await embedding?.release();
  }
}

function facts({ pictures, leftOut, whole }: PeopleReview) {
  return { pictures, leftOut, whole };
}

/** `3,7,12-14`. Throws ConfigError for what is none, or is not there. */
function parseNumbers(text: string, most: number): Set<number> {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const range = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part);
    const [first, last] = [Number(range?.[1]), Number(range?.[2] ?? range?.[1])];
    if (!range || first < 1 || last > most || first > last) {
      throw new ConfigError(`--remove must be numbers from 1 to ${most}, such as 3,7,12-14, and has '${part.trim()}'`);
    }
    for (let number = first; number <= last; number++) numbers.add(number);
  }
  return numbers;
}
