// The teacher of a run that learns by distillation: whether it fits, and what the run says about it.

import { Sha256 } from '../../core/bytes/sha256.js';
import type { PackedDataset } from '../../core/dataset/packed-dataset.js';
import { ConfigError } from '../../core/errors.js';
import type { TeacherFacts } from '../../core/model/model-metadata.js';
import { readExpressionModel } from '../../core/model/read-expression-model.js';
import { requireTeacherFront } from '../../core/model/teacher-graph.js';
import type { Architecture } from '../../core/nn/architectures/architecture.js';
import type { TeacherOptions } from '../../core/training/distilling-engine.js';
import type { TrainConfig } from './config.js';

/**
 * Undefined for a run without one. Throws ModelFormatError when `model` is not a model of ours, ConfigError when its classes
 * or the part of the picture that it sees are not the student's.
 */
export function chooseTeacher(
  { labels }: PackedDataset,
  { distillation }: TrainConfig,
  { view, name }: Architecture,
  model: Uint8Array | undefined,
): { options: TeacherOptions; facts: TeacherFacts } | undefined {
  if (distillation === null) return undefined;
  if (model === undefined) throw new TypeError('chooseTeacher: the configuration names a teacher and none is given');
  const file = readExpressionModel(model);
  const { metadata } = file;
  if (metadata.labels.join() !== labels.join()) {
    throw new ConfigError(
      `a teacher must know the classes of the data in their order, ${labels.join(', ')}, and this one knows ${metadata.labels.join(', ')}; choose a teacher trained on this data`,
    );
  }
  const its = requireTeacherFront(file).view;
  if (its.height !== view.height || its.width !== view.width) {
    throw new ConfigError(
      `teacher and student must see the same part of the picture; ${name} sees the central ${view.width} x ${view.height} pixels, and the teacher ${its.width} x ${its.height}; choose another teacher or architecture`,
    );
  }
  const { run, architecture, split, targets } = metadata;
  const { weight, temperature } = distillation;
  return {
    options: { model, weight, temperature },
    facts: { hash: new Sha256().update(model).hex(), run, architecture, split, targets },
  };
}
