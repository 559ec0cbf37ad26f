// `moodlens people train` and `convert`: people learnt from a folder of pictures for each, by either method.
import { stat } from 'node:fs/promises';
import { Command, type Option } from 'commander';
import { createFolderStore } from '../../../../adapters/node/files.js';
import { decodePicture, encodeJpeg } from '../../../../adapters/node/image-codec.js';
import { ConfigError, PeopleError } from '../../../../core/errors.js';
import type { EmbeddedGallery } from '../../../../core/identity/embedded-gallery.js';
import { People } from '../../../../core/identity/people.js';
import { personName } from '../../../../core/identity/person-name.js';
import type { ExamplesByPerson } from '../../../../core/identity/personal-section.js';
import type { BlobStore } from '../../../../core/ports/blob-store.js';
import {
  embedPeopleSchema,
  type PeopleMethod,
  parseEmbedPeople,
  type TrainPeopleOptions,
  trainPeopleSchema,
} from '../../../../pipeline/people/config.js';
import { describeTrainedPeople } from '../../../../pipeline/people/report/describe-people.js';
import { trainEmbeddedPeople } from '../../../../pipeline/people/train-embedded-people.js';
import { type TrainedPeople, trainPeople } from '../../../../pipeline/people/train-people.js';
import { addDetectorOptions, type DetectorOptions, openChosenDetector } from '../../arguments/detector.js';
import { jsonOption } from '../../arguments/json.js';
import {
  byEmbedding,
  methodOfFile,
  peopleFolderArgument,
  readPeopleFile,
  requirePeopleFilePlace,
  requirePeopleFolder,
  type StoredPeople,
  writePeopleFile,
} from '../../arguments/people.js';
import {
  type MethodChoices,
  methodOption,
  openEmbedding,
  requireMethodOptions,
} from '../../arguments/people-method.js';
import { SchemaOptions } from '../../arguments/schema-options.js';
import { warn } from '../../terminal/terminal-colour.js';
import { withProgress } from '../../terminal/with-progress.js';

const trainStage = new SchemaOptions(trainPeopleSchema);
const embedStage = new SchemaOptions(embedPeopleSchema);

/** Quality of the pictures that a people file keeps: an embedding of them hardly differs from that of the original. */
const keptQuality = 90;

interface LearnOptions extends Omit<MethodChoices, 'method'>, Pick<TrainPeopleOptions, 'threshold'>, DetectorOptions {
  readonly out: string;
  readonly json?: boolean;
}

interface TrainOptions extends LearnOptions {
  readonly method?: PeopleMethod;
}

interface ConvertOptions extends LearnOptions {
  readonly faces?: string;
}

/** The commands, to be added to `moodlens people`. */
export function defineTrainCommands(): Command[] {
  const train = new Command('train')
    .description('learn people from a folder each: DIR/NAME/picture.png')
    .argument(...peopleFolderArgument)
    .requiredOption(
      '--out <file>',
      "people file to write, readable by its owner only: .json for an embedding, .yml for LBPH (OpenCV's file)",
    )
    .addOption(methodOption('embedding for .json, lbph for .yml'))
    .addOption(thresholdOption())
    .addOption(embedStage.option('falseAccepts'))
    .addOption(trainStage.option('align'))
    .addOption(trainStage.option('plain'));
  const convert = new Command('convert')
    .description(
      'bring a people file into another form: an older one to the embedding, one of an older embedding to the present one, another threshold',
    )
    .argument('<file>', 'the people file')
    .requiredOption('--out <file>', 'people file to write: .json for an embedding, .yml for LBPH')
    .option(
      '--faces <dir>',
      'the folder with a folder of pictures per person: needed from and to LBPH, whose file holds no pictures',
    )
    .addOption(thresholdOption())
    .addOption(embedStage.option('falseAccepts'));
  return [
    addDetectorOptions(train).addOption(jsonOption('the result as JSON')).action(trainCommand),
    addDetectorOptions(convert).addOption(jsonOption('the result as JSON')).action(convertCommand),
  ];
}

function thresholdOption(): Option {
  return trainStage.option('threshold', { parse: parseThreshold });
}

async function trainCommand(directory: string, options: TrainOptions): Promise<void> {
  await requirePeopleFolder(directory);
  const method = methodOfFile(options.out, options.method);
  requireMethodOptions(method, options);
  await requirePeopleFilePlace(options.out);
  const trained = await learn(createFolderStore(directory), method, options);
  trained.people.taught = await taughtBefore(options.out, trained.people.names);
  await writePeopleFile(options.out, trained.people);
  report(options, method, trained);
}

async function convertCommand(path: string, options: ConvertOptions): Promise<void> {
  const method = methodOfFile(options.out);
  requireMethodOptions(method, options);
  await requirePeopleFilePlace(options.out);
  const stored = await readPeopleFile(path);
  const trained =
    options.faces === undefined
      ? await convertStored(path, stored, method, options)
      : await convertByPictures(path, stored, method, options.faces, options);
  await writePeopleFile(options.out, trained.people);
  report(options, method, trained);
}

/** Learns everybody of the store. */
async function learn(
  store: BlobStore,
  method: PeopleMethod,
  options: LearnOptions,
): Promise<TrainedPeople<StoredPeople>> {
  const detector = options.align === false ? undefined : await openChosenDetector(options, {});
  try {
    return await withProgress('people', async (progress): Promise<TrainedPeople<StoredPeople>> => {
      const ports = { decode: decodePicture, progress };
      if (method === 'lbph') {
        return trainPeople(store, trainStage.given(options), { ...ports, ...(detector ? { detector } : {}) });
      }
      const embedding = await openEmbedding();
      try {
        const encode = (picture: Parameters<typeof encodeJpeg>[0]) => encodeJpeg(picture, keptQuality);
        return await trainEmbeddedPeople(store, embedStage.given(options), {
          ...ports,
          detector: detector!,
          embedding,
          encode,
        });
      } finally {
        await embedding.release();
      }
    });
  } finally {
    await detector?.release();
  }
}

/** By what the file holds itself. */
async function convertStored(
  path: string,
  stored: StoredPeople,
  method: PeopleMethod,
  options: ConvertOptions,
): Promise<TrainedPeople<StoredPeople>> {
  if (stored instanceof People || method === 'lbph') {
    throw new ConfigError(
      `${path} holds no pictures that ${method === 'lbph' ? 'LBPH' : 'an embedding'} can be learnt from; add --faces DIR, the folder with a folder of pictures per person`,
    );
  }
  const embedding = await openEmbedding();
  try {
    const { gallery, notes } = await byEmbedding(stored, embedding);
    for (const note of notes) warn(`${path}: ${note}`);
    const people = withChosenThreshold(gallery, options);
    return { people, counts: countsOf(people), whole: 0, leftOut: [] };
  } finally {
    await embedding.release();
  }
}

function withChosenThreshold(gallery: EmbeddedGallery, options: ConvertOptions): EmbeddedGallery {
  const given = embedStage.given(options);
  return Object.keys(given).length === 0 ? gallery : gallery.withThreshold(parseEmbedPeople(given));
}

/** By the pictures of a folder, in which everybody of the file must be; others in it are left out. */
async function convertByPictures(
  path: string,
  stored: StoredPeople,
  method: PeopleMethod,
  faces: string,
  options: ConvertOptions,
): Promise<TrainedPeople<StoredPeople>> {
  await requirePeopleFolder(faces);
  const store = createFolderStore(faces);
  const files = await store.list();
  const folders = new Set(files.map((file) => file.slice(0, Math.max(0, file.indexOf('/')))));
  const wanted = new Map([...folders].map((folder) => [folder, nameOfFolder(folder)]));
  const lacking = stored.names.filter((name) => ![...wanted.values()].includes(name));
  if (lacking.length > 0) {
    throw new PeopleError(
      `${faces} must have a folder of everybody in ${path} and has none of ${lacking.slice(0, 10).join(', ')}; add pictures, or 'moodlens people forget' them`,
    );
  }
  const isKnown = (file: string) => stored.names.includes(wanted.get(file.slice(0, file.indexOf('/'))) ?? '');
  const known: BlobStore = { ...store, list: async () => files.filter((file) => file.includes('/') && isKnown(file)) };
  const trained = await learn(known, method, options);
  trained.people.taught = stored.taught;
  return trained;
}

function nameOfFolder(folder: string): string | undefined {
  try {
    return personName(folder);
  } catch {
    return undefined;
  }
}

/** The expressions that those who are still there taught, from the file that is about to be replaced. */
async function taughtBefore(path: string, names: readonly string[]): Promise<ExamplesByPerson> {
  if (!(await stat(path).catch(() => undefined))?.size) return new Map();
  try {
    const { taught } = await readPeopleFile(path);
    return new Map([...taught].filter(([name]) => names.includes(name)));
  } catch (error) {
    if (!(error instanceof PeopleError)) throw error;
    process.stderr.write(`${error.message}\nexpressions that were taught in it are not kept\n`);
    return new Map();
  }
}

function countsOf(people: StoredPeople): ReadonlyMap<string, number> {
  return new Map(people.names.map((name) => [name, people.pictureCount(name)]));
}

function report({ out, json }: LearnOptions, method: PeopleMethod, trained: TrainedPeople<StoredPeople>): void {
  const { people, counts, whole, leftOut } = trained;
  if (json) {
    const falseAccepts = people instanceof People ? null : (people.falseAccepts ?? null);
    const facts = {
      out,
      method,
      people: Object.fromEntries(counts),
      threshold: people.threshold ?? null,
      falseAccepts,
    };
    process.stdout.write(`${JSON.stringify({ ...facts, whole, leftOut })}\n`);
    return;
  }
  for (const { file, reason } of leftOut) warn(`left out: ${file}: ${reason}`);
  if (whole > 0) warn(`taken whole, no face found: ${whole} pictures`);
  process.stdout.write(describeTrainedPeople(out, trained));
}

function parseThreshold(text: string): 'auto' | 'none' | number {
  if (text === 'auto' || text === 'none') return text;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new ConfigError(`--threshold must be auto, none or a number above 0, but got "${text}"`);
}
