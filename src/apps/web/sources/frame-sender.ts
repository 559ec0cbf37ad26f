// Hands a source's frames to the worker: straight from the track where the browser can, else from the video element.

/** Chromium's breakout box; not in the compiler's DOM library yet. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
declare const MediaStreamTrackProcessor: (new (init: { track: MediaStreamTrack }) => TrackProcessor) | undefined;

export interface FrameReceiver {
  sendStream(stream: ReadableStream<VideoFrame>): void;
  sendFrame(frame: VideoFrame | ImageBitmap, timeMs: number): void;
  /** False while the worker has as many frames as it should hold: newer ones are better then. */
  readonly wantsFrame: boolean;
}

/** Starts sending; returns how to stop. */
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
