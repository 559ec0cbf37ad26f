// What a SOURCE on the command line means to ffmpeg. A source is never an option, and it opens only the protocols and
// formats that it names itself: a file cannot make ffmpeg read another file or the network.
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, MediaError } from '../../../core/errors.js';

export interface VideoInput {
  readonly kind: 'file' | 'http' | 'rtsp' | 'camera';
  /** Options that stand before the input, the input included. */
  readonly inputArguments: readonly string[];
  /** The input as ffmpeg gets it. */
  readonly url: string;
  /** The source for people to read; no password. */
  readonly label: string;
}

// Video containers and single pictures. Missing on purpose: playlists (hls, concat, dash), text as video (tty).
const fileFormats = [
  'mov,mp4,m4a,3gp,3g2,mj2',
  'matroska,webm',
  'avi,mpeg,mpegts,mpegvideo,m4v,h264,hevc,av1,ivf,obu,flv,live_flv,ogg,asf,rm,wtv,mxf,nut,dv,swf,yuv4mpegpipe,gif,apng',
  'mjpeg,jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,pgm_pipe,ppm_pipe,image2',
].join(',');

/** Reads a source: a file's path, `http(s)://`, `rtsp(s)://`, or a camera's device file on Linux. */
export async function videoInput(source: string): Promise<VideoInput> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return fileInput(source, source);
  if (scheme === 'file') return fileInput(fileUrlPath(source), source);
  const label = sourceLabel(source);
  if (scheme === 'http' || scheme === 'https') {
    const allowed = ['-protocol_whitelist', 'http,https,tcp,tls,crypto'];
    const formats = ['-format_whitelist', `${fileFormats},hls,mpjpeg`];
    return { kind: 'http', url: source, label, inputArguments: [...allowed, ...formats, '-i', source] };
  }
  if (scheme === 'rtsp' || scheme === 'rtsps') {
    const allowed = ['-protocol_whitelist', 'rtsp,rtsps,rtp,srtp,udp,tcp,tls', '-format_whitelist', 'rtsp,sdp,rtp'];
    const quick = ['-rtsp_transport', 'tcp', '-fflags', 'nobuffer', '-flags', 'low_delay'];
    return { kind: 'rtsp', url: source, label, inputArguments: [...allowed, ...quick, '-i', source] };
  }
  throw new ConfigError(`a source must be a file, http(s):// or rtsp(s)://, found ${scheme}://; name one of these`);
}

async function fileInput(path: string, label: string): Promise<VideoInput> {
  const full = resolve(path);
  const found = await stat(full).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new MediaError(`cannot open ${label}: ${why}; check the path`, { cause });
  });
  if (found.isCharacterDevice() && process.platform === 'linux') {
    const inputArguments = [
      '-protocol_whitelist',
      'file',
      '-format_whitelist',
      'v4l2,video4linux2',
      '-f',
      'v4l2',
      '-i',
      full,
    ];
    return { kind: 'camera', url: full, label, inputArguments };
  }
  if (!found.isFile()) throw new MediaError(`${label} must be a video file and is none; name a file`);
  if (found.size === 0)
    throw new MediaError(`${label} must be a video and is empty (0 bytes); copy or record it again`);
  const url = `file:${full}`;
  const inputArguments = ['-protocol_whitelist', 'file', '-format_whitelist', fileFormats, '-i', url];
  return { kind: 'file', url, label, inputArguments };
}

function fileUrlPath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new ConfigError(`${url} must be a file's address; write the file's path instead`, { cause });
  }
}

/** What ffmpeg said about `input`, for people to read: its addresses without passwords, and not too much. */
export function saidAbout(input: VideoInput, words: string): string {
  const said = words
    .replaceAll(input.url, input.label)
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s'"]*[^\s'":;,.]/gi, withoutPassword);
  return said.length > maxSaid ? `${said.slice(0, maxSaid)}…` : said;
}

const maxSaid = 1000;

/** A source as the user may read it anywhere: an address without its password, else as it is. */
export function sourceLabel(source: string): string {
  return isAddress(source) ? withoutPassword(source) : source;
}

/** Whether it begins with a scheme: `rtsp://` and the like. */
export function isAddress(source: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(source);
}

/** A password may hold `@` and `/`, and may stand among the query's values: none of them is shown. */
function withoutPassword(url: string): string {
  return url.replace(/^([^:/]+:\/\/)[^?#]*@/, '$1').replace(/([?&][^=&#]*=)[^&#]*/g, '$1…');
}
