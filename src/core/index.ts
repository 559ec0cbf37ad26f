// The public entry `moodlens`: everything that runs anywhere. Grouped by folder, alphabetical within a group.

// dataset
export { duplicateGroups, type PixelSamples, withoutTwinsIn } from './dataset/duplicates.js';
export { type ExpressionLabel, expressionLabels } from './dataset/labels.js';
export {
  createDataset,
  type PackedDataset,
  readPackedDataset,
  samplePicture,
  selectSamples,
  splitIndices,
  writeDataset,
} from './dataset/packed-dataset.js';
export { type Fold, type FoldOptions, stratifiedFolds } from './dataset/splits.js';

// detect
export { type DepthCamera, kinectCamera } from './detect/depth/depth-camera.js';
export { disparityToMillimetres } from './detect/depth/depth-disparity.js';
export { DepthFilter, type DepthFilterOptions, type DepthJudgement } from './detect/depth/depth-filter.js';
export { type DepthRules, defaultDepthRules } from './detect/depth/depth-rules.js';
export type { Face, FaceDetector, FaceKeypoints } from './detect/face.js';
export { type ChipForm, faceChip } from './detect/face-chip.js';
export { alignedFace, type CropSize, cropFace } from './detect/face-crop.js';
export type { FaceSearchOptions } from './detect/face-search.js';
export { type HaarCascade, readHaarCascade } from './detect/haar/cascade.js';
export { HaarDetector, type HaarOptions } from './detect/haar/haar-detector.js';
export { MediaPipeDetector, type MediaPipeModels } from './detect/mediapipe/mediapipe-detector.js';
export { type DetectorModels, openNetworkDetector, type SearchingDetector } from './detect/networks/open-detector.js';
export { boxOverlap } from './detect/non-maximum-suppression.js';
export { PlaceDetector } from './detect/places/place-detector.js';
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
  StorageError,
  StudyError,
} from './errors.js';
// identity
export {
  EmbeddedGallery,
  type EmbeddedPicture,
  type EmbeddingFacts,
  type ThresholdChoice,
} from './identity/embedded-gallery.js';
export { EmbeddedPeople, embeddingFacts, embedPicture, reEmbed } from './identity/embedded-people.js';
export { readEmbeddedGallery, writeEmbeddedGallery } from './identity/embedded-people-file.js';
export type { EmbeddingMetadata } from './identity/embedding/embedding-metadata.js';
export { FaceEmbedding, type FaceEmbeddingOptions } from './identity/embedding/face-embedding.js';
export type { FaceIdentifier, Identification, KnownPeople } from './identity/identification.js';
export {
  type LabelledFace,
  type LbphOptions,
  type LbphPrediction,
  LbphRecogniser,
} from './identity/lbph.js';
export { readOpenCvYaml, writeOpenCvYaml } from './identity/opencv-yaml.js';
export { type FaceSample, People, type PeopleOptions } from './identity/people.js';
// image
export { crop } from './image/crop.js';
export type { DepthPicture } from './image/depth-picture.js';
export { type Colour, drawBox, drawText, fillRect, type TextOptions, textSize } from './image/draw.js';
export { equalizeHistogram } from './image/equalize.js';
export { adjustGamma } from './image/gamma.js';
export { gaussianBlur } from './image/gaussian-blur.js';
export { addGaussianNoise } from './image/gaussian-noise.js';
export { toGrey } from './image/grey.js';
export { lowerResolution } from './image/lower-resolution.js';
export type { Box, GreyPicture, Picture, Point } from './image/picture.js';
export { type Framing, reframe } from './image/reframe.js';
export { resize, resizeGrey } from './image/resize.js';
export { laplacianVariance } from './image/sharpness.js';
export { lightFromSide, type SideLight } from './image/side-light.js';
export { type AffineMatrix, type WarpOptions, warpAffine } from './image/warp-affine.js';

// live
export { annotate } from './live/annotate.js';
export { assemblePipeline, type LiveParts } from './live/assemble-pipeline.js';
export { type ConfirmationOptions, ConfirmationWindow } from './live/confirmation-window.js';
export { defaultWindowRule, type WindowOptions, type WindowRule, windowRules } from './live/confirmation-windows.js';
export type { FaceResult, FrameLatency, FrameResult, RejectedFace } from './live/frame-result.js';
export {
  type DetectorNumbers,
  defaultStartScore,
  type LiveChoices,
  type LiveSettings,
  liveSettings,
} from './live/live-settings.js';
export { LivePipeline } from './live/pipeline.js';
export type { ExpressionClassifier, LivePipelineOptions } from './live/pipeline-parts.js';
export { type LabelSample, type SmoothOptions, SmoothWindow } from './live/smooth-window.js';
export { Tracker, type TrackerOptions } from './live/tracker.js';

// metrics
export {
  type BootstrapOptions,
  type BootstrappedFigure,
  bootstrapIntervals,
  type FigureValues,
} from './metrics/bootstrap-intervals.js';
export {
  type Accuracy,
  type ClassificationFigures,
  classificationFigures,
} from './metrics/classification-figures.js';
export { confusionMatrix, macroF1, normaliseRows } from './metrics/confusion-matrix.js';
export { comparePaired, mcNemarTest, type PairedComparison } from './metrics/paired-comparison.js';
export { expectedCalibrationError, negativeLogLikelihood, type Predictions } from './metrics/probability-metrics.js';
export { type ReliabilityBin, reliabilityBins } from './metrics/reliability-bins.js';
export { applyTemperature, fitTemperature } from './metrics/temperature.js';
export { wilsonInterval } from './metrics/wilson-interval.js';
export { buildModel } from './model/build-model.js';
export { buildEnsemble, type EnsembleMember } from './model/ensemble-model.js';
export { ExpressionModel, type ExpressionModelOptions, type ExpressionPrediction } from './model/expression-model.js';
export { type ModelMetadata, type ModelTemperature, modelMetadataSchema } from './model/model-metadata.js';
export { addTemperature } from './model/model-temperature.js';
export { type QuantiseOptions, quantiseModel } from './model/quantise-model.js';
export { type ExpressionModelFile, readExpressionModel } from './model/read-expression-model.js';
export { predictAugmented, type TestTimeAugmentation } from './model/test-time-augmentation.js';
// nn
export {
  type Architecture,
  type ArchitectureOptions,
  countMultiplyAdds,
  countParameters,
} from './nn/architectures/architecture.js';
export {
  type ArchitectureName,
  architectureNames,
  createArchitecture,
} from './nn/architectures/create-architecture.js';
export { initialWeights, type Weights } from './nn/architectures/parameters.js';
// tensor
export { createRandom, type Random, type RandomState } from './numbers/random.js';
// onnx
export { type FromTfliteOptions, fromTflite } from './onnx/from-tflite.js';
export { type Attribute, type Dimension, type ElementType, GraphBuilder } from './onnx/graph-builder.js';
export type { OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from './onnx/onnx-model.js';
export { readModel } from './onnx/read-model.js';
export { readTfjsWeights, type TfjsWeight } from './onnx/read-tfjs-weights.js';
// personal
export { PersonalCalibration, type PredictedExample } from './personal/personal-calibration.js';
export { PersonalModel } from './personal/personal-model.js';
export type { EmbeddedExample } from './personal/prototypes.js';
// ports
export type { BlobStore } from './ports/blob-store.js';
export type { Clock } from './ports/clock.js';
export type { DecodePicture } from './ports/decode-picture.js';
export type { Frame, FrameSource } from './ports/frame-source.js';
export { type Progress, silentProgress } from './ports/progress.js';
export type { OpenSession, Session, SessionOptions, Tensor, TensorData } from './ports/session.js';
export type { Batch } from './training/batch.js';
export { DistillingEngine, type TeacherOptions } from './training/distilling-engine.js';
export { type EngineOptions, type EngineState, LocalEngine, type TrainingEngine } from './training/engine.js';
