// Brings pictures with annotated faces into the form that a detector is trained on. A set is a `.jsonl`, a line a picture, and
// its pictures: plain files beside it, or `.tar` archives that begin with the set's name.
import { z } from 'zod';
import { readTar } from '../../core/bytes/tar.js';
import { decodeUtf8 } from '../../core/bytes/utf8.js';
import { type FacesDescription, FacesWriter, type UnsureFace } from '../../core/dataset/face-pictures.js';
import type { FacePoints } from '../../core/detect/places/places.js';
import { DatasetError } from '../../core/errors.js';
import { toGrey } from '../../core/image/grey.js';
import type { Picture } from '../../core/image/picture.js';
import { resize } from '../../core/image/resize.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { Progress } from '../../core/ports/progress.js';

/** Pictures are scaled down to this longest side: training needs no larger ones, pixels. */
export const longestSide = 400;

const number = z.number();
const box = z.tuple([number, number, number.positive(), number.positive()]);

/** A line of a set: `boxes` are `[x, y, width, height]`, `points` of each box left eye, right eye, nose and mouth as seen. */
const lineSchema = z.looseObject({
  file: z.string().min(1),
  width: z.int().positive(),
  height: z.int().positive(),
  boxes: z.array(box),
  points: z.array(z.array(number).length(8).nullable()).optional(),
  /** What a detector found besides; points: the eyes as seen from the left, nose, the corners of the mouth. */
  proposed: z.array(z.object({ score: number.min(0).max(1), box, points: z.array(number).length(10) })).default([]),
});

export interface ImportFacesRequest {
  /** The folder with the sets. */
  readonly source: BlobStore;
  /** Where the packed form is written. */
  readonly store: BlobStore;
  readonly decode: (bytes: Uint8Array) => Promise<Picture>;
  readonly progress: Progress;
}

/** Throws DatasetError for a set that is broken, naming its line, MediaError for a picture that is. */
export async function importFaces({ source, store, decode, progress }: ImportFacesRequest): Promise<FacesDescription> {
  const files = await source.list();
  const sets = files.filter((name) => name.endsWith('.jsonl')).sort();
  if (sets.length === 0) {
    throw new DatasetError('a folder of face pictures must hold at least one .jsonl, a line a picture; found none');
  }
  const writer = new FacesWriter(store);
  for (const set of sets) {
    const name = set.slice(0, -'.jsonl'.length);
    const lines = readLines(set, decodeUtf8((await source.read(set))!));
    const archives = files.filter((file) => file.startsWith(name) && file.endsWith('.tar')).sort();
    const archived = new Map<string, Uint8Array>();
    for (const archive of archives) {
      for (const [file, bytes] of readTar((await source.read(archive))!)) archived.set(file, bytes);
    }
    let done = 0;
    for (const { line, number: at } of lines) {
      const bytes = archived.get(line.file) ?? (await source.read(line.file));
      if (bytes === undefined) throw broken(set, at, `there is no picture ${line.file}`);
      const picture = await decode(bytes);
      if (picture.width !== line.width || picture.height !== line.height) {
        const sizes = `${picture.width}x${picture.height} and not ${line.width}x${line.height}`;
        throw broken(set, at, `${line.file} is ${sizes}`);
      }
      await addPicture(writer, line, picture, bytes);
      progress.update(++done, lines.length, `${set}: ${line.file}`);
    }
    progress.note(
      `${set}: ${lines.length} pictures, ${lines.reduce((sum, { line }) => sum + line.boxes.length, 0)} faces`,
    );
  }
  return writer.finish();
}

type Line = z.infer<typeof lineSchema>;

function readLines(set: string, text: string): { line: Line; number: number }[] {
  return text.split('\n').flatMap((json, i) => {
    if (json.trim() === '') return [];
    let line: Line;
    try {
      line = lineSchema.parse(JSON.parse(json));
    } catch (error) {
      const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
      throw broken(set, i + 1, issue === undefined ? 'it is no JSON' : `${issue.path.join('.')}: ${issue.message}`);
    }
    if (line.points !== undefined && line.points.length !== line.boxes.length) {
      throw broken(set, i + 1, `there are ${line.boxes.length} boxes and points of ${line.points.length}`);
    }
    return [{ line, number: i + 1 }];
  });
}

function broken(set: string, line: number, found: string): DatasetError {
  return new DatasetError(`${set}, line ${line}: ${found}; mend or remove the line`);
}

async function addPicture(writer: FacesWriter, line: Line, picture: Picture, bytes: Uint8Array): Promise<void> {
  const scale = Math.min(1, longestSide / Math.max(picture.width, picture.height));
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const scaled = withoutEqualChannels(scale === 1 ? picture : resize(picture, width, height));
  const ofBox = ([x, y, w, h]: Line['boxes'][number]) => [x * scale, y * scale, w * scale, h * scale] as const;
  const ofPoints = (points: FacePoints | null): FacePoints | null => points?.map((at) => at * scale) ?? null;
  const described = {
    file: line.file,
    width,
    height,
    faces: line.boxes.map((each, i) => ({ box: ofBox(each), points: ofPoints(line.points?.[i] ?? null) })),
    unsure: line.proposed.map(
      (each): UnsureFace => ({
        score: each.score,
        box: ofBox(each.box),
        points: ofPoints(mouthOfCorners(each.points)),
      }),
    ),
  };
  await writer.add(described, scaled, bytes);
}

/** A grey picture that was stored in colour takes a third of the place as what it is. */
function withoutEqualChannels(picture: Picture): Picture {
  const { data, channels } = picture;
  for (let i = 0; channels === 3 && i < data.length; i += 3) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return picture;
  }
  return toGrey(picture);
}

/** Both corners of the mouth become its middle. */
function mouthOfCorners(points: readonly number[]): FacePoints {
  const [leftX, leftY, rightX, rightY] = points.slice(6) as [number, number, number, number];
  return [...points.slice(0, 6), (leftX + rightX) / 2, (leftY + rightY) / 2];
}
