// Setup of every test file: notes what the file took, for the table of the slowest (scripts/test.mjs).
import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, expect } from 'vitest';

const log = process.env['MOODLENS_TEST_TIMES'];

/** Files that share a process are told apart by what was spent since the file before. */
const spent = globalThis as { moodlensSpent?: Usage };

interface Usage {
  /** Processor seconds of this process and of its children that have ended. */
  readonly cpuS: number;
  readonly wallS: number;
}

if (log) {
  afterAll(() => {
    const now = usage();
    const before = spent.moodlensSpent ?? { cpuS: 0, wallS: 0 };
    spent.moodlensSpent = now;
    const file = expect.getState().testPath;
    const line = { file, cpuS: now.cpuS - before.cpuS, wallS: now.wallS - before.wallS };
    appendFileSync(log, `${JSON.stringify(line)}\n`);
  });
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuS: (user + system) / 1e6 + childrenS(), wallS: process.uptime() };
}

/** Linux alone tells what ended children took; elsewhere it is left out. */
function childrenS(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ');
    // Fields 16 and 17 of proc(5), in ticks of 10 ms.
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
}
