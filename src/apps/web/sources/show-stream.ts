// Shows a live stream in a <video> and waits for its first picture.
import { DeviceError } from '../../../core/errors.js';

const firstPictureMs = 10_000;

/** Resolves with the first picture. Throws DeviceError when none comes within ten seconds. */
export async function showStream(video: HTMLVideoElement, stream: MediaStream): Promise<void> {
  video.removeAttribute('src');
  video.srcObject = stream;
  const first = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new DeviceError(
            'The camera opened but sent no picture within 10 seconds. Check its shutter or cable and press Try again.',
          ),
        ),
      firstPictureMs,
    );
    const arrived = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0) arrived();
    else video.addEventListener('loadeddata', arrived, { once: true });
  });
  // A newer source may interrupt play(); then that one's own first picture counts.
  void video.play().catch(() => {});
  await first;
}
