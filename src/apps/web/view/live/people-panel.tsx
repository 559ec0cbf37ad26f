// The panel's lower half: who is known. Enrol, export, import, forget.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LiveController } from '../../state/live-controller.js';
import {
  calibrating,
  calibrationResult,
  enrolment,
  loading,
  model,
  people,
  peopleMessage,
  reviewed,
  reviewedExamples,
} from '../../state/live-state.js';
import type { PersonSummary } from '../../worker/protocol.js';
import { TrashIcon } from '../icons.js';
import { PersonPictures } from './person-pictures.js';
import { PersonalExamples } from './personal-examples.js';
import { Portrait } from './portrait.js';
import { TeachingCard, TeachingOutcome } from './teaching.js';

export function PeoplePanel({ controller }: { controller: LiveController | null }) {
  const message = peopleMessage.value;
  const isEnrolling = enrolment.value !== null;
  const wasEnrolling = useRef(false);
  useEffect(() => {
    // The button that had the focus disappeared with the enrolment.
    if (wasEnrolling.current && !isEnrolling && document.activeElement === document.body) {
      document.getElementById('enrol-name')?.focus();
    }
    wasEnrolling.current = isEnrolling;
  }, [isEnrolling]);
  return (
    <section class="panel-part" aria-labelledby="people">
      <h2 id="people">
        People <span class="count">{people.value.length || ''}</span>
      </h2>
      {calibrationResult.value ? (
        // In place of the form, so that the decision is in view.
        <TeachingOutcome controller={controller} />
      ) : calibrating.value ? (
        <TeachingCard controller={controller} />
      ) : isEnrolling ? (
        <EnrolmentProgress controller={controller} />
      ) : (
        <EnrolForm controller={controller} />
      )}
      {message && (
        <p class={message.isError ? 'message error' : 'message'} role={message.isError ? 'alert' : 'status'}>
          {message.text}
        </p>
      )}
      {message?.calibrateNext !== undefined && model.value && (
        <button type="button" class="button primary" onClick={() => controller?.calibrate(message.calibrateNext!)}>
          Teach my expressions
        </button>
      )}
      {people.value.length === 0 ? (
        <p class="empty">
          Nobody is known yet. Names, pictures and histograms are kept in this browser only, until you delete them.
        </p>
      ) : (
        <ul class="people">
          {people.value.map((person) => (
            <Person key={person.name} person={person} controller={controller} />
          ))}
        </ul>
      )}
      <div class="people-files">
        <button
          type="button"
          class="button small"
          disabled={people.value.length === 0}
          onClick={() => controller?.exportPeople()}
        >
          Export
        </button>
        <label class="button small">
          Import
          <input
            id="people-file"
            class="visually-hidden"
            type="file"
            accept=".yml,.yaml"
            aria-label="Import people from an OpenCV YAML file"
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              currentTarget.value = '';
              if (file) void controller?.importPeople(file);
            }}
          />
        </label>
        <span class="file-kind">OpenCV LBPH (.yml)</span>
      </div>
    </section>
  );
}

/** Moves the focus to what replaced the control that had it. */
const focusIt = (element: HTMLElement | null): void => element?.focus();

function EnrolForm({ controller }: { controller: LiveController | null }) {
  const [name, setName] = useState('');
  return (
    <form
      class="enrol"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        controller?.enrol(name.trim());
        setName('');
      }}
    >
      <label for="enrol-name">Add a person</label>
      <div class="enrol-row">
        <input
          id="enrol-name"
          class="text"
          type="text"
          placeholder="Name"
          maxLength={40}
          autoComplete="off"
          spellcheck={false}
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <button type="submit" class="button primary" disabled={name.trim() === '' || loading.value !== null}>
          Enrol
        </button>
      </div>
    </form>
  );
}

function EnrolmentProgress({ controller }: { controller: LiveController | null }) {
  const state = enrolment.value!;
  return (
    <div class="enrolling">
      <Portrait picture={state.latest} name={state.name} />
      <div class="enrolling-text">
        <p>
          <strong>{state.name}</strong>
          <output data-enrolment={state.taken}>
            {state.taken} / {state.wanted}
          </output>
        </p>
        <progress max={state.wanted} value={state.taken} aria-label={`Pictures of ${state.name}`} />
        <p class="hint" aria-live="polite">
          {state.phase === 'training' ? 'Learning …' : state.hint}
        </p>
      </div>
      <button type="button" class="button small" ref={focusIt} onClick={() => controller?.cancelEnrolment()}>
        Cancel
      </button>
    </div>
  );
}

function Person({ person, controller }: { person: PersonSummary; controller: LiveController | null }) {
  const [isAsking, setAsking] = useState(false);
  const isShown = reviewed.value?.name === person.name;
  const areExamplesShown = reviewedExamples.value?.name === person.name;
  return (
    <li class="person" data-name={person.name}>
      <Portrait picture={person.portrait} name={person.name} />
      <span class="person-name">
        {person.name}
        <span class="person-links">
          {person.faces > 0 ? (
            <button
              type="button"
              class="link"
              aria-expanded={isShown}
              onClick={() => {
                reviewedExamples.value = null;
                if (isShown) reviewed.value = null;
                else controller?.review(person.name);
              }}
            >
              {person.faces} {person.faces === 1 ? 'picture' : 'pictures'}
            </button>
          ) : (
            <small>imported</small>
          )}
          {person.taught > 0 ? (
            <button
              type="button"
              class="link"
              aria-expanded={areExamplesShown}
              onClick={() => {
                reviewed.value = null;
                if (areExamplesShown) reviewedExamples.value = null;
                else controller?.reviewExamples(person.name);
              }}
            >
              {person.taught} taught
            </button>
          ) : (
            model.value && (
              <button
                type="button"
                class="link"
                title={`Teach it how ${person.name} shows each expression`}
                onClick={() => controller?.calibrate(person.name)}
              >
                teach expressions
              </button>
            )
          )}
        </span>
      </span>
      {isAsking ? (
        <span class="confirm">
          <button
            type="button"
            class="button small danger"
            ref={focusIt}
            onClick={() => controller?.forget(person.name)}
          >
            Delete
          </button>
          <button type="button" class="button small" onClick={() => setAsking(false)}>
            Keep
          </button>
        </span>
      ) : (
        <button
          type="button"
          class="button quiet square"
          aria-label={`Delete ${person.name} and all pictures`}
          title={`Delete ${person.name}`}
          onClick={() => setAsking(true)}
        >
          <TrashIcon />
        </button>
      )}
      {isShown && <PersonPictures name={person.name} controller={controller} />}
      {areExamplesShown && <PersonalExamples name={person.name} controller={controller} />}
    </li>
  );
}
