// LBPH beside cv2 itself on the ORL faces: every histogram, label and distance of 200 probes.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Answers, expectSame } from '../../../tests/fixtures/lbph-answers.js';
import { describeWith, repositoryRoot, requireOpenCv, requireShared } from '../../../tests/requirements.js';
import { decodeNetpbm } from '../image/netpbm.js';
import type { GreyPicture } from '../image/picture.js';
import { type LabelledFace, LbphRecogniser } from './lbph.js';

const orl = requireShared('identity/orl');
const openCv = requireOpenCv();

describeWith([orl, openCv], 'LbphRecogniser beside cv2 on the ORL faces', () => {
  const read = (path: string) => decodeNetpbm(readFileSync(path)) as GreyPicture;
  const train: [string, number][] = [];
  const test: string[] = [];
  for (let subject = 1; subject <= 40; subject++) {
    for (let shot = 1; shot <= 10; shot++) {
      const path = join(orl.path, `s${subject}`, `${shot}.pgm`);
      if (shot <= 5) train.push([path, subject]);
      else test.push(path);
    }
  }
  const settings = [
    { radius: 1, neighbors: 8, gridX: 8, gridY: 8 },
    { radius: 2, neighbors: 8, gridX: 7, gridY: 5, threshold: 40 },
    { radius: 3, neighbors: 10, gridX: 4, gridY: 6 },
    { radius: 1, neighbors: 4, gridX: 8, gridY: 8 },
  ];

  it('has identical histograms, labels and distances', () => {
    const program = join(repositoryRoot, 'tests/oracles/lbph.py');
    const input = JSON.stringify({ settings, train, test });
    const output = execFileSync(openCv.path, [program, 'answer'], { input, maxBuffer: 1 << 26 });
    const { results } = JSON.parse(output.toString()) as { results: Answers[] };
    const faces: LabelledFace[] = train.map(([path, label]) => ({ picture: read(path), label }));
    const probes = test.map(read);
    settings.forEach((setting, i) => {
      expectSame(LbphRecogniser.train(faces, setting), probes, results[i]!);
    });
    expect(results[0]!.labels).toHaveLength(200);
    expect(results[1]!.labels).toContain(-1);
  });
});
