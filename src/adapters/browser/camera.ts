// The webcam, with a message for every way it can fail.
import { DeviceError } from '../../core/errors.js';

export interface CameraDevice {
  readonly id: string;
  /** The browser gives names only after permission; until then "Camera 1", "Camera 2", … */
  readonly label: string;
}

export interface CameraOptions {
  /** From listCameras; default: the browser's choice. */
  readonly deviceId?: string;
  /** Wanted size in pixels and frames a second; the camera gives the nearest it can. */
  readonly width?: number;
  readonly height?: number;
  readonly framesPerSecond?: number;
  /** Called once when the camera ends by itself: unplugged, taken by another program, permission withdrawn. */
  readonly onEnded?: (error: DeviceError) => void;
}

export interface Camera {
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
  readonly label: string;
  readonly deviceId: string | undefined;
  close(): void;
}

/** The cameras of this machine; empty when there are none or the page may not ask. */
export async function listCameras(): Promise<CameraDevice[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  return devices
    .filter(({ kind }) => kind === 'videoinput')
    .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `Camera ${index + 1}` }));
}

/** Opens a camera. Throws DeviceError with what to do: no permission, no camera, camera busy, insecure page. */
export async function openCamera(options: CameraOptions = {}): Promise<Camera> {
  if (!globalThis.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
    throw new DeviceError(
      `Browsers give a camera only to https pages and to this machine's own, but this page is at ${location.origin}; open it as http://localhost or http://127.0.0.1.`,
    );
  }
  const { deviceId, width = 640, height = 480, framesPerSecond = 30 } = options;
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: {
        width: { ideal: width },
        height: { ideal: height },
        frameRate: { ideal: framesPerSecond },
        ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: 'user' }),
      },
    });
  } catch (cause) {
    throw cameraError(cause);
  }
  const [track] = stream.getVideoTracks();
  if (!track) throw new DeviceError('A camera must give pictures, but this one gives none; choose another.');
  track.addEventListener('ended', () => options.onEnded?.(unplugged()), { once: true });
  return {
    stream,
    track,
    label: track.label || 'Camera',
    deviceId: track.getSettings().deviceId,
    // stop() fires no `ended` event, so closing is never reported as a failure.
    close: () => track.stop(),
  };
}

function unplugged(): DeviceError {
  return new DeviceError(
    'The camera stopped: it was unplugged, taken by another program, or its permission was withdrawn. Connect it again and press Try again.',
  );
}

/** What getUserMedia's exception means and what to do about it. */
export function cameraError(cause: unknown): DeviceError {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new DeviceError(
        'This page may not use the camera. Allow it in the address bar (camera sign) or in the system settings, then press Try again.',
        { cause },
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new DeviceError(
        'No camera was found. Connect one and press Try again, or use a video file or the sample.',
        {
          cause,
        },
      );
    case 'NotReadableError':
    case 'AbortError':
      return new DeviceError(
        'The camera is there but gives no picture; another program may hold it. Close that program and press Try again.',
        { cause },
      );
    default:
      return new DeviceError(`The camera did not open (${String(cause)}). Press Try again, or choose another source.`, {
        cause,
      });
  }
}
