// What ffprobe knows of a video before it is decoded.
import { DeviceError, MediaError } from '../../../core/errors.js';
import { type FfmpegPrograms, ffprobeProgram, runProgram } from './ffmpeg-program.js';
import { saidAbout, type VideoInput } from './video-input.js';

export interface VideoFacts {
  /** Size in square pixels with the file's rotation applied. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number | undefined;
  /** Length of the picture stream as the file declares it; undefined for streams and files that do not say. */
  readonly durationMs: number | undefined;
  /** Frames to expect, for progress only. */
  readonly estimatedFrames: number | undefined;
}

interface ProbedStream {
  codec_name?: string;
  width?: number;
  height?: number;
  sample_aspect_ratio?: string;
  r_frame_rate?: string;
  avg_frame_rate?: string;
  nb_frames?: string;
  duration?: string;
  tags?: Record<string, string>;
  side_data_list?: { rotation?: number }[];
}

const maxPixels = 64e6;

/** Asks ffprobe, at most `timeoutMs`. Throws MediaError when there is no usable picture stream, DeviceError for a camera or stream. */
export async function probeVideo(input: VideoInput, programs: FfmpegPrograms, timeoutMs = 30_000): Promise<VideoFacts> {
  const { label } = input;
  const { code, stdout, lastWords } = await runProgram(
    ffprobeProgram(programs),
    [
      ...['-v', 'error', '-hide_banner', '-of', 'json', '-select_streams', 'V:0'],
      ...['-show_entries', 'format=duration,format_name:stream:stream_tags:stream_side_data=rotation'],
      ...input.inputArguments,
    ],
    timeoutMs,
  );
  const said = saidAbout(input, lastWords);
  if (code !== 0) {
    if (input.kind === 'file') {
      throw new MediaError(
        `${label} must be a video that ffmpeg reads; ffmpeg said: ${said}; check or convert the file`,
      );
    }
    throw new DeviceError(`cannot open ${label}; ffmpeg said: ${said}; check that it is there and may be used`);
  }
  const probed = JSON.parse(stdout) as {
    format?: { duration?: string; format_name?: string };
    streams?: ProbedStream[];
  };
  const stream = probed.streams?.[0];
  if (!stream?.width || !stream.height) {
    throw new MediaError(`${label} must hold a picture stream and has none${said ? ` (${said})` : ''}; choose a video`);
  }
  const { width, height } = displayedSize(stream);
  if (width * height > maxPixels) {
    throw new MediaError(
      `${label} must have at most ${maxPixels / 1e6} megapixels a frame, found ${width}x${height}; scale it down`,
    );
  }
  const framesPerSecond = frameRate(stream);
  // ffprobe takes an AVI file's length from its size, which tells nothing about a cut; its count of frames does.
  const isCounted = probed.format?.format_name === 'avi' && framesPerSecond !== undefined;
  const countedSeconds = isCounted ? (positive(stream.nb_frames) ?? Number.NaN) / framesPerSecond : undefined;
  const streamSeconds = positive(countedSeconds) ?? positive(stream.duration) ?? clockSeconds(stream.tags?.DURATION);
  const seconds = streamSeconds ?? positive(probed.format?.duration);
  return {
    width,
    height,
    framesPerSecond,
    durationMs: streamSeconds === undefined ? undefined : streamSeconds * 1000,
    estimatedFrames:
      positive(stream.nb_frames) ?? (seconds && framesPerSecond ? Math.round(seconds * framesPerSecond) : undefined),
  };
}

/** Widens pixels that are not square and turns the picture as the file's display matrix says. */
function displayedSize(stream: ProbedStream): { width: number; height: number } {
  const aspect = ratio(stream.sample_aspect_ratio?.replace(':', '/')) ?? 1;
  const width = Math.max(1, Math.round(stream.width! * aspect));
  const height = stream.height!;
  const turn = stream.side_data_list?.find(({ rotation }) => rotation !== undefined)?.rotation;
  const degrees = Math.abs(turn ?? Number(stream.tags?.rotate ?? 0)) % 180;
  return degrees > 45 && degrees < 135 ? { width: height, height: width } : { width, height };
}

/** The nominal rate when the average is near it; the average when frames come irregularly. */
function frameRate(stream: ProbedStream): number | undefined {
  const average = ratio(stream.avg_frame_rate);
  const nominal = ratio(stream.r_frame_rate);
  if (average === undefined) return nominal !== undefined && nominal <= 1000 ? nominal : undefined;
  return nominal !== undefined && Math.abs(nominal / average - 1) < 0.05 ? nominal : average;
}

function ratio(text: string | undefined): number | undefined {
  const [above, below] = (text ?? '').split('/').map(Number);
  const value = above! / below!;
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function positive(text: string | number | undefined): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

/** Matroska's "00:00:02.400000000". */
function clockSeconds(text: string | undefined): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(text ?? '') ?? [];
  return hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
