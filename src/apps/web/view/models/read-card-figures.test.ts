import { describe, expect, it } from 'vitest';
import { readCardFigures } from './read-card-figures.js';

const labels = ['happy', 'sad'];
const card = `# The expression model

|  |  |
|---|---|
| Run | r-1 |

## Figures on PublicTest (validation, n = 1,010)

| measured | figure |
|---|---|
| accuracy | **80.20 %** (Wilson's 95 % interval 77.6 to 82.5 %) |
| negative log-likelihood | 0.851 (95 % interval 0.826 to 0.876) |
| expected calibration error, 15 bins | 0.029 |

Rows are the truth, columns what the model said:

|  | happy | sad |
|---|---|---|
| **happy** | 800 | 200 |
| **sad** | 0 | 10 |

## The int8 form

| measured | float | int8 |
|---|---|---|
| negative log-likelihood | 0.111 | 0.222 |
`;

describe('readCardFigures', () => {
  it('finds split, run, matrix and figures, and works out the rest', () => {
    const read = readCardFigures(card, labels)!;
    expect(read).toMatchObject({ split: 'PublicTest', run: 'r-1', labels, reliability: null });
    expect(read.figures).toMatchObject({
      ...{ n: 1010, nll: 0.851, ece: 0.029 },
      confusionMatrix: [
        [800, 200],
        [0, 10],
      ],
    });
    expect(read.figures.accuracy).toBeCloseTo(810 / 1010, 12);
    expect(read.figures.interval[0]).toBeCloseTo(0.7763, 4);
    expect(read.figures.perClass[0]).toMatchObject({ label: 'happy', recall: 0.8, support: 1000 });
  });

  it('leaves out what the card does not say', () => {
    const read = readCardFigures(card.replace(/.*calibration error.*\n/, '').replace('Run', 'Name'), labels)!;
    expect(read.run).toBeNull();
    expect(read.figures.ece).toBeNull();
  });

  it.each<[string, string]>([
    ['has none', '# A model\n\nIt is good.'],
    ['has a matrix of another number of pictures', card.replace('1,010', '1,011')],
    ['has a matrix of other classes', card.replaceAll('sad', 'angry')],
    ['has its rows in another order', card.replace('**happy** | 800', '**sad** | 800')],
    ['has no counts', card.replace('| 800 |', '| 80 % |')],
    ['has its matrix under another heading', card.replace('Rows are', '## Others\n\nRows are')],
  ])('finds nothing in a card that %s', (_, text) => {
    expect(readCardFigures(text, labels)).toBeNull();
  });
});
