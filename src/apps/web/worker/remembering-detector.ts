// A detector that keeps its last answer: the enrolment needs key points, which the pipeline's result does not carry.
import type { Face, FaceDetector } from '../../../core/detect/face.js';
import type { Picture } from '../../../core/image/picture.js';

export class RememberingDetector implements FaceDetector {
  faces: readonly Face[] = [];
  readonly #detector: FaceDetector;

  constructor(detector: FaceDetector) {
    this.#detector = detector;
  }

  async detect(picture: Picture): Promise<Face[]> {
    const faces = await this.#detector.detect(picture);
    this.faces = faces;
    return faces;
  }

  release(): Promise<void> {
    return this.#detector.release();
  }
}
