// Runs a detector on pictures with known faces: what it found, and how long it took.
import type { FacePicture } from '../../core/dataset/face-pictures.js';
import type { Face } from '../../core/detect/face.js';
import { pointsOf } from '../../core/detect/places/placed-face.js';
import type { FacePoints } from '../../core/detect/places/places.js';
import { DatasetError, MediaError, ModelFormatError } from '../../core/errors.js';
import type { Box, Picture } from '../../core/image/picture.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Progress } from '../../core/ports/progress.js';

/** A face that a detector finds in a picture. */
export interface EvaluatedFace {
  readonly box: Box;
  readonly score: number;
  /** Left eye, right eye, nose and mouth as seen; null from a detector that gives none. */
  readonly points: FacePoints | null;
}

/** What a detector gives, as it is evaluated. */
export function toEvaluated(face: Face): EvaluatedFace {
  return { ...face, points: pointsOf(face) };
}

/** A picture with its annotations. */
export interface KnownPicture extends Pick<FacePicture, 'file' | 'faces' | 'unsure'> {
  /** Throws MediaError when it cannot be decoded. */
  readonly read: () => Promise<Picture>;
}

export interface DetectPicturesRequest {
  readonly pictures: readonly KnownPicture[];
  readonly detect: (picture: Picture) => Promise<readonly EvaluatedFace[]>;
  /** Leaves out pictures that cannot be decoded, with a note for each. */
  readonly skipBad?: boolean | undefined;
  readonly progress: Progress;
  readonly clock: Clock;
}

/** A picture with what is known of it and what was found in it. */
export interface DetectedPicture {
  readonly known: KnownPicture;
  readonly detections: readonly EvaluatedFace[];
  /** Of the detection alone, milliseconds. */
  readonly latencyMs: number;
}

/**
 * Throws MediaError for a picture that cannot be decoded unless it may be left out, DatasetError when none is left, and
 * ModelFormatError, naming the picture, when the detector gives numbers that are not finite.
 */
export async function detectPictures(request: DetectPicturesRequest): Promise<DetectedPicture[]> {
  const { pictures, progress, clock } = request;
  const detected: DetectedPicture[] = [];
  for (const [i, known] of pictures.entries()) {
    const picture = await readPicture(known, request);
    progress.update(i + 1, pictures.length, known.file);
    if (picture === undefined) continue;
    const start = clock();
    const detections = await naming(known.file, () => request.detect(picture));
    const latencyMs = clock() - start;
    requireFinite(detections, known.file);
    detected.push({ known, detections, latencyMs });
  }
  if (detected.length > 0) return detected;
  throw new DatasetError('a detector must be measured on at least one picture, and there is none; name another --data');
}

async function readPicture(
  known: KnownPicture,
  { skipBad, progress }: DetectPicturesRequest,
): Promise<Picture | undefined> {
  try {
    return await known.read();
  } catch (error) {
    if (!(skipBad && error instanceof MediaError)) throw error;
    progress.note(`left out: ${error.message}`);
    return undefined;
  }
}

async function naming<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ModelFormatError)) throw error;
    throw new ModelFormatError(`${error.message} (picture ${file})`, { cause: error });
  }
}

function requireFinite(detections: readonly EvaluatedFace[], file: string): void {
  const bad = detections.find(({ box, score, points }) => ![...box, score, ...(points ?? [])].every(Number.isFinite));
  if (bad === undefined) return;
  throw new ModelFormatError(
    `a detector must give finite numbers, and a detection in ${file} has the score ${bad.score} and the box ${bad.box.join(', ')}; use another model`,
  );
}
