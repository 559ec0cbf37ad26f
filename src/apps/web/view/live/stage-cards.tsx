// The cards over an empty picture (welcome, loading, failure), and the counter of an enrolment.
import type { LiveController } from '../../state/live-controller.js';
import { enrolment, isPaused, loading, opening, servedStatus, source, stageFailure } from '../../state/live-state.js';
import { AgainIcon, CameraIcon, PauseIcon, SampleIcon, WarningIcon } from '../icons.js';
import { TeachingBadge } from './teaching.js';

export function StageCards({ controller }: { controller: LiveController | null }) {
  if (stageFailure.value) return <FailureCard controller={controller} />;
  if (opening.value) return <Waiting text={openingText[opening.value]} />;
  if (!source.value) return <WelcomeCard controller={controller} />;
  const status = servedStatus.value;
  const isServed = source.value.kind === 'served';
  if (isServed && !isPaused.value && !['playing', 'ended'].includes(status?.state ?? '')) {
    return <Waiting text={status?.text ?? 'Opening'} />;
  }
  if (loading.value && !isServed) return <Waiting text={loading.value.text} share={loading.value.share} />;
  return (
    <>
      {isPaused.value && (
        <p class="paused-badge">
          <PauseIcon /> Paused
        </p>
      )}
      {isServed && !isPaused.value && status?.state === 'ended' && (
        <p class="paused-badge">
          <AgainIcon /> Beginning again
        </p>
      )}
      <EnrolmentBadge />
      <TeachingBadge />
    </>
  );
}

const openingText = {
  ...{ camera: 'Waiting for the camera', file: 'Opening the video' },
  ...{ sample: 'Opening the sample', served: 'Opening the source' },
};

function WelcomeCard({ controller }: { controller: LiveController | null }) {
  return (
    <div class="stage-card">
      <h2>Whose face shall it see?</h2>
      <p>Start your camera, drop a video here, or watch the sample. The pictures stay in this page.</p>
      <div class="actions">
        <button type="button" class="button primary" onClick={() => void controller?.useCamera()}>
          <CameraIcon /> Use the camera
        </button>
        <button type="button" class="button" onClick={() => void controller?.useSample()}>
          <SampleIcon /> Watch the sample
        </button>
      </div>
    </div>
  );
}

function Waiting({ text, share }: { text: string; share?: number }) {
  return (
    <div class="stage-wait" role="status">
      <span class="spinner" aria-hidden="true" />
      <p>{text} …</p>
      {share !== undefined && <progress max={1} value={share} aria-label={text} />}
    </div>
  );
}

function FailureCard({ controller }: { controller: LiveController | null }) {
  const { title, failure, retry } = stageFailure.value!;
  return (
    <div class="stage-card failure" role="alert" data-code={failure.code}>
      <h2>
        <WarningIcon /> {title}
      </h2>
      <p>{failure.message}</p>
      <div class="actions">
        {retry && (
          <button type="button" class="button primary" onClick={retry}>
            Try again
          </button>
        )}
        <button type="button" class="button" onClick={() => void controller?.useSample()}>
          <SampleIcon /> Watch the sample
        </button>
      </div>
    </div>
  );
}

function EnrolmentBadge() {
  const state = enrolment.value;
  if (!state) return null;
  const share = state.taken / state.wanted;
  return (
    <div class="enrolment-badge">
      <svg class="ring" viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="20" />
        <circle cx="24" cy="24" r="20" pathLength={1} stroke-dasharray={`${share} 1`} transform="rotate(-90 24 24)" />
        <text x="24" y="28.5" text-anchor="middle">
          {state.taken}
        </text>
      </svg>
      <div>
        <strong>{state.name}</strong>
        <span>{state.hint}</span>
      </div>
    </div>
  );
}
