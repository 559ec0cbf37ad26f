// Charts as files: well-formed, with title and legend inside, in both modes.
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { chartFile } from './chart-file.js';
import { drawChart } from './draw-chart.js';

function figure(legend: readonly string[]) {
  const option = {
    xAxis: { type: 'category', data: ['<a> & "b"', "it's"] },
    yAxis: { type: 'value' },
    series: [{ type: 'bar', data: [1, 2] }],
  };
  return {
    title: 'Counts <1> & "2"',
    caption: 'What they mean.',
    legend,
    svg: drawChart(() => option, { widthPx: 400, heightPx: 200 }),
  };
}

describe('chartFile', () => {
  it('is well-formed, whatever the names, and as large as it says', async () => {
    const svg = chartFile(figure(['one & two', '<three>']));
    const { width, height, format } = await sharp(Buffer.from(svg)).metadata();
    expect([format, width, height]).toEqual(['svg', 432, 16 + 18 + 10 + 24 + 200 + 16]);
  });

  it('has title, description, legend and chart once for each mode', () => {
    const svg = chartFile(figure(['one']));
    expect(svg).toContain('<title>Counts &lt;1&gt; &amp; &quot;2&quot;</title>');
    expect(svg).toContain('<desc>What they mean.</desc>');
    expect(svg.match(/>one<\/text>/g)).toHaveLength(2);
    expect(svg.match(/<svg /g)).toHaveLength(3);
    expect(svg).toMatch(/prefers-color-scheme:dark/);
  });

  it('breaks a long legend into rows', async () => {
    const heightOf = async (count: number) =>
      (await sharp(Buffer.from(chartFile(figure(Array.from({ length: count }, (_, i) => `series ${i}`))))).metadata())
        .height;
    expect((await heightOf(12)) - (await heightOf(1))).toBe(3 * 24);
    expect((await heightOf(1)) - (await heightOf(0))).toBe(24);
  });

  it('refuses what is no chart', () => {
    expect(() => chartFile({ ...figure([]), svg: { light: '<p>', dark: '<p>' } })).toThrow(RangeError);
  });
});
