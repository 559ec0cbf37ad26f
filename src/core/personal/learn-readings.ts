// Everybody's personal calibration from their kept examples, and what the user is told about them: the same in the terminal and the page.
import type { PersonLearner } from './person-learner.js';
import type { PersonalCalibration } from './personal-calibration.js';
import { type PersonalFile, usableExamples } from './personal-file.js';

export interface LearntReadings {
  /** By name; nobody without an example that the model can use. */
  readonly readings: ReadonlyMap<string, PersonalCalibration>;
  /** For the user, a sentence each, without a full stop. */
  readonly notes: readonly string[];
}

/**
 * Examples of expressions that the model does not know are left out. The model predicts one picture at a time, so that a live view
 * analyses frames in between. `modelHash`: SHA-256 of the model's file.
 */
export async function learnReadings(
  learner: PersonLearner,
  people: ReadonlyMap<string, PersonalFile>,
  modelHash: string,
): Promise<LearntReadings> {
  const readings = new Map<string, PersonalCalibration>();
  const notes: string[] = [];
  for (const [name, file] of people) {
    const pictures = usableExamples(file.pictures, learner.labels);
    if (pictures.length > 0) {
      notes.push(...otherModelNotes(name, file, modelHash));
      for (const { picture } of pictures) await learner.predict([picture]);
      readings.set(name, (await learner.learn(pictures)).calibration);
    }
    const given = file.pictures.length;
    if (pictures.length < given) {
      notes.push(
        `${name} taught ${given} ${given === 1 ? 'picture' : 'pictures'}, of which ${pictures.length} can be used: those of expressions that the model knows`,
      );
    }
  }
  return { readings, notes };
}

/** A note when the examples were taken with another model than that of `modelHash`; `whose`: a person or a file. */
export function otherModelNotes(whose: string, { model }: Pick<PersonalFile, 'model'>, modelHash: string): string[] {
  return model === modelHash ? [] : [`${whose} was taught with another model; the same pictures teach this one`];
}
