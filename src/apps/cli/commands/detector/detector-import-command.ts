// `moodlens detector import`: brings pictures with annotated faces into the form that a detector is trained on.
import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, requireFreeFolder, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { decodePicture } from '../../../../adapters/node/image-codec.js';
import { facesFiles } from '../../../../core/dataset/face-pictures.js';
import { ConfigError } from '../../../../core/errors.js';
import { importFaces } from '../../../../pipeline/detector/import-faces.js';
import {
  describeFacePictures,
  summariseFacePictures,
} from '../../../../pipeline/detector/report/describe-face-pictures.js';
import { forceOption, mayReplace } from '../../arguments/force.js';
import { jsonOption } from '../../arguments/json.js';
import { isFile, isFolder } from '../../arguments/path-kind.js';
import { addSkipBad } from '../../arguments/skip-bad.js';
import { parseNames } from '../../arguments/values.js';
import { warn } from '../../terminal/terminal-colour.js';
import { withProgress } from '../../terminal/with-progress.js';

interface ImportOptions {
  readonly class?: string[];
  readonly skipBad?: boolean;
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The sub-command's definition. */
export function defineImport(): Command {
  const command = new Command('import')
    .description(
      "import pictures with boxes and key points of faces: .jsonl files, YOLO's labels, or Pascal VOC's annotations",
    )
    .argument('<source>', 'the folder with the annotations and their pictures; docs/detector.md describes the forms')
    .requiredOption('--out <dir>', 'folder of the packed pictures; must not exist yet')
    .option(
      '--class <names>',
      "names or numbers of the classes that are faces, separated by commas (default: the only class, or 'face')",
      parseNames,
    );
  return addSkipBad(command, 'pictures with a fault in them or in their annotations')
    .addOption(forceOption('the packed pictures at --out'))
    .addOption(jsonOption('the result as JSON'))
    .action(importSets);
}

async function importSets(folder: string, options: ImportOptions): Promise<void> {
  const { out, force, json, skipBad, class: classes } = options;
  if (!(await isFolder(folder))) {
    const found = (await isFile(folder)) ? 'is a file' : 'does not exist';
    throw new ConfigError(`${folder} must be a folder of annotated pictures and ${found}; check the name`);
  }
  const isOwn = (file: string): boolean => Object.values(facesFiles).some((name) => name === file);
  const overwrite = await mayReplace({ out, force, what: 'packed face pictures', isOwn });
  await requireFreeFolder(out, overwrite);
  const [source, name] = [createFolderStore(resolve(folder)), basename(resolve(folder))];
  const { description, faults } = await withProgress('import', (progress) =>
    writeFolderAtomic(
      out,
      (store) => importFaces({ source, name, store, decode: decodePicture, progress, classes, skipBad }),
      { overwrite },
    ),
  );
  const summary = summariseFacePictures(description);
  const { total: broken, named: problems } = faults;
  if (json) {
    process.stdout.write(`${JSON.stringify({ out, ...summary, broken, problems })}\n`);
    return;
  }
  for (const problem of problems) warn(`left out: ${problem}`);
  if (broken > problems.length) warn(`left out: ${broken - problems.length} more`);
  if (broken > 0) warn(`left out in all: ${faults.summarise()}`);
  process.stdout.write(describeFacePictures(out, summary));
}
