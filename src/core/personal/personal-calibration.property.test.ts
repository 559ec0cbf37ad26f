// A made-up person: features are the class's, the person's own offset, which the general model takes for a class, and noise.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../numbers/random.js';
import { leastLead } from './corrections.js';
import { learnAndJudge } from './judge-calibration.js';
import { largest, PersonalCalibration, type PredictedExample } from './personal-calibration.js';

const CLASSES = 7;
const SIZE = 40;

function world(seed: number) {
  const random = createRandom(seed);
  const vector = (scale: number, from: Random = random) =>
    Float64Array.from({ length: SIZE }, () => scale * from.normal());
  const classes = Array.from({ length: CLASSES }, () => vector(1));
  // This face looks like one class to whoever does not know it.
  const offset = vector(0.5).map((value, i) => value + 1.6 * classes[seed % CLASSES]![i]!);
  const sample = (label: number, noise: Random) => {
    const own = vector(0.9, noise);
    const embedding = own.map((value, i) => value + classes[label]![i]! + offset[i]!);
    // The general model compares with the classes as others show them.
    const logits = classes.map((one) => one.reduce((sum, value, i) => sum + value * embedding[i]!, 0) / 6);
    const most = Math.max(...logits);
    const weights = logits.map((logit) => Math.exp(logit - most));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { embedding, probabilities: Float32Array.from(weights, (weight) => weight / total) };
  };
  return { sample };
}

function taught(seed: number, labels: readonly number[], count: number): PredictedExample[] {
  const { sample } = world(seed);
  const noise = createRandom(seed, 1);
  return labels.flatMap((label) =>
    Array.from({ length: count }, () => {
      const { embedding, probabilities } = sample(label, noise);
      return { label, embeddings: [embedding], probabilities };
    }),
  );
}

const all = Array.from({ length: CLASSES }, (_, label) => label);
const someLabels = fc.uniqueArray(fc.integer({ min: 0, max: CLASSES - 1 }), { minLength: 2, maxLength: CLASSES });

describe('a taught person', () => {
  it('is read much better than by the general model, with one picture a class', () => {
    let [before, after, n] = [0, 0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const calibration = PersonalCalibration.learn(taught(seed, all, 1));
      const { sample } = world(seed);
      const noise = createRandom(seed, 2);
      for (let i = 0; i < 70; i++, n++) {
        const { embedding, probabilities } = sample(i % CLASSES, noise);
        if (largest(probabilities) === i % CLASSES) before++;
        if (largest(calibration.adapt(probabilities, embedding)) === i % CLASSES) after++;
      }
    }
    expect(after / n).toBeGreaterThan(0.85);
    expect(after / n).toBeGreaterThan(before / n + 0.2);
  });

  it('is read with probabilities, of classes that were taught and of others', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999 }),
        someLabels,
        fc.integer({ min: 0, max: CLASSES - 1 }),
        (seed, labels, label) => {
          const calibration = PersonalCalibration.learn(taught(seed, labels, 2));
          const { embedding, probabilities } = world(seed).sample(label, createRandom(seed, 3));
          const adapted = calibration.adapt(probabilities, embedding);
          expect(adapted.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
          for (const p of adapted) expect(p >= 0 && p <= 1).toBe(true);
        },
      ),
    );
  });

  it('is read by the general model where nothing like it was taught', () => {
    for (const seed of [1, 2, 3]) {
      const examples = taught(seed, [0, 1], 2);
      const calibration = PersonalCalibration.learn(examples);
      // At right angles to all that was taught, and of a class that was not.
      const embedding = Float64Array.from({ length: SIZE }, () => createRandom(seed, 7).normal());
      for (let round = 0; round < 50; round++) {
        for (const { embeddings } of examples) {
          const [own] = embeddings as [Float64Array];
          const along = dotOf(embedding, own) / dotOf(own, own);
          own.forEach((value, i) => {
            embedding[i]! -= along * value;
          });
        }
      }
      const probabilities = Float32Array.of(0.1, 0.1, 0.1, 0.4, 0.1, 0.1, 0.1);
      const adapted = calibration.adapt(probabilities, embedding);
      adapted.forEach((p, i) => {
        expect(p).toBeCloseTo(probabilities[i]!, 1);
      });
    }
  });

  it('is read the same whatever the order of the pictures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), someLabels, (seed, labels) => {
        const examples = taught(seed, labels, 2);
        const { embedding, probabilities } = world(seed).sample(labels[0]!, createRandom(seed, 4));
        const one = PersonalCalibration.learn(examples).adapt(probabilities, embedding);
        const other = PersonalCalibration.learn([...examples].reverse()).adapt(probabilities, embedding);
        one.forEach((p, i) => {
          expect(other[i]).toBeCloseTo(p, 5);
        });
      }),
    );
  });

  it('cannot be taught by nothing', () => {
    expect(() => PersonalCalibration.learn([])).toThrow(/at least one picture must be taught, found none/);
  });
});

/** What the general model is sure to be, and what it should be. */
function misread(label: number, shown: number, embedding: ArrayLike<number>): PredictedExample {
  const probabilities = Float32Array.from(all, (other) => (other === shown ? 0.94 : 0.01));
  return { label, embeddings: [embedding], probabilities };
}

const pairs = all.flatMap((label) => all.filter((other) => other !== label).map((shown) => [label, shown] as const));
const features = (seed: number, sequence: number) => {
  const random = createRandom(seed, sequence);
  return Float64Array.from({ length: SIZE }, () => random.normal());
};

describe('a correction', () => {
  it.each(pairs)('to %i of what was read as %i acts alone, on that picture and on pictures like it', (label, shown) => {
    const correction = misread(label, shown, features(label, shown));
    const calibration = PersonalCalibration.learn([correction]);
    expect(calibration.corrections).toBe(1);
    const same = calibration.adapt(correction.probabilities, correction.embeddings[0]!);
    expect(largest(same)).toBe(label);
    expect(same[label]! / same[shown]!).toBeCloseTo(leastLead, 3);
    const noise = features(label, 1000 + shown);
    const alike = Float64Array.from(correction.embeddings[0]!, (value, i) => value + 0.15 * noise[i]!);
    const near = calibration.adapt(correction.probabilities, alike);
    expect(largest(near)).toBe(label);
    // The less alike, the less.
    const far = calibration.adapt(correction.probabilities, noise);
    expect(near[shown]!).toBeGreaterThan(same[shown]!);
    expect(far[shown]!).toBeGreaterThan(near[shown]!);
    expect(largest(far)).toBe(shown);
  });

  it('always counts when it is the last, whatever was taught or corrected before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 999 }),
        fc.array(fc.integer({ min: 0, max: CLASSES - 1 }), { maxLength: 12 }),
        fc.constantFrom(...pairs),
        fc.boolean(),
        (seed, before, [label, shown], isSamePicture) => {
          const embedding = features(seed, 50);
          const earlier = before.map((other, i) =>
            isSamePicture ? misread(other, shown, embedding) : taught(seed + i, [other], 1)[0]!,
          );
          const last = misread(label, shown, embedding);
          const calibration = PersonalCalibration.learn([...earlier, last]);
          const adapted = calibration.adapt(last.probabilities, embedding);
          for (const other of all) {
            if (other !== label) expect(adapted[label]!).toBeGreaterThan(0.99 * leastLead * adapted[other]!);
          }
        },
      ),
    );
  });

  it('leaves every earlier one its lead where they do not contradict each other', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pairs), { minLength: 1, maxLength: 10 }), (corrected) => {
        const examples = corrected.map(([label, shown], i) => misread(label, shown, features(3, i)));
        const calibration = PersonalCalibration.learn(examples);
        for (const { label, probabilities, embeddings } of examples) {
          const adapted = calibration.adapt(probabilities, embeddings[0]!);
          for (const other of all) {
            if (other !== label) expect(adapted[label]!).toBeGreaterThan(0.99 * leastLead * adapted[other]!);
          }
        }
      }),
    );
  });

  it('lets a class lose that was not taught, in a teaching of two others', () => {
    // Neutral, 6, is what this person is always read as.
    const examples = [0, 3].flatMap((label) => [0, 1, 2].map((i) => misread(label, 6, features(label, i))));
    const calibration = PersonalCalibration.learn(examples);
    for (const { label, probabilities, embeddings } of examples) {
      expect(largest(calibration.adapt(probabilities, embeddings[0]!))).toBe(label);
    }
  });
});

function dotOf(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, value, i) => sum + value * other[i]!, 0);
}

const judgementOf = (examples: readonly PredictedExample[]) => learnAndJudge(examples).judgement;

describe('the judgement of a teaching', () => {
  it('reads each picture by the others', () => {
    const judgement = judgementOf(taught(5, all, 3));
    expect(judgement.n).toBe(21);
    expect(judgement.after!.share).toBeGreaterThan(judgement.before!.share);
    expect(judgement.after!.interval[0]).toBeLessThan(judgement.after!.share);
    expect([judgement.alike, judgement.contradicting]).toEqual([[], []]);
  });

  it('gives the prototypes less to say where the pictures do not agree with each other', () => {
    expect(learnAndJudge(taught(5, all, 3)).calibration.weight).toBe(0.8);
    expect(learnAndJudge(taught(5, all, 1)).calibration.weight).toBe(0.8);
    // Each picture under a name that the general model, but no other picture, agrees with.
    const random = createRandom(9);
    const noise = all.flatMap((label) =>
      [0, 1, 2].map((): PredictedExample => {
        const probabilities = Float32Array.from(all, (other) => (other === label ? 0.7 : 0.05));
        return { label, probabilities, embeddings: [Float64Array.from({ length: SIZE }, () => random.normal())] };
      }),
    );
    const { calibration, judgement } = learnAndJudge(noise);
    expect(calibration.weight).toBeLessThanOrEqual(0.25);
    expect(judgement.after).toEqual(judgement.before);
  });

  it('judges hundreds of pictures by a few of them', () => {
    const many = taught(5, all, 70);
    const { judgement } = learnAndJudge(many);
    expect(judgement.n).toBe(14);
  });

  it('cannot be made of one picture a class', () => {
    expect(judgementOf(taught(5, all, 1))).toMatchObject({ n: 0, before: null, after: null });
  });

  it('names classes and pictures that contradict each other', () => {
    const examples = taught(5, [0, 1, 2], 3);
    // The same pictures under another name, and one picture in the wrong place.
    const doubled = [...examples, ...examples.slice(0, 3).map((example) => ({ ...example, label: 3 }))];
    expect(judgementOf(doubled).alike.map(({ labels }) => labels)).toContainEqual([0, 3]);
    const misplaced = [...examples, { ...taught(5, [2], 4)[3]!, label: 0 }];
    expect(judgementOf(misplaced).contradicting).toContainEqual({ example: 9, nearer: 2 });
  });
});
