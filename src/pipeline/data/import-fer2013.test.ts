// Importing FER2013 files: subsets, broken rows, pieces of any size.
import { describe, expect, it } from 'vitest';
import { ConfigError, DatasetError } from '../../core/errors.js';
import { importFer2013 } from './import-fer2013.js';

const size = 48 * 48;
const even = (value: number) => new Array(size).fill(value).join(' ');

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

const rows = [`0,${even(1)},Training`, `3,${even(2)},PublicTest`, `6,${even(3)},PrivateTest`, `2,${even(4)},Training`];
const file = (lines: readonly string[]) => chunksOf(`emotion,pixels,Usage\n${lines.join('\n')}\n`);

describe('importFer2013', () => {
  it('packs every row', async () => {
    const { dataset, broken, problems } = await importFer2013(file(rows), 'fer2013.csv');
    expect(dataset).toMatchObject({
      width: 48,
      height: 48,
      count: 4,
      source: { kind: 'fer2013-csv', name: 'fer2013.csv' },
    });
    expect([...dataset.classes]).toEqual([0, 3, 6, 2]);
    expect([...dataset.splits]).toEqual([0, 1, 2, 0]);
    expect([...dataset.rows]).toEqual([0, 1, 2, 3]);
    expect(dataset.splitNames).toEqual(['Training', 'PublicTest', 'PrivateTest']);
    expect([0, 1, 2, 3].map((i) => dataset.pixels[i * size + 7])).toEqual([1, 2, 3, 4]);
    expect({ broken, problems }).toEqual({ broken: 0, problems: [] });
  });

  it('keeps the rows of the wanted Usage, with their row numbers', async () => {
    const { dataset } = await importFer2013(file(rows), 'x.csv', { usage: ['Training'] });
    expect([...dataset.rows]).toEqual([0, 3]);
    const { dataset: two } = await importFer2013(file(rows), 'x.csv', { usage: ['PrivateTest', 'PublicTest'] });
    expect([...two.rows]).toEqual([1, 2]);
  });

  it('names broken rows by line, or leaves them out', async () => {
    const lines = [rows[0]!, `7,${even(1)},Training`, rows[1]!, '1,1 2 3,Training', rows[2]!];
    const failing = importFer2013(file(lines), 'x.csv');
    await expect(failing).rejects.toThrow(DatasetError);
    await expect(failing).rejects.toThrow(
      /x.csv .* 2 broken rows:\n {2}line 3: emotion .*\n {2}line 5: there must be 2304 pixels and there are 3\n.*--skip-bad/,
    );
    const { dataset, broken, problems } = await importFer2013(file(lines), 'x.csv', { skipBad: true });
    expect([...dataset.rows]).toEqual([0, 2, 4]);
    expect(broken).toBe(2);
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['line 3', 'line 5']);
    expect(dataset.source.brokenRows).toBe(2);
  });

  it('lists the first 20 broken rows and counts the rest', async () => {
    await expect(importFer2013(file(new Array(45).fill('9,1,Training')), 'x.csv')).rejects.toThrow(
      /45 broken[\s\S]*line 21:[\s\S]*and 25 more/,
    );
  });

  it('refuses a file without a row of the wanted Usage, and options that are wrong', async () => {
    await expect(importFer2013(file(rows.slice(0, 1)), 'x.csv', { usage: ['PublicTest'] })).rejects.toThrow(
      DatasetError,
    );
    await expect(importFer2013(file(rows), 'x.csv', { usage: ['Test' as 'Training'] })).rejects.toThrow(ConfigError);
  });

  it('takes rows that lie across the edges of its pieces', async () => {
    const line = Array.from({ length: size }, (_, i) => (i * 37) % 256).join(' ');
    const bytes = Buffer.from(`emotion,pixels,Usage\n${`3,${line},Training\n`.repeat(300)}`);
    const chunks = (async function* () {
      for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20));
    })();
    const { dataset } = await importFer2013(chunks, 'x.csv');
    expect(dataset.count).toBe(300);
    expect(dataset.pixels.every((value, i) => value === ((i % size) * 37) % 256)).toBe(true);
  });
});
