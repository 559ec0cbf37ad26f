// Figures of labelled pictures: accuracy with its interval, confusion matrix, reliability diagram, classes.

import { percent } from '../../../../core/numbers/percent.js';
import type { Judgement } from '../../worker/model-protocol.js';
import { interval, whole } from '../format-figures.js';
import { ConfusionTable } from './confusion-table.js';
import { ReliabilityDiagram } from './reliability-diagram.js';

interface JudgementViewProps {
  readonly judgement: Judgement;
  /** What the figures are of, to follow "accuracy". */
  readonly of: string;
  /** Called with a cell of the matrix; without it cells are no buttons. */
  readonly onCell?: (truth: number, label: number) => void;
}

export function JudgementView({ judgement, of, onCell }: JudgementViewProps) {
  const { labels, figures, reliability } = judgement;
  return (
    <>
      <p class="accuracy">
        <strong data-figure="accuracy">{percent(figures.accuracy)}</strong>
        <span>
          accuracy {of}: 95 % interval <span data-figure="interval">{interval(figures.interval)}</span>, n ={' '}
          <span data-figure="n">{whole(figures.n)}</span>
        </span>
      </p>
      <p class="empty">
        Macro F1 {figures.macroF1.toFixed(3)}
        {figures.nll !== null && `, log loss ${figures.nll.toFixed(3)}`}
        {figures.ece !== null && `, calibration error ${figures.ece.toFixed(3)}`}
        {figures.n < 100 && '. So few pictures tell little: see the interval'}.
      </p>
      <div class="charts">
        <ConfusionTable labels={labels} figures={figures} onCell={onCell} />
        {reliability && <ReliabilityDiagram bins={reliability} n={figures.n} />}
      </div>
    </>
  );
}
