// `moodlens analyze` on clips of real people.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectConfirmed, parseAnalysis } from '../../../../tests/fixtures/analysis-lines.js';
import { runCli } from '../../../../tests/fixtures/run-cli.js';
import { tinyExpressionModel } from '../../../../tests/fixtures/tiny-expression-model.js';
import { describeWith, requireCommand, requireShared } from '../../../../tests/requirements.js';
import { shippedModelPath } from '../../../adapters/node/shipped-models.js';

const root = mkdtempSync(join(tmpdir(), 'moodlens-analyze-clips-'));
const model = join(root, 'model.onnx');
const detectors = shippedModelPath('face-full-range.onnx');
const built = {
  path: detectors,
  missing: existsSync(detectors) ? undefined : 'the detectors are not built (npm run build)',
};
const ffmpeg = [requireCommand('ffmpeg'), requireCommand('ffprobe')];
beforeAll(() => writeFileSync(model, tinyExpressionModel()));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each([
  ['none.mp4', 95, 0],
  ['one-neutral-to-happy.mp4', 72, 1],
  ['one-sad-pexels.mp4', 472, 1],
  ['one-standing-webcam.mkv', 73, 1],
  ['two-head-pose.mp4', 56, 2],
] as const)('the shared clip %s', (name, frames, people) => {
  const video = requireShared(`video/${name}`);
  describeWith([built, video, ...ffmpeg], 'under analyze', () => {
    it(`has ${people} tracked faces in nearly every one of its ${frames} frames`, async () => {
      const { code, stdout } = await runCli('analyze', video.path, '--model', model, '--window', 'original', '--json');
      expect(code).toBe(0);
      const { lines, summary } = parseAnalysis(stdout);
      expect(summary.frames).toBe(frames);
      expectConfirmed(lines);
      const whole = lines.filter(({ faces }) => faces.length === people);
      expect(whole.length / frames).toBeGreaterThan(0.95);
      expect(new Set(lines.flatMap(({ faces }) => faces.map(({ track }) => track))).size).toBe(people);
    });
  });
});
