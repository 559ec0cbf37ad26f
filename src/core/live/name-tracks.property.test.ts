// Laws of names: what a track shows its votes agreed on, once in a frame, at the least total distance, and steadily.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameTracks } from './name-tracks.js';
import { TrackIdentity } from './track-identity.js';

const vote = fc.record({
  person: fc.constantFrom('Ada', 'Bo', 'Cy', null),
  distance: fc.integer({ min: 1, max: 80 }),
});
const tracks = fc
  .array(fc.array(vote, { maxLength: 12 }), { maxLength: 5 })
  .map(
    (votes) =>
      new Map(
        votes.map((list, i) => [
          i + 1,
          list.reduce((identity, next) => identity.withVote(next, 0), TrackIdentity.create()),
        ]),
      ),
  );

/** The least total over every way to give each claimed name to one of its claims. */
function leastTotal(identities: ReadonlyMap<number, TrackIdentity>): number {
  const claims = new Map<string, number[]>();
  for (const { person, claimDistance } of identities.values()) {
    if (person !== null) claims.set(person, [...(claims.get(person) ?? []), claimDistance]);
  }
  const totals = [...claims.values()].reduce<number[]>(
    (sums, distances) => sums.flatMap((sum) => distances.map((distance) => sum + distance)),
    [0],
  );
  return Math.min(...totals);
}

describe('nameTracks', () => {
  it('gives a name once, to a track whose votes agreed on it, and leaves no claimed name unused', () => {
    fc.assert(
      fc.property(tracks, (identities) => {
        const names = nameTracks(identities, new Map());
        expect(new Set(names.values()).size).toBe(names.size);
        for (const [track, person] of names) expect(identities.get(track)!.person).toBe(person);
        const claimed = [...identities.values()].flatMap(({ person }) => person ?? []);
        expect(new Set(names.values())).toEqual(new Set(claimed));
      }),
    );
  });

  it('gives names at the least total distance when nobody held one', () => {
    fc.assert(
      fc.property(tracks, (identities) => {
        const names = nameTracks(identities, new Map());
        const total = [...names.keys()].reduce((sum, track) => sum + identities.get(track)!.claimDistance, 0);
        expect(total).toBeCloseTo(leastTotal(identities), 9);
      }),
    );
  });

  it('changes nothing while nothing changes', () => {
    fc.assert(
      fc.property(tracks, tracks, (earlier, identities) => {
        const first = nameTracks(identities, nameTracks(earlier, new Map()));
        expect(nameTracks(identities, first)).toEqual(first);
      }),
    );
  });

  it('takes a name from its holder only for a claim that is clearly nearer', () => {
    const at = (distance: number) =>
      [1, 2, 3, 4].reduce((identity) => identity.withVote({ person: 'Ada', distance }, 0), TrackIdentity.create());
    const held = new Map([[1, 'Ada']]);
    const names = (first: number, second: number) => [
      ...nameTracks(
        new Map([
          [1, at(first)],
          [2, at(second)],
        ]),
        held,
      ).keys(),
    ];
    expect(names(50, 46)).toEqual([1]);
    expect(names(50, 44)).toEqual([2]);
    expect(names(50, 50)).toEqual([1]);
  });
});
