import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunError } from '../errors.js';
import { createArchitecture } from '../nn/architectures/create-architecture.js';
import { initialWeights } from '../nn/architectures/parameters.js';
import { createRandom } from '../numbers/random.js';
import { type Checkpoint, readCheckpoint, requireCheckpointOf, writeCheckpoint } from './checkpoint.js';
import { freshState } from './trainer-state.js';

const compact = createArchitecture('compact', { classes: 3 });
const weights = initialWeights(compact, createRandom(1));
const first = [...weights.keys()][0]!;
const whole: Checkpoint = {
  trainer: { ...freshState, epoch: 2, stepInEpoch: 5, lossSum: 3.25 },
  engine: {
    weights,
    optimiser: new Map([
      ['step', new Float32Array([7])],
      ...[...weights].map(([name, values]) => [`first/${name}`, new Float32Array(values.length)] as const),
    ]),
    average: new Map([...weights, ['updates', new Float32Array([7])]]),
  },
};

describe('a checkpoint', () => {
  it('reads back as it was written', () => {
    const { trainer, engine } = readCheckpoint(writeCheckpoint(whole));
    expect(trainer).toEqual(whole.trainer);
    for (const kind of ['weights', 'optimiser', 'average'] as const) {
      expect([...engine[kind].keys()]).toEqual([...whole.engine[kind].keys()]);
    }
    expect(engine.weights.get(first)).toEqual(weights.get(first));
  });

  it.each(['weights', 'optimiser', 'average'] as const)('is not written with broken numbers in its %s', (kind) => {
    const broken = new Map(whole.engine[kind]);
    broken.set('last', new Float32Array([1, Number.NaN]));
    const write = () => writeCheckpoint({ ...whole, engine: { ...whole.engine, [kind]: broken } });
    expect(write).toThrow(RunError);
    expect(write).toThrow('after epoch 2, step 5 last has others; the checkpoint before is kept');
  });

  it('that is no whole file is refused, whatever its bytes are', () => {
    const bytes = writeCheckpoint(whole).slice(0, 4000);
    const damaged = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(bytes.length));
    fc.assert(
      fc.property(damaged, ([at, value, end]) => {
        const changed = bytes.slice(0, end);
        if (at < end) changed[at] = value;
        expect(() => readCheckpoint(changed)).toThrow(RunError);
      }),
    );
  });
  it('is refused when any bit of it is another, also where every number stays finite', () => {
    const bytes = writeCheckpoint({ ...whole, engine: { ...whole.engine, optimiser: new Map(), average: new Map() } });
    for (const at of [bytes.length - 1, bytes.length - 17, Math.floor(bytes.length / 2)]) {
      const changed = bytes.slice();
      // Of a float's exponent, in the middle.
      changed[at]! ^= 0x10;
      expect(() => readCheckpoint(changed)).toThrow(/not what was written: its checksum is another|not finite/);
    }
    expect(readCheckpoint(bytes).isChecked).toBe(true);
  });

  it('of format 1, which has no checksum, still opens', () => {
    const bytes = writeCheckpoint(whole);
    const text = '"format":';
    const at = Buffer.from(bytes).indexOf(text) + text.length;
    const former = bytes.slice(0, bytes.length - 16);
    former[at] = '1'.charCodeAt(0);
    const read = readCheckpoint(former);
    expect([read.isChecked, read.trainer]).toEqual([false, whole.trainer]);
    // A new file is none that lost its checksum.
    expect(() => readCheckpoint(bytes.slice(0, bytes.length - 16))).toThrow(RunError);
  });
});

describe('requireCheckpointOf', () => {
  it('accepts its own, also without average or optimiser', () => {
    requireCheckpointOf(compact, whole);
    requireCheckpointOf(compact, { ...whole, engine: { weights, optimiser: new Map(), average: new Map() } });
  });

  const change = (kind: keyof Checkpoint['engine'], name: string, values?: Float32Array): Checkpoint => {
    const arrays = new Map(whole.engine[kind]);
    if (values === undefined) arrays.delete(name);
    else arrays.set(name, values);
    return { ...whole, engine: { ...whole.engine, [kind]: arrays } };
  };
  const two = new Float32Array(2);
  it.each<[string, Checkpoint, RegExp]>([
    ['a weight that is missing', change('weights', first), /has no values instead of \d+/],
    ['a weight of another length', change('weights', first, two), /has 2 values instead of \d+/],
    ['a weight too many', change('weights', 'more', two), /there is more, which that architecture does not have/],
    ['an average of another length', change('average', first, two), /has 2 values instead of/],
    ['an optimiser of another length', change('optimiser', `first/${first}`, two), /optimiser's first.* has 2 values/],
    ['an optimiser of other parameters', change('optimiser', 'first/more', two), /instead of none/],
  ])('refuses %s', (_, checkpoint, says) => {
    expect(() => requireCheckpointOf(compact, checkpoint)).toThrow(RunError);
    expect(() => requireCheckpointOf(compact, checkpoint)).toThrow(says);
  });

  it('refuses another architecture, and another number of classes', () => {
    expect(() => requireCheckpointOf(createArchitecture('residual', { classes: 3 }), whole)).toThrow(/here residual/);
    expect(() => requireCheckpointOf(createArchitecture('compact', { classes: 7 }), whole)).toThrow(RunError);
  });
});
