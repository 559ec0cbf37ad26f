// Opens a detector from the bytes of its networks, the same in Node and in a page.
import type { OpenSession } from '../../ports/session.js';
import type { FaceDetector } from '../face.js';
import type { FaceSearchOptions } from '../face-search.js';
import { MediaPipeDetector, type MediaPipeModels } from '../mediapipe/mediapipe-detector.js';
import { PlaceDetector } from '../places/place-detector.js';

/** The bytes of a trained detector's or a YuNet's file, or of MediaPipe's networks. */
export type DetectorModels = { readonly places: Uint8Array } | MediaPipeModels;

/** A detector whose search can be changed while it is in use. */
export interface SearchingDetector extends FaceDetector {
  setSearch(options: Pick<FaceSearchOptions, 'search' | 'minFace'>): void;
}

/** Release it when done. Throws ModelFormatError for bytes that are no detector, RangeError for options out of range. */
export function openNetworkDetector(
  models: DetectorModels,
  openSession: OpenSession,
  options: FaceSearchOptions = {},
): Promise<SearchingDetector> {
  return 'places' in models
    ? PlaceDetector.open(models.places, openSession, options)
    : MediaPipeDetector.open(models, openSession, options);
}
