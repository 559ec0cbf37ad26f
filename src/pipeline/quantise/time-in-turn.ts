// The time of one picture with each of several models, interleaved so that other work on the machine affects all alike.

import type { GreyPicture } from '../../core/image/picture.js';
import type { ExpressionModel } from '../../core/model/expression-model.js';
import { median } from '../../core/numbers/median.js';
import type { Clock } from '../../core/ports/clock.js';

const rounds = 200;
const warmUpRounds = 20;

/** Medians over 200 rounds after 20 of warm-up, milliseconds; each round runs every model once. */
export async function timeInTurn(
  models: readonly ExpressionModel[],
  face: GreyPicture,
  clock: Clock,
): Promise<number[]> {
  const times = models.map((): number[] => []);
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    for (const [k, model] of models.entries()) {
      const from = clock();
      await model.predict([face]);
      if (round >= warmUpRounds) times[k]!.push(clock() - from);
    }
  }
  return times.map(median);
}
