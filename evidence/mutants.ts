/**
 * Changes the code in small ways and asks the tests whether they notice; writes what they said to
 * docs/evidence/mutants.md. Stryker makes the changes; a sample of each room's is run, the same one for the same seed.
 *
 *     npx tsx evidence/mutants.ts [--room kube]... [--sample 300] [--seed drydock] [--concurrency 1]
 *     npx tsx evidence/mutants.ts --room kube --again [--tests GLOB]...   tries what lived, after tests were added (and
 *                                                      these alone are asked); lines may have moved meanwhile;
 *                                                      with --sample so many of them, and the rest stays as it was
 *     npx tsx evidence/mutants.ts --room kube --more   tries what a larger sample has beyond the last one, code unchanged
 *     npx tsx evidence/mutants.ts --page               writes the page again, from what is known of each room
 *     npx tsx evidence/mutants.ts --file kube/backoff.ts...    all of a file's, with the test beside it; writes no page
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pageOf, type RoomResult, resultOf } from './mutants/page';
import { type MutatedRoom, ROOMS } from './mutants/rooms';
import { type Mutant, nameOf, runMutants } from './mutants/run';

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

async function measureRoom(room: MutatedRoom, effort: Effort): Promise<void> {
  const answer = await runMutants({ ...room, ...effort, sample: effort.sample ?? room.sample });
  writeResult(room.name, resultOf(effort.seed, answer));
}

/**
 * What lived in the last run of a room is asked of the tests as they are now, or of those that were added since; the rest of
 * the sample counts as it was. For those that are no mutants of this code any more the sample has the next ones.
 */
async function measureAgain(room: MutatedRoom, effort: Effort, added?: readonly string[]): Promise<void> {
  const { seed, killed, others: before, leftOut } = knownOf(room.name);
  const others = before.flatMap(whereItIsNow);
  if (!added && effort.sample === undefined) {
    const [from, sample] = [killed, killed + before.length];
    const answer = await runMutants({ ...room, ...effort, seed, from, sample, only: others });
    const now = resultOf(seed, answer);
    // Two of a line that read alike are both asked, also where one of them was killed before.
    const whole = Math.min(sample, killed + answer.mutants.length);
    writeResult(room.name, { ...now, killed: whole - now.others.length });
    return;
  }
  const asked = added ? { tests: added, laws: [] } : {};
  const only = others.slice(0, effort.sample);
  const answer = await runMutants({ ...room, ...asked, ...effort, sample: 0, only });
  const dead = new Set(answer.mutants.filter(({ verdict }) => verdict === 'killed').map(nameOf));
  const left = others.filter((mutant) => !dead.has(nameOf(mutant)));
  writeResult(room.name, {
    seed,
    killed: killed + others.length - left.length,
    others: left,
    leftOut: added ? leftOut : answer.leftOut,
  });
}

/** A mutant whose line has moved is looked for there; one whose line is gone is no mutant of this code any more. */
function whereItIsNow(mutant: Mutant): Mutant[] {
  const file = join(__dirname, '..', mutant.file);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const places = lines.flatMap((line, index) => (line.trim() === mutant.within ? [index + 1] : []));
  const farness = (line: number) => Math.abs(line - mutant.line);
  const [line] = places.sort((one, other) => farness(one) - farness(other));
  return line === undefined ? [] : [{ ...mutant, line }];
}

/** A sample of the same seed holds each smaller one: only what the last run did not try is tried. */
async function measureMore(room: MutatedRoom, effort: Effort): Promise<void> {
  const { seed, killed, others } = knownOf(room.name);
  const sample = effort.sample ?? room.sample;
  const answer = await runMutants({ ...room, ...effort, seed, sample, from: killed + others.length });
  const more = resultOf(seed, answer);
  writeResult(room.name, { ...more, killed: killed + more.killed, others: [...others, ...more.others] });
}

function knownOf(room: string): RoomResult {
  return JSON.parse(readFileSync(dataFile(room), 'utf8'));
}

function writeResult(room: string, result: RoomResult): void {
  mkdirSync(data, { recursive: true });
  writeFileSync(dataFile(room), `${JSON.stringify(result, undefined, 1)}\n`);
  writePage();
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
    again: { type: 'boolean', default: false },
    tests: { type: 'string', multiple: true },
    more: { type: 'boolean', default: false },
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
  if (values.page) return writePage();
  if (file) return measureFiles(file, effort);
  for (const one of ROOMS.filter(({ name }) => room.includes(name))) {
    if (values.again) await measureAgain(one, effort, values.tests);
    else await (values.more ? measureMore : measureRoom)(one, effort);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
