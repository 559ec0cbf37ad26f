// The webcam as a source.
import { openCamera } from '../../../adapters/browser/camera.js';
import type { DeviceError } from '../../../core/errors.js';
import type { LiveSource } from './live-source.js';
import { showStream } from './show-stream.js';

/** Opens a camera (asking for permission). Throws DeviceError. `onEnded` reports that it went away by itself. */
export async function openCameraSource(
  deviceId: string | undefined,
  onEnded: (error: DeviceError) => void,
): Promise<LiveSource & { readonly deviceId: string | undefined }> {
  const camera = await openCamera({ ...(deviceId ? { deviceId } : {}), onEnded });
  return {
    kind: 'camera',
    label: camera.label,
    deviceId: camera.deviceId,
    stream: camera.stream,
    isMirrored: true,
    credit: null,
    attach: (video) => showStream(video, camera.stream),
    setPaused(paused) {
      camera.track.enabled = !paused;
    },
    close: () => camera.close(),
  };
}
