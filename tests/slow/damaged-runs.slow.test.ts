// Files of runs and studies that are damaged in every way: whatever reads them ends with an error that names the file, or with the
// right result; never in a crash, never with other weights than were trained.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sha256 } from '../../src/core/bytes/sha256.js';
import { createRandom, type Random } from '../../src/core/numbers/random.js';
import { readModel } from '../../src/core/onnx/read-model.js';
import { tuneArguments } from '../fixtures/kill-runs.js';
import { builtCli, type ProcessResult, runProcess } from '../fixtures/killed-cli.js';
import { type CliResult, runCli } from '../fixtures/run-cli.js';
import { importSmallFaces } from '../fixtures/small-faces.js';
import { describeWith } from '../requirements.js';

const rounds = Number(process.env['MOODLENS_ROUNDS'] ?? 1);
const seed = Number(process.env['MOODLENS_SEED'] ?? 1);
const root = mkdtempSync(join(tmpdir(), 'moodlens-damaged-'));
const at = (...parts: string[]) => join(root, ...parts);
let data = '';
/** Of a run: what `train --resume` and `export` must come to. */
const expected = { model: '', exported: '' };

type Damage = (bytes: Buffer, other: Buffer, random: Random) => Buffer;

const damages: Record<string, Damage> = {
  'a flipped bit': (bytes, _, random) => {
    const changed = Buffer.from(bytes);
    const place = random.integer(bytes.length);
    changed[place]! ^= 1 << random.integer(8);
    return changed;
  },
  'forty flipped exponents': (bytes, _, random) => {
    const changed = Buffer.from(bytes);
    for (let i = 0; i < 40; i++) changed[Math.min(bytes.length - 1, random.integer(bytes.length) | 3)]! ^= 0x04;
    return changed;
  },
  'its end cut off': (bytes, _, random) => bytes.subarray(0, random.integer(bytes.length)),
  'nothing in it': () => Buffer.alloc(0),
  'zeros for its content': (bytes) => Buffer.alloc(bytes.length),
  "another run's content": (_, other) => other,
  'a huge number': (bytes, _, random) => replaceNumber(bytes, random, '9007199254740993'),
  'a number beyond all': (bytes, _, random) => replaceNumber(bytes, random, '1e999'),
  'a negative number': (bytes, _, random) => replaceNumber(bytes, random, '-1'),
  'NaN for a number': (bytes, _, random) => replaceNumber(bytes, random, 'NaN'),
  'null for a number': (bytes, _, random) => replaceNumber(bytes, random, 'null'),
  'a list for an object': (bytes) => Buffer.concat([Buffer.from('['), bytes, Buffer.from(']')]),
  'garbage in the middle': (bytes, _, random) => {
    const changed = Buffer.from(bytes);
    const from = random.integer(bytes.length);
    for (let i = from; i < Math.min(bytes.length, from + 20); i++) changed[i] = random.integer(256);
    return changed;
  },
};

/** In a file of numbers, which is no text, a few bytes of it. */
function replaceNumber(bytes: Buffer, random: Random, text: string): Buffer {
  const whole = bytes.toString('latin1');
  const numbers = [...whole.slice(0, 100_000).matchAll(/(?<=[:,[ ])-?\d+(\.\d+)?(e-?\d+)?(?=[,\]}\s])/g)];
  const one = numbers[random.integer(Math.max(1, numbers.length))];
  if (!one) return Buffer.concat([Buffer.from(text), bytes]);
  return Buffer.from(whole.slice(0, one.index) + text + whole.slice(one.index + one[0].length), 'latin1');
}

const hashOf = (model: string): string => {
  const hash = new Sha256();
  for (const { name, data: values } of readModel(readFileSync(model)).initializers) {
    hash.update(Buffer.from(name));
    if (values) hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.hex();
};

function expectNoCrash({ code, stderr }: CliResult | ProcessResult, what: string): void {
  expect([0, 1, 2], `${what}: ${stderr}`).toContain(code);
  expect(stderr, what).not.toContain('[UNEXPECTED]');
  if (code !== 0) expect(stderr, what).toMatch(/^error: .* \[[A-Z_]+\]$/ms);
}

beforeAll(async () => {
  data = await importSmallFaces(root, { training: 70, validation: 20 });
  const splits = await runCli('data', 'split', data, '--out', at('splits.json'));
  expect(splits.code, splits.stderr).toBe(0);
  const config = {
    ...{ architecture: 'compact', epochs: 2, batchSize: 10, threads: 1, workers: 1, keep: 'best' },
    ...{ splitFile: at('splits.json'), trainingSplit: 'training', validation: { split: 'validation' } },
  };
  for (const [name, own] of [
    ['run', 1],
    ['other', 2],
  ] as const) {
    writeFileSync(at(`${name}.json`), JSON.stringify({ ...config, seed: own }));
    const { code, stderr } = await runCli('train', '--data', data, '--config', at(`${name}.json`), '--out', at(name));
    expect(code, stderr).toBe(0);
  }
  const { code, stderr } = await runCli('export', at('run'), '--data', data, '--out', at('whole.onnx'));
  expect(code, stderr).toBe(0);
  expected.model = hashOf(at('run', 'model.onnx'));
  expected.exported = hashOf(at('whole.onnx'));
  const tuned = await runProcess(tuneArguments({ root, data }, 'study', { trials: 2 }));
  expect(tuned.code, tuned.stderr).toBe(0);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describeWith(builtCli, `damaged files (${rounds} rounds, seed ${seed})`, () => {
  it.each(['checkpoint.bin', 'best.bin', 'run.json', 'config.json', 'metrics.jsonl', 'result.json', 'splits.json'])(
    '%s of a run',
    async (file) => {
      for (let round = 0; round < rounds; round++) {
        for (const [i, [name, damage]] of Object.entries(damages).entries()) {
          const what = `${name} in ${file}, round ${round}`;
          const random = createRandom(seed, round, i);
          const whole = readFileSync(at('run', file));
          const damaged = damage(whole, readFileSync(at('other', file)), random);
          rmSync(at('broken'), { recursive: true, force: true });
          mkdirSync(at('broken'));
          const folder = at('broken', 'run');
          const renew = () => {
            cpSync(at('run'), folder, { recursive: true, force: true });
            writeFileSync(join(folder, file), damaged);
          };
          renew();
          const list = await runCli('runs', 'list', at('broken'));
          expectNoCrash(list, `list: ${what}`);
          expectNoCrash(await runCli('runs', 'compare', folder, at('other')), `compare: ${what}`);
          const out = at('broken', 'out.onnx');
          const exported = await runCli('export', folder, '--data', data, '--out', out);
          expectNoCrash(exported, `export: ${what}`);
          if (exported.code === 0) expect(hashOf(out), `export: ${what}`).toBe(expected.exported);
          else expect(exported.stderr, what).toContain(file);
          renew();
          rmSync(join(folder, 'model.onnx'));
          const resumed = await runCli('train', '--data', data, '--resume', folder);
          expectNoCrash(resumed, `resume: ${what}`);
          if (resumed.code === 0) expect(hashOf(join(folder, 'model.onnx')), `resume: ${what}`).toBe(expected.model);
          else expect(resumed.stderr, what).toContain(file);
        }
      }
    },
    3_600_000,
  );

  it('a journal, and the best configuration of a study', async () => {
    const journal = readFileSync(at('study.journal'));
    const best = readFileSync(at('study', 'best.json'));
    const base = readFileSync(at('run.json'));
    for (let round = 0; round < 4 * rounds; round++) {
      for (const [i, [name, damage]] of Object.entries(damages).entries()) {
        const random = createRandom(seed, round, i);
        writeFileSync(at('broken.journal'), damage(journal, base, random));
        const what = `${name}, round ${round}`;
        for (const command of ['list', 'best', 'trials', 'export']) {
          const named = command === 'list' ? [] : ['--study', 'study'];
          const shown = await runCli('study', command, '--storage', at('broken.journal'), ...named);
          expectNoCrash(shown, `study ${command}: ${what}`);
        }
        writeFileSync(at('best.json'), damage(best, base, random));
        rmSync(at('fresh'), { recursive: true, force: true });
        // Read, and refused before anything is written, or taken for what it says: trained for no more than an epoch.
        const options = ['--data', at('nothing'), '--config', at('best.json'), '--epochs', '1', '--out', at('fresh')];
        const trained = await runCli('train', ...options);
        expectNoCrash(trained, `train: ${what}`);
        expect(trained.code, what).not.toBe(0);
      }
    }
  }, 3_600_000);
});
