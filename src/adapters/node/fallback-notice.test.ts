import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handOverNotice, noteFallback, withoutNotice } from './fallback-notice.js';

const mark = 'MOODLENS_FALLBACK_NOTED';
const missing = Object.assign(new Error("Cannot find package 'onnxruntime-node' imported from /app/x.js"), {
  code: 'ERR_MODULE_NOT_FOUND',
});

/** What a process with that environment would write. */
function saidIn(environment: NodeJS.ProcessEnv, cause: unknown = missing): string[] {
  const before = process.env[mark];
  if (environment[mark] === undefined) delete process.env[mark];
  else process.env[mark] = environment[mark];
  const lines: string[] = [];
  noteFallback(cause, (text) => lines.push(text));
  if (before === undefined) delete process.env[mark];
  else process.env[mark] = before;
  return lines;
}

beforeEach(() => {
  delete process.env[mark];
});
afterEach(() => {
  delete process.env[mark];
});

describe('noteFallback', () => {
  it('says one line, once', () => {
    const lines: string[] = [];
    for (let i = 0; i < 3; i++) noteFallback(missing, (text) => lines.push(text));
    expect(lines).toEqual([expect.stringMatching(/^[^\n]*not installed[^\n]*npm install --ignore-scripts[^\n]*\n$/)]);
  });

  it.each([
    ['a library that is not there', 'MODULE_NOT_FOUND', "Cannot find module '../bin/x.node'\nRequire stack:\n- /app"],
    [
      'a module of its own that is not there',
      'ERR_MODULE_NOT_FOUND',
      "Cannot find package 'adm-zip' imported from /app",
    ],
    ['a library of another system', 'ERR_DLOPEN_FAILED', 'ld-linux-x86-64.so.2: cannot open shared object file'],
  ])('tells %s from a missing package', (_, code, message) => {
    const [line] = saidIn({}, Object.assign(new Error(message), { code }));
    expect(line).toContain(`does not load (${message.split('\n')[0]})`);
    expect(line).toContain('delete node_modules/onnxruntime-node');
  });
});

describe('among threads and processes', () => {
  it('the first that opens sessions in the stead of this one says it, and nobody else', () => {
    const [first, second] = [handOverNotice(), handOverNotice()];
    expect(saidIn(first)).toHaveLength(1);
    expect(saidIn(second)).toEqual([]);
    expect(saidIn(process.env)).toEqual([]);
  });

  it('this one says it, and none that works beside it', () => {
    expect(saidIn(withoutNotice())).toEqual([]);
    expect(saidIn(process.env)).toHaveLength(1);
  });

  it('none says it that is started after this one said it', () => {
    noteFallback(missing, () => undefined);
    expect(saidIn(handOverNotice())).toEqual([]);
    expect(saidIn({ ...process.env })).toEqual([]);
  });
});
