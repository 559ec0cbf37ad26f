// A person's examples as a file: the pictures themselves, so that a calibration of another model can be computed from them.
import { z } from 'zod';
import { PeopleError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';

/** Bounds the work that a file can cause; more examples do not improve a calibration. */
export const mostPersonalExamples = 500;

export interface PersonalExample {
  /** Name of the class. */
  readonly expression: string;
  readonly picture: GreyPicture;
}

export interface PersonalFile {
  /** SHA-256 of the model's file with which the examples were taken. */
  readonly model: string;
  readonly pictures: readonly PersonalExample[];
}

const schema = z.object({
  format: z.literal('moodlens-personal'),
  version: z.literal(1),
  model: z.string().regex(/^[0-9a-f]{64}$/),
  pictures: z
    .array(
      z.object({
        expression: z.string().min(1).max(80),
        width: z.int().min(8).max(256),
        height: z.int().min(8).max(256),
        /** Grey values, two hexadecimal digits each. */
        pixels: z.string().regex(/^(?:[0-9a-f]{2})+$/),
      }),
    )
    .min(1)
    .max(mostPersonalExamples),
});

/** The file's text. Throws PeopleError for no picture or too many, which could not be read back. */
export function writePersonalFile(file: PersonalFile): string {
  return `${JSON.stringify(personalJson(file))}\n`;
}

/** The file as JSON, also for a part of another one. Throws PeopleError as `writePersonalFile`. */
export function personalJson({ model, pictures }: PersonalFile): z.input<typeof schema> {
  requireExampleCount(pictures.length);
  const written = pictures.map(({ expression, picture: { width, height, data } }) => ({
    ...{ expression, width, height },
    pixels: Array.from(data, (grey) => grey.toString(16).padStart(2, '0')).join(''),
  }));
  return { format: 'moodlens-personal', version: 1, model, pictures: written };
}

/** Throws PeopleError unless this number of pictures may be kept of one person. */
export function requireExampleCount(count: number): void {
  if (count >= 1 && count <= mostPersonalExamples) return;
  throw new PeopleError(
    `a person may be taught by 1 to ${mostPersonalExamples} pictures, found ${count}; ${count === 0 ? 'give some' : 'leave some out'}`,
  );
}

/** New examples replace the earlier ones of the same expressions; those of other expressions stay. */
export function replaceExamples(
  now: readonly PersonalExample[],
  before: readonly PersonalExample[],
): readonly PersonalExample[] {
  const shown = new Set(now.map(({ expression }) => expression));
  return [...before.filter(({ expression }) => !shown.has(expression)), ...now];
}

/** The examples of expressions that the model knows. */
export function usableExamples(
  pictures: readonly PersonalExample[],
  labels: readonly string[],
): readonly PersonalExample[] {
  return pictures.filter(({ expression }) => labels.includes(expression));
}

/** Reads such a file. Throws PeopleError for anything else. */
export function readPersonalFile(text: string): PersonalFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new PeopleError("a personal file must be JSON and this one is not; 'moodlens teach' makes one", { cause });
  }
  return personalFileOf(json);
}

/** What `personalJson` wrote. Throws PeopleError for anything else. */
export function personalFileOf(json: unknown): PersonalFile {
  const result = schema.safeParse(json);
  if (!result.success) {
    throw new PeopleError(
      `a personal file must be as 'moodlens teach' writes it:\n${z.prettifyError(result.error)}\nteach again`,
      { cause: result.error },
    );
  }
  const pictures = result.data.pictures.map(({ expression, width, height, pixels }, i): PersonalExample => {
    if (pixels.length !== 2 * width * height) {
      throw new PeopleError(
        `picture ${i + 1} of the personal file must have ${width * height} pixels and has ${pixels.length / 2}; teach again`,
      );
    }
    const data = Uint8Array.from({ length: width * height }, (_, at) =>
      Number.parseInt(pixels.slice(2 * at, 2 * at + 2), 16),
    );
    return { expression, picture: { width, height, channels: 1, data } };
  });
  return { model: result.data.model, pictures };
}
