// The Studies view: a search for the best configuration, as it runs.
import { useEffect } from 'preact/hooks';
import {
  chartAddress,
  chosenStudy,
  StudiesController,
  type StudyPage,
  studies,
  studyFailure,
  studyPage,
} from '../../state/studies-controller.js';
import { WarningIcon } from '../icons.js';

const controller = new StudiesController();

export function StudiesView() {
  useEffect(() => {
    controller.setShown(true);
    return () => controller.setShown(false);
  }, []);
  const list = studies.value;
  const page = studyPage.value;
  const failure = studyFailure.value;
  return (
    <main class="models studies">
      <section class="panel-part model-panel" aria-labelledby="study">
        <h2 id="study">Study</h2>
        {list && list.length > 1 && (
          <select
            class="select"
            aria-label="Which study"
            value={String(chosenStudy.value)}
            onChange={({ currentTarget }) => controller.choose(Number(currentTarget.value))}
          >
            {list.map(({ name, isShown }, index) => (
              <option key={name} value={String(index)} disabled={!isShown}>
                {name}
              </option>
            ))}
          </select>
        )}
        {failure && (
          <p class="message error" role="alert">
            <WarningIcon /> {failure.message}
          </p>
        )}
        {list === null && <HowTo />}
        {list?.length === 0 && <p class="empty">The journal has no study yet.</p>}
        {list && list.length > 0 && list.every(({ isShown }) => !isShown) && (
          <p class="empty">Only studies of one objective are shown here, and those of this journal have several.</p>
        )}
        {page && <Facts page={page} />}
      </section>
      <div class="models-results" id="study-charts" tabIndex={-1}>
        {page && <Charts page={page} />}
      </div>
    </main>
  );
}

function HowTo() {
  return (
    <p class="hint-card">
      Start with <code>moodlens live --storage tune.journal</code> to follow a search here, one of{' '}
      <code>moodlens tune</code> or of Optuna, also while it runs.
    </p>
  );
}

function Facts({ page: { name, counts, direction, best, running } }: { page: StudyPage }) {
  return (
    <>
      <p class="study-name">{name}</p>
      <p>
        {counts}; to {direction}.
      </p>
      {best === null ? (
        <p class="empty">No trial is complete yet.</p>
      ) : (
        <>
          <h3>
            Best: {best.value} <small>trial {best.trial}</small>
          </h3>
          <dl class="facts">
            {best.params.map(([param, value]) => (
              <div key={param}>
                <dt>{param}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {running.length > 0 && (
        <>
          <h3>Running</h3>
          <ul class="study-running">
            {running.map(({ trial, step, value }) => (
              <li key={trial}>
                trial {trial}
                {step !== null && (
                  <>
                    , step {step}: {value}
                  </>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Charts({ page: { groups, version, table } }: { page: StudyPage }) {
  const index = chosenStudy.value;
  return (
    <>
      {groups.map(({ title, charts }) => (
        <section key={title} class="panel-part study-group">
          <h2>{title}</h2>
          {charts.map(({ file, title: name, caption }) => (
            <figure key={file}>
              <img src={chartAddress(index, file, version)} alt={`${name}. ${caption}`} />
              <figcaption>{caption}</figcaption>
            </figure>
          ))}
        </section>
      ))}
      <details class="panel-part card-text">
        <summary>
          <h2>Every trial</h2>
        </summary>
        <div class="study-table">
          <table>
            <thead>
              <tr>
                {table.columns.map((column) => (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row) => (
                <tr key={row[0]}>
                  {row.map((cell, i) => (
                    <td key={table.columns[i]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}
