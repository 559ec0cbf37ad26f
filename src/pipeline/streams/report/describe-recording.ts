// What a recording holds, as text for a terminal.
import type { Recording } from '../record.js';

/** One line; `out` is the recording's file or folder. */
export function describeRecording(out: string, { frames, seconds }: Recording): string {
  return `${out}: ${frames} frames, ${seconds.toFixed(1)} s\n`;
}

/** One line of JSON; `dropped` frames of the source were replaced by newer ones. */
export function recordingLine(out: string, recording: Recording, dropped: number): string {
  return `${JSON.stringify({ out, ...recording, dropped })}\n`;
}
