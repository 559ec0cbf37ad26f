// The confusion matrix: rows are the true classes, columns the predicted ones, shaded by the share of the row.
import { percent } from '../../../../core/numbers/percent.js';
import type { Judgement } from '../../worker/model-protocol.js';
import { interval } from '../format-figures.js';

interface ConfusionTableProps {
  readonly labels: readonly string[];
  readonly figures: Judgement['figures'];
  readonly onCell?: ((truth: number, label: number) => void) | undefined;
}

export function ConfusionTable({ labels, figures: { confusionMatrix, perClass }, onCell }: ConfusionTableProps) {
  return (
    <figure class="matrix">
      <div class="matrix-scroll">
        <table>
          <caption>
            Rows: the truth. Columns: what the model said.{onCell && ' Choose a cell to see its pictures.'}
          </caption>
          <thead>
            <tr>
              <td />
              {labels.map((label) => (
                <th key={label} scope="col">
                  <span>{label}</span>
                </th>
              ))}
              <th scope="col" class="recall">
                <span>recall</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {confusionMatrix.map((row, truth) => (
              <tr key={labels[truth]}>
                <th scope="row">{labels[truth]}</th>
                {row.map((count, label) => (
                  <td
                    key={labels[label]}
                    class={`cell${truth === label ? ' right' : ''}${count === 0 ? ' none' : ''}`}
                    data-cell={`${labels[truth]}/${labels[label]}`}
                    style={{ '--share': String(count / Math.max(1, perClass[truth]!.support)) }}
                  >
                    {onCell && count > 0 ? (
                      <button
                        type="button"
                        aria-label={`${labels[truth]} taken for ${labels[label]}: ${count}`}
                        onClick={() => onCell(truth, label)}
                      >
                        {count}
                      </button>
                    ) : (
                      <span>{count}</span>
                    )}
                  </td>
                ))}
                <td class="recall" title={recallTitle(perClass[truth]!)}>
                  {perClass[truth]!.support === 0 ? '–' : percent(perClass[truth]!.recall)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function recallTitle({ recallInterval, support }: Judgement['figures']['perClass'][number]): string {
  return support === 0 ? 'no picture of this class' : `95 % interval ${interval(recallInterval)}, n = ${support}`;
}
