import { describe, expect, it } from 'vitest';
import { type DropPlan, planDrop } from './plan-drop.js';

const files = (...paths: string[]) => paths.map((path) => ({ path, file: new Blob() }));

describe('planDrop', () => {
  it('sorts by kind, pictures by path, and ignores hidden files and the JSON of collections', () => {
    const plan = planDrop(
      files(
        'faces/happy/10.PNG',
        'faces/happy/9.png',
        'faces/.DS_Store',
        'faces/happy/Thumbs.db',
        'faces/.cache/b.png',
        'm.onnx',
        'm.md',
        'faces/README.md',
        'faces/annotations.json',
        'c.pgm',
      ),
    ) as DropPlan;
    expect(plan.model?.path).toBe('m.onnx');
    expect(plan.card?.path).toBe('m.md');
    expect(plan.evaluation).toBeUndefined();
    expect(plan.pictures.map(({ path }) => path)).toEqual(['c.pgm', 'faces/happy/9.png', 'faces/happy/10.PNG']);
    expect(plan.passedOver.map(({ path }) => path)).toEqual(['faces/README.md', 'faces/annotations.json']);
  });

  it('takes an evaluation alone, and the only card with a model of any name', () => {
    expect(planDrop(files('e.json'))).toMatchObject({ evaluation: { path: 'e.json' }, passedOver: [] });
    expect(planDrop(files('m.int8.onnx', 'card.md'))).toMatchObject({ card: { path: 'card.md' } });
    expect(planDrop(files('m.int8.onnx', 'a.md', 'm.md'))).toMatchObject({ card: { path: 'm.md' } });
  });

  it.each<[string, string[], RegExp]>([
    ['nothing', [], /there is no file in it\. Drop a picture/],
    ['only hidden files', ['faces/.DS_Store'], /there is no file in it/],
    ['other files', ['a.txt', 'b.doc', 'c.heic', 'd.mp4'], /holds a\.txt, b\.doc, c\.heic and 1 more/],
    ['a card alone', ['card.md'], /holds card\.md/],
    ['two models', ['a.onnx', 'b.onnx'], /One model .* there are 2: a\.onnx, b\.onnx/],
    ['two evaluations', ['a.json', 'b.json'], /One evaluation .* there are 2/],
  ])('says what is wrong with %s', (_, paths, message) => {
    expect(planDrop(files(...paths))).toMatchObject({ message: expect.stringMatching(message) });
  });
});
