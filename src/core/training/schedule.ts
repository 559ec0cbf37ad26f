// Learning-rate schedules: the step's number to a rate.

export type Schedule =
  | { readonly name: 'constant'; readonly rate: number }
  /** Keras' `decay`: `rate / (1 + decay * step)`, as the study case used. */
  | { readonly name: 'inverse-time'; readonly rate: number; readonly decay: number }
  /** Half a cosine (Loshchilov & Hutter 2017) from `rate` to `final * rate`, after a linear warm-up of `warmUp` steps. */
  | { readonly name: 'cosine'; readonly rate: number; readonly warmUp: number; readonly final: number }
  /** One cycle (Smith & Topin 2018): linear rise to `rate` over the share `warmUp` of all steps, then half a cosine to zero. */
  | { readonly name: 'one-cycle'; readonly rate: number; readonly warmUp: number };

/** The learning rate of a step, counted from 0, in a run of `totalSteps`. */
export function learningRate(schedule: Schedule, step: number, totalSteps: number): number {
  switch (schedule.name) {
    case 'constant':
      return schedule.rate;
    case 'inverse-time':
      return schedule.rate / (1 + schedule.decay * step);
    case 'cosine':
      return schedule.rate * warmCosine(step, totalSteps, Math.min(schedule.warmUp, totalSteps), schedule.final);
    case 'one-cycle':
      return schedule.rate * warmCosine(step, totalSteps, schedule.warmUp * totalSteps, 0);
  }
}

/** 0..1: rises in a line over `warmUpSteps`, then falls in half a cosine to `final`. */
function warmCosine(step: number, totalSteps: number, warmUpSteps: number, final: number): number {
  if (step < warmUpSteps) return (step + 1) / (warmUpSteps + 1);
  const progress = (step - warmUpSteps) / Math.max(1, totalSteps - warmUpSteps);
  return final + ((1 - final) * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2;
}
