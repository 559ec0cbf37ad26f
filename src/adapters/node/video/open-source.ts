// Opens any source that a user can name: a file, an address, a camera.
import type { FrameSource } from '../../../core/ports/frame-source.js';
import { openKinect } from '../kinect/kinect.js';
import { type CameraPlace, cameraInput } from './cameras.js';
import { openVideo } from './ffmpeg.js';
import { ReconnectingSource, type SourceStatus } from './reconnecting-source.js';
import { type VideoInput, videoInput } from './video-input.js';

export interface OpenSourceOptions extends CameraPlace {
  /**
   * Only the newest frame, at the source's own pace: a file plays as if it were a camera. Default: cameras and streams
   * without an end are live, everything else gives every frame.
   */
  readonly live?: boolean | undefined;
  /** Opens a camera or an endless stream again when it ends, stalls or breaks, until it is closed. Default: when it is live. */
  readonly reconnect?: boolean | undefined;
  /** Hears of every loss and return. */
  readonly onStatus?: ((status: SourceStatus) => void) | undefined;
  /** Shrinks pictures whose longer side has more pixels. Default: as they are. */
  readonly maxSide?: number | undefined;
  /** Milliseconds without a frame after which the source counts as lost. Default 10 000 live, else 30 000. */
  readonly stallMs?: number | undefined;
  /** A Kinect's depth as it measures it, for a recording, instead of millimetres. */
  readonly rawDepth?: boolean | undefined;
  /** Milliseconds before the first try to open it again; the pause doubles up to 30 s. Default 500. */
  readonly firstPauseMs?: number | undefined;
}

/** An open source. Can be iterated once. */
export interface OpenedSource extends FrameSource {
  /** Frames to expect, for progress only; undefined for what has no end. */
  readonly estimatedFrames: number | undefined;
  /** Frames that a newer one replaced before they were read; 0 when every frame is delivered. */
  readonly dropped: number;
}

/**
 * Opens `camera`, `camera:INDEX`, `camera:NAME`, `kinect`, `kinect:RECORDING`, an `http(s)://` or `rtsp(s)://` address, or a file. Every source is
 * decoded by a process of its own. Throws DeviceError when it (or ffmpeg) is not there, MediaError for what is no video, ConfigError for a
 * name that means nothing. Pictures keep the size of the first one: a stream that changes size is fitted into it.
 */
export async function openSource(spec: string, options: OpenSourceOptions = {}): Promise<OpenedSource> {
  const kinect = /^kinect(?::(.+))?$/s.exec(spec);
  if (kinect) return openKinectSource(kinect[1], options);
  // A file of that name is named ./camera.
  const find = (): Promise<VideoInput> =>
    /^camera(:.*)?$/s.test(spec) ? cameraInput(spec, options) : videoInput(spec);
  return openInput(find, options);
}

/** The same for an input that the caller describes; `find` is asked again at every reconnection. */
export async function openInput(
  find: () => Promise<VideoInput>,
  options: OpenSourceOptions = {},
): Promise<OpenedSource> {
  const input = await find();
  const { live, ffmpeg, ffprobe, maxSide } = options;
  const isStream = (estimatedFrames: number | undefined) => input.kind !== 'file' && estimatedFrames === undefined;
  const stallMs = options.stallMs ?? (live || input.kind !== 'file' ? 10_000 : 30_000);
  const common = { ...given({ ffmpeg, ffprobe, maxSide }), stallMs };
  const first = await openVideo(input, {
    ...common,
    ...(live === undefined ? {} : { delivery: live ? ('newest' as const) : ('every' as const) }),
    atOwnPace: live === true,
  });
  const endless = isStream(first.estimatedFrames);
  if (!endless || !(options.reconnect ?? live ?? true)) return first;
  const { width, height } = first;
  const source = new ReconnectingSource(first, {
    label: input.label,
    open: async () =>
      openVideo(await find(), { ...common, delivery: live === false ? 'every' : 'newest', size: { width, height } }),
    onStatus: options.onStatus,
    firstPauseMs: options.firstPauseMs,
  });
  return Object.assign(source, { estimatedFrames: undefined });
}

/** A device is opened again when it was unplugged; a recording has an end. */
async function openKinectSource(
  dump: string | undefined,
  { rawDepth, onStatus, stallMs, firstPauseMs, reconnect = true }: OpenSourceOptions,
): Promise<OpenedSource> {
  const open = () => openKinect({ dump, raw: rawDepth, stallMs });
  const first = await open();
  if (dump !== undefined || !reconnect) return first;
  const source = new ReconnectingSource(first, { label: 'the Kinect', open, onStatus, firstPauseMs });
  return Object.assign(source, { estimatedFrames: undefined });
}

/** Only the options that were given: undefined would hide a default. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
