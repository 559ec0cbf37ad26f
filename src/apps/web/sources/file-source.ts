// A video file of the user's as a source; the browser decodes it, nothing is uploaded.
import { MediaError } from '../../../core/errors.js';
import type { LiveSource } from './live-source.js';

const firstPictureMs = 15_000;

/** Prepares a video file, played in a loop. `attach` throws MediaError when it is empty, damaged or no video. */
export function openFileSource(file: File): LiveSource {
  const url = URL.createObjectURL(file);
  return {
    kind: 'file',
    label: file.name,
    stream: null,
    isMirrored: false,
    credit: null,
    attach: (video) => showFile(video, file, url),
    setPaused() {},
    close: () => URL.revokeObjectURL(url),
  };
}

async function showFile(video: HTMLVideoElement, file: File, url: string): Promise<void> {
  if (file.size === 0) {
    throw new MediaError(`A video file must have content, but ${file.name} is empty (0 bytes). Choose another file.`);
  }
  video.srcObject = null;
  video.loop = true;
  await new Promise<void>((resolve, reject) => {
    const unplayable = (reason: string): void =>
      done(() =>
        reject(
          new MediaError(
            `${file.name} must be a video that this browser plays (MP4 with H.264, WebM), but ${reason}. Choose another file, or convert it with: ffmpeg -i FILE video.webm`,
          ),
        ),
      );
    const failed = (): void => unplayable('it is damaged or of another format');
    const loaded = (): void => {
      if (video.videoWidth === 0) unplayable('it holds sound only');
      else done(resolve);
    };
    const timer = setTimeout(() => unplayable('no picture came within 15 seconds'), firstPictureMs);
    const done = (finish: () => void): void => {
      clearTimeout(timer);
      video.removeEventListener('error', failed);
      video.removeEventListener('loadeddata', loaded);
      finish();
    };
    video.addEventListener('error', failed);
    video.addEventListener('loadeddata', loaded);
    video.src = url;
  });
  void video.play().catch(() => {});
}
