// The pipeline's first step: the detections of a frame, without those that cannot be faces.
import type { DepthFilter } from '../detect/depth/depth-filter.js';
import type { Face, FaceDetector } from '../detect/face.js';
import type { Box, Picture } from '../image/picture.js';
import type { Frame } from '../ports/frame-source.js';
import type { RejectedFace } from './frame-result.js';

export interface FoundFaces {
  /** In the detector's order. */
  readonly faces: Face[];
  /** Each face's distance; null without depth. */
  readonly depthsMm: (number | null)[];
  readonly rejected: RejectedFace[];
}

/** Detects faces; the depth filter judges them when there is one and the frame has depth. */
export async function findFaces(
  { picture, depth }: Frame,
  detector: FaceDetector,
  filter: DepthFilter | undefined,
): Promise<FoundFaces> {
  const view = depth && filter?.view(picture, depth);
  const found: FoundFaces = { faces: [], depthsMm: [], rejected: [] };
  for (const face of await detector.detect(view?.picture ?? picture)) {
    const { box } = face;
    const { depthMm = null, reason = undefined } = whyNoBox(box, picture) ?? view?.judge(box) ?? {};
    if (reason !== undefined) {
      found.rejected.push({ box, reason });
      continue;
    }
    found.faces.push(face);
    found.depthsMm.push(depthMm);
  }
  return found;
}

function whyNoBox([x, y, width, height]: Box, picture: Picture): { reason: string; depthMm: null } | undefined {
  const is = (reason: string) => ({ reason, depthMm: null });
  if (![x, y, width, height].every(Number.isFinite) || !(width > 0 && height > 0)) return is('no area');
  if (x >= picture.width || y >= picture.height || x + width <= 0 || y + height <= 0) return is('outside the picture');
  return undefined;
}
