// Reads TensorFlow.js' weight files: a manifest in JSON, and shards that hold the values one after another, 8-bit ones with the
// scale and minimum of their tensor. Damaged input throws ModelFormatError; nothing outside the bytes is read.
import { z } from 'zod';
import { ModelFormatError } from '../errors.js';
import { isHtml } from './is-html.js';

/** A tensor, row-major in TensorFlow's order of axes. A value is `data * scale + min`; scale 1 and min 0 for float32 data. */
export interface TfjsWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint8Array;
  readonly scale: number;
  readonly min: number;
}

const quantizationSchema = z.object({ dtype: z.string(), scale: z.number().positive(), min: z.number() });

const manifestSchema = z.array(
  z.object({
    paths: z.array(z.string()),
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().nonnegative()).max(8),
        dtype: z.string(),
        quantization: quantizationSchema.optional(),
      }),
    ),
  }),
);

type Group = z.infer<typeof manifestSchema>[number];
type Entry = Group['weights'][number];

/**
 * The weights by name. `manifest` is the JSON text, `shards` the files that it names, by their paths in it. Supported are float32
 * values, stored as such or quantised to uint8. Throws ModelFormatError when the manifest is none, when a shard is missing, short or too long,
 * and for other types.
 */
export function readTfjsWeights(
  manifest: string,
  shards: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, TfjsWeight> {
  const weights = new Map<string, TfjsWeight>();
  for (const group of parseManifest(manifest)) {
    const bytes = joinShards(group, shards);
    let offset = 0;
    for (const entry of group.weights) {
      if (weights.has(entry.name))
        throw damaged(`the manifest must name each weight once, and names ${entry.name} twice`);
      const length = byteLength(entry);
      weights.set(entry.name, readWeight(entry, bytes.subarray(offset, offset + length)));
      offset += length;
    }
  }
  return weights;
}

function parseManifest(text: string): readonly Group[] {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ModelFormatError(
      'this must be the manifest of TensorFlow.js weights (JSON: groups of paths and weights), and it is not; download it again',
      { cause },
    );
  }
}

/** A group's shards in a row; they must hold exactly its weights. */
function joinShards(group: Group, shards: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts = group.paths.map((path) => {
    const part = shards.get(path);
    if (part === undefined) throw damaged(`the manifest names the shard ${path}, and it is not there`);
    if (isHtml(part)) throw damaged(`the shard ${path} must hold weights, and it is an HTML page`);
    return part;
  });
  const expected = group.weights.reduce((sum, entry) => sum + byteLength(entry), 0);
  const found = parts.reduce((sum, part) => sum + part.length, 0);
  if (found !== expected) {
    throw damaged(`the shards ${group.paths.join(', ')} must hold ${expected} bytes, and they hold ${found}`);
  }
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(found);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function byteLength({ name, shape, dtype, quantization }: Entry): number {
  if (dtype !== 'float32' || (quantization !== undefined && quantization.dtype !== 'uint8')) {
    const found = quantization === undefined ? dtype : `${dtype} as ${quantization.dtype}`;
    throw new ModelFormatError(
      `the weight ${name} must be float32, plain or quantised to uint8, and it is ${found}; other types are not supported`,
    );
  }
  return shape.reduce((product, dim) => product * dim, quantization === undefined ? 4 : 1);
}

function readWeight({ name, shape, quantization }: Entry, bytes: Uint8Array): TfjsWeight {
  // A copy: the values need not be aligned in the file, and the shard can be freed.
  const copy = Uint8Array.from(bytes);
  if (quantization !== undefined) return { shape, data: copy, scale: quantization.scale, min: quantization.min };
  const view = new DataView(copy.buffer);
  const data = Float32Array.from({ length: copy.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
  if (!data.every(Number.isFinite)) throw damaged(`the weight ${name} must hold finite numbers, and some are not`);
  return { shape, data, scale: 1, min: 0 };
}

function damaged(what: string): ModelFormatError {
  return new ModelFormatError(`${what}: the weights are damaged; download them again`);
}
