// Votes of a track: when a name shows, when it changes, and how often the face is identified.
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../errors.js';
import { TrackIdentity, type TrackIdentityOptions } from './track-identity.js';

function play(people: readonly (string | null)[], options?: TrackIdentityOptions): TrackIdentity[] {
  let identity = TrackIdentity.create(options);
  return people.map((person, i) => {
    identity = identity.withVote({ person, distance: 40 + i }, 40 * i);
    return identity;
  });
}

describe('TrackIdentity', () => {
  it('shows nobody before four of five votes agree', () => {
    expect(play(['Ada', 'Ada', null, 'Ada', 'Ada']).map(({ person }) => person)).toEqual([
      null,
      null,
      null,
      null,
      'Ada',
    ]);
    expect(play(['Ada', 'Bo', 'Ada', 'Bo', 'Ada', 'Bo', 'Ada']).at(-1)!.person).toBeNull();
  });

  it('keeps its name until as many votes agree on another, or on nobody', () => {
    const first = ['Ada', 'Ada', 'Ada', 'Ada'];
    expect(play([...first, 'Bo', null, 'Bo', 'Bo']).at(-1)!.person).toBe('Ada');
    expect(play([...first, 'Bo', 'Bo', 'Bo', 'Bo']).at(-1)!.person).toBe('Bo');
    expect(play([...first, null, null, null, null]).at(-1)!.person).toBeNull();
  });

  it("tells the latest distance, and its claim's mean distance", () => {
    const identity = play(['Ada', 'Ada', null, 'Ada', 'Ada']).at(-1)!;
    expect(identity.distance).toBe(44);
    expect(identity.claimDistance).toBe((40 + 41 + 43 + 44) / 4);
    expect(play([null]).at(-1)).toMatchObject({ person: null, distance: 40, claimDistance: Infinity });
    expect(TrackIdentity.create().distance).toBeNull();
  });

  it('is due in every frame until it has its votes, then soon while they disagree, else seldom', () => {
    expect(TrackIdentity.create().isDueAt(-1e9)).toBe(true);
    const few = play(['Ada', 'Ada', 'Ada', 'Ada']).at(-1)!;
    expect(few.isDueAt(120)).toBe(true);
    // Votes at 0 to 160 ms.
    const settled = play(['Ada', 'Ada', 'Ada', 'Ada', 'Ada']).at(-1)!;
    expect([160, 500, 1659, 1660].map((time) => settled.isDueAt(time))).toEqual([false, false, false, true]);
    const unsure = play(['Ada', 'Bo', 'Ada', 'Ada', 'Ada']).at(-1)!;
    expect([160, 359, 360].map((time) => unsure.isDueAt(time))).toEqual([false, false, true]);
    const strange = play([null, null, null, null, null]).at(-1)!;
    expect([1659, 1660].map((time) => strange.isDueAt(time))).toEqual([false, true]);
  });

  it('is due when the source begins again', () => {
    expect(play(['Ada', 'Ada', 'Ada', 'Ada', 'Ada']).at(-1)!.isDueAt(0)).toBe(true);
  });

  it.each<TrackIdentityOptions>([
    { votes: 0 },
    { settledMs: -1 },
    { unsureMs: Number.NaN },
    { votes: 4, agreement: 2 },
    { votes: 4, agreement: 5 },
    { agreement: 3.5 },
  ])('refuses %j', (options) => {
    expect(() => TrackIdentity.create(options)).toThrow(ConfigError);
  });
});
