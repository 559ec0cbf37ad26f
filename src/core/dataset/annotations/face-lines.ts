// Annotations of faces as JSON, a line for each picture.
import { z } from 'zod';
import type { AnnotatedPicture, LineFault } from './annotated-picture.js';
import { middleOfMouth } from './middle-of-mouth.js';

const number = z.number();
const box = z.tuple([number, number, number, number]);

/** `boxes` are `[x, y, width, height]`, `points` of each box left eye, right eye, nose and mouth as seen. */
const lineSchema = z.looseObject({
  file: z.string().min(1),
  width: z.int().positive(),
  height: z.int().positive(),
  boxes: z.array(box),
  points: z.array(z.array(number).length(8).nullable()).optional(),
  /** Detections without an annotation; points: the eyes as seen from the left, nose, the corners of the mouth. */
  proposed: z.array(z.object({ score: number.min(0).max(1), box, points: z.array(number).length(10) })).default([]),
});

export interface FaceLines {
  readonly pictures: readonly AnnotatedPicture[];
  readonly faults: readonly LineFault[];
}

/**
 * Boxes are pixels of a picture of the named size. Lines without all of it become faults; so do pictures on two lines, of which each
 * lacks the other's boxes. `source`: the file's name.
 */
export function readFaceLines(source: string, text: string): FaceLines {
  const pictures: AnnotatedPicture[] = [];
  const faults: LineFault[] = [];
  const lines = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [i, json] of text.split('\n').entries()) {
    if (json.trim() === '') continue;
    const line = i + 1;
    const found = readLine(json);
    if (Array.isArray(found)) {
      for (const problem of found) faults.push({ line, kind: 'text', problem });
      continue;
    }
    const { file, width, height, boxes, points, proposed } = found;
    const before = lines.get(file);
    lines.set(file, before ?? line);
    if (before !== undefined) {
      const problem = `${file} is on line ${before} already, and a picture's boxes must be on one line`;
      faults.push({ line, kind: 'twice', problem });
      repeated.add(file);
    }
    const common = { line, className: null };
    pictures.push({
      file,
      source,
      line,
      size: { width, height },
      isRelative: false,
      isBroken: false,
      objects: [
        ...boxes.map((each, at) => ({ ...common, box: each, points: points?.[at] ?? null, unsure: null })),
        ...proposed.map((each) => ({
          ...common,
          box: each.box,
          points: middleOfMouth(each.points),
          unsure: each.score,
        })),
      ],
    });
  }
  return { pictures: pictures.map((each) => ({ ...each, isBroken: repeated.has(each.file) })), faults };
}

/** The line, or what is wrong with it. */
function readLine(json: string): z.infer<typeof lineSchema> | string[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return ['it is no JSON'];
  }
  const { data, error } = lineSchema.safeParse(value);
  if (error !== undefined) return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const { boxes, points } = data;
  if (points === undefined || points.length === boxes.length) return data;
  return [`there are ${boxes.length} boxes and points of ${points.length}`];
}
