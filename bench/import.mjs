// Importing FER2013's CSV beside the plain way to read it, split by line, comma and space: CPU time of 20 MB, in turn, median of rounds.
//   npm run bench -- import     exits with 1 when the import takes longer than half of the plain way
import { median } from '../dist/core/numbers/median.js';
import { importFer2013 } from '../dist/pipeline/data/import-fer2013.js';

const rounds = 5;
const size = 48 * 48;
const line = Array.from({ length: size }, (_, i) => (i * 37) % 256).join(' ');
const bytes = Buffer.from(`emotion,pixels,Usage\n${`3,${line},Training\n`.repeat(2400)}`);

async function* pieces() {
  for (let at = 0; at < bytes.length; at += 1 << 20) yield bytes.subarray(at, at + (1 << 20));
}

async function ours() {
  const { dataset } = await importFer2013(pieces(), 'bench.csv');
  return dataset.count;
}

/** Everything in memory, nothing checked. */
async function plain() {
  const rows = bytes.toString('latin1').trimEnd().split('\n').slice(1);
  return rows.map((row) => Uint8Array.from(row.split(',')[1].split(' '), Number)).length;
}

async function cpuMs(work) {
  const before = process.cpuUsage();
  if ((await work()) !== 2400) throw new Error('2,400 rows must come in');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const ratios = [];
for (let round = 0; round < rounds; round++) {
  const [import_, reading] = [await cpuMs(ours), await cpuMs(plain)];
  ratios.push(import_ / reading);
  console.log(`import ${import_.toFixed(0)} ms, plain reading ${reading.toFixed(0)} ms`);
}
console.log(`${(bytes.length / 1e6).toFixed(1)} MB: ${median(ratios).toFixed(2)} times the plain way's CPU time`);
process.exitCode = median(ratios) <= 0.5 ? 0 : 1;
