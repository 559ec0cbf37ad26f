// What is read of a line or a file of annotations, and that anything else gives faults, never an exception.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Annotations } from './annotated-picture.js';
import { readListedClassNames, readYamlClassNames } from './class-names.js';
import { readFaceLines } from './face-lines.js';
import { placeObject } from './place-object.js';
import { readVocAnnotation } from './voc-annotation.js';
import { readYoloLabels } from './yolo-labels.js';

describe('readYoloLabels', () => {
  const points = (...count: number[]) => count.map((i) => `${i / 100} ${i / 50} 2`).join(' ');

  test('reads four key points, and five with both corners of the mouth', () => {
    const { objects, faults } = readYoloLabels(
      `0 .5 .5 .2 .2 ${points(1, 2, 3, 4)}\n0 .5 .5 .2 .2 ${points(1, 2, 3, 4, 6)}`,
    );
    expect(faults).toEqual([]);
    expect(objects[0]!.points).toEqual([0.01, 0.02, 0.02, 0.04, 0.03, 0.06, 0.04, 0.08]);
    expect(objects[1]!.points).toEqual([0.01, 0.02, 0.02, 0.04, 0.03, 0.06, 0.05, 0.1]);
  });

  test('takes the box alone when a key point is not marked, or there are others', () => {
    const lines = [`${points(1, 2, 3)} 0 0 0`, points(1), points(...Array(17).keys())];
    const { objects, faults } = readYoloLabels(lines.map((line) => `3 .5 .5 .2 .2 ${line}`).join('\n'));
    expect(faults).toEqual([]);
    expect(objects.map((each) => [each.line, each.className, each.points])).toEqual([
      [1, '3', null],
      [2, '3', null],
      [3, '3', null],
    ]);
  });

  test.each([
    ['face .5 .5 .2 .2', /'face' is no finite number/],
    ['0 .5 .5 .2', /5 numbers, .* found 4/],
    ['0 .5 .5 .2 .2 .9', /found 6/],
    ['0.5 .5 .5 .2 .2', /class must be a whole number/],
    ['-1 .5 .5 .2 .2', /class must be a whole number/],
    ['0 .1 .2 .3 .4 .5 .6 .7', /visibility must be 0, 1 or 2; found .7/],
  ])('refuses %s', (line, message) => {
    const { objects, faults } = readYoloLabels(`0 .5 .5 .2 .2\n${line}`);
    expect(objects).toHaveLength(1);
    expect(faults).toEqual([{ line: 2, kind: 'text', problem: expect.stringMatching(message) }]);
  });
});

describe('readVocAnnotation', () => {
  test('reads names with entities, sizes, and objects with parts of their own', () => {
    const { objects, size, faults } = readVocAnnotation(`<?xml version="1.0"?><!DOCTYPE annotation>
<annotation><size><width>300</width><height>200</height></size><object>
<name>face &amp; hat</name><part><name>head</name><bndbox><xmin>9</xmin></bndbox></part><difficult>0</difficult>
<bndbox><xmax>20.5</xmax><xmin>11</xmin><ymin>1</ymin><ymax>1</ymax></bndbox></object></annotation>`);
    expect([size, faults]).toEqual([{ width: 300, height: 200 }, []]);
    expect(objects).toEqual([{ line: 2, className: 'face & hat', box: [10, 0, 10.5, 1], points: null, unsure: null }]);
  });

  test.each([
    ['<object><bndbox/></object>', /no name/],
    ['<object><name>face</name></object>', /no <bndbox>/],
    ['<object><name>face</name><bndbox><xmin>1</xmin></bndbox></object>', /no <ymin>/],
    ['<object><name>face</name><bndbox><xmin/></bndbox></object>', /xmin '' is no finite number/],
  ])('refuses %s', (object, message) => {
    const { objects, faults } = readVocAnnotation(`<annotation>\n\n${object}</annotation>`);
    expect(objects).toEqual([]);
    expect(faults).toEqual([{ line: 3, kind: 'text', problem: expect.stringMatching(message) }]);
  });
});

describe('class names', () => {
  test('come from lists and maps, and from nothing else', () => {
    const first = new Map([
      ['0', 'face'],
      ['1', 'hat'],
    ]);
    expect(readYamlClassNames('train: x\nnames: [face, hat]')).toEqual(first);
    expect(readYamlClassNames('names:\n  0: face\n  1: hat')).toEqual(first);
    expect(readListedClassNames('face\r\nhat\n')).toEqual(first);
    for (const text of ['', 'names: face', 'names: [', 'a: *b', '[]'])
      expect(readYamlClassNames(text)).toEqual(new Map());
  });
});

describe('every reader', () => {
  const readers: readonly [string, string, (text: string) => Pick<Annotations, 'faults'>][] = [
    ['YOLO', '0 0.5 0.5 0.2 0.2\n1 0.25 0.5 0.1 0.3 0.1 0.2 2\n', readYoloLabels],
    [
      'Pascal VOC',
      '<annotation a="b"><size><width>9</width><height>9</height></size><object><name>x</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object></annotation>',
      readVocAnnotation,
    ],
    [
      'JSON',
      '{"file":"a","width":9,"height":9,"boxes":[[1,2,3,4]],"points":[null]}\n',
      (text) => readFaceLines('x', text),
    ],
  ];
  test.each(readers)('%s: damage gives faults or numbers that are finite', (_, good, read) => {
    expect(read(good).faults).toEqual([]);
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 8 }), (at, length, put) => {
        const found = read(good.slice(0, at) + put + good.slice(at + length));
        const boxes = JSON.stringify(found).match(/"box":\[[^\]]*\]/g) ?? [];
        // What is not finite is null in JSON.
        for (const box of boxes) expect(box).not.toContain('null');
      }),
    );
  });
});

describe('placeObject', () => {
  const number = fc.oneof(fc.double({ noNaN: true, min: -50, max: 150 }), fc.double());
  test('gives a box of at least a pixel inside the picture, or says why not', () => {
    const object = fc.record({ box: fc.tuple(number, number, number, number), points: fc.constant(null) });
    fc.assert(
      fc.property(object, fc.boolean(), (each, isRelative) => {
        const placed = placeObject(each, isRelative, { width: 100, height: 60 });
        if (typeof placed === 'string') return;
        const [x, y, width, height] = placed.box;
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
        expect(x + width).toBeLessThanOrEqual(100 + 1e-9);
        expect(y + height).toBeLessThanOrEqual(60 + 1e-9);
      }),
    );
  });
});
