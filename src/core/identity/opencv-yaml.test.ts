// OpenCV's LBPH file: a stored one that cv2 wrote, cv2 itself where it is at hand, and damaged files.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeWith, repositoryRoot, requireOpenCv } from '../../../tests/requirements.js';
import { PeopleError } from '../errors.js';
import type { GreyPicture } from '../image/picture.js';
import { LbphRecogniser } from './lbph.js';
import { readOpenCvYaml, writeOpenCvYaml } from './opencv-yaml.js';

const stored = readFileSync(new URL('./fixtures/opencv.yml', import.meta.url), 'utf8');

function noise(width: number, height: number, seed: number): GreyPicture {
  const data = Uint8Array.from(
    { length: width * height },
    (_, i) => (Math.imul(i + 1, 2654435761 + seed * 40503) >>> 16) & 255,
  );
  return { width, height, channels: 1, data };
}

function pgm({ width, height, data }: GreyPicture): Uint8Array {
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), Uint8Array.from(data)]);
}

describe('OpenCV YAML', () => {
  it('reads what OpenCV wrote, and writes the same bytes', () => {
    const recogniser = readOpenCvYaml(stored);
    expect(recogniser).toMatchObject({ radius: 1, neighbors: 3, gridX: 2, gridY: 2, threshold: 20.5, count: 14 });
    expect(recogniser.labels.slice(-2)).toEqual([-2147483648, 2147483647]);
    expect([...recogniser.labelNames.values()].slice(1, 9)).toEqual([
      'Bob B',
      'ünï "q" \\ \'x\'',
      'yes: no',
      '',
      '12',
      '- a',
      'a\nb\tc',
      ' lead',
    ]);
    expect(recogniser.labelNames.get(9)).toBe('true');
    expect(writeOpenCvYaml(recogniser)).toBe(stored);
  });

  it('reads Windows line ends and comments', () => {
    const text = stored.replace('---\n', '---\n# a comment\n').replaceAll('\n', '\r\n');
    expect(writeOpenCvYaml(readOpenCvYaml(text))).toBe(stored);
  });

  it('keeps every bit, with and without a threshold and names', () => {
    const faces = [1, 2, 3, 4].map((seed) => ({ picture: noise(33, 31, seed), label: seed % 2 }));
    const recogniser = LbphRecogniser.train(faces, { radius: 2, gridX: 3 });
    for (const threshold of [Number.MAX_VALUE, 100, 33.3, Infinity, 1e-7]) {
      recogniser.threshold = threshold;
      const again = readOpenCvYaml(writeOpenCvYaml(recogniser));
      expect(again.threshold).toBe(threshold);
      expect(again.labelNames.size).toBe(0);
      expect(again.labels).toEqual(recogniser.labels);
      for (let i = 0; i < 4; i++) expect(again.histogram(i)).toEqual(recogniser.histogram(i));
      expect(again.distances(noise(33, 31, 9))).toEqual(recogniser.distances(noise(33, 31, 9)));
    }
    expect(readOpenCvYaml(writeOpenCvYaml(recogniser).replace(/ {3}threshold.*\n/, '')).threshold).toBe(
      Number.MAX_VALUE,
    );
  });

  it('keeps any name', () => {
    const recogniser = LbphRecogniser.train([{ picture: noise(12, 12, 1), label: 1 }]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (name) => {
        recogniser.labelNames.set(1, name);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: those are refused
        if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(name)) return;
        expect(readOpenCvYaml(writeOpenCvYaml(recogniser)).labelNames.get(1)).toBe(name);
      }),
      { numRuns: 60 },
    );
    recogniser.labelNames.set(1, 'a\u0001b');
    expect(() => writeOpenCvYaml(recogniser)).toThrow(PeopleError);
  });

  const change = (from: string | RegExp, to: string) => {
    const text = stored.replace(from, to);
    if (text === stored) throw new Error(`nothing to change: ${from}`);
    return text;
  };
  it.each([
    ['nothing', '', /%YAML:1.0.*something else/],
    ['text', 'hello\nworld\n', /something else/],
    ['XML', '<?xml version="1.0"?>\n<opencv_storage>\n', /found XML.*\.yml/],
    ['JSON', '{\n "opencv_lbphfaces": {}}\n', /found JSON/],
    ['no content', '%YAML:1.0\n---\n', /content/],
    ['another recogniser', change('opencv_lbphfaces', 'opencv_eigenfaces'), /opencv_lbphfaces.*opencv_eigenfaces/],
    [
      'no histograms',
      '%YAML:1.0\n---\nopencv_lbphfaces:\n   radius: 1\n   neighbors: 3\n   grid_x: 2\n   grid_y: 2\n   histograms:\n      []\n',
      /histograms/,
    ],
    ['NaN', change(/, 0\., /, ', .Nan, '), /decimal/],
    ['a word among the numbers', change(/, 0\., /, ', nan, '), /decimal/],
    ['a share above 1', change(/ 1\., /, ' 1.5, '), /0 to 1/],
    ['a negative share', change(/ 1\., /, ' -1., '), /0 to 1/],
    ['a value too many', change(/ 0\., 0\., /, ' 0., 0., 0., '), /33 values/],
    ['an absurd size', change('cols: 32', 'cols: 4000000000'), /4000000000/],
    ['an absurd grid', change('grid_x: 2', 'grid_x: 200000'), /gridX.*200000/],
    ['another grid', change('grid_x: 2', 'grid_x: 3'), /48 values.*32/],
    ['neighbours that make 2^31 bins', change('neighbors: 3', 'neighbors: 31'), /neighbors/],
    ['a radius that is no number', change('radius: 1', 'radius: one'), /radius.*one/],
    ['a broken radius', change('radius: 1', 'radius: 1.5'), /whole number/],
    [
      'fewer labels',
      change(
        /rows: 14\n {6}cols: 1\n {6}dt: i\n {6}data: \[ 0,/,
        'rows: 13\n      cols: 1\n      dt: i\n      data: [',
      ),
      /13 and 14/,
    ],
    ['labels of another type', change('dt: i', 'dt: u'), /type i/],
    ['labels outside 32 bits', change('2147483647 ]', '2147483648 ]'), /label 13/],
    ['a threshold that is no number', change('2.0500000000000000e+01', 'abc'), /threshold/],
    ['a key twice', change('   radius: 1\n', '   radius: 1\n   radius: 1\n'), /twice/],
    ['a tab', change('   radius: 1\n', '\tradius: 1\n'), /tab/],
    ['another indentation', change('   radius: 1\n', '    radius: 1\n'), /column/],
    ['an unknown tag', change('!!opencv-matrix', '!!python/object'), /tag/],
    ['a nested list', change('[ 0, 1,', '[ [ 0 ], 1,'), /decimal/],
    ['an open quote', change('"yes: no"', '"yes: no'), /quote/],
    ['names without a label', change('         label: 3\n', ''), /label/],
    ['a cut in a number', stored.slice(0, 700), /line \d+/],
  ])('says what is wrong with %s', (_, text, message) => {
    expect(() => readOpenCvYaml(text)).toThrow(PeopleError);
    expect(() => readOpenCvYaml(text)).toThrow(message);
  });

  it('refuses deep nesting and long keys without delay', () => {
    const deep = `%YAML:1.0\n---\nopencv_lbphfaces:\n${Array.from({ length: 5000 }, (_, i) => `${' '.repeat(i + 1)}a:\n`).join('')}`;
    expect(() => readOpenCvYaml(deep)).toThrow(PeopleError);
    expect(() => readOpenCvYaml(`%YAML:1.0\n---\n${'-'.repeat(1e6)}\n`)).toThrow(PeopleError);
    expect(() => readOpenCvYaml(`%YAML:1.0\n---\n${'a'.repeat(1e6)}:\n`)).toThrow(PeopleError);
    expect(() => readOpenCvYaml(`%YAML:1.0\n---\n${'- '.repeat(1e6)}\n`)).toThrow(PeopleError);
    expect(() => readOpenCvYaml(`%YAML:1.0\n---\na: ${'!!opencv-matrix '.repeat(1e5)}\n`)).toThrow(PeopleError);
  });

  it('takes no cut file for a whole one, but between the names at its end', () => {
    const whole = readOpenCvYaml(stored);
    for (let end = 0; end < stored.length; end += 7) {
      let cut: LbphRecogniser;
      try {
        cut = readOpenCvYaml(stored.slice(0, end));
      } catch (error) {
        expect(error).toBeInstanceOf(PeopleError);
        continue;
      }
      expect(end).toBeGreaterThan(stored.indexOf('labelsInfo'));
      expect(cut.labels).toEqual(whole.labels);
      for (const [label, name] of cut.labelNames) expect(whole.labelNames.get(label)).toBe(name);
    }
  });

  it('reads a damaged file as a recogniser or refuses it, and never fails otherwise', () => {
    const small = writeOpenCvYaml(
      LbphRecogniser.train(
        [1, 2].map((seed) => ({ picture: noise(8, 8, seed), label: seed })),
        {
          neighbors: 2,
          gridX: 2,
          gridY: 1,
        },
      ),
    );
    const piece = fc.constantFrom(
      '\n',
      ' ',
      '-',
      ':',
      '[',
      ']',
      '{',
      '"',
      "'",
      '!!',
      ',',
      '9',
      '.',
      'e',
      '#',
      '\u0000',
      'é',
      '...',
      '1e999',
    );
    const edit = fc.record({ at: fc.nat(small.length), remove: fc.nat(12), insert: fc.oneof(fc.constant(''), piece) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let text = small;
        for (const { at, remove, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + remove);
        try {
          const recogniser = readOpenCvYaml(text);
          expect(recogniser.count).toBeGreaterThan(0);
          for (const distance of recogniser.distancesBetween(0)) expect(distance).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toBeInstanceOf(PeopleError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

const openCv = requireOpenCv();

describeWith(openCv, 'OpenCV YAML beside cv2', () => {
  const program = join(repositoryRoot, 'tests/oracles/lbph.py');

  it('gives cv2 a file that predicts the same, and reads the one cv2 writes, to the byte', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lbph-'));
    try {
      const pictures = [1, 2, 3, 4, 5].map((seed) => noise(61, 55, seed));
      const paths = pictures.map((picture, i) => {
        const path = join(folder, `${i}.pgm`);
        writeFileSync(path, pgm(picture));
        return path;
      });
      const faces = pictures.slice(0, 3).map((picture, i) => ({ picture, label: i * 7 }));
      const recogniser = LbphRecogniser.train(faces, { radius: 2 });
      const names = { 0: 'Zoë Ångström', 7: 'O\'Brien: the "2nd" \\', 14: 'true' };
      for (const [label, name] of Object.entries(names)) recogniser.labelNames.set(Number(label), name);
      const ours = join(folder, 'ours.yml');
      writeFileSync(ours, writeOpenCvYaml(recogniser));

      const job = JSON.stringify({
        settings: [{ radius: 2, neighbors: 8, gridX: 8, gridY: 8 }],
        train: faces.map(({ label }, i) => [paths[i], label]),
        test: paths,
        names,
      });
      const read = JSON.parse(execFileSync(openCv.path, [program, 'read', ours], { input: job }).toString());
      const predictions = pictures.map((picture) => recogniser.predict(picture));
      expect(read.labels).toEqual(predictions.map(({ label }) => label));
      expect(read.distances).toEqual(predictions.map(({ distance }) => distance));
      expect(read.names).toEqual(names);
      expect(read.settings).toEqual({ radius: 2, neighbors: 8, gridX: 8, gridY: 8, threshold: Number.MAX_VALUE });

      const theirs = join(folder, 'theirs.yml');
      writeFileSync(join(folder, 'job.json'), job);
      execFileSync(openCv.path, [program, 'write', join(folder, 'job.json'), theirs]);
      const text = readFileSync(theirs, 'utf8');
      expect(text).toBe(readFileSync(ours, 'utf8'));
      const restored = readOpenCvYaml(text);
      expect(pictures.map((picture) => restored.predict(picture))).toEqual(predictions);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
