// Pictures from and to the browser: encoded files, video frames, canvases.
import { MediaError } from '../../core/errors.js';
import type { Picture } from '../../core/image/picture.js';

/** No picture larger than this is decoded, in pixels. */
const maxPixels = 50_000_000;

/** Decodes any picture the browser can show, upright by its EXIF orientation, as RGBA. Throws MediaError on anything else. */
export async function decodePicture(file: Blob | Uint8Array): Promise<Picture> {
  const blob = file instanceof Blob ? file : new Blob([file.slice()]);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image' });
  } catch (cause) {
    throw new MediaError(
      `A picture must be a JPEG, PNG, WebP or other format this browser shows, but these ${blob.size} bytes are not; choose another file.`,
      { cause },
    );
  }
  try {
    if (bitmap.width * bitmap.height > maxPixels) {
      throw new MediaError(
        `A picture may have ${maxPixels / 1e6} million pixels, but this one has ${bitmap.width}x${bitmap.height}; make it smaller.`,
      );
    }
    return new FrameReader(Number.POSITIVE_INFINITY).read(bitmap, bitmap.width, bitmap.height);
  } finally {
    bitmap.close();
  }
}

/** Reads frames as RGBA pictures over one reused canvas, shrinking those of more than `maxArea` pixels. */
export class FrameReader {
  readonly #maxArea: number;
  #canvas: OffscreenCanvas | undefined;
  #context: OffscreenCanvasRenderingContext2D | null = null;

  constructor(maxArea: number) {
    this.#maxArea = maxArea;
  }

  /** `width` and `height` are the source's own; the picture keeps their ratio. Throws MediaError on an empty frame. */
  read(source: CanvasImageSource, width: number, height: number): Picture {
    if (!(width > 0 && height > 0)) {
      throw new MediaError(`A frame must have pixels, but this one is ${width}x${height}; choose another source.`);
    }
    const scale = Math.min(1, Math.sqrt(this.#maxArea / (width * height)));
    const target = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
    if (!this.#canvas || this.#canvas.width !== target.width || this.#canvas.height !== target.height) {
      this.#canvas = new OffscreenCanvas(target.width, target.height);
      this.#context = this.#canvas.getContext('2d', { willReadFrequently: true, alpha: false });
    }
    if (!this.#context) throw new MediaError('This browser must offer a 2d canvas in workers; use a current browser.');
    this.#context.drawImage(source, 0, 0, target.width, target.height);
    const { data } = this.#context.getImageData(0, 0, target.width, target.height);
    return { ...target, channels: 4, data };
  }
}

/** Encodes a picture as PNG. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext('2d');
  if (!context) throw new MediaError('This browser must offer a 2d canvas; use a current browser.');
  context.putImageData(new ImageData(toRgba(picture), picture.width, picture.height), 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}

/** The picture's pixels as RGBA, opaque where it has no alpha. */
export function toRgba(picture: Picture): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, channels, data } = picture;
  if (channels === 4) return new Uint8ClampedArray(data);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgba[pixel * 4 + channel] = data[channels === 1 ? pixel : pixel * 3 + channel]!;
    }
  }
  return rgba;
}
