// Sends a source's frames to the worker: directly from the track where the browser can, otherwise from the video element.

/** Chromium's MediaStreamTrackProcessor; not in the compiler's DOM library yet. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
declare const MediaStreamTrackProcessor: (new (init: { track: MediaStreamTrack }) => TrackProcessor) | undefined;

export interface FrameReceiver {
  sendStream(stream: ReadableStream<VideoFrame>): void;
  sendFrame(frame: VideoFrame | ImageBitmap, timeMs: number): void;
  /** False while the worker has enough frames: a newer one is better later. */
  readonly wantsFrame: boolean;
}

/** Starts sending; returns a function that stops it. */
export function sendFrames(video: HTMLVideoElement, stream: MediaStream | null, receiver: FrameReceiver): () => void {
  const [track] = stream?.getVideoTracks() ?? [];
  if (track && typeof MediaStreamTrackProcessor !== 'undefined') {
    try {
      receiver.sendStream(new MediaStreamTrackProcessor({ track }).readable);
      return () => {};
    } catch {
      // Streams that cannot be transferred (older Safari): the video element serves every browser.
    }
  }
  return sendShownFrames(video, receiver);
}

function sendShownFrames(video: HTMLVideoElement, receiver: FrameReceiver): () => void {
  let isStopped = false;
  let request = 0;
  const step = (_now: number, metadata: VideoFrameCallbackMetadata): void => {
    if (isStopped) return;
    request = video.requestVideoFrameCallback(step);
    if (receiver.wantsFrame) void grab(metadata.mediaTime * 1000);
  };
  const grab = async (timeMs: number): Promise<void> => {
    try {
      const frame =
        typeof VideoFrame === 'undefined'
          ? await createImageBitmap(video)
          : new VideoFrame(video, { timestamp: Math.round(timeMs * 1000) });
      if (isStopped) frame.close();
      else receiver.sendFrame(frame, timeMs);
    } catch {
      // Between two files there is no current picture; the next callback brings one.
    }
  };
  request = video.requestVideoFrameCallback(step);
  return () => {
    isStopped = true;
    video.cancelVideoFrameCallback(request);
  };
}
