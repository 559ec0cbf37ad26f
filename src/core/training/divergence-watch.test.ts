import { describe, expect, it } from 'vitest';
import { RunError } from '../errors.js';
import type { StepResult } from './batch.js';
import { DivergenceWatch } from './divergence-watch.js';
import { freshState } from './trainer-state.js';

const step = (loss: number, gradientNorm?: number): StepResult => ({
  loss,
  gradientNorm,
  probabilities: new Float32Array(),
});
const place = { epoch: 3, step: 120, learningRate: 0.05 };
const saved = { ...freshState, epoch: 2 };

describe('DivergenceWatch', () => {
  it.each<[StepResult, RegExp]>([
    [step(Number.NaN), /loss must stay finite, and it is NaN/],
    [step(Number.POSITIVE_INFINITY), /loss must stay finite, and it is Infinity/],
    [step(1, Number.NaN), /gradients must stay finite, and their norm is NaN/],
    // 100 ln 7 = 194.6
    [step(200), /must not explode, and it is 200\.0, above the limit of 194\.6 \(guessing gives 1\.95\)/],
  ])('stops at %j', (result, says) => {
    const watch = new DivergenceWatch(Math.log(7), saved);
    watch.checkStep(step(2), { ...place, step: 1 });
    const check = () => watch.checkStep(result, place);
    expect(check).toThrow(RunError);
    expect(check).toThrow(says);
    expect(check).toThrow(
      'at epoch 3, step 120, learning rate 0.05; the last good checkpoint, after 2 epochs, is kept',
    );
  });

  it('lets a bad but finite step pass, and a run whose penalty begins high', () => {
    const watch = new DivergenceWatch(Math.log(7), saved);
    watch.checkStep(step(2, 5), place);
    watch.checkStep(step(150, 1e4), place);
    const penalised = new DivergenceWatch(Math.log(7), saved);
    penalised.checkStep(step(300), place);
    penalised.checkStep(step(2900), place);
    expect(() => penalised.checkStep(step(3100), place)).toThrow(/limit of 3000/);
  });

  it('measures a run that goes on by its beginning', () => {
    const figures = { epoch: 1, step: 40, learningRate: 0.05, trainingLoss: 2, trainingAccuracy: 0.2 };
    const resumed = new DivergenceWatch(Math.log(7), { ...saved, history: [figures] });
    resumed.checkStep(step(150), place);
    expect(() => resumed.checkStep(step(200), place)).toThrow(/limit of 194\.6/);
    const penalised = new DivergenceWatch(Math.log(7), { ...saved, history: [{ ...figures, trainingLoss: 300 }] });
    penalised.checkStep(step(5), place);
    penalised.checkStep(step(2900), place);
    expect(() => penalised.checkStep(step(3100), place)).toThrow(/limit of 3000/);
  });

  it('names the newest checkpoint, or that there is none', () => {
    const watch = new DivergenceWatch(Math.log(7), freshState);
    expect(() => watch.checkStep(step(Number.NaN), place)).toThrow('there is no checkpoint yet');
    watch.savedAt({ ...freshState, epoch: 1, stepInEpoch: 40 });
    expect(() => watch.checkValidation(Number.NaN, place)).toThrow(
      'validation loss must stay finite, and it is NaN at epoch 3, step 120, learning rate 0.05; the last good checkpoint, after 1 epoch and 40 steps, is kept',
    );
    expect(() => watch.checkValidation(1.2, place)).not.toThrow();
  });
});
