// What each message of the live worker changes on the page, reports of frames excepted.
import type { Failure } from '../worker/failure.js';
import { download } from './download.js';
import * as state from './live-state.js';
import type { WorkerHandlers } from './worker-link.js';

/** Messages that change more than the state. */
export interface WorkerEvents {
  readonly unusable: (failure: Failure) => void;
  /** A person was forgotten. */
  readonly forgotten: (name: string) => void;
  readonly sourceFailed: (failure: Failure) => void;
}

/** Pictures of an enrolment between two spoken counts. */
const spokenEvery = 15;
/** How long a correction can be undone by one click. */
const undoMs = 20_000;

export function workerHandlers(events: WorkerEvents): WorkerHandlers {
  return {
    progress: ({ text, share }) => {
      state.loading.value = { text, share };
    },
    ready: ({ model, modelMissing }) => {
      state.loading.value = null;
      state.model.value = model;
      state.modelMissing.value = modelMissing;
    },
    unusable: ({ failure }) => events.unusable(failure),
    'source-failed': ({ failure }) => events.sourceFailed(failure),
    enrolment: ({ state: enrolment }) => {
      const before = state.enrolment.value?.taken;
      state.enrolment.value = enrolment;
      if (enrolment && enrolment.taken !== before && enrolment.taken % spokenEvery === 0) {
        state.announcement.value = `${enrolment.taken} of ${enrolment.wanted} pictures`;
      }
    },
    enrolled: ({ name, faces }) => {
      const text = `${name} is known now, from ${faces} pictures.`;
      state.peopleMessage.value = { text, isError: false, calibrateNext: name };
    },
    calibrating: ({ state: calibration }) => {
      const before = state.calibrating.value;
      state.calibrating.value = calibration;
      if (calibration && calibration.step !== before?.step) {
        state.announcement.value = `${calibration.expression}. ${calibration.asked}`;
      }
    },
    calibrated: ({ result }) => {
      state.peopleMessage.value = null;
      state.calibrationResult.value = result;
      state.announcement.value = `${result.name} is read in their own way now`;
    },
    corrected: ({ correction }) => {
      state.correction.value = correction;
      setTimeout(() => {
        if (state.correction.value === correction) state.correction.value = null;
      }, undoMs);
    },
    'examples-reviewed': ({ name, pictures }) => {
      state.reviewedExamples.value = pictures.length > 0 ? { name, pictures } : null;
    },
    'people-note': ({ text }) => {
      state.peopleMessage.value = { text, isError: false };
    },
    people: ({ people }) => {
      const left = new Set(people.map(({ name }) => name));
      for (const { name } of state.people.value) if (!left.has(name)) events.forgotten(name);
      state.people.value = people;
      const shown = state.reviewed.value?.name;
      if (shown !== undefined && !people.some(({ name }) => name === shown)) state.reviewed.value = null;
      const examples = state.reviewedExamples.value?.name;
      if (examples !== undefined && !people.some(({ name }) => name === examples)) state.reviewedExamples.value = null;
    },
    reviewed: ({ name, pictures }) => {
      state.reviewed.value = pictures.length > 0 ? { name, pictures } : null;
    },
    exported: ({ text }) => download('moodlens-people.yml', text, 'application/yaml'),
    'people-failed': ({ failure }) => {
      state.peopleMessage.value = { text: failure.message, isError: true };
    },
  };
}
