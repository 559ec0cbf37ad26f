// A source of the live view: one that a <video> can show, or one that the server analyses.

export type SourceKind = 'camera' | 'file' | 'sample' | 'served';

export interface LiveSource {
  readonly kind: SourceKind;
  /** For the user: the camera's or the file's name. */
  readonly label: string;
  /** Live pictures, when the source is a stream; null for a file, which the <video> plays itself, and for a served source. */
  readonly stream: MediaStream | null;
  /** A camera is shown as a mirror. */
  readonly isMirrored: boolean;
  /** Credit to show, if any. */
  readonly credit: string | null;
  /** Shows itself in the video element and resolves when the first picture is there. Throws MediaError or DeviceError. */
  attach(video: HTMLVideoElement): Promise<void>;
  /** Pauses and resumes what the video element's own pause does not. */
  setPaused(paused: boolean): void;
  close(): void;
}
