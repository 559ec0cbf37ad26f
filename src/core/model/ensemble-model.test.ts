// Merging models: the mean of what each says, whatever their networks; and models that do not fit together.
import { describe, expect, it } from 'vitest';
import { tinyExpressionModel } from '../../../tests/fixtures/tiny-expression-model.js';
import { untrainedModel } from '../../../tests/fixtures/untrained-model.js';
import { openSession } from '../../adapters/node/session.js';
import { ConfigError } from '../errors.js';
import { createRandom } from '../numbers/random.js';
import { buildEnsemble, type EnsembleMember } from './ensemble-model.js';
import { ExpressionModel } from './expression-model.js';
import { readExpressionModel } from './read-expression-model.js';

const labels = ['left', 'middle', 'right'];

const member = (name: string, bytes: Uint8Array): EnsembleMember => ({ name, ...readExpressionModel(bytes) });

describe('buildEnsemble', () => {
  it('gives the mean of the probabilities and all embeddings, from different networks', async () => {
    const files = [untrainedModel('residual', 1), untrainedModel('original', 2), untrainedModel('compact', 3)];
    const ensemble = await ExpressionModel.open(
      buildEnsemble(
        files.map((bytes, i) => member(`m${i}`, bytes)),
        'three',
      ),
      openSession,
    );
    const models = await Promise.all(files.map((bytes) => ExpressionModel.open(bytes, openSession)));
    const random = createRandom(4);
    const faces = Array.from({ length: 5 }, () => ({
      width: 48,
      height: 48,
      channels: 1 as const,
      data: Uint8Array.from({ length: 48 * 48 }, () => random.integer(256)),
    }));
    const each = await Promise.all(models.map((model) => model.predict(faces)));
    (await ensemble.predict(faces)).forEach(({ probabilities, embedding }, i) => {
      for (const c of labels.keys()) {
        const mean = each.reduce((sum, predictions) => sum + predictions[i]!.probabilities[c]!, 0) / each.length;
        expect(Math.abs(probabilities[c]! - mean)).toBeLessThan(1e-6);
      }
      const embeddings = each.flatMap((predictions) => [...predictions[i]!.embedding]);
      expect(embedding).toHaveLength(embeddings.length);
      expect(Math.max(...embeddings.map((value, k) => Math.abs(value - embedding[k]!)))).toBeLessThan(1e-5);
    });
    const { metadata } = ensemble;
    expect(metadata).toMatchObject({ architecture: 'ensemble', run: 'three', metrics: {}, labels });
    expect(metadata.members?.map(({ run }) => run)).toEqual(['residual-1', 'original-2', 'compact-3']);
    expect(metadata.members?.[1]).toMatchObject({ architecture: 'original', metrics: { validationAccuracy: 0.2 } });
    for (const key of ['parameters', 'multiplyAdds', 'embedding'] as const) {
      expect(metadata[key]).toBe(models.reduce((sum, model) => sum + model.metadata[key], 0));
    }
    for (const model of [ensemble, ...models]) await model.release();
  });

  it('says what each member was trained on', () => {
    const votes = tinyExpressionModel({ metadata: { run: 'a', split: 'trained on A', targets: 'votes' } });
    const plain = tinyExpressionModel({ metadata: { run: 'b', split: 'trained on B' } });
    const { metadata } = readExpressionModel(buildEnsemble([member('a', votes), member('b', plain)], 'x'));
    expect(metadata).toMatchObject({ split: 'trained on A; trained on B', targets: 'votes', dataset: 'none' });
    expect(readExpressionModel(buildEnsemble(pair(), 'x')).metadata.targets).toBeUndefined();
  });

  it('says which models its members learned from or began with', () => {
    const teacher = { hash: 'f', run: 't', architecture: 'vgg', split: 'trained on A' };
    const pretrained = { ...teacher, run: 'p', dataset: 'd' };
    const taught = tinyExpressionModel({ metadata: { run: 'a', teacher, pretrained } });
    const { metadata } = readExpressionModel(buildEnsemble([member('a', taught), ...pair()], 'x'));
    expect(metadata.members).toMatchObject([{ run: 'a', teacher, pretrained }, {}, {}]);
    expect(metadata.members?.[1]).not.toHaveProperty('pretrained');
  });

  it('keeps the split file that all members were trained on, and no other', () => {
    const fileOf = (...hashes: readonly (string | undefined)[]) => {
      const members = hashes.map((splitFile, i) => {
        const split = `trained on training${splitFile === undefined ? '' : ' of a split file'}, validated on validation`;
        return member(`${i}`, tinyExpressionModel({ metadata: { split, splitFile } }));
      });
      return readExpressionModel(buildEnsemble(members, 'x')).metadata.splitFile;
    };
    expect(fileOf('h', 'h', 'h')).toBe('h');
    for (const hashes of [
      ['h', 'i'],
      ['h', undefined],
      [undefined, 'h'],
      [undefined, undefined],
    ]) {
      expect(fileOf(...hashes)).toBeUndefined();
    }
  });

  const tiny = (name: string, options: Parameters<typeof tinyExpressionModel>[0] = {}) =>
    member(name, tinyExpressionModel(options));
  const pair = () => [tiny('a'), tiny('b')];

  it.each<[string, () => EnsembleMember[], RegExp]>([
    ['one model', () => [tiny('a')], /two or more models, and 1 is given/],
    [
      'other classes',
      () => [tiny('a'), tiny('b', { labels: ['no', 'yes'] })],
      /same classes.*a has angry.*b has no, yes/,
    ],
    [
      'the same classes in another order',
      () => [tiny('a', { labels: ['yes', 'no'] }), tiny('b', { labels: ['no', 'yes'] })],
      /in the same order/,
    ],
    ['another input', () => [tiny('a'), tiny('b', { width: 5 })], /a has 4 x 4, and b has 5 x 4/],
    ['an ensemble', () => [tiny('a'), member('both', buildEnsemble(pair(), 'x'))], /both is an ensemble of none, none/],
  ])('refuses %s', (_, members, message) => {
    expect(() => buildEnsemble(members(), 'x')).toThrow(ConfigError);
    expect(() => buildEnsemble(members(), 'x')).toThrow(message);
  });
});
