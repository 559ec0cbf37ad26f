// `npm start`: installs and builds what is missing, then opens the live page. Arguments go to `moodlens live`:
// `npm start -- --port 5000`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root, run } from './set-up.mjs';

if (run(process.execPath, [join(root, 'scripts/build.mjs')]) !== 0) process.exit(1);

const live = spawn(process.execPath, [join(root, 'dist/apps/cli/main.js'), 'live', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the child by itself (one process group); a plain kill of this process must too.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => live.kill('SIGTERM'));
live.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
