// Teaching: the teacher judges the student's pixels as the model file judges the picture they come from.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../adapters/node/session.js';
import { ConfigError, ModelFormatError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { buildEnsemble } from '../model/ensemble-model.js';
import { ExpressionModel } from '../model/expression-model.js';
import { readPictureFront } from '../model/picture-front.js';
import { readExpressionModel } from '../model/read-expression-model.js';
import { buildTeacherGraph } from '../model/teacher-graph.js';
import { createArchitecture } from '../nn/architectures/create-architecture.js';
import { createRandom } from '../numbers/random.js';
import { readModel } from '../onnx/read-model.js';
import { writeModel } from '../onnx/write-model.js';
import type { OpenSession } from '../ports/session.js';
import { centreCrop } from './augmentation.js';
import type { Batch } from './batch.js';
import { DistillingEngine, teach } from './distilling-engine.js';
import type { TrainingEngine } from './engine.js';

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

describe('DistillingEngine', () => {
  it.each([
    ['one model', () => untrainedModel('residual', 3)],
    ['an ensemble', ensemble],
  ])('asks %s for what the model file says of the same pixels', async (_, file) => {
    const faces = pictures(6, 1);
    const model = await ExpressionModel.open(file(), openSession);
    const expected = (await model.predict(faces)).flatMap(({ probabilities }) => [...probabilities]);
    const student = new StubEngine();
    const engine = new DistillingEngine(student, { model: file(), weight: 1, temperature: 1 }, openSession);
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
    const engine = new DistillingEngine(
      new StubEngine(),
      { model: ensemble(), weight: 1, temperature: 1 },
      openSession,
    );
    const whole = await engine.judge({ size: 6, side: 44, pixels: crops(faces, 44) });
    const small = await engine.judge({ size: 6, side: 24, pixels: crops(faces, 24) });
    expect(Math.max(...whole.map((p, i) => Math.abs(p - small[i]!)))).toBeLessThan(0.02);
    // Other pictures are judged otherwise: the figure above says something.
    const other = await engine.judge({ size: 6, side: 24, pixels: crops(pictures(6, 3), 24) });
    expect(Math.max(...whole.map((p, i) => Math.abs(p - other[i]!)))).toBeGreaterThan(0.05);
    await engine.release();
  });

  it('refuses a teacher whose weights are damaged', async () => {
    const model = readModel(untrainedModel('residual', 1));
    const damaged = model.initializers.map((initializer) =>
      initializer.data instanceof Float32Array && initializer.dims.length === 4
        ? { ...initializer, data: initializer.data.map(() => Number.NaN) }
        : initializer,
    );
    const bytes = writeModel({ ...model, initializers: damaged });
    const engine = new DistillingEngine(new StubEngine(), { model: bytes, weight: 1, temperature: 1 }, openSession);
    await expect(engine.judge({ size: 6, side: 44, pixels: crops(pictures(6, 1), 44) })).rejects.toThrow(
      ModelFormatError,
    );
    await engine.release();
  });

  it('holds no session of a stage that is over, and lets go of one that did not open', async () => {
    let held = 0;
    const counting: OpenSession = async (bytes, options) => {
      if (held === 1 && options?.threads === 2) throw new ModelFormatError('no room');
      const session = await openSession(bytes, options);
      held++;
      return {
        ...{ inputNames: session.inputNames, outputNames: session.outputNames },
        run: (feeds, fetches) => session.run(feeds, fetches),
        release: async () => {
          held--;
          await session.release();
        },
      };
    };
    const teacher = { model: untrainedModel('residual', 1), weight: 1, temperature: 1 };
    const student = new StubEngine();
    const engine = new DistillingEngine(student, teacher, counting);
    for (const side of [24, 24, 44]) await engine.judge({ size: 6, side, pixels: crops(pictures(6, 1), side) });
    expect(held).toBe(1);
    const other = new DistillingEngine(student, teacher, counting, { threads: 2 });
    await expect(other.judge({ size: 6, side: 44, pixels: crops(pictures(6, 1), 44) })).rejects.toThrow('no room');
    await other.release();
    expect(student.isReleased).toBe(true);
    await engine.release();
    expect(held).toBe(0);
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
    const cut = file.graph.nodes.map((node) =>
      node.operator === 'Slice' ? { ...node, inputs: node.inputs.slice(0, 1) } : node,
    );
    expect(readPictureFront({ ...file, graph: { ...file.graph, nodes: cut } })).toBeUndefined();
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
