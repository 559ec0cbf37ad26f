// FER2013's CSV: good files in every layout, broken rows by line number, other files.
import { describe, expect, it } from 'vitest';
import { DatasetError } from '../errors.js';
import { Fer2013Csv, type Fer2013CsvOptions } from './fer2013-csv.js';

const toBytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

function parse(text: string, options: Fer2013CsvOptions = { pixelCount: 4 }) {
  const rows: { row: number; line: number; label: number; split: number; pixels: number[] }[] = [];
  const csv = new Fer2013Csv(({ pixels, ...row }) => rows.push({ ...row, pixels: [...pixels] }), options);
  csv.push(toBytes(text));
  csv.end();
  return { rows, problems: csv.problems, broken: csv.brokenRows, count: csv.rows };
}

const header = 'emotion,pixels,Usage\n';

describe('Fer2013Csv', () => {
  it('reads rows with their number, line, label, split and pixels', () => {
    expect(parse(`${header}0,1 2 3 4,Training\n6,255 0 10 99,PrivateTest\n3,0 0 0 0,PublicTest\n`)).toEqual({
      rows: [
        { row: 0, line: 2, label: 0, split: 0, pixels: [1, 2, 3, 4] },
        { row: 1, line: 3, label: 6, split: 2, pixels: [255, 0, 10, 99] },
        { row: 2, line: 4, label: 3, split: 1, pixels: [0, 0, 0, 0] },
      ],
      problems: [],
      broken: 0,
      count: 3,
    });
  });

  it.each([
    ['Windows line ends and no last one', 'emotion,pixels,Usage\r\n5,1 2 3 4,Training\r\n\r\n5,1 2 3 4,Training'],
    ['a byte order mark', `\u00ef\u00bb\u00bf${header}5,1 2 3 4,Training\n5,1 2 3 4,Training\n`],
    ['quotes', '"emotion","pixels","Usage"\n"5","1 2 3 4","Training"\n"5","1 2 3 4","Training"\n'],
    ['columns in another order, with spaces', 'emotion, Usage, pixels\n5,Training,1 2 3 4\n5, Training , 1  2 3 4 \n'],
    ['blank lines', `${header}\n5,1 2 3 4,Training\n  \n5,1 2 3 4,Training\n\n`],
  ])('takes %s', (_, text) => {
    const { rows, broken } = parse(text);
    expect(broken).toBe(0);
    expect(rows.map(({ label, split, pixels }) => ({ label, split, pixels }))).toEqual(
      Array(2).fill({ label: 5, split: 0, pixels: [1, 2, 3, 4] }),
    );
  });

  it.each([
    ['too few pixels', '0,1 2 3,Training', 'there must be 4 pixels and there are 3'],
    ['too many pixels', '0,1 2 3 4 5 6,Training', 'there must be 4 pixels and there are 6'],
    ['no pixels', '0,,Training', 'there must be 4 pixels and there are 0'],
    ['a pixel above 255', '0,1 256 3 4,Training', 'pixel 2 must be 0..255 and is larger'],
    ['a huge pixel', `0,1 ${'9'.repeat(500)} 3 4,Training`, 'pixel 2 must be 0..255 and is larger'],
    ['a negative pixel', '0,1 2 -3 4,Training', "pixels must be whole numbers with spaces between; pixel 3 has '-'"],
    ['a fraction', '0,1 2 3.5 4,Training', "pixels must be whole numbers with spaces between; pixel 3 has '.'"],
    ['a word among pixels', '0,1 2 x 4,Training', "pixels must be whole numbers with spaces between; pixel 3 has 'x'"],
    ['label 7', '7,1 2 3 4,Training', 'emotion must be 0..6 and is "7"'],
    ['a negative label', '-1,1 2 3 4,Training', 'emotion must be 0..6 and is "-1"'],
    ['a label that is a word', 'happy,1 2 3 4,Training', 'emotion must be 0..6 and is "happy"'],
    ['no label', ',1 2 3 4,Training', 'emotion must be 0..6 and is ""'],
    ['another Usage', '0,1 2 3 4,Test', 'Usage must be Training, PublicTest, PrivateTest and is "Test"'],
    ['a missing column', '0,1 2 3 4', 'there must be 3 columns and there are 2'],
    ['a column more', '0,1 2 3 4,Training,x', 'there must be 3 columns and there are 4'],
    ['only commas', ',,,,', 'there must be 3 columns and there are 5'],
  ])('names the line of a row with %s', (_, row, problem) => {
    const { rows, problems, broken, count } = parse(`${header}1,9 9 9 9,Training\n${row}\n2,8 8 8 8,Training\n`);
    expect(problems).toEqual([{ line: 3, problem }]);
    expect({ broken, count }).toEqual({ broken: 1, count: 3 });
    expect(rows.map(({ row, pixels }) => [row, pixels])).toEqual([
      [0, [9, 9, 9, 9]],
      [2, [8, 8, 8, 8]],
    ]);
  });

  it('keeps the first problems and counts them all', () => {
    const { problems, broken } = parse(header + '0,1,Training\n'.repeat(50), { pixelCount: 4, maxProblems: 3 });
    expect(problems.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(broken).toBe(50);
  });

  it.each([
    ['an empty file', '', /line 1 must name the columns.*is empty/],
    ['another table', 'id,name\n1,x\n', /line 1 must name.*"id,name"/],
    ['a column missing', 'emotion,pixels\n', /line 1 must name/],
    ['no header', '0,1 2 3 4,Training\n', /line 1 must name/],
    ['a picture', '\u0089PNG\r\n\u001a\n', /line 1 must name/],
    ['a file without line ends', 'x'.repeat(100_000), /line 1 must name/],
    ['only a header', header, /must hold rows/],
    ['only a header without line end', 'emotion,pixels,Usage', /must hold rows/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(DatasetError);
    expect(() => parse(text)).toThrow(message);
  });
});
