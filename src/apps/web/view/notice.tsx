// The notice about what the results mean and how accurate they are.
import { percent } from '../../../core/numbers/percent.js';
import { chosenModel, model } from '../state/live-state.js';
import type { ModelSummary } from '../worker/protocol.js';

export function Notice() {
  const shown = model.value;
  return (
    <footer class="notice">
      <p>
        It names <strong>expressions, not feelings</strong>: a face does not reliably tell what someone feels. Tell
        people in view that this is running, and enrol only those who agree. In the EU, reading emotions at work or in
        education is prohibited (AI Act, Art. 5).
      </p>
      {shown && <p class="model-line">{describeModel(shown, chosenModel.value)}</p>}
    </footer>
  );
}

/** The model in a line; its accuracy with its interval and sample count, or none at all. */
function describeModel({ architecture, parameters, split, metrics }: ModelSummary, file: string | null): string {
  const { validationAccuracy, validationAccuracyLow, validationAccuracyHigh, validationSamples } = metrics;
  const size = `Model: ${file === null ? '' : `${file}, `}${architecture}, ${(parameters / 1e6).toFixed(2)} million parameters, ${split}`;
  if (validationAccuracy === undefined || validationAccuracyLow === undefined || validationAccuracyHigh === undefined) {
    return `${size}.`;
  }
  const between = `${percent(validationAccuracyLow, { unit: false })} to ${percent(validationAccuracyHigh)}`;
  return `${size}: ${percent(validationAccuracy)} right there (95 % interval ${between}, ${validationSamples} pictures).`;
}
