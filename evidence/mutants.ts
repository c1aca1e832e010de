/**
 * Changes the code in small ways and asks the tests whether they notice; writes what they said to
 * docs/evidence/mutants.md. Stryker makes the changes; a sample of each room's is run, the same one for the same seed.
 *
 *     npx tsx evidence/mutants.ts [--room kube]... [--sample 300] [--seed drydock] [--concurrency 1]
 *     npx tsx evidence/mutants.ts --page               writes the page again, from what is known of each room
 *     npx tsx evidence/mutants.ts --file kube/backoff.ts...    all of a file's, with the test beside it; writes no page
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pageOf, type RoomResult, resultOf } from './mutants/page';
import { ROOMS } from './mutants/rooms';
import { type Mutant, runMutants } from './mutants/run';

const evidence = join(__dirname, '../docs/evidence');
const page = join(evidence, 'mutants.md');
/** What the page is made of, a file a room, so that one room can be run again alone. */
const data = join(evidence, 'mutants');

interface Effort {
  readonly seed: string;
  readonly concurrency: number;
  readonly sample?: number;
}

function dataFile(room: string): string {
  return join(data, `${room.replaceAll('/', '-')}.json`);
}

function writePage(): void {
  const known = ROOMS.filter(({ name }) => existsSync(dataFile(name)));
  const results = known.map(({ name }): [string, RoomResult] => [
    name,
    JSON.parse(readFileSync(dataFile(name), 'utf8')),
  ]);
  writeFileSync(page, pageOf(Object.fromEntries(results)));
}

async function measureRooms(names: readonly string[], effort: Effort): Promise<void> {
  for (const room of ROOMS) {
    if (!names.includes(room.name)) continue;
    const answer = await runMutants({ ...room, ...effort, sample: effort.sample ?? room.sample });
    mkdirSync(data, { recursive: true });
    writeFileSync(dataFile(room.name), `${JSON.stringify(resultOf(effort.seed, answer), undefined, 1)}\n`);
    writePage();
  }
}

/** Prints what lived, and how much of each file did. */
async function measureFiles(files: readonly string[], effort: Effort): Promise<void> {
  const tests = files.map((file) => file.replace(/\.ts$/, '*.test.ts'));
  const { mutants } = await runMutants({ mutated: files, tests, sample: Number.MAX_SAFE_INTEGER, ...effort });
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
    concurrency: { type: 'string', default: '1' },
    page: { type: 'boolean', default: false },
  },
});
const { file, room = ROOMS.map(({ name }) => name) } = values;
const effort: Effort = {
  seed: values.seed,
  concurrency: Number(values.concurrency),
  ...(values.sample && { sample: Number(values.sample) }),
};

async function main(): Promise<void> {
  if (values.page) writePage();
  else if (file) await measureFiles(file, effort);
  else await measureRooms(room, effort);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
