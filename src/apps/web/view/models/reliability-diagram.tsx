// The reliability diagram: accuracy at each level of confidence.
import type { ReliabilityBin } from '../../../../core/metrics/reliability-bins.js';
import { percent } from '../../../../core/numbers/percent.js';
import { counted, interval } from '../format-figures.js';

/** Sizes in the drawing's own units. */
const side = 220;
const left = 44;
const top = 10;
const ticks = [0, 0.25, 0.5, 0.75, 1];

const x = (share: number): number => left + share * side;
const y = (share: number): number => top + (1 - share) * side;

export function ReliabilityDiagram({ bins, n }: { bins: readonly ReliabilityBin[]; n: number }) {
  const filled = bins.filter((bin) => bin.n > 0);
  return (
    <figure class="reliability">
      <svg viewBox="0 0 280 272" role="img" aria-label={describe(filled)}>
        {ticks.map((tick) => (
          <g key={tick}>
            <path class="grid" d={`M${x(0)} ${y(tick)}H${x(1)}M${x(tick)} ${y(0)}V${y(1)}`} />
            <text x={x(0) - 6} y={y(tick) + 4} text-anchor="end">
              {100 * tick}
            </text>
            <text x={x(tick)} y={y(0) + 15} text-anchor="middle">
              {100 * tick}
            </text>
          </g>
        ))}
        <path class="ideal" d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} />
        {filled.map((bin) => (
          <g key={bin.low} class="bin">
            <title>{describeBin(bin)}</title>
            <path d={`M${x(bin.confidence!)} ${y(bin.interval[0])}V${y(bin.interval[1])}`} />
            <circle cx={x(bin.confidence!)} cy={y(bin.accuracy!)} r={3 + 6 * Math.sqrt(bin.n / n)} />
          </g>
        ))}
        <text x={x(0.5)} y={y(0) + 34} text-anchor="middle">
          confidence, %
        </text>
        <text transform={`translate(12 ${y(0.5)}) rotate(-90)`} text-anchor="middle">
          right, %
        </text>
      </svg>
      <figcaption class="empty">
        On the line, the model is as sure as it is right; below it, too sure. Bars: 95 % intervals. Larger: more
        pictures.
      </figcaption>
    </figure>
  );
}

function describeBin({ low, high, n, accuracy, interval: of }: ReliabilityBin): string {
  return `confidence ${percent(low, { digits: 0, unit: false })} to ${percent(high)}: ${percent(accuracy!)} right (95 % interval ${interval(of)}, ${counted(n, 'picture')})`;
}

function describe(bins: readonly ReliabilityBin[]): string {
  return `Reliability diagram. ${bins.map(describeBin).join('; ')}`;
}
