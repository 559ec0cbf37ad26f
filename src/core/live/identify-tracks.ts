// Which faces of a frame are identified, and what the answers make of their tracks' identities.
import type { Face } from '../detect/face.js';
import { type FaceIdentifier, identifyFaces } from '../identity/identification.js';
import type { Frame } from '../ports/frame-source.js';
import type { TrackIdentity } from './track-identity.js';

/** Most faces that are identified in one frame, those first that have waited longest: a crowd that appears must not stop the picture. */
const mostInFrame = 4;

/** The faces of a frame and the track of each. */
export interface TrackedFaces {
  readonly faces: readonly Face[];
  readonly tracks: readonly number[];
}

/**
 * The tracks' identities after this frame; none when nobody is known. `before`: those of earlier frames by track; `unseen`: that of a new one. Throws
 * PeopleError when the people do not answer for each face.
 */
export async function identifyTracks(
  people: FaceIdentifier | undefined,
  { picture, timeMs }: Frame,
  { faces, tracks }: TrackedFaces,
  before: ReadonlyMap<number, TrackIdentity>,
  unseen: TrackIdentity,
): Promise<Map<number, TrackIdentity>> {
  if (!people) return new Map();
  const identities = new Map(tracks.map((track) => [track, before.get(track) ?? unseen]));
  const due = tracks
    .map((track, i) => ({ track, identity: identities.get(track)!, face: faces[i]! }))
    .filter(({ identity }) => identity.isDueAt(timeMs))
    .sort((a, b) => byNumber(a.identity.votedMs, b.identity.votedMs) || a.track - b.track)
    .slice(0, mostInFrame);
  const votes = await identifyFaces(
    people,
    picture,
    due.map(({ face }) => face),
  );
  due.forEach(({ track, identity }, i) => {
    identities.set(track, identity.withVote(votes[i]!, timeMs));
  });
  return identities;
}

/** Also of infinite ones, whose difference is no number. */
function byNumber(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
