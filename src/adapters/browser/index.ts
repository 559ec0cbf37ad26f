// The public entry `moodlens/browser`.
export { type Camera, type CameraDevice, type CameraOptions, cameraError, listCameras, openCamera } from './camera.js';
export { type FetchProgress, fetchModel } from './fetch-model.js';
export { openBrowserStore } from './files.js';
export { decodePicture, encodePng, FrameReader, toRgba } from './image-codec.js';
export { openSession, type RuntimeFiles, setRuntimeFiles } from './session.js';
