// Reads boxes.json: the faces of the pictures beside it. What cannot be used is named, picture by picture.
import { z } from 'zod';
import { DatasetError } from '../../core/errors.js';
import type { Box } from '../../core/image/picture.js';
import { printable } from '../report/text-table.js';

export const boxesFile = 'boxes.json';

export interface BoxedPicture {
  /** In the folder of boxes.json. */
  readonly file: string;
  readonly boxes: readonly Box[];
}

export interface ReadBoxes {
  readonly pictures: readonly BoxedPicture[];
  /** A line for each entry that cannot be used, naming its picture. */
  readonly bad: readonly string[];
}

const fileSchema = z.object({ images: z.array(z.unknown()).min(1, 'must list at least one picture') });
const imageSchema = z.looseObject({ file: z.string().regex(/^[^/\\]+$/), boxes: z.array(z.unknown()) });
const boxSchema = z.tuple([z.number(), z.number(), z.number().positive(), z.number().positive()]);

/**
 * `isThere`: whether the folder holds a file of that name. A picture with a bad box is bad as a whole: without the box its face
 * would be counted as a false detection. Throws DatasetError when the text is no list of pictures.
 */
export function readBoxes(text: string, isThere: (file: string) => boolean): ReadBoxes {
  const pictures: BoxedPicture[] = [];
  const bad: string[] = [];
  const seen = new Set<string>();
  for (const [i, entry] of readList(text).entries()) {
    const image = imageSchema.safeParse(entry);
    if (!image.success) {
      bad.push(`entry ${i + 1} must have a file of the folder itself and a list of boxes`);
      continue;
    }
    const { file, boxes } = image.data;
    const parsed = boxes.map((box) => boxSchema.safeParse(box));
    const wrong = parsed.findIndex(({ success }) => !success);
    if (seen.has(file)) bad.push(`${printable(file)} is listed twice`);
    else if (!isThere(file)) bad.push(`${printable(file)} is not in the folder`);
    else if (wrong >= 0) bad.push(`${printable(file)}: box ${wrong + 1} is ${JSON.stringify(boxes[wrong])}`);
    else pictures.push({ file, boxes: parsed.map(({ data }) => data!) });
    seen.add(file);
  }
  return { pictures, bad };
}

function readList(text: string): readonly unknown[] {
  try {
    return fileSchema.parse(JSON.parse(text)).images;
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const found = issue === undefined ? 'it is no JSON' : `${issue.path.join('.')}: ${issue.message}`;
    throw new DatasetError(`${boxesFile} must list images with their file and boxes [x, y, width, height]: ${found}`, {
      cause,
    });
  }
}
