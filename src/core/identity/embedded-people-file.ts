// The file of people known by embedding: JSON with everybody's embeddings, small pictures and taught expressions.
import { z } from 'zod';
import { decodeBase64, encodeBase64 } from '../bytes/base64.js';
import { PeopleError } from '../errors.js';
import { personalFileOf, personalJson } from '../personal/personal-file.js';
import { EmbeddedGallery, type EmbeddedPicture } from './embedded-gallery.js';
import { unitMean } from './embedding/unit-mean.js';
import { falseAcceptsRange } from './embedding-threshold.js';
import { personName, personNames } from './person-name.js';

const format = 'moodlens-people';
/** Of a kept picture; a chip has a tenth of it. */
const mostPictureBytes = 1 << 20;

const side = z.int().positive().max(512);
const point = z.tuple([z.number(), z.number()]).readonly();

const schema = z.object({
  format: z.literal(format),
  version: z.literal(1),
  embedding: z.object({
    name: z.string().min(1).max(200),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    length: z.int().positive().max(4096),
    chip: z.object({
      width: side,
      height: side,
      places: z.object({ rightEye: point, leftEye: point, nose: point, mouth: point }),
    }),
  }),
  threshold: z.object({
    distance: z.number().nonnegative().nullable(),
    falseAccepts: z.number().min(falseAcceptsRange.least).max(falseAcceptsRange.most).nullable(),
  }),
  people: z
    .array(
      z.object({
        name: z.string().min(1).max(1000),
        /** Both in base64: float32 little-endian, and a picture file. */
        pictures: z.array(z.object({ embedding: z.string(), picture: z.string().nullable() })).min(1),
        taught: z.unknown().optional(),
      }),
    )
    .min(1),
});

type FileJson = z.infer<typeof schema>;

/** The file's text. */
export function writeEmbeddedGallery(gallery: EmbeddedGallery): string {
  const { facts, threshold, falseAccepts, taught } = gallery;
  const people = gallery.names.map((name) => {
    const own = taught.get(name);
    return {
      name,
      pictures: gallery.pictures(name).map(({ embedding, picture }) => ({
        embedding: encodeBase64(floatBytes(embedding)),
        picture: picture === undefined ? null : encodeBase64(picture),
      })),
      ...(own ? { taught: personalJson(own) } : {}),
    };
  });
  const { name, hash, length, chip } = facts;
  const file: FileJson = {
    format,
    version: 1,
    embedding: { name, hash, length, chip },
    threshold: { distance: threshold ?? null, falseAccepts: falseAccepts ?? null },
    people,
  };
  return `${JSON.stringify(file)}\n`;
}

/** Whether the text starts as such a file does, damaged or not. */
export function isEmbeddedGallery(text: string): boolean {
  return /^\s*\{\s*"format"\s*:\s*"moodlens-people"/.test(text.slice(0, 200));
}

/** Reads such a file. Throws PeopleError for anything else, for two people of one name, and for embeddings that are no vectors. */
export function readEmbeddedGallery(text: string): EmbeddedGallery {
  const { embedding: facts, threshold, people } = parse(text);
  requireDifferentNames(people.map(({ name }) => name));
  const nameOf = personNames(
    people.map(({ name }) => name),
    personName,
  );
  const persons = people.map(({ name: written, pictures }) => {
    const name = nameOf.get(written)!;
    return [name, pictures.map((one, i) => pictureOf(one, facts.length, `picture ${i + 1} of ${name}`))] as const;
  });
  const taught = people.flatMap(({ name, taught: own }) =>
    own === undefined ? [] : [[nameOf.get(name)!, personalFileOf(own)] as const],
  );
  const { distance, falseAccepts } = threshold;
  return new EmbeddedGallery(
    facts,
    persons,
    { distance: distance ?? undefined, falseAccepts: falseAccepts ?? undefined },
    new Map(taught),
  );
}

function parse(text: string): FileJson {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new PeopleError('the people file must be JSON and is not: it is cut short or damaged; train again', {
      cause,
    });
  }
  const version = (json as { version?: unknown } | null)?.version;
  if ((json as { format?: unknown } | null)?.format === format && typeof version === 'number' && version > 1) {
    throw new PeopleError(`the people file must have version 1; found ${version}; a newer moodlens wrote it`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new PeopleError(
    `a people file must be as 'moodlens people train' writes it:\n${firstProblems(result.error)}\ntrain again`,
    { cause: result.error },
  );
}

/** A damaged file of a thousand people must not fill the screen. */
function firstProblems(error: z.ZodError): string {
  const lines = z.prettifyError(error).split('\n');
  return lines.length <= 6 ? lines.join('\n') : [...lines.slice(0, 6), '…'].join('\n');
}

function requireDifferentNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) {
      throw new PeopleError(
        `every person of a people file must have a name of their own, and two are ${JSON.stringify(name.slice(0, 80))}; rename one`,
      );
    }
    seen.add(name);
  }
}

function pictureOf(
  { embedding, picture }: FileJson['people'][number]['pictures'][number],
  length: number,
  which: string,
): EmbeddedPicture {
  const bytes = decodeBase64(embedding);
  if (bytes?.length !== 4 * length) {
    throw new PeopleError(
      `an embedding must have ${length} numbers, and that of ${which} has ${bytes ? bytes.length / 4 : 'none'}; the people file is damaged, train again`,
    );
  }
  const kept = picture === null ? undefined : decodeBase64(picture);
  if (picture !== null && (kept === undefined || kept.length > mostPictureBytes)) {
    throw new PeopleError(
      `a kept picture must be base64 of at most ${mostPictureBytes} bytes, and ${which} is not; the people file is damaged`,
    );
  }
  return { embedding: unitVector(floatsOf(bytes), which), ...(kept ? { picture: kept } : {}) };
}

function unitVector(vector: Float32Array, which: string): Float32Array {
  // Overflows to Infinity for numbers that no embedding has; NaN fails too.
  if (vector.every((value) => Math.abs(value) <= 1e6) && vector.some((value) => value !== 0)) {
    return unitMean([vector]).direction;
  }
  throw new PeopleError(
    `an embedding must be finite numbers that are not all 0, and that of ${which} is not; the people file is damaged, train again`,
  );
}

function floatBytes(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
