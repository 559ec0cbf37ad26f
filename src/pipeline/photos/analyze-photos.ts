// The photos stage: photographs, each by itself -> their faces with names and expressions, drawn pictures, crops, who is in how many.
import { MediaError } from '../../core/errors.js';
import type { Picture } from '../../core/image/picture.js';
import type { Progress } from '../../core/ports/progress.js';
import type { Photo } from './photo.js';
import type { PhotoFiles } from './photo-files.js';
import type { PhotoResults } from './photo-results.js';
import { PhotoCounts, type PhotosSummary } from './photos-summary.js';
import { type FaceReaders, readPhotoFaces } from './read-faces.js';

export interface PhotosPorts {
  readonly files: readonly string[];
  /** Throws MediaError for what is no picture. */
  readonly decode: (file: string) => Promise<Picture>;
  readonly readers: FaceReaders;
  /** Where results are kept: photographs that have theirs already are not analysed again. */
  readonly kept?: { readonly results: PhotoResults; readonly files: PhotoFiles } | undefined;
  readonly progress: Progress;
  /** Called before each photograph; true ends the analysis, with its summary. */
  readonly shouldStop?: () => boolean;
  /** Gets each photograph that is analysed. */
  readonly onPhoto?: (photo: Photo) => Promise<void>;
  /** Gets the error of each picture that cannot be read; it names the file. */
  readonly onUnreadable?: (error: MediaError) => void;
}

/** Analyses the photographs in their order. What is not one is counted, and the others are still done; other errors are thrown. */
export async function analyzePhotos(ports: PhotosPorts): Promise<PhotosSummary> {
  const { files, readers, kept, progress, shouldStop = () => false } = ports;
  const counts = new PhotoCounts();
  let interrupted = false;
  for (const [i, file] of files.entries()) {
    interrupted = shouldStop();
    if (interrupted) break;
    const before = kept?.results.of(file);
    const photo = before ?? (await analyze(file));
    if (photo) counts.add(photo);
    else counts.unreadable++;
    progress.update(i + 1, files.length, 'photographs');
  }
  return counts.summary(interrupted);

  async function analyze(file: string): Promise<Photo | undefined> {
    const picture = await decoded(file);
    if (picture === undefined) return undefined;
    const { width, height } = picture;
    const photo: Photo = { file, width, height, faces: await readPhotoFaces(picture, readers) };
    if (!kept) {
      await ports.onPhoto?.(photo);
      return photo;
    }
    const named = { ...photo, name: kept.results.nameFor(file) };
    await kept.files.write(named, picture);
    // The line comes last: a photograph without it is analysed again.
    await kept.results.add(named);
    await ports.onPhoto?.(named);
    return named;
  }

  async function decoded(file: string): Promise<Picture | undefined> {
    try {
      return await ports.decode(file);
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      ports.onUnreadable?.(error);
      return undefined;
    }
  }
}
