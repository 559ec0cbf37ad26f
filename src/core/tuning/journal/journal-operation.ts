/** Optuna's numbers for what a journal's record does. */
export const JournalOperation = {
  CreateStudy: 0,
  DeleteStudy: 1,
  SetStudyUserAttribute: 2,
  SetStudySystemAttribute: 3,
  CreateTrial: 4,
  SetTrialParameter: 5,
  SetTrialState: 6,
  SetTrialIntermediateValue: 7,
  SetTrialUserAttribute: 8,
  SetTrialSystemAttribute: 9,
  /** Only read, and passed over: Optuna before 5 breaks on it. */
  DiscardTrials: 10,
} as const;
