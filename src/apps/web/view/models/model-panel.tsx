// The chosen model and its metadata.
import { percent } from '../../../../core/numbers/percent.js';
import type { ModelsController } from '../../state/models-controller.js';
import { card, chosenId, isOpeningModel, modelFailure, type ShelfModel, shelf } from '../../state/models-state.js';
import type { ModelCard } from '../../worker/model-protocol.js';
import { counted, shareWithInterval, whole } from '../format-figures.js';

interface ModelPanelProps {
  readonly controller: ModelsController | null;
  readonly onUseInLive: (model: ShelfModel) => void;
}

export function ModelPanel({ controller, onUseInLive }: ModelPanelProps) {
  const chosen = shelf.value.find(({ id }) => id === chosenId.value);
  const failure = modelFailure.value;
  const shown = card.value;
  return (
    <aside class="panel-part model-panel" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      <select
        id="model-choice"
        class="select"
        aria-label="Which model"
        value={chosenId.value ?? ''}
        disabled={shelf.value.length === 0}
        onChange={({ currentTarget }) => controller?.choose(currentTarget.value)}
      >
        {chosenId.value === null && (
          <option value="">{shelf.value.length === 0 ? 'No model here' : 'Choose a model'}</option>
        )}
        {shelf.value.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {isOpeningModel.value && (
        <p class="empty" role="status">
          Opening{chosen ? ` ${chosen.name}` : ''} …
        </p>
      )}
      {failure && (
        <p class="message error" role="alert" data-code={failure.code}>
          {failure.message}
        </p>
      )}
      {shown && !isOpeningModel.value && (
        <>
          <button type="button" class="button" disabled={!chosen} onClick={() => chosen && onUseInLive(chosen)}>
            Use it in Live
          </button>
          {/* On a narrow screen they would push the pictures out of sight. */}
          <details class="facts-part" open={!matchMedia('(max-width: 980px)').matches}>
            <summary>What its file says</summary>
            <Facts card={shown} />
          </details>
        </>
      )}
      <p class="empty">
        It names expressions, not feelings: a face does not reliably tell what someone feels. Figures hold for pictures
        like those they were measured on.
      </p>
    </aside>
  );
}

function Facts({ card: shown }: { card: ModelCard }) {
  return (
    <dl class="facts">
      {facts(shown).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Only the facts that are known. */
function facts({ bytes, metadata, view }: ModelCard): [name: string, value: string][] {
  const { architecture, parameters, multiplyAdds, labels, input, split, targets, teacher, pretrained, int8 } = metadata;
  const { members, splitFile, dataset, run, licence, temperature, metrics } = metadata;
  const isCropped = view !== null && (view.width !== input.width || view.height !== input.height);
  const all: [string, string | undefined][] = [
    ['Accuracy', accuracy(metrics)],
    ['Float form’s accuracy', int8 && accuracy(int8.metrics)],
    ['Network', members ? `ensemble of ${members.map((one) => one.architecture).join(', ')}` : architecture],
    ['Parameters', whole(parameters)],
    ['Work', `${(multiplyAdds / 1e6).toFixed(1)} million multiply-adds a picture`],
    ['Size', `${(bytes / 1e6).toFixed(2)} MB`],
    ['Numbers', int8 ? `8-bit integers, calibrated on ${counted(int8.pictures, 'picture')}` : '32-bit floats'],
    [
      'Input',
      `${input.width} x ${input.height} grey${isCropped ? `, the central ${view.width} x ${view.height} are used` : ''}`,
    ],
    ['Classes', labels.join(', ')],
    ['Split', split],
    ['Split file', splitFile && shortHash(splitFile)],
    ['Also learned from', targets],
    ['Teacher', teacher && `${teacher.architecture}, run ${teacher.run}`],
    ['Began with', pretrained && `the weights of run ${pretrained.run}`],
    [
      'Temperature',
      temperature
        ? `${temperature.value.toFixed(3)}, fitted on ${temperature.split} (n = ${whole(temperature.n)}): calibration error ${percent(temperature.ece.before)} before, ${percent(temperature.ece.after)} after`
        : 'not calibrated (1)',
    ],
    ['Data', shortHash(dataset)],
    ['Run', run],
    ['Licence', licence],
  ];
  return all.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '');
}

function accuracy(metrics: Readonly<Record<string, number>>): string | undefined {
  const { validationAccuracy: share, validationAccuracyLow: low, validationAccuracyHigh: high } = metrics;
  const n = metrics['validationSamples'];
  if (share === undefined || low === undefined || high === undefined || n === undefined) return undefined;
  return `${shareWithInterval(share, [low, high], n)}, on what it was validated on`;
}

/** The first characters of a hash, enough to compare by eye. */
function shortHash(hash: string): string {
  return hash.length > 16 ? `${hash.slice(0, 12)} …` : hash;
}
