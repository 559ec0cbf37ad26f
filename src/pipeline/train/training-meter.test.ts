import { describe, expect, it } from 'vitest';
import { freshState, type TrainerState } from '../../core/training/trainer-state.js';
import { TrainingMeter } from './training-meter.js';

/** Three epochs of ten steps of 8 pictures; a step takes a second at full size, validation five. */
function setUp(costOfStep: (epoch: number) => number = () => 1) {
  let nowMs = 0;
  const updates: { done: number; total: number; detail: string; secondsLeft: number }[] = [];
  const notes: string[] = [];
  const meter = new TrainingMeter({
    clock: () => nowMs,
    progress: {
      update: (done, total, detail = '', estimate) =>
        updates.push({ done, total, detail, secondsLeft: estimate!.secondsLeft }),
      note: (text) => notes.push(text),
      finish() {},
    },
    epochs: 3,
    stepsPerEpoch: 10,
    batchSize: 8,
    costOfSteps: (from, to) => {
      let cost = 0;
      for (let epoch = from; epoch < to; epoch++) cost += costOfStep(epoch);
      return cost;
    },
  });
  const state = (epoch: number, stepInEpoch: number): TrainerState => ({
    ...freshState,
    epoch,
    stepInEpoch,
    lossSum: 1.5 * stepInEpoch,
    history: Array.from({ length: epoch }, (_, i) => ({
      epoch: i + 1,
      step: 10 * (i + 1),
      learningRate: 0.1,
      trainingLoss: 1.5,
      trainingAccuracy: 0.5,
      validationLoss: 1.25,
      validationAccuracy: 0.6,
    })),
  });
  const run = (epoch: number, from = 0, to = 10) => {
    for (let step = from + 1; step <= to; step++) {
      nowMs += 1000 * costOfStep(epoch);
      meter.step(state(epoch, step));
    }
  };
  const endEpoch = (epoch: number) => {
    nowMs += 5000;
    return meter.epoch(state(epoch + 1, 0), 0.012345);
  };
  return { run, endEpoch, updates, notes };
}

describe('TrainingMeter', () => {
  it('tells the time left in the epoch and in the run, before it knows how long validation takes', () => {
    const { run, updates } = setUp();
    run(0, 0, 4);
    expect(updates.at(-1)).toEqual({
      done: 4,
      total: 30,
      detail: 'epoch 1/3, 6 s left in it, loss 1.500, 8 images/s',
      secondsLeft: 26,
    });
  });

  it('counts validation once it has seen one', () => {
    const { run, endEpoch, updates, notes } = setUp();
    run(0);
    expect(endEpoch(0)).toEqual({ imagesPerSecond: 5.3, seconds: 15, waitShare: 0.0123 });
    expect(notes).toEqual([
      'epoch 1/3: training loss 1.5000, accuracy 50.00 %; validation loss 1.2500, accuracy 60.00 %; 5 images/s, 15 s, 30 s left',
    ]);
    run(1, 0, 1);
    expect(updates.at(-1)).toMatchObject({ detail: expect.stringContaining('14 s left in it'), secondsLeft: 29 });
  });

  it('knows that smaller pictures take less time', () => {
    const { run, endEpoch, updates, notes } = setUp((epoch) => (epoch === 0 ? 0.25 : 1));
    run(0, 0, 5);
    expect(updates.at(-1)!.secondsLeft).toBeCloseTo(1.25 + 20);
    run(0, 5);
    endEpoch(0);
    expect(notes[0]).toMatch(/8 s, 30 s left$/);
  });

  it('measures the rate of a resumed epoch from where it goes on', () => {
    const { run, endEpoch, updates } = setUp();
    run(1, 7);
    expect(updates[0]).toMatchObject({ done: 18, detail: expect.stringContaining('8 images/s') });
    expect(endEpoch(1).imagesPerSecond).toBe(3);
  });

  it('says nothing about time left at the end', () => {
    const { run, endEpoch, updates, notes } = setUp();
    run(2);
    endEpoch(2);
    expect(updates.at(-1)).toEqual({ done: 30, total: 30, detail: 'epoch 3/3 done', secondsLeft: 0 });
    expect(notes[0]).toMatch(/images\/s, 15 s$/);
  });
});
