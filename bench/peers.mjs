// One face by our model and by Keras' and PyTorch's, as `moodlens bench inference --peers` measures it. Exits with 1 when Keras' predict
// takes less than three times its own compiled call: an order of magnitude on any machine is what the published speed-up is made of.
//   npm run bench -- peers
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const least = 3;
const program = fileURLToPath(new URL('../dist/apps/cli/main.js', import.meta.url));
const args = ['bench', 'inference', '--peers', '--runtime', 'node', '--threads', '1', '--rounds', '1', '--json'];
const { status, stdout } = spawnSync(process.execPath, [program, ...args], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 1 << 26,
});
if (status !== 0) process.exit(1);
const { loops } = JSON.parse(stdout).peers;
for (const { calls, predictOverCall } of loops) console.log(`${calls} calls: predict over call ${predictOverCall}`);
process.exitCode = loops.at(-1).predictOverCall > least ? 0 : 1;
