// The face embedding that comes with the package: how face-api's weights become our .onnx file.
import { Sha256 } from '../../bytes/sha256.js';
import { ModelFormatError } from '../../errors.js';
import { readTfjsWeights } from '../../onnx/read-tfjs-weights.js';
import { buildFaceEmbedding } from './build-face-embedding.js';

/** The npm package, pinned in package.json, and its files that are converted. */
export const faceApiPackage = '@vladmandic/face-api';
export const faceApiFiles = {
  manifest: 'model/face_recognition_model-weights_manifest.json',
  shard: 'model/face_recognition_model.bin',
} as const;

/** Of the shard in the pinned package: a damaged 8-bit weight is still a valid one, and only this shows it. */
const shardHash = 'b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589';

const size = 150;
/** Of the chip's sides, on each side of dlib's mean face. */
const margin = 0.25;

/**
 * The bytes of face-embedding.onnx from the package's two files. Throws ModelFormatError when they are damaged or
 * those of another version.
 */
export function convertFaceApi(manifest: string, shard: Uint8Array, packageVersion: string): Uint8Array<ArrayBuffer> {
  const hash = new Sha256().update(shard).hex();
  if (hash !== shardHash) {
    throw new ModelFormatError(
      `${faceApiFiles.shard} must have the SHA-256 ${shardHash}, and has ${hash}: it is damaged or of another version; install ${faceApiPackage} again as pinned`,
    );
  }
  const weights = readTfjsWeights(manifest, new Map([[faceApiFiles.shard.replace('model/', ''), shard]]));
  return buildFaceEmbedding(weights, {
    format: 1,
    kind: 'face-embedding',
    name: 'dlib-resnet-29',
    input: { name: 'image', width: size, height: size, channels: 'rgb' },
    output: { name: 'embedding', length: 128 },
    places: dlibPlaces(),
    source: `${faceApiPackage}@${packageVersion} ${faceApiFiles.shard}, made from dlib_face_recognition_resnet_model_v1 of dlib-models`,
    licence: "dlib's models: CC0 1.0 (Davis E. King); face-api: MIT (Vladimir Mandic)",
    changes:
      'TensorFlow.js weights to ONNX: 8-bit weights kept and widened in the graph, layout NHWC to NCHW, scale layers joined with the convolutions, mean and division inside',
  });
}

/**
 * Where dlib's face chips show the key points: the means of the eyes' and the mouth's outlines and the tip of the nose in its mean face
 * of 68 landmarks, with a margin around that face.
 */
function dlibPlaces() {
  const pixels = (share: number): number => Number(((size * (margin + share)) / (1 + 2 * margin)).toFixed(2));
  const place = (x: number, y: number): [number, number] => [pixels(x), pixels(y)];
  return {
    rightEye: place(0.2255, 0.216),
    leftEye: place(0.7548, 0.216),
    nose: place(0.4901, 0.5156),
    mouth: place(0.4901, 0.8042),
  };
}
