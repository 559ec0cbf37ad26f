// However the bytes are cut into pieces, and whatever they are, the parser gives the same and throws only DatasetError.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DatasetError } from '../errors.js';
import { Fer2013Csv, fer2013Splits } from './fer2013-csv.js';

const pixelCount = 3;

function parse(chunks: readonly Uint8Array[]) {
  const rows: unknown[] = [];
  const csv = new Fer2013Csv(({ pixels, ...row }) => rows.push([row, [...pixels]]), { pixelCount });
  try {
    for (const chunk of chunks) csv.push(chunk);
    csv.end();
    return { rows, problems: csv.problems, broken: csv.brokenRows, count: csv.rows };
  } catch (error) {
    expect(error).toBeInstanceOf(DatasetError);
    return { error: (error as Error).message };
  }
}

const toBytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0) & 255);
const sample = fc.record({
  label: fc.integer({ min: 0, max: 6 }),
  pixels: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: pixelCount, maxLength: pixelCount }),
  split: fc.integer({ min: 0, max: 2 }),
});
const goodLine = sample.map(({ label, pixels, split }) => `${label},${pixels.join(' ')},${fer2013Splits[split]}`);
const oddLine = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '9,1 2 3,Training',
    '0,1 2,Training',
    '0,1 2 3',
    '',
    '0,300 1 2,PublicTest',
    '"0","1 2 3","Training"',
  ),
);
const file = fc
  .array(fc.oneof({ weight: 3, arbitrary: goodLine }, { weight: 1, arbitrary: oddLine }))
  .map((lines) => toBytes(`emotion,pixels,Usage\n${lines.join('\n')}`));

it('gives the same however the bytes are cut', () => {
  fc.assert(
    fc.property(file, fc.array(fc.nat()), (bytes, cuts) => {
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
      const pieces = places.slice(1).map((place, i) => bytes.slice(places[i], place));
      const whole = parse([bytes]);
      expect(parse(pieces)).toEqual(whole);
      expect(parse(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

it('gives back every good row exactly', () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1 }), (samples) => {
      const lines = samples.map(({ label, pixels, split }) => `${label},${pixels.join(' ')},${fer2013Splits[split]}\n`);
      const { rows } = parse([toBytes(`emotion,pixels,Usage\n${lines.join('')}`)]);
      expect(rows).toEqual(
        samples.map(({ label, pixels, split }, row) => [{ row, line: row + 2, label, split }, pixels]),
      );
    }),
  );
});

it('counts good and broken rows, and takes any bytes', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.uint8Array({ maxLength: 300 }), (withHeader, noise) => {
      const result = parse([...(withHeader ? [toBytes('emotion,pixels,Usage\n')] : []), noise]);
      if ('rows' in result) expect(result.rows!.length + result.broken!).toBe(result.count);
    }),
    { numRuns: 500 },
  );
});
