/**
 * Changes the code in small ways and asks the tests whether they notice; writes what they said to
 * docs/evidence/mutants.md. Stryker makes the changes; a sample of each room's is run, the same one for the same seed.
 *
 *     npx tsx evidence/mutants.ts [--room kube]... [--sample 300] [--seed drydock]
 *     npx tsx evidence/mutants.ts --file kube/backoff.ts...    all of a file's, with the test beside it; writes no page
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pageOf, type Results, resultOf } from './mutants/page';
import { ROOMS } from './mutants/rooms';
import { type Mutant, runMutants } from './mutants/run';

const evidence = join(__dirname, '../docs/evidence');
const page = join(evidence, 'mutants.md');
/** What the page is made of, so that one room can be run again alone. */
const data = join(evidence, 'mutants.json');

async function measureRooms(names: readonly string[], seed: string, sample?: number): Promise<void> {
  for (const room of ROOMS) {
    if (!names.includes(room.name)) continue;
    const answer = await runMutants({ ...room, seed, sample: sample ?? room.sample });
    const known: Results = existsSync(data) ? JSON.parse(readFileSync(data, 'utf8')) : {};
    const results = { ...known, [room.name]: resultOf(seed, answer) };
    writeFileSync(data, `${JSON.stringify(results, undefined, 1)}\n`);
    writeFileSync(page, pageOf(results));
  }
}

/** Prints what lived, and how much of each file did. */
async function measureFiles(files: readonly string[], seed: string): Promise<void> {
  const tests = files.map((file) => file.replace(/\.ts$/, '*.test.ts'));
  const { mutants } = await runMutants({ mutated: files, tests, seed, sample: Number.MAX_SAFE_INTEGER });
  for (const mutant of mutants) if (mutant.verdict !== 'killed') say(lineOf(mutant));
  for (const file of files) {
    const all = mutants.filter((mutant) => mutant.file === file);
    const dead = all.filter(({ verdict }) => verdict === 'killed' || verdict === 'timeout');
    say(`${file}: ${dead.length} of ${all.length}`);
  }
}

function lineOf({ verdict, file, line, was, becomes }: Mutant): string {
  return `${verdict} ${file}:${line} ${JSON.stringify(was)} -> ${JSON.stringify(becomes)}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const { values } = parseArgs({
  options: {
    room: { type: 'string', multiple: true },
    file: { type: 'string', multiple: true },
    sample: { type: 'string' },
    seed: { type: 'string', default: 'drydock' },
  },
});
const { seed, file, room = ROOMS.map(({ name }) => name), sample } = values;
const measuring = file
  ? measureFiles(file, seed)
  : measureRooms(room, seed, sample ? Number(sample) : undefined);
measuring.catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
