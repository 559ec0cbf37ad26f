// `moodlens detector import`: brings pictures with annotated faces into the form that a detector is trained on.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, requireFreeFolder, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { decodePicture } from '../../../../adapters/node/image-codec.js';
import { facesFiles } from '../../../../core/dataset/face-pictures.js';
import { importFaces } from '../../../../pipeline/detector/import-faces.js';
import {
  describeFacePictures,
  summariseFacePictures,
} from '../../../../pipeline/detector/report/describe-face-pictures.js';
import { forceOption, mayReplace } from '../../arguments/force.js';
import { jsonOption } from '../../arguments/json.js';
import { withProgress } from '../../terminal/with-progress.js';

interface ImportOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** The sub-command's definition. */
export function defineImport(): Command {
  return new Command('import')
    .description(
      'import pictures with boxes and key points of faces: .jsonl files, pictures beside them or in .tar files',
    )
    .argument('<source>', 'the folder with the .jsonl files; docs/detector.md describes them')
    .requiredOption('--out <dir>', 'folder of the packed pictures; must not exist yet')
    .addOption(forceOption('the packed pictures at --out'))
    .addOption(jsonOption('the result as JSON'))
    .action(importSets);
}

async function importSets(source: string, { out, force, json }: ImportOptions): Promise<void> {
  const isOwn = (file: string): boolean => Object.values(facesFiles).some((name) => name === file);
  const overwrite = await mayReplace({ out, force, what: 'packed face pictures', isOwn });
  await requireFreeFolder(out, overwrite);
  const description = await withProgress('import', (progress) =>
    writeFolderAtomic(
      out,
      (store) => importFaces({ source: createFolderStore(resolve(source)), store, decode: decodePicture, progress }),
      { overwrite },
    ),
  );
  const summary = summariseFacePictures(description);
  if (json) process.stdout.write(`${JSON.stringify({ out, ...summary })}\n`);
  else process.stdout.write(describeFacePictures(out, summary));
}
