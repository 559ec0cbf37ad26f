// `npm run bench [NAME…]`: runs the measurements of bench/ by name, one after the other; all of them without a name.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './set-up.mjs';

const args = process.argv.slice(2);
const options = args.filter((word) => word.startsWith('-'));
const names = args.filter((word) => !word.startsWith('-'));
const files = new Map(
  readdirSync(join(root, 'bench'))
    .filter((file) => file.endsWith('.mjs'))
    .sort()
    .map((file) => [file.replace('.mjs', ''), join('bench', file)]),
);
const unknown = names.filter((name) => !files.has(name));
if (unknown.length > 0) {
  process.stderr.write(`no measurement is named ${unknown.join(', ')}; there are: ${[...files.keys()].join(', ')}\n`);
  process.exit(2);
}
if (run(process.execPath, ['scripts/build.mjs']) !== 0) process.exit(1);
let failed = 0;
for (const name of names.length > 0 ? names : files.keys()) {
  process.stderr.write(`— ${name}\n`);
  if (run(process.execPath, [files.get(name), ...options]) !== 0) failed += 1;
}
process.exit(failed > 0 ? 1 : 0);
