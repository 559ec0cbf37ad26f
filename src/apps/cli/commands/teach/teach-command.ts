// `moodlens teach DIR`: a few pictures of one person per expression, and that person is read right.
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { createFolderStore, writeFileAtomic } from '../../../../adapters/node/files.js';
import { decodePicture } from '../../../../adapters/node/image-codec.js';
import { shippedModelPath } from '../../../../adapters/node/shipped-models.js';
import { ConfigError, PeopleError } from '../../../../core/errors.js';
import { People } from '../../../../core/identity/people.js';
import { personName } from '../../../../core/identity/person-name.js';
import { liveSettings } from '../../../../core/live/live-settings.js';
import type { AskedModel } from '../../../../core/model/expression-model.js';
import { learnPerson } from '../../../../core/personal/person-learner.js';
import {
  type PersonalFile,
  replaceExamples,
  requireExampleCount,
  writePersonalFile,
} from '../../../../core/personal/personal-file.js';
import { describeTeaching } from '../../../../pipeline/teach/report/describe-teaching.js';
import { type ReadTaught, readTaughtPictures, type TeachPorts } from '../../../../pipeline/teach/teach.js';
import { openDetector } from '../../arguments/detector.js';
import { jsonOption } from '../../arguments/json.js';
import { hashModelFile, modelOption, openExpressionModel } from '../../arguments/model.js';
import { openPeople, readPeopleFile, type StoredPeople, writePeopleFile } from '../../arguments/people.js';
import { readPersonal } from '../../arguments/personal.js';
import { videoSourceHelp } from '../../arguments/source.js';
import { commandOf } from '../../command-descriptions.js';
import { exitCodes } from '../../terminal/exit-codes.js';
import { warn } from '../../terminal/terminal-colour.js';
import { guideTeaching } from './guide-teaching.js';

interface TeachOptions {
  readonly camera?: string | true;
  readonly out?: string;
  readonly people?: string;
  readonly person?: string;
  readonly model?: string;
  readonly json?: boolean;
}

/** The command's definition. */
export function define(): Command {
  return commandOf('teach', 'DIR/happy/a.jpg, DIR/sad/b.jpg and so on; one of each expression is enough')
    .argument('[dir]', 'a folder per expression, of one person')
    .option(
      '--camera [source]',
      `instead of a folder: asks for each expression in front of a camera, or ${videoSourceHelp}`,
    )
    .option('--out <file.json>', 'the personal file, for --personal; readable by its owner only')
    .option(
      '--people <file>',
      'also keep it in this people file: with --people, it applies when the person is recognised',
    )
    .option('--person <name>', 'the name of the person in the people file')
    .addOption(modelOption())
    .addOption(jsonOption('the result as JSON'))
    .action(teach);
}

async function teach(directory: string | undefined, options: TeachOptions): Promise<void> {
  await checkPlaces(directory, options);
  const known = await readKnown(options);
  const identity = known && { name: known.name, ...(await openPeople(known.file, known.people)) };
  const model = await openExpressionModel(options.model);
  const detector = await openDetector(directory === undefined ? liveSettings().detector : { search: 'thorough' });
  try {
    const read =
      directory === undefined
        ? await fromCamera(options.camera!, { model, detector, identity })
        : await readTaughtPictures(createFolderStore(directory), model, {
            decode: decodePicture,
            detector,
            identity,
          });
    if (read === undefined) {
      process.stderr.write('nothing is kept\n');
      process.exitCode = exitCodes.interrupted;
      return;
    }
    const hash = await hashModelFile(options.model ?? shippedModelPath('expression.onnx'));
    // Read again: meanwhile others may have written it.
    const people = known && (await readPeopleFile(known.file));
    const before = known ? people!.taught.get(known.name)?.pictures : (await taughtIn(options.out))?.pictures;
    const pictures = replaceExamples(read.pictures, before ?? []);
    requireExampleCount(pictures.length);
    const shown = new Set(pictures.map(({ expression }) => expression)).size;
    if (shown < 2) {
      // What is missing may be among them.
      for (const { file, reason } of read.leftOut) warn(`left out: ${file}: ${reason}`);
      throw new ConfigError(`at least two expressions must be taught, found ${shown}; add a folder for another one`);
    }
    const { judgement } = await learnPerson(model, pictures);
    await write({ model: hash, pictures }, options.out, known && { ...known, people: people! });
    const { labels } = model.metadata;
    if (options.json) {
      const taught = Object.fromEntries(
        labels.map((label) => [label, pictures.filter(({ expression }) => expression === label).length]),
      );
      const { out = null, people = null, person = null } = options;
      process.stdout.write(`${JSON.stringify({ out, people, person, taught, leftOut: read.leftOut, ...judgement })}\n`);
    } else process.stdout.write(describeTeaching({ ...read, pictures }, judgement, labels));
  } finally {
    await detector.release();
    await model.release();
    await identity?.release();
  }
}

/** Where it is taken from and where it goes, before anything takes time. */
async function checkPlaces(
  directory: string | undefined,
  { camera, out, people, person }: TeachOptions,
): Promise<void> {
  if ((directory === undefined) === (camera === undefined)) {
    throw new ConfigError(
      'teach takes a folder with a folder of pictures per expression, or --camera; name one of them',
    );
  }
  if (directory !== undefined && !(await stat(directory).catch(() => undefined))?.isDirectory()) {
    throw new ConfigError(`${directory} must be a folder with a folder of pictures per expression`);
  }
  if (out === undefined && people === undefined) {
    throw new ConfigError(
      'teach needs a place for what it learns: --out FILE.json, or --people FILE with --person NAME',
    );
  }
  if (out !== undefined && !/\.json$/i.test(out)) throw new ConfigError(`--out must end in .json, found ${out}`);
  await taughtIn(out);
  if ((people === undefined) !== (person === undefined)) {
    throw new ConfigError('--people and --person belong together: a people file, and who of them it is');
  }
}

/** What a personal file holds already. Throws ConfigError when something else stands there: it would be lost. */
async function taughtIn(path: string | undefined): Promise<PersonalFile | undefined> {
  if (path === undefined || !(await stat(path).catch(() => undefined))?.size) return undefined;
  return readPersonal(path).catch((cause: unknown) => {
    if (!(cause instanceof PeopleError)) throw cause;
    throw new ConfigError(`--out replaces a personal file only, and ${path} is something else; name another file`, {
      cause,
    });
  });
}

/** The people file, and who is taught. */
interface Known {
  readonly file: string;
  readonly people: StoredPeople;
  readonly name: string;
}

async function readKnown({ people: file, person }: TeachOptions): Promise<Known | undefined> {
  if (file === undefined) return undefined;
  const people = await readPeopleFile(file);
  const name = personName(person!);
  if (!people.names.includes(name)) {
    throw new PeopleError(`${file} must know ${name} and knows ${people.names.join(', ')}; enrol ${name} first`);
  }
  if (people instanceof People && people.faceSize === undefined) {
    throw new PeopleError(
      `${file} must be a people file of moodlens, and is OpenCV's own; 'moodlens people train' makes one`,
    );
  }
  return { file, people, name };
}

async function fromCamera(
  camera: string | true,
  { model, detector, identity }: { model: AskedModel } & Pick<TeachPorts, 'detector' | 'identity'>,
): Promise<ReadTaught | undefined> {
  const { labels, input } = model.metadata;
  const pictures = await guideTeaching({
    source: camera === true ? 'camera' : camera,
    expressions: labels,
    size: input,
    detector,
    identity,
  });
  return pictures && { pictures, leftOut: [] };
}

async function write(file: PersonalFile, out: string | undefined, known: Known | undefined): Promise<void> {
  if (out !== undefined) {
    await writeFileAtomic(out, writePersonalFile(file), { mode: 0o600 });
    process.stderr.write(`${out} written: use it with --personal ${out}\n`);
  }
  if (!known) return;
  const { file: path, people, name } = known;
  people.taught = new Map([...people.taught, [name, file]]);
  await writePeopleFile(path, people);
  process.stderr.write(`${path} written: with --people ${path}, ${name} is read in their own way\n`);
}
