// Cameras of this machine: which there are (Linux: sysfs; macOS, Windows: ffmpeg's listing) and what each is to ffmpeg.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, DeviceError } from '../../../core/errors.js';
import { type FfmpegPrograms, ffmpegProgram, startProgram } from './ffmpeg-program.js';
import type { VideoInput } from './video-input.js';

export interface Camera {
  /** 0, 1, … in the order of the system's list: `camera:0`. */
  readonly index: number;
  readonly name: string;
  /** How the system addresses it: /dev/video0, avfoundation's number, DirectShow's unique name. */
  readonly device: string;
}

export interface CameraPlace extends FfmpegPrograms {
  /** Default: this machine's. */
  readonly platform?: NodeJS.Platform;
  /** Where Linux lists its video devices. Default: /sys/class/video4linux. */
  readonly sysfs?: string;
}

/** Lists the cameras; none is an empty list. Throws DeviceError when ffmpeg, which lists them on macOS and Windows, is missing. */
export async function listCameras(place: CameraPlace = {}): Promise<Camera[]> {
  const { platform = process.platform } = place;
  if (platform === 'darwin') {
    return parseAvfoundation(await listing(place, ['-f', 'avfoundation', '-list_devices', 'true', '-i', '']));
  }
  if (platform === 'win32') {
    return parseDirectShow(await listing(place, ['-f', 'dshow', '-list_devices', 'true', '-i', 'dummy']));
  }
  return listVideo4Linux(place.sysfs ?? '/sys/class/video4linux');
}

/** The input of `camera` (the first one), `camera:INDEX` or `camera:NAME` (whole, or the one name that contains it). */
export async function cameraInput(spec: string, place: CameraPlace = {}): Promise<VideoInput> {
  const wanted = /^camera(?::(.*))?$/s.exec(spec)?.[1]?.trim() ?? '0';
  if (wanted === '') throw new ConfigError('camera: must be followed by a name or index; `camera` is the first one');
  const cameras = await listCameras(place);
  const camera = chooseCamera(cameras, wanted);
  const label = `camera ${camera.index} (${camera.name})`;
  const { platform = process.platform } = place;
  if (platform === 'darwin') return avfoundationInput(camera, label);
  if (platform === 'win32') return directShowInput(camera, label);
  const allowed = ['-protocol_whitelist', 'file', '-format_whitelist', 'v4l2,video4linux2'];
  return {
    kind: 'camera',
    url: camera.device,
    label,
    inputArguments: [...allowed, '-f', 'v4l2', '-i', camera.device],
  };
}

/** Without a rate avfoundation asks for 29.97, which most cameras refuse. */
function avfoundationInput({ device }: Camera, label: string): VideoInput {
  const url = `${device}:none`;
  return { kind: 'camera', url, label, inputArguments: ['-f', 'avfoundation', '-framerate', '30', '-i', url] };
}

/** The buffer holds about four seconds of raw video; the default one overflows at the first pause. */
function directShowInput({ device }: Camera, label: string): VideoInput {
  const url = `video=${device}`;
  return { kind: 'camera', url, label, inputArguments: ['-f', 'dshow', '-rtbufsize', '100M', '-i', url] };
}

function chooseCamera(cameras: readonly Camera[], wanted: string): Camera {
  const isNumber = /^\d+$/.test(wanted);
  const text = wanted.toLowerCase();
  const same = cameras.filter(({ name, index }) => (isNumber ? index === Number(wanted) : name.toLowerCase() === text));
  const like = isNumber ? [] : cameras.filter(({ name }) => name.toLowerCase().includes(text));
  const found = same.length > 0 ? same : like;
  if (found.length === 1) return found[0]!;
  if (cameras.length === 0) {
    throw new DeviceError(
      'a camera must be connected and none was found; plug one in and allow its use, or name a file, http(s):// or rtsp(s)://',
    );
  }
  const there = cameras.map(({ index, name }) => `${index} (${name})`).join(', ');
  const why = found.length > 1 ? `fits ${found.length} cameras` : 'fits none';
  throw new DeviceError(`camera:${wanted} must fit one camera and ${why}; there are ${there}; name one by its index`);
}

/** One device node per camera: the further nodes of the same camera (its metadata) have an `index` above 0. */
async function listVideo4Linux(sysfs: string): Promise<Camera[]> {
  const nodes = (await readdir(sysfs).catch(() => [] as string[])).filter((node) => /^video\d+$/.test(node));
  nodes.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  const cameras: Camera[] = [];
  for (const node of nodes) {
    const read = (file: string) => readFile(join(sysfs, node, file), 'utf8').catch(() => '');
    if (Number(await read('index')) > 0) continue;
    const name = (await read('name')).trim() || node;
    cameras.push({ index: cameras.length, name, device: `/dev/${node}` });
  }
  return cameras;
}

/** Reads `ffmpeg -f avfoundation -list_devices true`. Screens are no cameras; their numbers stay out. */
export function parseAvfoundation(text: string): Camera[] {
  const cameras: Camera[] = [];
  let isVideo = false;
  for (const line of text.split(/\r?\n/)) {
    if (/AVFoundation (video|audio) devices/i.test(line)) isVideo = /video devices/i.test(line);
    const [, device, name] = /\]\s*\[(\d+)\]\s+(.+?)\s*$/.exec(line) ?? [];
    if (!isVideo || device === undefined || /^Capture screen \d+$/.test(name!)) continue;
    cameras.push({ index: cameras.length, name: name!, device });
  }
  return cameras;
}

/** Reads `ffmpeg -f dshow -list_devices true`, of ffmpeg 4 (two headed lists) and since 5 (a kind behind each name). */
export function parseDirectShow(text: string): Camera[] {
  const cameras: Camera[] = [];
  let isVideoList = false;
  let isVideo = false;
  for (const line of text.split(/\r?\n/)) {
    if (/DirectShow (video|audio) devices/.test(line)) isVideoList = /DirectShow video/.test(line);
    const [, unique] = /Alternative name "(.+)"/.exec(line) ?? [];
    const last = cameras.at(-1);
    if (unique !== undefined) {
      // A name may hold a colon, which DirectShow's own syntax splits at; the unique name never does.
      if (isVideo && last) cameras[last.index] = { ...last, device: unique };
      continue;
    }
    const [, name, kinds] = /^\s*\[[^\]]+\]\s+"(.+)"\s*(?:\((.*)\))?\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    isVideo = kinds === undefined ? isVideoList : kinds.includes('video');
    if (isVideo) cameras.push({ index: cameras.length, name, device: name });
  }
  return cameras;
}

/** What ffmpeg says on stderr when it lists devices; it then "fails", for a listing opens nothing. */
async function listing(place: CameraPlace, programArguments: readonly string[]): Promise<string> {
  const running = startProgram(
    ffmpegProgram(place),
    ['-hide_banner', '-nostdin', ...programArguments],
    ['ignore', 'ignore', 'pipe'],
  );
  let text = '';
  running.child.stderr!.on('data', (part: string) => {
    if (text.length < 1e6) text += part;
  });
  const timer = setTimeout(() => running.child.kill('SIGKILL'), 20_000);
  await running.ended.finally(() => clearTimeout(timer));
  return text;
}
