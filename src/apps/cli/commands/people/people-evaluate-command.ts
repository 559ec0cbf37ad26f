// `moodlens people evaluate`: how well the people of a folder would be recognised, and strangers turned away.
import { join } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, requireFreeFolder, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { decodePicture, encodePng } from '../../../../adapters/node/image-codec.js';
import { ConfigError } from '../../../../core/errors.js';
import { defaultFaceSize } from '../../../../core/identity/people.js';
import { parseEvaluatePeople } from '../../../../pipeline/people/config.js';
import { describePeopleEvaluation } from '../../../../pipeline/people/describe-people-evaluation.js';
import { evaluatePeople, type PeopleEvaluation } from '../../../../pipeline/people/evaluate-people.js';
import { readFaces } from '../../../../pipeline/people/read-faces.js';
import { openDetector } from '../../arguments/detector.js';
import { mayReplace } from '../../arguments/force.js';
import { requirePeopleFolder } from '../../arguments/people.js';
import { toNumbers } from '../../arguments/values.js';
import { warn } from '../../terminal/terminal-colour.js';
import { withProgress } from '../../terminal/with-progress.js';

interface EvaluateOptions {
  readonly known?: string;
  readonly pictures?: string;
  readonly seed?: string;
  readonly splits?: string;
  readonly align: boolean;
  readonly plain?: boolean;
  readonly report?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The sub-command's definition. */
export function definePeopleEvaluate(): Command {
  return new Command('evaluate')
    .description('rank 1, false accepts and false rejects: some of the people are learnt, the others come as strangers')
    .argument('<dir>', 'folder with a folder of pictures per person')
    .option('--known <share>', 'share of the people that are learnt; the others are strangers (default: 0.5)')
    .option('--pictures <n>', 'pictures to learn each of them from; their others are the test (default: 5)')
    .option('--seed <n>', 'draws the first split, the following seeds the next ones (default: 1)')
    .option('--splits <n>', 'how many times to draw (default: 10)')
    .option('--no-align', 'take pictures as they are, whole and grey, all of one size, instead of finding the face')
    .option('--plain', "leave the light on faces and use OpenCV's own settings of LBPH")
    .option('--report <folder>', 'also write a page with charts of the rates over thresholds; must not exist yet')
    .option('--force', 'replace the report at --report')
    .option('--json', 'print the result as JSON')
    .action(evaluate);
}

async function evaluate(directory: string, options: EvaluateOptions): Promise<void> {
  const { align, plain = false } = options;
  const config = parseEvaluatePeople({
    align,
    plain,
    ...toNumbers(options, ['known', 'pictures', 'seed', 'splits']),
  });
  await requirePeopleFolder(directory);
  const overwrite = await mayWriteReport(options);
  const faces = await readAll(directory, align);
  for (const { file, reason } of faces.leftOut) warn(`left out: ${file}: ${reason}`);
  if (faces.whole > 0) warn(`taken whole, no face found: ${faces.whole} pictures`);
  const evaluation = await withProgress('splits', async (progress) => evaluatePeople(faces, config, progress));
  if (options.report !== undefined) await writeReport(options.report, evaluation, overwrite);
  const { whole, leftOut } = faces;
  process.stdout.write(
    options.json ? `${JSON.stringify({ ...evaluation, whole, leftOut })}\n` : describePeopleEvaluation(evaluation),
  );
}

async function readAll(directory: string, align: boolean) {
  const detector = align ? await openDetector() : undefined;
  const ports = { decode: decodePicture, ...(detector ? { detector } : {}) };
  try {
    return await withProgress('people', (progress) =>
      readFaces(createFolderStore(directory), align ? defaultFaceSize : null, { ...ports, progress }),
    );
  } finally {
    await detector?.release();
  }
}

/** Asked before the long work. Gives whether the report's folder may be overwritten. */
async function mayWriteReport({ report: out, force }: EvaluateOptions): Promise<boolean> {
  if (out === undefined) {
    if (force) throw new ConfigError('--force replaces a report, and none is asked for; add --report, or leave it out');
    return false;
  }
  const isOwn = (name: string) => /^(report\.html|evaluation\.json|[a-z-]+\.svg)$/.test(name);
  const overwrite = await mayReplace({ out, force, what: 'a report', isOwn });
  await requireFreeFolder(out, overwrite);
  return overwrite;
}

async function writeReport(out: string, evaluation: PeopleEvaluation, overwrite: boolean): Promise<void> {
  // ECharts takes a second to load: only those who want the page wait for it.
  const { writePeopleReport } = await import('../../../../pipeline/people/people-report.js');
  const files = await writeFolderAtomic(out, (store) => writePeopleReport(store, { evaluation, encodePng }), {
    overwrite,
  });
  process.stderr.write(`${join(out, 'report.html')} written, with ${files.length - 1} files beside it\n`);
}
