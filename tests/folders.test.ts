// Where things are: the order of the folders, no circles, folders that can be looked over, and the drawing of it all.
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawFolders } from './folders/draw-folders.js';
import { circles, edgesBetween, importsOf, sourceFiles } from './folders/imports.js';
import { repositoryRoot } from './requirements.js';

const files = sourceFiles();
const imports = importsOf(files);

/** A folder of core or pipeline imports only from folders that stand before it here, and from its own files. */
const order: Record<string, readonly string[]> = {
  // biome-ignore format: a line for each folder
  core: [
    'bytes', 'numbers', 'image', 'ports', 'onnx',
    'detect', 'detect/depth', 'detect/haar', 'detect/mediapipe', 'detect/places', 'detect/networks',
    'metrics',
    'dataset', 'dataset/annotations', 'dataset/audit',
    'tuning/journal', 'tuning/samplers', 'tuning/pruners', 'tuning',
    'nn/layers', 'nn/losses', 'nn/architectures', 'nn/graphs',
    'model',
    'training', 'training/detection',
    'personal', 'identity/embedding', 'identity', 'live',
  ],
  // biome-ignore format: a line for each stage
  pipeline: [
    'data', 'report', 'data/report',
    'collect', 'collect/report',
    'explore', 'explore/report',
    'train', 'train/report', 'train/runs', 'train/runs/report',
    'tune/report', 'tune',
    'predict', 'predict/report',
    'detect', 'detect/report',
    'photos', 'photos/report',
    'detector', 'detector/report',
    'evaluate', 'evaluate/report',
    'bench', 'bench/report',
    'audit', 'audit/report',
    'calibrate', 'calibrate/report',
    'quantise', 'quantise/report',
    'export', 'export/report',
    'people', 'people/report',
    'streams', 'streams/report',
    'teach', 'teach/report',
  ],
};

/** The most files of a folder, tests not counted: more cannot be looked over. */
const mostFiles = 25;

describe('the files of src', () => {
  it('import each other without circles', () => {
    expect(circles(edgesBetween(imports, (file) => file))).toEqual([]);
  });

  it('lie in folders that can be looked over', () => {
    const counts = new Map<string, number>();
    for (const folder of files.map((file) => dirname(file))) counts.set(folder, (counts.get(folder) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > mostFiles)).toEqual([]);
  });
});

describe.each(Object.entries(order))('the folders of %s', (layer, folders) => {
  const groupOf = (file: string) =>
    file.startsWith(`${layer}/`) && file.split('/').length > 2 ? dirname(file).slice(layer.length + 1) : undefined;

  it('are all in the declared order', () => {
    expect([...new Set(files.flatMap((file) => groupOf(file) ?? []))].sort()).toEqual([...folders].sort());
  });

  it('import only from folders before them', () => {
    const upward = [...edgesBetween(imports, groupOf)].flatMap(([from, targets]) =>
      [...targets].filter((to) => folders.indexOf(to) > folders.indexOf(from)).map((to) => `${from} -> ${to}`),
    );
    expect(upward).toEqual([]);
  });
});

it('the drawing in docs/architecture.md shows the real imports (npx vitest run tests/folders.test.ts -u draws it again)', async () => {
  const groupOf = (file: string) => {
    const parts = file.split('/');
    return parts.length > 2 ? parts.slice(0, 2).join('/') : undefined;
  };
  await expect(drawFolders(edgesBetween(imports, groupOf))).toMatchFileSnapshot(
    join(repositoryRoot, 'docs/images/folders.svg'),
  );
});
