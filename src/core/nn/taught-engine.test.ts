// Teaching: the teacher judges the student's pixels as the model file judges the picture they come from.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../adapters/node/session.js';
import { ConfigError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { createRandom } from '../tensor/random.js';
import { createArchitecture } from './architecture.js';
import { centreCrop } from './augmentation.js';
import type { Batch, TrainingEngine } from './engine.js';
import { buildEnsemble } from './ensemble-model.js';
import { ExpressionModel } from './expression-model.js';
import { readPictureFront } from './picture-front.js';
import { readExpressionModel } from './read-expression-model.js';
import { TaughtEngine, teach } from './taught-engine.js';
import { buildTeacherGraph } from './teacher-graph.js';

const member = (bytes: Uint8Array) => ({ name: 'member', ...readExpressionModel(bytes) });
const ensemble = () => buildEnsemble([member(untrainedModel('residual', 1)), member(untrainedModel('vgg', 2))], 'both');

/** Smooth pictures, so that scaling them down and up again changes little. */
function pictures(count: number, seed: number): GreyPicture[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const [a, b, phase] = [random.between(0.02, 0.08), random.between(0.02, 0.08), random.between(0, 6)];
    const data = Uint8Array.from({ length: 48 * 48 }, (_, i) =>
      Math.round(128 + 120 * Math.sin(a * (i % 48) + b * Math.floor(i / 48) + phase)),
    );
    return { width: 48, height: 48, channels: 1, data };
  });
}

function crops(faces: readonly GreyPicture[], side: number): Float32Array {
  const values = new Float32Array(faces.length * side * side);
  faces.forEach(({ data, width, height }, i) => {
    const source = { pixels: Uint8Array.from(data), offset: 0, width, height };
    centreCrop(source, { values, offset: i * side * side, width: side, height: side, view: { width: 44, height: 44 } });
  });
  return values;
}

class StubEngine implements TrainingEngine {
  readonly masks = [];
  batch: Batch | undefined;
  isReleased = false;
  async step(batch: Batch) {
    this.batch = batch;
    return { loss: 1, probabilities: new Float32Array(batch.targets.length) };
  }
  async predict(pixels: Float32Array) {
    return pixels;
  }
  async state() {
    return { weights: new Map(), optimiser: new Map(), average: new Map() };
  }
  async restore() {}
  async release() {
    this.isReleased = true;
  }
}

describe('TaughtEngine', () => {
  it.each([
    ['one model', () => untrainedModel('residual', 3)],
    ['an ensemble', ensemble],
  ])('asks %s for what the model file says of the same pixels', async (_, file) => {
    const faces = pictures(6, 1);
    const model = await ExpressionModel.open(file(), openSession);
    const expected = (await model.predict(faces)).flatMap(({ probabilities }) => [...probabilities]);
    const student = new StubEngine();
    const engine = new TaughtEngine(student, { model: file(), weight: 1, temperature: 1 }, openSession);
    const [size, side] = [faces.length, 44];
    const judged = await engine.judge({ size, side, pixels: crops(faces, side) });
    expect(Math.max(...expected.map((p, i) => Math.abs(p - judged[i]!)))).toBeLessThan(1e-6);

    const targets = new Float32Array(expected.length).fill(1 / 3);
    const result = await engine.step({ size, side, pixels: crops(faces, side), targets, masks: [] }, 0.1);
    expect(result.loss).toBe(1);
    expect(Math.max(...expected.map((p, i) => Math.abs(p - student.batch!.targets[i]!)))).toBeLessThan(1e-6);
    expect([...targets]).toEqual(new Array(expected.length).fill(Math.fround(1 / 3)));
    await engine.release();
    expect(student.isReleased).toBe(true);
    await model.release();
  });

  it('scales smaller pictures to the size that the teacher knows', async () => {
    const faces = pictures(6, 2);
    const engine = new TaughtEngine(new StubEngine(), { model: ensemble(), weight: 1, temperature: 1 }, openSession);
    const whole = await engine.judge({ size: 6, side: 44, pixels: crops(faces, 44) });
    const small = await engine.judge({ size: 6, side: 24, pixels: crops(faces, 24) });
    expect(Math.max(...whole.map((p, i) => Math.abs(p - small[i]!)))).toBeLessThan(0.02);
    // Other pictures are judged otherwise: the figure above says something.
    const other = await engine.judge({ size: 6, side: 24, pixels: crops(pictures(6, 3), 24) });
    expect(Math.max(...whole.map((p, i) => Math.abs(p - other[i]!)))).toBeGreaterThan(0.05);
    await engine.release();
  });
});

describe('readPictureFront', () => {
  const viewOf = (bytes: Uint8Array) => readPictureFront(readExpressionModel(bytes))?.view;

  it('tells the part of the picture that the network sees', () => {
    expect(viewOf(untrainedModel('residual', 1))).toEqual({ height: 44, width: 44 });
    expect(viewOf(untrainedModel('original', 1))).toEqual({ height: 48, width: 48 });
    expect(viewOf(ensemble())).toEqual(createArchitecture('vgg', { classes: 3 }).view);
    const mixed = [member(untrainedModel('residual', 1)), member(untrainedModel('original', 2))];
    expect(viewOf(buildEnsemble(mixed, 'x'))).toBeUndefined();
  });

  it('is undefined for graphs that begin otherwise; they cannot teach', () => {
    const file = readExpressionModel(untrainedModel('residual', 1));
    for (const operator of ['Cast', 'Slice']) {
      const nodes = file.graph.nodes.map((node) =>
        node.operator === operator ? { ...node, operator: 'Floor' } : node,
      );
      const other = { ...file, graph: { ...file.graph, nodes } };
      expect(readPictureFront(other)).toBeUndefined();
      expect(() => buildTeacherGraph(other, 1, 44)).toThrow(ConfigError);
    }
  });
});

describe('teach', () => {
  const row = fc.array(fc.float({ min: Math.fround(1e-6), max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });

  it('keeps the sum of every row, and lies between the two', () => {
    const options = {
      weight: fc.double({ min: 0, max: 1, noNaN: true }),
      temperature: fc.double({ min: 0.1, max: 20, noNaN: true }),
    };
    fc.assert(
      fc.property(row, row, fc.record(options), (own, theirs, { weight, temperature }) => {
        const targets = Float32Array.from(own);
        const sum = targets.reduce((a, b) => a + b);
        const taught = teach({ size: 1, targets }, Float32Array.from(theirs), { weight, temperature });
        expect(taught.reduce((a, b) => a + b)).toBeCloseTo(sum, 4);
        const powers = theirs.map((p) => Math.fround(p) ** (1 / temperature));
        const total = powers.reduce((a, b) => a + b);
        taught.forEach((value, c) => {
          expect(value).toBeCloseTo((1 - weight) * targets[c]! + (weight * sum * powers[c]!) / total, 4);
        });
      }),
    );
  });

  it('makes the teacher less sure with the temperature', () => {
    const batch = { size: 2, targets: new Float32Array([1, 0, 0, 2]) };
    const probabilities = new Float32Array([0.9, 0.1, 0.5, 0.5]);
    expect([...teach(batch, probabilities, { weight: 1, temperature: 2 })]).toEqual(
      [0.75, 0.25, 1, 1].map((value) => expect.closeTo(value, 6)),
    );
  });
});
