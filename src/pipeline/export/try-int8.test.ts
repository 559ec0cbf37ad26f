// An int8 form that is kept has an evaluation of its own, of its very file.
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { stripes } from '../../../tests/fixtures/stripes.js';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../adapters/node/session.js';
import { ExpressionModel } from '../../core/model/expression-model.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import type { OpenSession } from '../../core/ports/session.js';
import { evaluate } from '../evaluate/evaluate.js';
import { samplesOfSplit } from '../evaluate/evaluated-samples.js';
import { predictSamples } from '../evaluate/predict-samples.js';
import { parseExportConfig } from './config.js';
import { tryInt8 } from './try-int8.js';

const dataset = stripes(40, 1);
const { indices: training } = samplesOfSplit(dataset, 'Training');
const validation = samplesOfSplit(dataset, 'PublicTest');
// As often as is needed to show that less than a point is lost.
const samples = { ...validation, indices: Int32Array.from({ length: 600 }, (_, i) => validation.indices[i % 10]!) };
const file = untrainedModel('compact', 3);

/** A runtime and its clock, in which a run of the int8 form takes half the time. */
function timedRuntime() {
  let now = 0;
  const open: OpenSession = async (bytes, options) => {
    const session = await openSession(bytes, options);
    if (!session.inputNames.includes('image') || !session.outputNames.includes('embedding')) return session;
    const ms = readExpressionModel(bytes).metadata.int8 === undefined ? 2 : 1;
    return {
      ...{ inputNames: session.inputNames, outputNames: session.outputNames },
      run: (feeds, fetches) => {
        now += ms;
        return session.run(feeds, fetches);
      },
      release: () => session.release(),
    };
  };
  return { runtimes: [{ name: 'timed', openSession: open }] as const, clock: () => now };
}

it('evaluates the form that is kept', async () => {
  const float = await ExpressionModel.open(file, openSession);
  const predictions = await predictSamples(dataset, float, samples.indices, { batch: 64 });
  await float.release();
  const config = parseExportConfig({ int8: true, calibration: 20 });
  const request = { ...{ dataset, samples, predictions, training, config }, ...timedRuntime() };
  const { kept, model, times, evaluation } = await tryInt8(request, file);
  expect(times).toEqual([{ runtime: 'timed', floatMs: 2, int8Ms: 1 }]);
  expect(kept).toBe(true);
  const opened = await ExpressionModel.open(model, openSession);
  const measured = await evaluate(dataset, opened, samples, { batch: 64 });
  await opened.release();
  const hash = createHash('sha256').update(model).digest('hex');
  expect(evaluation).toEqual({ ...measured, model: { ...measured.model, hash } });
});
