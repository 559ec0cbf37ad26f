/** What a command takes for a source. */
export const sourceHelp =
  "a video file, a folder of pictures, a camera (camera, camera:1, camera:NAME; see 'moodlens cameras'), kinect or kinect:RECORDING, http(s):// or rtsp(s)://";
