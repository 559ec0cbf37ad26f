// Writes models/face-full-range.onnx and models/face-short-range.onnx from the .tflite files of the pinned npm package.
// Needs the compiled core (`npm run build` compiles first).
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertDetector, detectorModels, detectorPackage } from '../dist/core/detect/mediapipe/detector-models.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packageFolder = join(root, 'node_modules', detectorPackage);
const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));

mkdirSync(join(root, 'models'), { recursive: true });
for (const model of detectorModels) {
  const onnx = convertDetector(model, readFileSync(join(packageFolder, model.tflite)), version);
  const path = join(root, 'models', model.onnx);
  writeFileSync(`${path}.partial`, onnx);
  renameSync(`${path}.partial`, path);
  console.error(`models/${model.onnx}: ${onnx.length} bytes from ${detectorPackage} ${version}`);
}
