// Runs the programs of a folder by name, one after the other; all of them without a name: `npm run bench [NAME…]` those of
// bench/ (speed), `npm run experiment` those of experiments/ (what works better), `npm run soak` those of soak/ (hours of frames).
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './set-up.mjs';

const [folder, ...args] = process.argv.slice(2);
const firstOption = args.findIndex((word) => word.startsWith('-'));
const names = firstOption < 0 ? args : args.slice(0, firstOption);
const options = args.slice(names.length);
const files = new Map(
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.mjs'))
    .sort()
    .map((file) => [file.replace('.mjs', ''), join(folder, file)]),
);
const unknown = names.filter((name) => !files.has(name));
if (unknown.length > 0) {
  process.stderr.write(`${folder} has no ${unknown.join(', ')}; there are: ${[...files.keys()].join(', ')}\n`);
  process.exit(2);
}
if (run(process.execPath, ['scripts/build.mjs']) !== 0) process.exit(1);
let failed = 0;
for (const name of names.length > 0 ? names : files.keys()) {
  process.stderr.write(`— ${name}\n`);
  if (run(process.execPath, [files.get(name), ...options]) !== 0) failed += 1;
}
process.exit(failed > 0 ? 1 : 0);
