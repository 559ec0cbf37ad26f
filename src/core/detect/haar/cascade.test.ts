// Cascade files: what is read of a good one, and that a bad one is refused with a reason.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';
import { ModelFormatError } from '../../errors.js';
import { readHaarCascade } from './cascade.js';

const stump = (nodes: string, leaves: string) =>
  `<_><internalNodes>${nodes}</internalNodes><leafValues>${leaves}</leafValues></_>`;

function file({
  trees = stump('0 -1 0 0.5', '-1 1'),
  rects = '<_>0 0 8 4 -1.</_><_>0 0 8 2 2.</_>',
  more = '',
  type = 'HAAR',
} = {}): string {
  return `<?xml version="1.0"?>
<!-- a <small> cascade -->
<opencv_storage><cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType><featureType>${type}</featureType>
<height>8</height><width>8</width><stages><_><maxWeakCount>1</maxWeakCount><stageThreshold>0.5</stageThreshold>
<weakClassifiers>${trees}</weakClassifiers></_></stages><features><_><rects>${rects}</rects>${more}</_></features></cascade></opencv_storage>`;
}

describe('readHaarCascade', () => {
  it('reads the shipped one', () => {
    const cascade = readHaarCascade(readFileSync(shippedModelPath('haarcascade_frontalface_default.xml'), 'utf8'));
    const { width, height, stages, roots, leaves, isOfStumps } = cascade;
    expect([width, height, stages.threshold.length, roots.length, leaves.length]).toEqual([24, 24, 25, 2913, 5826]);
    expect(isOfStumps).toBe(true);
    expect(stages.threshold[0]).toBe(Math.fround(Math.fround(-5.042550086975098) - Math.fround(1e-5)));
  });

  it('keeps features in the order of the nodes, and numbers nodes and leaves through', () => {
    const trees = stump('0 1 0 0.1 -1 -2 0 0.2', '1 2 3') + stump('-1 0 0 0.3', '4 5');
    const { nodes, leaves, roots, isOfStumps } = readHaarCascade(file({ trees }));
    expect([...roots]).toEqual([0, 2]);
    expect([...nodes.below]).toEqual([~0, ~1, ~4]);
    expect([...nodes.above]).toEqual([1, ~2, ~3]);
    expect([...leaves]).toEqual([1, 2, 3, 4, 5]);
    expect([...nodes.weights.subarray(3, 6)]).toEqual([-1, 2, 0]);
    expect(isOfStumps).toBe(false);
  });

  it.each([
    ['another kind of feature', file({ type: 'LBP' }), /featureType is 'LBP', not HAAR/],
    ['a tilted feature', file({ more: '<tilted>1</tilted>' }), /feature 0 is tilted/],
    ['a rectangle outside', file({ rects: '<_>0 0 9 4 -1.</_><_>0 0 8 2 2.</_>' }), /not inside the window/],
    ['a single rectangle', file({ rects: '<_>0 0 8 4 -1.</_>' }), /has 1 rectangles/],
    ['a weight that is no whole number', file({ rects: '<_>0 0 8 4 -1.5</_><_>0 0 8 2 2.</_>' }), /no whole number/],
    ['a huge weight', file({ rects: '<_>0 0 8 4 -99999</_><_>0 0 8 2 2.</_>' }), /too large/],
    ['a tree that goes back', file({ trees: stump('0 1 0 0.1 1 -2 0 0.2', '1 2 3') }), /leads nowhere/],
    ['a feature that is not there', file({ trees: stump('0 -1 1 0.5', '-1 1') }), /leads nowhere/],
    ['a leaf that is not there', file({ trees: stump('0 -2 0 0.5', '-1 1') }), /leads nowhere/],
    ['what is no number', file({ trees: stump('0 -1 0 x', '-1 1') }), /leads nowhere/],
    ['an end without a beginning', file().replace('</stages>', '</stage>'), /line 5 is not/],
    ['no end', file().slice(0, -20), /line \d+ is not/],
    ['an entity', file().replace('<height>8', '<height>&x;'), /height> is not one number/],
    ['no XML', 'no cascade', /line 1 is not/],
  ])('refuses %s', (_, text, message) => {
    expect(() => readHaarCascade(text)).toThrow(ModelFormatError);
    expect(() => readHaarCascade(text)).toThrow(message);
  });

  it('gives a cascade or a ModelFormatError for any damage, nothing else', () => {
    const good = file({ trees: stump('0 1 0 0.1 -1 -2 0 0.2', '1 2 3') });
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 8 }), (at, length, put) => {
        try {
          readHaarCascade(good.slice(0, at) + put + good.slice(at + length));
        } catch (error) {
          expect(error).toBeInstanceOf(ModelFormatError);
        }
      }),
    );
  });
});
