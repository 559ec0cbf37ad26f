// A checkpoint file: 'MOODLENS', the header's length (uint32, little endian), a JSON header, float32 arrays end to end, and the
// checksum of all that, which files of format 1 lack.
import { z } from 'zod';
import { checksum } from '../bytes/checksum.js';
import { RunError } from '../errors.js';
import { type Architecture, parametersOf } from '../nn/architectures/architecture.js';
import { elements } from '../nn/layers/layer.js';
import type { EngineState } from './engine.js';
import type { TrainerState } from './trainer-state.js';

const magic = 'MOODLENS';
const textOffset = magic.length + 4;
/** Characters. */
const checksumLength = 16;

const arrayKinds = ['weights', 'optimiser', 'average'] as const;

const figuresSchema = z.object({
  epoch: z.int().positive(),
  step: z.int().nonnegative(),
  learningRate: z.number(),
  trainingLoss: z.number(),
  trainingAccuracy: z.number().optional(),
  validationLoss: z.number().optional(),
  validationAccuracy: z.number().optional(),
  validationPrecision: z.number().optional(),
});

const headerSchema = z.object({
  format: z.union([z.literal(1), z.literal(2)]),
  run: z.string().optional(),
  trainer: z.object({
    epoch: z.int().nonnegative(),
    stepInEpoch: z.int().nonnegative(),
    lossSum: z.number(),
    correct: z.number(),
    history: z.array(figuresSchema),
  }),
  arrays: z.array(z.object({ kind: z.enum(arrayKinds), name: z.string(), length: z.int().nonnegative() })),
});

export interface Checkpoint {
  readonly trainer: TrainerState;
  readonly engine: EngineState;
  /** Whose it is: the identity of its run. */
  readonly run?: string | undefined;
}

/** The bytes of the file. Throws RunError for numbers that are not finite: such a checkpoint must not replace a good one. */
export function writeCheckpoint({ trainer, engine, run }: Checkpoint): Uint8Array {
  const entries = arrayKinds.flatMap((kind) => [...engine[kind]].map(([name, values]) => ({ kind, name, values })));
  const broken = entries.find(({ values }) => !values.every(Number.isFinite));
  if (broken !== undefined) {
    throw new RunError(
      `a checkpoint must hold finite numbers, and after epoch ${trainer.epoch}, step ${trainer.stepInEpoch} ${broken.name} has others; the checkpoint before is kept; start a new run with a lower learning rate`,
    );
  }
  const arrays = entries.map(({ kind, name, values }) => ({ kind, name, length: values.length }));
  // Non-ASCII characters are escaped, so that characters are bytes.
  const header = JSON.stringify({ format: 2, run, trainer, arrays }).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const size = entries.reduce(
    (sum, { values }) => sum + values.byteLength,
    textOffset + header.length + checksumLength,
  );
  const bytes = new Uint8Array(size);
  writeAscii(bytes, 0, magic);
  new DataView(bytes.buffer).setUint32(magic.length, header.length, true);
  writeAscii(bytes, textOffset, header);
  let at = textOffset + header.length;
  for (const { values } of entries) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  writeAscii(bytes, at, checksum(bytes.subarray(0, at)));
  return bytes;
}

/** A checkpoint as a file held it. */
export interface SavedCheckpoint extends Checkpoint {
  /** Whether the file has a checksum, which agrees: files of earlier versions have none, and damage to their numbers goes unseen. */
  readonly isChecked: boolean;
}

/** Throws RunError when the bytes are not a whole checkpoint, as it was written. */
export function readCheckpoint(bytes: Uint8Array): SavedCheckpoint {
  const damaged = (found: string, cause?: unknown): RunError =>
    new RunError(`a checkpoint must be a whole file that moodlens wrote, and ${found}`, { cause });
  if (bytes.length < textOffset || readAscii(bytes, 0, magic.length) !== magic) throw damaged('this is another file');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(magic.length, true);
  if (length > bytes.length - textOffset) throw damaged('this one is cut short');
  let header: z.infer<typeof headerSchema>;
  try {
    header = headerSchema.parse(JSON.parse(readAscii(bytes, textOffset, length)));
  } catch (error) {
    throw damaged('the header of this one is broken', error);
  }
  const isChecked = header.format === 2;
  const numbers = header.arrays.reduce((sum, array) => sum + 4 * array.length, 0);
  const checked = textOffset + length + numbers;
  const expected = checked + (isChecked ? checksumLength : 0);
  if (bytes.length !== expected) throw damaged(`this one has ${bytes.length} bytes of ${expected}`);
  if (isChecked && readAscii(bytes, checked, checksumLength) !== checksum(bytes.subarray(0, checked))) {
    throw damaged('the content of this one is not what was written: its checksum is another');
  }
  const engine: EngineState = { weights: new Map(), optimiser: new Map(), average: new Map() };
  let at = bytes.byteOffset + textOffset + length;
  for (const { kind, name, length: count } of header.arrays) {
    const values = new Float32Array(bytes.buffer.slice(at, at + 4 * count) as ArrayBuffer);
    if (!values.every(Number.isFinite)) throw damaged(`${name} of this one has numbers that are not finite`);
    engine[kind].set(name, values);
    at += 4 * count;
  }
  return { trainer: header.trainer, engine, run: header.run, isChecked };
}

/** Throws RunError when a checkpoint's arrays are not those of the architecture. */
export function requireCheckpointOf(architecture: Architecture, { engine }: Checkpoint): void {
  const expected = new Map(parametersOf(architecture).map(({ name, shape }) => [name, elements(shape)]));
  const refuse = (found: string): RunError =>
    new RunError(
      `a checkpoint must be of the run's architecture, here ${architecture.name}, and in this one ${found}; put the run's own checkpoint back, or start a new run with --out`,
    );
  for (const [name, length] of expected) {
    for (const kind of ['weights', 'average'] as const) {
      if (kind === 'average' && engine.average.size === 0) continue;
      const found = engine[kind].get(name)?.length;
      if (found !== length) throw refuse(`${name} has ${found ?? 'no'} values instead of ${length}`);
    }
  }
  // The optimiser keeps its arrays per parameter, under `slot/parameter`.
  for (const [key, { length }] of engine.optimiser) {
    const parameter = key.slice(key.indexOf('/') + 1);
    if (key.includes('/') && expected.get(parameter) !== length) {
      throw refuse(`the optimiser's ${key} has ${length} values instead of ${expected.get(parameter) ?? 'none'}`);
    }
  }
  const strange = [...engine.weights.keys()].find((name) => !expected.has(name));
  if (strange !== undefined) throw refuse(`there is ${strange}, which that architecture does not have`);
}

function writeAscii(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}

function readAscii(bytes: Uint8Array, offset: number, length: number): string {
  let text = '';
  for (let at = offset; at < offset + length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + 8192, offset + length)));
  }
  return text;
}
