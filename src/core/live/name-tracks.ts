// Which track of a frame shows which name: no name is shown twice.
import type { TrackIdentity } from './track-identity.js';

/** Another track takes a name over when its distance is smaller by this share, so that the name does not alternate between tracks. */
const nearerBy = 0.1;

/**
 * The names that tracks show, from track to person. Every track claims at most the one person that its votes agreed on,
 * so giving each name to the claim of least distance is the assignment of least total distance too. `identities` are
 * all tracks that have not ended, also one that is not found in this frame; `before` are the names of the frame before: who
 * holds a name keeps it unless another claim is clearly nearer.
 */
export function nameTracks(
  identities: ReadonlyMap<number, TrackIdentity>,
  before: ReadonlyMap<number, string>,
): Map<number, string> {
  const best = new Map<string, { track: number; distance: number }>();
  for (const [track, identity] of identities) {
    const { person } = identity;
    if (person === null) continue;
    const isHolder = before.get(track) === person;
    const distance = identity.claimDistance * (isHolder ? 1 - nearerBy : 1);
    const rival = best.get(person);
    // Among equals the older track: the numbers only rise.
    if (!rival || distance < rival.distance || (distance === rival.distance && track < rival.track)) {
      best.set(person, { track, distance });
    }
  }
  return new Map([...best].map(([person, { track }]) => [track, person]));
}
