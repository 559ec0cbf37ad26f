// Writes models/face-embedding.onnx from the TensorFlow.js weights of the pinned npm package.
// Needs the compiled core (`npm run build` compiles first).
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertFaceApi, faceApiFiles, faceApiPackage } from '../dist/core/identity/embedding/convert-face-api.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (file) => readFileSync(join(root, 'node_modules', faceApiPackage, file));
const { version } = JSON.parse(read('package.json').toString());

const onnx = convertFaceApi(read(faceApiFiles.manifest).toString(), read(faceApiFiles.shard), version);
mkdirSync(join(root, 'models'), { recursive: true });
const path = join(root, 'models/face-embedding.onnx');
writeFileSync(`${path}.partial`, onnx);
renameSync(`${path}.partial`, path);
console.error(`models/face-embedding.onnx: ${onnx.length} bytes from ${faceApiPackage} ${version}`);
