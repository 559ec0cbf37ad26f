import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { describeWith, repositoryRoot } from '../../../tests/requirements.js';

const file = join(repositoryRoot, 'dist/apps/cli/interrupt.js');
const built = { path: file, missing: existsSync(file) ? undefined : 'the build (npm run build)' };

describeWith(built, 'Interrupt', () => {
  it('asks at the first Ctrl-C and ends the process by the signal at the second', async () => {
    const script = `const { Interrupt } = await import(${JSON.stringify(pathToFileURL(file))});
      new Interrupt().onAsk = () => process.stdout.write('asked');
      process.on('exit', () => process.stdout.write('left by process.exit'));
      setInterval(() => {}, 1000);
      process.stdout.write('ready');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.endsWith('ready')) child.kill('SIGINT');
      // Later than what npx repeats of one key.
      if (said.endsWith('asked')) setTimeout(() => child.kill('SIGINT'), 700);
    });
    const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
    expect([signal, said]).toEqual(['SIGINT', 'readyasked']);
  });
});
