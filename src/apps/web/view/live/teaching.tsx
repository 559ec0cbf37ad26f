// The guided calibration: the card of the expression that is asked for, and the result.
import { useEffect, useRef } from 'preact/hooks';
import { percent } from '../../../../core/numbers/percent.js';
import type { LiveController } from '../../state/live-controller.js';
import { calibrating, calibrationResult } from '../../state/live-state.js';
import type { CalibrationResult, CalibrationState } from '../../worker/protocol.js';
import { expressionColour } from '../expression-style.js';
import { interval } from '../format-figures.js';
import { Portrait } from './portrait.js';

export function TeachingCard({ controller }: { controller: LiveController | null }) {
  const state = calibrating.value!;
  const { name, expression, asked, step, steps, phase, secondsLeft, wanted, pictures, hint, preview } = state;
  return (
    <div class="teaching" data-expression={expression} data-phase={phase}>
      <p class="teaching-step">
        {name}, {step} of {steps}
        <progress max={steps} value={step - 1} aria-label="Expressions" />
      </p>
      <h3 style={{ color: expressionColour(expression) }}>{expression}</h3>
      <p class="teaching-asked">{asked}</p>
      <div class="teaching-pictures">
        <span class="teaching-preview">
          <Portrait picture={preview} name={name} />
          {phase === 'countdown' && (
            <b class="teaching-countdown" aria-hidden="true">
              {secondsLeft}
            </b>
          )}
        </span>
        {Array.from({ length: wanted }, (_, i) =>
          pictures[i] ? (
            <Portrait key={i} picture={pictures[i]} name={`${name}, ${expression}`} />
          ) : (
            <span key={i} class="portrait empty-slot" aria-hidden="true" />
          ),
        )}
      </div>
      <p class="hint" aria-live="polite">
        {hint || waiting(state)}
      </p>
      <div class="actions start">
        <button type="button" class="button small" onClick={() => controller?.actInCalibration('retake')}>
          Retake
        </button>
        <button type="button" class="button small" onClick={() => controller?.actInCalibration('skip')}>
          Skip
        </button>
        <button
          type="button"
          class="button small quiet"
          title="Stop, and keep nothing of it"
          onClick={() => controller?.actInCalibration('stop')}
        >
          Stop
        </button>
      </div>
    </div>
  );
}

function waiting({ phase, secondsLeft }: CalibrationState): string {
  if (phase === 'countdown') return `Get ready: ${secondsLeft} s`;
  return phase === 'taking' ? 'Hold it …' : 'Good.';
}

/** A short form over the picture, where the person looks. */
export function TeachingBadge() {
  const state = calibrating.value;
  if (!state) return null;
  const { expression, asked, phase, secondsLeft, pictures, wanted, hint } = state;
  return (
    <div class="enrolment-badge">
      <span class="teaching-count">{phase === 'countdown' ? secondsLeft : `${pictures.length}/${wanted}`}</span>
      <div>
        <strong>{expression}</strong>
        <span>{hint || asked}</span>
      </div>
    </div>
  );
}

const shownWarnings = 3;

export function TeachingOutcome({ controller }: { controller: LiveController | null }) {
  const { name, pictures, rates, warnings } = calibrationResult.value!;
  const isNoHelp = rates !== null && rates.after.share <= rates.before.share && rates.before.share < 1;
  const done = (): void => {
    calibrationResult.value = null;
  };
  const outcome = useRef<HTMLDivElement>(null);
  // On a narrow screen the panel is below the picture.
  useEffect(() => outcome.current?.scrollIntoView({ block: 'nearest' }), []);
  return (
    <div ref={outcome} class="teaching-outcome" role="status">
      <h3>{isNoHelp ? `This did not help to read ${name}` : `${name} is read in their own way now`}</h3>
      <p>
        From {pictures} pictures.{' '}
        {rates === null && 'How much it helps cannot be told from one picture an expression: teach a second time.'}
        {isNoHelp && 'Teach again with clearer expressions, skip those that look alike, or forget it.'}
      </p>
      <div class="actions start">
        <button type="button" class="button small" onClick={done}>
          {isNoHelp ? 'Keep it' : 'Done'}
        </button>
        {isNoHelp && (
          <button
            type="button"
            class="button small"
            onClick={() => {
              controller?.forgetExamples(name);
              done();
            }}
          >
            Forget it
          </button>
        )}
      </div>
      {rates !== null && <Rates rates={rates} />}
      {warnings.length > 0 && (
        <ul class="message error">
          {warnings.slice(0, shownWarnings).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {warnings.length > shownWarnings && <p class="hint">And {warnings.length - shownWarnings} more like these.</p>}
    </div>
  );
}

function Rates({ rates: { n, before, after } }: { rates: NonNullable<CalibrationResult['rates']> }) {
  const rows = [
    ['before', before],
    ['after', after],
  ] as const;
  return (
    <>
      <p>
        Each picture, read by what the others teach (n = {n}, 95 % interval). Pictures of one sitting are alike: other
        days are harder.
      </p>
      <dl class="teaching-rates">
        {rows.map(([which, rate]) => (
          <div key={which}>
            <dt>{which}</dt>
            <dd>
              <span class="bar-track">
                <span class={`bar ${which}`} style={{ transform: `scaleX(${rate.share.toFixed(3)})` }} />
              </span>
              {percent(rate.share)} <small>({interval(rate.interval)})</small>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
