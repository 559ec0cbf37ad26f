import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { describeWith, repositoryRoot } from '../../../../tests/requirements.js';

const file = join(repositoryRoot, 'dist/apps/cli/terminal/interrupt.js');
const built = { path: file, missing: existsSync(file) ? undefined : 'the build (npm run build)' };

/** Runs a script with the Interrupt; `react` is asked at each text of it what to do. */
async function interrupted(script: string, react: (said: string, key: () => void) => void) {
  const whole = `const { Interrupt } = await import(${JSON.stringify(pathToFileURL(file))});
    process.on('exit', () => process.stdout.write('left in order'));
    setInterval(() => {}, 1000);
    ${script}
    process.stdout.write('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', whole]);
  let said = '';
  const hear = (chunk: Buffer) => {
    said += chunk;
    react(said, () => child.kill('SIGINT'));
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const signal = await new Promise((resolve) => child.once('close', (_, by) => resolve(by)));
  return [signal, said];
}

describeWith(built, 'Interrupt', () => {
  it('asks at the first Ctrl-C and ends the process by the signal at the second', async () => {
    const ended = await interrupted(`new Interrupt().onAsk = () => process.stdout.write('asked');`, (said, key) => {
      if (said.endsWith('ready')) key();
      // Later than what npx repeats of one key.
      if (said.endsWith('asked')) setTimeout(key, 700);
    });
    expect(ended).toEqual(['SIGINT', 'readyasked']);
  });

  it('says what is waited for when the end takes longer than a moment', async () => {
    const ended = await interrupted(`new Interrupt('the file is complete').onAsk = () => undefined;`, (said, key) => {
      if (said.endsWith('ready')) key();
      if (said.endsWith('at once\n')) key();
    });
    const notice = '\nstopping, as soon as the file is complete; press Ctrl-C again to stop at once\n';
    expect(ended).toEqual(['SIGINT', `ready${notice}`]);
  });

  it('ends the process at the first Ctrl-C while there is nothing to bring in order', async () => {
    const ended = await interrupted(`new Interrupt('nothing');`, (said, key) => {
      if (said.endsWith('ready')) key();
    });
    expect(ended).toEqual(['SIGINT', 'readyleft in order']);
  });
});
