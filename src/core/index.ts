// The public entry `moodlens`: everything that runs anywhere. Grouped by folder, alphabetical within a group.

// dataset
export { type ExpressionLabel, expressionLabels } from './dataset/labels.js';

// detect
export type { Face, FaceDetector, FaceKeypoints } from './detect/face.js';

// errors
export {
  ConfigError,
  DatasetError,
  DeviceError,
  MediaError,
  ModelFormatError,
  MoodlensError,
  PeopleError,
  RunError,
} from './errors.js';

// image
export type { Box, GreyPicture, Picture, Point } from './image/picture.js';

// nn
export { type ModelMetadata, modelMetadataSchema } from './nn/model-metadata.js';

// ports
export type { BlobStore } from './ports/blob-store.js';
export type { Clock } from './ports/clock.js';
export type { Frame, FrameSource } from './ports/frame-source.js';
export { type Progress, silentProgress } from './ports/progress.js';
export type { OpenSession, Session, SessionOptions, Tensor, TensorData } from './ports/session.js';
