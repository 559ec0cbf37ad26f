// Error bars in a chart: a line from the low to the high end of an interval with a cap at each, below its point.

/** An interval along one axis, at a place on the other: a number, or the index of a category. */
export type Whisker = readonly [low: number, high: number, at: number];

export interface WhiskerOptions {
  /** The axis along which the intervals lie. */
  readonly along: 'x' | 'y';
  readonly colour: string;
  /** Offset across the axis, so that several fit one category. Default 0. */
  readonly offsetPx?: number;
}

const halfCapPx = 4;

interface RenderApi {
  value(dimension: number): number;
  coord(point: readonly [number, number]): [number, number];
}

/** A series for ECharts' `custom` chart. */
export function whiskers(data: readonly Whisker[], { along, colour, offsetPx = 0 }: WhiskerOptions): object {
  const style = { stroke: colour, fill: 'none', lineWidth: 1.5 };
  const line = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style,
  });
  return {
    type: 'custom',
    data,
    encode: along === 'x' ? { x: [0, 1], y: 2 } : { x: 2, y: [0, 1] },
    renderItem: (_: unknown, api: RenderApi) => {
      const end = (dimension: 0 | 1) =>
        along === 'x'
          ? api.coord([api.value(dimension), api.value(2)])
          : api.coord([api.value(2), api.value(dimension)]);
      const [low, high] = [end(0), end(1)];
      const [across, lowAt, highAt] = along === 'x' ? [low[1], low[0], high[0]] : [low[0], low[1], high[1]];
      const [before, middle, after] = [across + offsetPx - halfCapPx, across + offsetPx, across + offsetPx + halfCapPx];
      const children =
        along === 'x'
          ? [
              line(lowAt, middle, highAt, middle),
              line(lowAt, before, lowAt, after),
              line(highAt, before, highAt, after),
            ]
          : [
              line(middle, lowAt, middle, highAt),
              line(before, lowAt, after, lowAt),
              line(before, highAt, after, highAt),
            ];
      return { type: 'group', children };
    },
  };
}
