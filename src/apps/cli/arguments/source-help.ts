/** What a command takes for a source of video. */
export const videoSourceHelp =
  "a video file, a camera (camera, camera:1, camera:NAME; see 'moodlens cameras'), kinect or kinect:RECORDING, http(s):// or rtsp(s)://";

/** The same for a command that also takes pictures. */
export const sourceHelp = `a folder of pictures, ${videoSourceHelp}`;

/** `--kinect [recording]`, another way to name one. */
export const kinectOption = ['--kinect [recording]', 'a Kinect, or its recording, as the source'] as const;

/** The source that `--kinect` names. */
export function kinectSource(kinect: string | true): string {
  return kinect === true ? 'kinect' : `kinect:${kinect}`;
}
