// Test-time augmentation: the mean of what a model predicts for several views of the same picture (Krizhevsky et al. 2012).
import { ConfigError } from '../errors.js';
import { mirror } from '../image/mirror.js';
import type { GreyPicture } from '../image/picture.js';
import { resizeGrey } from '../image/resize.js';
import { shift } from '../image/shift.js';
import type { AskedModel } from './expression-model.js';

/**
 * `none`: the picture as it is; `flip`: that and its mirror image; `ten-crop`: where the network sees only the centre of the
 * picture, the centre and the four corners in its size, and their mirror images.
 */
export const testTimeAugmentations = ['none', 'flip', 'ten-crop'] as const;

export type TestTimeAugmentation = (typeof testTimeAugmentations)[number];

/**
 * The probabilities of each face, `classes` numbers each, averaged over its views. Throws ConfigError for ten crops of a
 * model whose network sees the whole picture, or which is an ensemble of networks that see different parts.
 */
export async function predictAugmented(
  model: AskedModel,
  faces: readonly GreyPicture[],
  augmentation: TestTimeAugmentation,
): Promise<Float32Array[]> {
  const views = viewsOf(model, augmentation);
  const predictions = await model.predict(faces.flatMap(views));
  const perFace = predictions.length / faces.length;
  return faces.map((_, i) => {
    const each = predictions.slice(i * perFace, (i + 1) * perFace).map(({ probabilities }) => probabilities);
    return each[0]!.map((_, c) => each.reduce((sum, probabilities) => sum + probabilities[c]!, 0) / perFace);
  });
}

function viewsOf(model: AskedModel, augmentation: TestTimeAugmentation): (face: GreyPicture) => readonly GreyPicture[] {
  if (augmentation === 'none') return (face) => [face];
  if (augmentation === 'flip') return (face) => [face, mirror(face)];
  const { view, metadata } = model;
  const { width, height } = metadata.input;
  if (view === undefined || (view.width === width && view.height === height)) {
    const found = view === undefined ? 'are of different sizes' : 'are the whole picture';
    throw new ConfigError(
      `ten crops need a model whose networks see one part of the picture, and the parts this one sees ${found}; use flip`,
    );
  }
  const [left, top] = [(width - view.width) >> 1, (height - view.height) >> 1];
  const [right, below] = [width - view.width - left, height - view.height - top];
  // The model cuts out the centre: it sees a corner when the picture is moved the other way.
  const moves = [
    [0, 0],
    [left, top],
    [-right, top],
    [left, -below],
    [-right, -below],
  ] as const;
  return (face) => {
    const fits = face.width === width && face.height === height;
    const whole = fits ? face : resizeGrey(face, width, height);
    return moves.flatMap(([dx, dy]) => {
      const moved = shift(whole, dx, dy);
      return [moved, mirror(moved)];
    });
  };
}
