// A photograph with its faces, as a line of JSON: of `moodlens analyze --json` and of the results file.
import { z } from 'zod';
import type { Box } from '../../core/image/picture.js';

const faceSchema = z.strictObject({
  box: z
    .tuple([z.number(), z.number(), z.number(), z.number()])
    .nullable()
    .describe('[x, y, width, height] in pixels of the upright picture; null for a picture taken whole'),
  score: z.number().nullable().describe("the detector's, 0..1; null for a picture taken whole"),
  person: z.string().nullable().describe('null: unknown, or no people file'),
  distance: z.number().nullable().describe('to the nearest known face; null without a people file'),
  expression: z.string().describe('the most probable one'),
  probabilities: z.record(z.string(), z.number()).describe('by expression, 0..1'),
});

const photoSchema = z.strictObject({
  file: z.string(),
  width: z.int().describe('of the upright picture, pixels'),
  height: z.int(),
  faces: z.array(faceSchema).describe('the largest first'),
  name: z.string().min(1).optional().describe('the name, without its ending, of the files that were written for it'),
});

export type PhotoFace = Readonly<z.infer<typeof faceSchema>>;
export type Photo = Readonly<z.infer<typeof photoSchema>>;

/** A line of JSON, without its end; numbers are rounded far below their accuracy. */
export function photoLine({ file, width, height, faces, name }: Photo): string {
  return JSON.stringify({
    file,
    width,
    height,
    faces: faces.map((face) => ({
      box: face.box?.map((value) => round(value, 2)) ?? null,
      score: face.score === null ? null : round(face.score, 4),
      person: face.person,
      distance: face.distance === null ? null : round(face.distance, 4),
      expression: face.expression,
      probabilities: Object.fromEntries(
        Object.entries(face.probabilities).map(([label, value]) => [label, round(value, 6)]),
      ),
    })),
    ...(name === undefined ? {} : { name }),
  });
}

/** The photograph of a line; undefined when the line is none. */
export function parsePhotoLine(line: string): Photo | undefined {
  try {
    return photoSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Where a face is in its photograph: the whole of one that was taken whole. */
export function boxOf({ box }: PhotoFace, { width, height }: Pick<Photo, 'width' | 'height'>): Box {
  return box ?? [0, 0, width, height];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
