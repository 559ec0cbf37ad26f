// The public entry `moodlens/node`: files, pictures, video, models and sessions on this machine.

export type { VideoEncoder } from '../../core/ports/video-encoder.js';
export { createFolderStore, writeFileAtomic, writeFolderAtomic } from './files.js';
export { decodePicture, encodeJpeg, encodePng } from './image-codec.js';
export { type OpenJournalOptions, openJournal } from './journal/open-journal.js';
export { type DeviceName, deviceNames, type NodeSessionOptions, openSession } from './session.js';
export { openShippedDetector, type ShippedDetector } from './shipped-detector.js';
export { type ShippedModelName, shippedModel, shippedModelPath } from './shipped-models.js';
export { type ProgressStream, type TerminalProgressOptions, terminalProgress } from './terminal-progress.js';
export { WorkerBatches, type WorkerBatchesOptions } from './training/batches.js';
export { availableDevices, type DeviceProbe, probeDevices, requireDevice } from './training/devices.js';
export { WorkerEngine, type WorkerEngineOptions } from './training/engine.js';
export { type OpenVideoOptions, openVideo, type VideoSource } from './video/ffmpeg.js';
export { type EncoderOptions, openEncoder } from './video/ffmpeg-encoder.js';
