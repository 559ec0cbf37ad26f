import { describe, expect, it } from 'vitest';
import { sparkline, tableLines, textTable } from './text-table.js';

describe('textTable', () => {
  it('aligns its columns and leaves no space at the end of a line', () => {
    const lines = textTable(
      [{ title: 'run' }, { title: 'epochs', align: 'right' }, { title: 'state' }],
      [
        ['first', '24/24', 'finished'],
        ['a longer name', '3/8', ''],
      ],
    );
    expect(lines).toEqual(['run            epochs  state', 'first           24/24  finished', 'a longer name     3/8']);
  });

  it('keeps escape codes in a name from the terminal', () => {
    expect(textTable([{ title: 'run' }], [['\u001b[31mred\n']])[1]).toBe('\ufffd[31mred\ufffd');
  });
});

describe('tableLines', () => {
  it('has headings to the left and figures to the right', () => {
    const table = {
      columns: ['class', 'n', 'share'],
      rows: [
        ['a long name', '9', '9.0 %'],
        ['all', '100', '100.0 %'],
      ],
    };
    expect(tableLines(table)).toEqual([
      'class          n    share',
      'a long name    9    9.0 %',
      'all          100  100.0 %',
    ]);
  });
});

describe('sparkline', () => {
  it('goes from the lowest to the highest block', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 0, 7)).toBe('▁▂▃▄▅▆▇█');
  });

  it('means neighbours when there are more values than columns', () => {
    expect(sparkline([0, 0, 10, 10], 0, 10, 2)).toBe('▁█');
    expect(
      sparkline(
        Array.from({ length: 1000 }, (_, i) => i),
        0,
        999,
        8,
      ),
    ).toHaveLength(8);
  });

  it('stays inside the blocks for values outside the range, and for no range at all', () => {
    expect(sparkline([-5, 5], 0, 1)).toBe('▁█');
    expect(sparkline([2, 2], 2, 2)).toBe('▁▁');
    expect(sparkline([], 0, 1)).toBe('');
  });
});
