// The vertical axis of charts that have a row for each class or each kind.

/** ECharts' `yAxis`: rows from top to bottom, every name shown; long ones are broken into lines. */
export function categoryAxis(labels: readonly string[]): object {
  return {
    type: 'category',
    data: labels,
    inverse: true,
    axisLabel: { interval: 0, hideOverlap: false, width: labelWidth(labels) - 16, overflow: 'breakAll' },
  };
}

/** Width of the names at the left, pixels. */
export function labelWidth(labels: readonly string[]): number {
  return 20 + Math.min(200, 8 * labels.reduce((most, label) => Math.max(most, [...label].length), 0));
}
