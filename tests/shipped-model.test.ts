// The expression model that comes with the package is what its card says.
import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openSession } from '../src/adapters/node/session.js';
import { shippedModel, shippedModelPath } from '../src/adapters/node/shipped-models.js';
import { isEvaluationOf } from '../src/apps/web/worker/is-evaluation-of.js';
import { readEvaluation } from '../src/apps/web/worker/read-evaluation.js';
import { Sha256 } from '../src/core/bytes/sha256.js';
import { expressionLabels } from '../src/core/dataset/labels.js';
import { ExpressionModel } from '../src/core/model/expression-model.js';
import { readExpressionModel } from '../src/core/model/read-expression-model.js';

const card = readFileSync(shippedModelPath('expression.onnx').replace('.onnx', '.md'), 'utf8');
const forms = [
  { file: 'expression.onnx', largest: 6e6 },
  { file: 'expression.int8.onnx', largest: 1.6e6 },
] as const;

describe.each(forms)('the shipped expression model, $file', ({ file, largest }) => {
  test('is small, ours, and described by its card', async () => {
    expect(statSync(shippedModelPath(file)).size).toBeLessThan(largest);
    const model = await ExpressionModel.open(await shippedModel(file), openSession);
    expect(model.metadata.labels).toEqual([...expressionLabels]);
    expect(model.metadata.multiplyAdds).toBeLessThan(100e6);
    expect(card).toContain(model.metadata.parameters.toLocaleString('en'));
    expect(card).toContain(model.metadata.dataset);
    expect(card).toContain(file);
    await model.release();
  });

  test('has an evaluation of its own beside it, for the page', async () => {
    const path = shippedModelPath(file).replace('.onnx', '.evaluation.json');
    const evaluation = readEvaluation(file, readFileSync(path, 'utf8'));
    const bytes = await shippedModel(file);
    const { run } = readExpressionModel(bytes).metadata;
    const redo = `${path} is of another model: write model, card and evaluations together, with npx moodlens export RUN --data DATA --out models/expression.onnx --int8 --force`;
    expect(isEvaluationOf(evaluation, { run, hash: new Sha256().update(bytes).hex() }), redo).toBe(true);
    expect(evaluation.reliability, redo).toHaveLength(15);
    expect(card, redo).toContain(`${(100 * evaluation.figures.accuracy).toFixed(2)} %`);
  });
});
