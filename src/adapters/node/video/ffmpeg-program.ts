// Runs the system's ffmpeg and ffprobe as child processes: no shell, the last words of stderr kept, none left behind.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { DeviceError } from '../../../core/errors.js';

export interface FfmpegPrograms {
  /** Default: the environment's MOODLENS_FFMPEG, else `ffmpeg` from the search path. */
  readonly ffmpeg?: string;
  /** Default: the environment's MOODLENS_FFPROBE, else `ffprobe` from the search path. */
  readonly ffprobe?: string;
}

export function ffmpegProgram({ ffmpeg }: FfmpegPrograms): string {
  return ffmpeg ?? (process.env.MOODLENS_FFMPEG || 'ffmpeg');
}

export function ffprobeProgram({ ffprobe }: FfmpegPrograms): string {
  return ffprobe ?? (process.env.MOODLENS_FFPROBE || 'ffprobe');
}

/** How ffmpeg is installed on this platform. */
export function ffmpegInstallLine(platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return 'brew install ffmpeg';
  if (platform === 'win32') return 'winget install Gyan.FFmpeg';
  return 'sudo apt install ffmpeg (Debian, Ubuntu), sudo dnf install ffmpeg (Fedora) or your own package manager';
}

/** A started program. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** When it has ended and its pipes are closed; rejects with DeviceError when it could not be started. */
  readonly ended: Promise<number | null>;
  /** The last lines that it wrote to stderr, joined; '' when it said nothing. */
  lastWords(): string;
  /** Whether stderr had a line that matches. */
  said(pattern: RegExp): boolean;
  /** Kills it, drops what it wrote that was not read yet, and waits until it is gone. */
  stop(): Promise<void>;
}

const keptLines = 20;

/** Starts `program`; `stdio` as for spawn, stderr is always a pipe. It is killed when this process exits. */
export function startProgram(
  program: string,
  programArguments: readonly string[],
  stdio: readonly ('ignore' | 'pipe')[],
): RunningProgram {
  const options: SpawnOptions = {
    stdio: [...stdio],
    windowsHide: true,
    // A process group of its own: Ctrl-C is ours to handle, ffmpeg must not stop in the middle of a file by itself.
    detached: process.platform !== 'win32',
  };
  const child = spawn(program, programArguments, options);
  const lines: string[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split(/[\r\n]+/);
    rest = parts.pop()!.slice(-2000);
    for (const line of parts) if (line.trim() !== '') lines.push(line.trim().slice(0, 8000));
    // The first lines name the cause, the last ones the consequence.
    if (lines.length > keptLines) lines.splice(keptLines / 2, lines.length - keptLines);
  });
  for (const stream of child.stdio) stream?.on('error', () => undefined);
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      process.off('exit', killAtExit);
      reject(cannotStart(program, error));
    });
    child.once('close', (code) => {
      process.off('exit', killAtExit);
      resolve(code);
    });
  });
  ended.catch(() => undefined);
  const all = () => (rest.trim() === '' ? lines : [...lines, rest.trim()]);
  return {
    child,
    ended,
    lastWords: () =>
      all()
        .slice(-3)
        .map((line) => line.replace(/^\[[^\]]* @ 0x[0-9a-f]+\]\s*/, ''))
        .join('; '),
    said: (pattern) => all().some((line) => pattern.test(line)),
    stop: async () => {
      child.kill('SIGKILL');
      // `ended` waits for its pipes: one that nobody reads any more would stay open for ever.
      for (const stream of child.stdio) stream?.destroy();
      await ended.catch(() => undefined);
    },
  };
}

/** Runs a program to its end and returns what it wrote to stdout (at most 1 MB); `timeoutMs` ends it with DeviceError. */
export async function runProgram(
  program: string,
  programArguments: readonly string[],
  timeoutMs: number,
): Promise<{ code: number | null; stdout: string; lastWords: string }> {
  const running = startProgram(program, programArguments, ['ignore', 'pipe', 'pipe']);
  let stdout = '';
  running.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (stdout.length < 1e6) stdout += text;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    running.child.kill('SIGKILL');
  }, timeoutMs);
  try {
    const code = await running.ended;
    if (isLate) {
      throw new DeviceError(
        `${program} must answer within ${timeoutMs / 1000} s and did not; check the source and try again`,
      );
    }
    return { code, stdout, lastWords: running.lastWords() };
  } finally {
    clearTimeout(timer);
  }
}

const features = new Map<
  string,
  Promise<{ passthrough: readonly string[]; encoders: ReadonlySet<string>; isOld: boolean }>
>();

/** What this ffmpeg can do: how it is told to keep every frame, its video encoders, whether it is before 5.1. Asked once per program. */
export function ffmpegFeatures(program: string) {
  let known = features.get(program);
  if (!known) {
    known = askFeatures(program);
    features.set(program, known);
    known.catch(() => features.delete(program));
  }
  return known;
}

async function askFeatures(program: string) {
  const [version, list] = await Promise.all([
    runProgram(program, ['-version'], 20_000),
    runProgram(program, ['-hide_banner', '-encoders'], 20_000),
  ]);
  const [, major, minor] = /^ffmpeg version n?(\d+)\.(\d+)/.exec(version.stdout) ?? [];
  const isOld = major !== undefined && (Number(major) < 5 || (Number(major) === 5 && minor === '0'));
  const encoders = new Set([...list.stdout.matchAll(/^ V\S* (\S+)/gm)].map((match) => match[1]!));
  return { passthrough: isOld ? ['-vsync', 'passthrough'] : ['-fps_mode', 'passthrough'], encoders, isOld };
}

function cannotStart(program: string, error: NodeJS.ErrnoException): DeviceError {
  if (error.code === 'ENOENT') {
    const line = ffmpegInstallLine();
    return new DeviceError(`video needs the program ${program}, which was not found; install it: ${line}`, {
      cause: error,
    });
  }
  return new DeviceError(`video needs the program ${program}, which could not be started: ${error.message}`, {
    cause: error,
  });
}
