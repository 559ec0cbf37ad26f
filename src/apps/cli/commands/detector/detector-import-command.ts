// `moodlens detector import`: brings pictures with annotated faces into the form that a detector is trained on.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { createFolderStore, requireFreeFolder, writeFolderAtomic } from '../../../../adapters/node/files.js';
import { decodePicture } from '../../../../adapters/node/image-codec.js';
import { type FacesDescription, facesFiles, pixelBytes } from '../../../../core/dataset/face-pictures.js';
import { importFaces } from '../../../../pipeline/detector/import-faces.js';
import { mayReplace } from '../../arguments/force.js';
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
    .option('--force', 'replace the packed pictures at --out')
    .option('--json', 'print the result as JSON')
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
  const summary = summarise(description);
  if (json) process.stdout.write(`${JSON.stringify({ out, ...summary })}\n`);
  else {
    process.stdout.write(
      `${out}: ${summary.pictures} pictures with ${summary.faces} faces, ${summary.withPoints} of them with key points; ` +
        `${summary.unsure} places that may be faces; ${(summary.bytes / 1e6).toFixed(0)} MB\n  hash     ${summary.hash}\n`,
    );
  }
}

function summarise({ pictures, hash }: FacesDescription) {
  const count = (of: (picture: FacesDescription['pictures'][number]) => number): number =>
    pictures.reduce((sum, picture) => sum + of(picture), 0);
  return {
    pictures: pictures.length,
    faces: count(({ faces }) => faces.length),
    withPoints: count(({ faces }) => faces.filter(({ points }) => points !== null).length),
    unsure: count(({ unsure }) => unsure.length),
    bytes: count(pixelBytes),
    hash,
  };
}
