// Under the picture: a row for everybody seen in the last minutes, in the colours of their confirmed expressions.
import { timeline, timelineSpanMs } from '../../state/live-state.js';
import type { TimelineRecorder } from '../../state/timeline-recorder.js';
import type { TimelineRow } from '../../state/timeline-rows.js';
import { expressionColour } from '../expression-style.js';

const spans = [
  [60_000, 'Last minute'],
  [600_000, 'Last 10 minutes'],
  [3_600_000, 'Last hour'],
] as const;

export function TimelinePanel({ recorder }: { recorder: TimelineRecorder | null }) {
  const rows = timeline.value;
  const isEmpty = rows.length === 0;
  return (
    <section class="timeline" aria-labelledby="timeline">
      <div class="timeline-head">
        <h2 id="timeline">Timeline</h2>
        <select
          class="select small"
          aria-label="How much of the timeline is shown"
          value={timelineSpanMs.value}
          onChange={({ currentTarget }) => {
            timelineSpanMs.value = Number(currentTarget.value);
            recorder?.show();
          }}
        >
          {spans.map(([ms, name]) => (
            <option key={ms} value={ms}>
              {name}
            </option>
          ))}
        </select>
        <span class="timeline-actions">
          <button type="button" class="button small" disabled={isEmpty} onClick={() => recorder?.save('csv')}>
            Save CSV
          </button>
          <button type="button" class="button small" disabled={isEmpty} onClick={() => recorder?.save('json')}>
            Save JSON
          </button>
          <button type="button" class="button small quiet" disabled={isEmpty} onClick={() => recorder?.clear()}>
            Clear
          </button>
        </span>
      </div>
      {isEmpty ? (
        <p class="empty">
          Who shows what will run along here. It is kept in memory only, until the next source begins.
        </p>
      ) : (
        <ul class="strips">
          {rows.map((row) => (
            <Strip key={row.who} row={row} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Strip({ row: { who, parts, shown, now } }: { row: TimelineRow }) {
  const name = who.replace(/^face /, 'Face ');
  const times = shown.map(([expression, ms]) => `${expression} ${Math.ceil(ms / 1000)} s`).join(', ');
  return (
    <li class="strip-row" data-who={who}>
      <span class={now === null ? 'strip-name gone' : 'strip-name'} title={name}>
        {name}
      </span>
      <span class="visually-hidden">
        : {times}; {now === null ? 'not in view' : `now ${now}`}
      </span>
      <div class="strip" aria-hidden="true">
        {parts.map(({ id, expression, start, length }) => (
          <span
            key={id}
            class="stretch"
            title={expression}
            style={{
              left: `${(100 * start).toFixed(2)}%`,
              width: `${(100 * length).toFixed(2)}%`,
              backgroundColor: expression === 'no model' ? 'var(--faint)' : expressionColour(expression),
            }}
          >
            <b>{expression}</b>
          </span>
        ))}
      </div>
    </li>
  );
}
