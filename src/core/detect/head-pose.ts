// A rough head pose from the key points of a face.
import type { FaceKeypoints } from './face.js';

export interface HeadPose {
  /** Offset of the nose from the middle of the eyes along the line through them, in eye distances: 0 faces the camera. */
  readonly turn: number;
  /** Of the line through the eyes, radians: 0 is upright. */
  readonly tiltRad: number;
}

/** Undefined when the eyes are one point. */
export function headPose({ rightEye, leftEye, nose }: FaceKeypoints): HeadPose | undefined {
  const across = [leftEye[0] - rightEye[0], leftEye[1] - rightEye[1]] as const;
  const distance = Math.hypot(...across);
  if (!(distance >= 1)) return undefined;
  const offset = [nose[0] - (rightEye[0] + leftEye[0]) / 2, nose[1] - (rightEye[1] + leftEye[1]) / 2] as const;
  return {
    turn: (offset[0] * across[0] + offset[1] * across[1]) / distance ** 2,
    tiltRad: Math.atan2(across[1], across[0]),
  };
}
