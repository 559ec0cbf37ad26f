// Learning-rate schedules: the step's number to a rate.

export type Schedule =
  | { readonly name: 'constant'; readonly rate: number }
  /** Keras' `decay`: `rate / (1 + decay * step)`, as the study case used. */
  | { readonly name: 'inverse-time'; readonly rate: number; readonly decay: number }
  /** One cycle (Smith & Topin 2018): linear warm-up to `rate` over the share `warmUp` of all steps, then half a cosine to zero. */
  | { readonly name: 'one-cycle'; readonly rate: number; readonly warmUp: number };

/** The learning rate of a step, counted from 0, in a run of `totalSteps`. */
export function learningRate(schedule: Schedule, step: number, totalSteps: number): number {
  switch (schedule.name) {
    case 'constant':
      return schedule.rate;
    case 'inverse-time':
      return schedule.rate / (1 + schedule.decay * step);
    case 'one-cycle': {
      const warmUpSteps = schedule.warmUp * totalSteps;
      if (step < warmUpSteps) return (schedule.rate * (step + 1)) / (warmUpSteps + 1);
      const progress = (step - warmUpSteps) / Math.max(1, totalSteps - warmUpSteps);
      return (schedule.rate * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2;
    }
  }
}
