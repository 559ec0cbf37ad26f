import { describe, expect, it } from 'vitest';
import { smallDataset } from '../../../../tests/fixtures/small-dataset.js';
import { DatasetError } from '../../errors.js';
import { readProbabilitiesCsv } from './probabilities-csv.js';

const dataset = smallDataset([
  { label: 0, pixels: 1 },
  { label: 3, pixels: 2 },
  { label: 6, pixels: 3 },
]);
const header = 'row,angry,disgust,fear,happy,sad,surprise,neutral';
const sure = '0.4,0.1,0.1,0.1,0.1,0.1,0.1';

describe('readProbabilitiesCsv', () => {
  it('gives the rows that are there, in the order of the dataset and its classes', () => {
    const text =
      'label,neutral,happiness,row,angry,disgust,fear,sad,surprise\r\n6,1,0,2,0,0,0,0,0\r\nangry,0,0.5,0,0.5,0,0,0,0\r\n\r\n';
    const { indices, probabilities } = readProbabilitiesCsv(text, dataset);
    expect([...indices]).toEqual([0, 2]);
    expect([...probabilities]).toEqual([0.5, 0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('makes rounded rows add up to 1', () => {
    const { probabilities } = readProbabilitiesCsv(`${header}\n0,0.333,0.333,0.333,0,0,0,0`, dataset);
    expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
  });

  it.each([
    ['', /line 1 .* must name the columns row, angry/],
    ['row,angry,happy\n0,0.5,0.5', /line 1/],
    [header, /none/],
    [`${header}\n3,${sure}`, /line 2 .*no row '3'.*of this data/],
    [`${header}\n,${sure}`, /line 2 .*no row ''/],
    [`${header}\n-0,${sure}`, /line 2 .*no row/],
    [`${header}\n0,${sure}\n0,${sure}`, /line 3 of the probabilities is for row 0 once more/],
    [`${header}\n0,2.5,-1,0,0,0,0,0`, /line 2 .*'2\.5'.*not logits/],
    [`${header}\n0,nan,1,0,0,0,0,0`, /'nan'/],
    [`${header}\n0,1,0,0`, /has ''/],
    [`${header}\n0,0.4,0.1,0.1,0.1,0.1,0.1,0`, /add up to 1, and they add up to 0\.89/],
    [`${header},label\n0,${sure},happy`, /dataset's label, which is angry, and has 'happy'.*of this data/],
    [`${header},label\n0,${sure},1`, /has '1'/],
    [`${header},label\n0,${sure},wrong`, /has 'wrong'/],
  ])('refuses what are no probabilities, or of other data: %j', (text, message) => {
    expect(() => readProbabilitiesCsv(text, dataset)).toThrow(message);
    expect(() => readProbabilitiesCsv(text, dataset)).toThrow(DatasetError);
  });
});
