// Evaluating people: who is drawn, what is told, and what the report holds; on drawn textures in place of faces.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, PeopleError } from '../../core/errors.js';
import type { FaceSample } from '../../core/identity/people.js';
import { createRandom } from '../../core/numbers/random.js';
import type { BlobStore } from '../../core/ports/blob-store.js';
import { parseEvaluatePeople } from './config.js';
import { evaluatePeople, learnEmbedding, learnLbph } from './evaluate-people.js';
import { describePeopleEvaluation } from './report/describe-people-evaluation.js';
import { writePeopleReport } from './report/people-report.js';
import { splitPeople } from './split-people.js';

/** A texture of its own for every person, with some noise for every shot. */
function portrait(person: number, shot: number): FaceSample {
  const random = createRandom(person * 1000 + shot);
  const data = Uint8Array.from({ length: 40 * 40 }, (_, i) => {
    const wave = Math.sin(((i % 40) * (person + 2)) / 9) * 50 + Math.cos((Math.floor(i / 40) * (person + 3)) / 11) * 50;
    return Math.max(0, Math.min(255, 128 + wave + random.normal() * 6));
  });
  return { picture: { width: 40, height: 40, channels: 1, data }, face: null };
}

function folk(people: number, shots: number): Map<string, FaceSample[]> {
  return new Map(
    Array.from({ length: people }, (_, p) => [`p${p}`, Array.from({ length: shots }, (_, s) => portrait(p, s))]),
  );
}

/** A direction of its own for every person, a little off for every shot. */
function vectorNear(person: number, shot: number): Float32Array {
  const own = createRandom(person);
  const off = createRandom(1000 + 100 * person + shot);
  const vector = Float32Array.from({ length: 16 }, () => own.normal() + 0.1 * off.normal());
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

const noChip = {
  width: 8,
  height: 8,
  places: { rightEye: [2, 2], leftEye: [6, 2], nose: [4, 4], mouth: [4, 6] },
} as const;

const unaligned = (options: object = {}) =>
  parseEvaluatePeople({ method: 'lbph', align: false, pictures: 3, splits: 3, ...options });

describe('splitPeople', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 8 });
  const settings = fc.record({
    known: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    pictures: fc.integer({ min: 1, max: 6 }),
  });

  it('puts every picture into one place, learns nobody from all, and keeps a stranger', () => {
    fc.assert(
      fc.property(counts, settings, fc.nat(), (shots, options, seed) => {
        const byName = new Map(
          shots.map((count, p) => [`p${p}`, Array.from({ length: count }, (_, s) => portrait(0, p * 10 + s))]),
        );
        fc.pre(shots.filter((count) => count >= 2).length >= 2);
        const { gallery, known, strangers } = splitPeople(byName, options, seed);
        const learnt = [...gallery.values()].flat();
        const all = [...learnt, ...known.map(([, sample]) => sample), ...strangers.map(([, sample]) => sample)];
        expect(new Set(all).size).toBe(all.length);
        expect(all).toHaveLength(shots.reduce((sum, count) => sum + count, 0));
        expect(gallery.size).toBeGreaterThanOrEqual(2);
        for (const [name, samples] of gallery) {
          expect(samples.length).toBeLessThanOrEqual(options.pictures);
          expect(known.some(([other]) => other === name)).toBe(true);
          expect(strangers.some(([other]) => other === name)).toBe(false);
        }
        expect(strangers.length).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });

  it('goes by the seed, not by the order of the names', () => {
    const people = folk(8, 4);
    const names = (byName: typeof people, seed: number) =>
      [...splitPeople(byName, unaligned(), seed).gallery.keys()].sort();
    expect(names(new Map([...people].reverse()), 7)).toEqual(names(people, 7));
    expect(new Set([1, 2, 3, 4, 5].map((seed) => names(people, seed).join())).size).toBeGreaterThan(1);
  });

  it.each([
    ['two people', folk(2, 4)],
    ['people with a picture each', folk(6, 1)],
    ['nobody', new Map<string, FaceSample[]>()],
  ])('refuses %s', (_, byName) => {
    expect(() => splitPeople(byName, unaligned(), 1)).toThrow(PeopleError);
    expect(() => splitPeople(byName, unaligned(), 1)).toThrow(
      /two known people with two pictures each and a stranger; found \d/,
    );
  });
});

describe('evaluatePeople', () => {
  const byName = folk(8, 5);

  it('names the known and turns strangers away where people are easily told apart', () => {
    const evaluation = evaluatePeople({ byName }, unaligned(), learnLbph);
    expect(evaluation).toMatchObject({ people: 8, pictures: 40, rankOne: { mean: 1, deviation: 0 } });
    expect(evaluation.splits.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    for (const split of evaluation.splits) {
      expect(split).toMatchObject({ knownPeople: 4, learnt: 12, knownProbes: 8, strangerProbes: 20 });
      expect(split.threshold).toBeGreaterThan(0);
    }
    expect(evaluation.named.mean).toBeGreaterThan(0.7);
    expect(evaluation.falseAccept.mean).toBeLessThan(0.2);
    expect(evaluation.inHindsight.map(({ falseAccept }) => falseAccept)).toEqual([0.01, 0.02]);
  });

  it('gives the same again, and its later splits by their own seeds', () => {
    const all = evaluatePeople({ byName }, unaligned(), learnLbph);
    expect(evaluatePeople({ byName }, unaligned(), learnLbph)).toEqual(all);
    const second = evaluatePeople({ byName }, unaligned({ seed: 2, splits: 1 }), learnLbph);
    expect(second.splits[0]).toEqual(all.splits[1]);
    expect(second.named.deviation).toBeNull();
  });

  it('evaluates an embedding too, with the threshold for the chosen false accepts', () => {
    const embedded = new Map(
      Array.from({ length: 12 }, (_, p) => [
        `p${p}`,
        Array.from({ length: 4 }, (_, shot) => ({ embedding: vectorNear(p, shot) })),
      ]),
    );
    const facts = { name: 'made', hash: 'ab'.repeat(32), length: 16, chip: noChip };
    const evaluate = (falseAccepts: number) => {
      const config = parseEvaluatePeople({ pictures: 2, splits: 3, falseAccepts });
      return evaluatePeople({ byName: embedded }, config, learnEmbedding(facts));
    };
    const strict = evaluate(0.001);
    expect(strict).toMatchObject({ people: 12, pictures: 48, rankOne: { mean: 1 } });
    expect(strict.splits[0]).toMatchObject({ knownPeople: 6, learnt: 12, knownProbes: 12, strangerProbes: 24 });
    expect(evaluate(0.2).threshold!.mean).toBeGreaterThan(strict.threshold!.mean);
    expect(describePeopleEvaluation(strict)).toContain('by their embedding');
    expect(describePeopleEvaluation(strict)).toContain('for 0.1 % of the strangers named');
  });

  it.each([{ align: false }, { plain: true }, { falseAccepts: 0 }, { falseAccepts: 0.6 }])(
    'refuses %j for an embedding',
    (options) => {
      expect(() => parseEvaluatePeople({ method: 'embedding', ...options })).toThrow(ConfigError);
    },
  );

  it('tells the figures in words and as a report', async () => {
    const evaluation = evaluatePeople({ byName }, unaligned(), learnLbph);
    const text = describePeopleEvaluation(evaluation);
    expect(text).toContain('8 people, 40 pictures. 3 splits, seeds 1 to 3');
    expect(text).toMatch(/strangers, named \(false accept\) +\d+\.\d % +\d+\.\d %/);
    const written = new Map<string, string>();
    const store = { write: async (name: string, text: string) => void written.set(name, text) } as unknown as BlobStore;
    const encodePng = async () => new Uint8Array();
    expect(await writePeopleReport(store, { evaluation, encodePng })).toEqual([...written.keys()]);
    expect([...written.keys()]).toEqual([
      'evaluation.json',
      'rates-by-threshold.svg',
      'named-by-false-accepts.svg',
      'report.html',
    ]);
    expect(JSON.parse(written.get('evaluation.json')!)).toEqual(evaluation);
    expect(written.get('report.html')).toContain('Rates over the threshold');
  });

  it.each([
    { known: 1 },
    { known: 0 },
    { pictures: 0 },
    { seed: -1 },
    { splits: 1.5 },
    { splits: Number.NaN },
    { no: 1 },
  ])('refuses the options %j', (options) => {
    expect(() => unaligned(options)).toThrow(ConfigError);
  });
});
