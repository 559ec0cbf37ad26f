// The teach stage reads a folder of pictures per expression of one person: the examples of that person's calibration.
import { findLabel } from '../../core/dataset/label-names.js';
import type { FaceDetector } from '../../core/detect/face.js';
import { cropFace } from '../../core/detect/face-crop.js';
import { FaceGate } from '../../core/detect/face-gate.js';
import { MediaError, PeopleError } from '../../core/errors.js';
import { findFace, isCroppedFace } from '../../core/identity/find-face.js';
import type { KnownPeople } from '../../core/identity/identification.js';
import { toGrey } from '../../core/image/grey.js';
import { isPictureName } from '../../core/image/is-picture-name.js';
import type { GreyPicture, Picture } from '../../core/image/picture.js';
import { resizeGrey } from '../../core/image/resize.js';
import type { AskedModel } from '../../core/model/expression-model.js';
import type { PersonalExample } from '../../core/personal/personal-file.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import type { DecodePicture } from '../../core/ports/decode-picture.js';

export interface ReadTaught {
  readonly pictures: readonly PersonalExample[];
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}

export interface TeachPorts {
  readonly decode: DecodePicture;
  readonly detector: FaceDetector;
  /** Who it should be, and how to tell; nobody is checked without. */
  readonly identity?: { readonly name: string; readonly people: KnownPeople } | undefined;
}

/**
 * Reads `EXPRESSION/picture.png` of a folder. Faces are found and cut out as the live view does it; small pictures are taken
 * whole. Throws PeopleError when a folder is no expression of the model, or nothing usable is there.
 */
export async function readTaughtPictures(
  store: BlobStore,
  { metadata: { labels, input } }: Pick<AskedModel, 'metadata'>,
  ports: TeachPorts,
): Promise<ReadTaught> {
  const files = (await store.list()).filter((name) => isPictureName(name) && name.includes('/')).sort();
  const pictures: PersonalExample[] = [];
  const seen = new Map<string, string>();
  const leftOut: { file: string; reason: string }[] = [];
  for (const file of files) {
    const name = file.slice(0, file.indexOf('/'));
    const expression = labels[findLabel(labels, name)];
    if (expression === undefined) {
      throw new PeopleError(
        `each folder must be named as an expression (${labels.join(', ')}), found ${name}; rename it`,
      );
    }
    const face = await readFace(store, file, input, ports);
    const twin = typeof face === 'string' ? undefined : seen.get(`${expression} ${face.data.join()}`);
    if (typeof face === 'string') leftOut.push({ file, reason: face });
    else if (twin !== undefined) leftOut.push({ file, reason: `it is the same picture as ${twin}` });
    else {
      seen.set(`${expression} ${face.data.join()}`, file);
      pictures.push({ expression, picture: face });
    }
  }
  if (pictures.length > 0) return { pictures, leftOut };
  const why = leftOut.map(({ file, reason }) => `\n  ${file}: ${reason}`).join('');
  throw new PeopleError(
    `the folder must hold a folder per expression (${labels.join(', ')}) with pictures, found none that can be used${why}`,
  );
}

async function readFace(
  store: BlobStore,
  file: string,
  size: { readonly width: number; readonly height: number },
  { decode, detector, identity }: TeachPorts,
): Promise<GreyPicture | string> {
  let picture: Picture;
  try {
    picture = await decode((await store.read(file)) ?? new Uint8Array());
  } catch (error) {
    if (error instanceof MediaError) return error.message;
    throw error;
  }
  const whole = () => resizeGrey(toGrey(picture), size.width, size.height);
  if (isCroppedFace(picture)) return goodPicture(whole());
  const face = await findFace(picture, detector);
  if (face === 'none') return 'no face is found in it';
  if (face === 'several') return 'it shows several faces of like size; crop it to the one person';
  const seen = await identity?.people.identify(picture, face === 'whole' ? null : face);
  if (seen?.person && seen.person !== identity?.name) return `it looks like ${seen.person}, not like ${identity?.name}`;
  return goodPicture(face === 'whole' ? whole() : cropFace(picture, face, size));
}

/** The picture, or why it teaches nothing: too dark, too bright, blurred. */
function goodPicture(picture: GreyPicture): GreyPicture | string {
  return new FaceGate().pictureFault(picture) ?? picture;
}
