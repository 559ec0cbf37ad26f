// The parts of a prediction, told apart by a clock that moves only where the session and the test move it.
import { describe, expect, it } from 'vitest';
import { tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import type { OpenSession } from '../../core/ports/session.js';
import { measureInference } from './measure-inference.js';

/** A session whose runs take 7 ms by the clock; each reading of the clock takes 1 ms. */
function fakePlace() {
  let nowMs = 0;
  const batches: number[] = [];
  const openSession: OpenSession = async () => ({
    inputNames: ['image'],
    outputNames: ['probabilities', 'embedding'],
    run: async ({ image }) => {
      nowMs += 7;
      const faces = image!.dims[0]!;
      batches.push(faces);
      return {
        probabilities: { dims: [faces, 7], data: new Float32Array(faces * 7).fill(1 / 7) },
        embedding: { dims: [faces, 1], data: new Float32Array(faces) },
      };
    },
    release: async () => undefined,
  });
  return { openSession, clock: () => nowMs++, batches };
}

describe('measureInference', () => {
  it('times preprocessing, inference and postprocessing apart, after a warm-up', async () => {
    const { batches, ...place } = fakePlace();
    const { durationsMs } = await measureInference(tinyExpressionModel(), {
      ...place,
      threads: 1,
      batch: 5,
      calls: 30,
    });
    expect(durationsMs.preprocessing).toEqual(new Array(30).fill(1));
    expect(durationsMs.inference).toEqual(new Array(30).fill(8));
    expect(durationsMs.postprocessing).toEqual(new Array(30).fill(1));
    expect(batches).toEqual(new Array(33).fill(5));
  });

  it('makes do with fewer calls when time is up, but not with less than ten', async () => {
    const count = async (seconds: number) => {
      const measured = await measureInference(tinyExpressionModel(), {
        ...fakePlace(),
        ...{ threads: 1, batch: 1, calls: 100, seconds },
      });
      return measured.durationsMs.inference.length;
    };
    expect(await count(0.001)).toBe(10);
    // 10 ms a call by that clock, and 1 ms to look at it.
    expect(await count(0.4)).toBeLessThan(42);
    expect(await count(0.4)).toBeGreaterThan(30);
    expect(await count(60)).toBe(100);
  });
});
