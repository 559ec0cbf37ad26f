// Finds pixel-identical samples.

/** What the finder needs of a dataset. */
export interface PixelSamples {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly pixels: Uint8Array;
}

/** For each sample the index of the first sample with the same pixels: its own index when there is none before it. */
export function firstTwins(samples: PixelSamples): Int32Array {
  const size = samples.width * samples.height;
  const first = new Int32Array(samples.count);
  const byHash = new Map<number, number[]>();
  for (let i = 0; i < samples.count; i++) {
    const hash = hashPixels(samples.pixels, i * size, (i + 1) * size);
    const candidates = byHash.get(hash);
    const twin = candidates?.find((j) => samePixels(samples.pixels, i * size, j * size, size));
    first[i] = twin ?? i;
    if (candidates === undefined) byHash.set(hash, [i]);
    else if (twin === undefined) candidates.push(i);
  }
  return first;
}

/**
 * Groups the samples at `indices` (default: all) by their pixels. The key of a group is the first sample of the dataset with these
 * pixels; its members are in the order of `indices`. A sample without a duplicate is a group of its own.
 */
export function twinGroups(samples: PixelSamples, indices?: Int32Array): Map<number, number[]> {
  const first = firstTwins(samples);
  const groups = new Map<number, number[]>();
  for (const i of indices ?? first.keys()) {
    const group = groups.get(first[i]!);
    if (group === undefined) groups.set(first[i]!, [i]);
    else group.push(i);
  }
  return groups;
}

/** The groups of two or more samples with the same pixels, each in ascending order, ordered by their first sample. */
export function duplicateGroups(samples: PixelSamples): Int32Array[] {
  const groups = [...twinGroups(samples).values()];
  return groups.filter((group) => group.length > 1).map((group) => Int32Array.from(group));
}

/** The `indices` whose pixels no sample of `others` has. */
export function withoutTwinsIn(samples: PixelSamples, indices: Int32Array, others: Int32Array): Int32Array {
  const first = firstTwins(samples);
  const there = new Set(Array.from(others, (i) => first[i]!));
  return indices.filter((i) => !there.has(first[i]!));
}

/** FNV-1a; equal pixels are compared afterwards, so a collision costs only time. */
function hashPixels(pixels: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ pixels[i]!, 0x01000193);
  return hash;
}

function samePixels(pixels: Uint8Array, a: number, b: number, size: number): boolean {
  for (let i = 0; i < size; i++) if (pixels[a + i] !== pixels[b + i]) return false;
  return true;
}
