// Embeds face chips both ways: the mean of a face's embedding and its mirror image's tells people better apart than the face's alone.
import { mirror } from '../../image/mirror.js';
import type { Picture } from '../../image/picture.js';
import { unitMean } from './unit-mean.js';

/** What embeds chips; `FaceEmbedding` is one. */
export interface ChipEmbedder {
  embed(chips: readonly Picture[]): Promise<readonly Float32Array[]>;
}

/** An embedding of unit length for each chip, in one call of the embedder. */
export async function embedFaces(embedder: ChipEmbedder, chips: readonly Picture[]): Promise<Float32Array[]> {
  if (chips.length === 0) return [];
  const embeddings = await embedder.embed(chips.flatMap((chip) => [chip, mirror(chip)]));
  return chips.map((_, i) => unitMean([embeddings[2 * i]!, embeddings[2 * i + 1]!]).direction);
}
