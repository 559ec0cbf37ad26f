// The top line: what this is, which view is shown, how fast it runs, that nothing leaves.
import { figures, source } from '../state/live-state.js';
import { type ViewName, view } from '../state/view-choice.js';
import { KeyboardIcon, LockIcon } from './icons.js';

export function Header({ onShortcuts }: { onShortcuts: () => void }) {
  const shown = figures.value;
  const isServed = source.value?.served !== undefined;
  return (
    <header class="header">
      <h1 class="wordmark">
        <img src="./icon.svg" alt="" width="28" height="28" />
        moodlens
      </h1>
      <nav class="views" aria-label="Views">
        <ViewLink name="live">Live</ViewLink>
        <ViewLink name="models">Models</ViewLink>
        <ViewLink name="studies">Studies</ViewLink>
      </nav>
      <p class="private">
        <LockIcon />
        <span>Everything stays {!isServed && <span class="wide">in this page, </span>}on this machine</span>
      </p>
      <dl class="figures" aria-label="Speed" hidden={view.value !== 'live'}>
        <div>
          <dt>frames/s</dt>
          <dd data-figure="fps">{shown ? shown.framesPerSecond.toFixed(0) : '–'}</dd>
        </div>
        <div title="From a frame's arrival to its result: median, and what 95 % of frames stay below">
          <dt>latency</dt>
          <dd
            data-figure="latency"
            data-p50={shown?.latencyMs.p50.toFixed(1)}
            data-p95={shown?.latencyMs.p95.toFixed(1)}
          >
            {shown ? `${shown.latencyMs.p50.toFixed(0)} ms` : '–'}
          </dd>
        </div>
      </dl>
      <button
        type="button"
        class="button quiet keys-button"
        onClick={onShortcuts}
        aria-haspopup="dialog"
        aria-label="Keys"
      >
        <KeyboardIcon />
        <span class="wide">Keys</span>
      </button>
    </header>
  );
}

function ViewLink({ name, children }: { name: ViewName; children: string }) {
  return (
    <a href={`#${name}`} aria-current={view.value === name ? 'page' : undefined}>
      {children}
    </a>
  );
}
