// Where libfreenect lies: the driver, its simple ("sync") interface, and fakenect, which plays a recording in the driver's place.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface KinectLibraries {
  /** libfreenect itself, or fakenect. */
  readonly driver: string;
  readonly sync: string;
}

const linux = ['x86_64-linux-gnu', 'aarch64-linux-gnu', 'arm-linux-gnueabihf', ''].flatMap((architecture) =>
  ['/usr/lib', '/usr/local/lib', '/lib'].map((folder) => join(folder, architecture)),
);
const folders: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux,
  darwin: ['/opt/homebrew/lib', '/usr/local/lib'],
  win32: ['C:\\Program Files\\libfreenect\\bin', 'C:\\Program Files\\libfreenect\\lib'],
};

/** Version 0.5 (Debian, Ubuntu) and 0.7 name their files differently. */
const names = {
  driver: [/^libfreenect\.so\.0(\.\d+)*$/, /^libfreenect(\.0[\d.]*)?\.dylib$/, /^freenect\.dll$/],
  sync: [/^libfreenect_sync\.so\.0(\.\d+)*$/, /^libfreenect_sync(\.0[\d.]*)?\.dylib$/, /^freenect_sync\.dll$/],
  fake: [/^libfakenect\.so\.0(\.\d+)*$/, /^libfakenect(\.0[\d.]*)?\.dylib$/, /^fakenect\.dll$/],
};

/** The files for a device, or for a recording; undefined when they are not installed. */
export function findKinectLibraries(
  isRecording: boolean,
  places: readonly string[] = folders[process.platform] ?? [],
): KinectLibraries | undefined {
  for (const folder of places) {
    const sync = fileIn(folder, names.sync);
    const driver = isRecording
      ? (fileIn(folder, names.fake) ??
        fileIn(join(folder, 'fakenect'), names.driver) ??
        fileIn(join(folder, 'fakenect'), names.fake))
      : fileIn(folder, names.driver);
    if (sync && driver) return { driver, sync };
  }
  return undefined;
}

function fileIn(folder: string, patterns: readonly RegExp[]): string | undefined {
  if (!existsSync(folder)) return undefined;
  const found = readdirSync(folder)
    .sort()
    .find((name) => patterns.some((pattern) => pattern.test(name)));
  return found && join(folder, found);
}
