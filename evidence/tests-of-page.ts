/**
 * What the tests cost that a page of docs/evidence names, in the rooms that it is about. Of a file that was there before
 * the work that the page tells of, its part is the part of its tests that came since. They are run for that, or read from
 * the log of a run of `make test`; the page tells the answer.
 *
 *     npx tsx evidence/tests-of-page.ts runtime-review|language [LOG]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { withBlock } from '../scripts/generated-block';

interface Work {
  /** The last commit before it. */
  readonly before: string;
  readonly rooms: readonly string[];
}

const WORKS: Readonly<Record<string, Work>> = {
  'runtime-review': {
    before: 'c06dad9',
    rooms: ['kube', 'cluster', 'sandbox', 'cli', 'test/sandbox', 'test/sandbox-runtime'],
  },
  language: {
    before: 'b7e8a1d',
    rooms: ['constructs', 'core', 'guardrails', 'harden', 'test'],
  },
};

const repository = join(__dirname, '..');
const LINE = /^\[\d+\/\d+\] (?<file>\S+\.test\.ts) {2}(?<passed>\d+) passed.*?, (?<seconds>[\d.]+) s$/gm;
const TITLES = /^\s*(?:test|it)(?:\.\w+)*[(<`]/gm;

interface Timed {
  readonly file: string;
  readonly seconds: number;
  /** Of these, what the work added. */
  readonly added: number;
}

const git = (...args: string[]) => spawnSync('git', args, { cwd: repository, encoding: 'utf8' });
const testsIn = (text: string) => text.match(TITLES)?.length ?? 0;

/** The page names a file with its folder, several as `kube/{a,b}.test.ts`, or by its name alone where its row has the folder. */
function filesOf(page: string, rooms: readonly string[]): string[] {
  const named = new Set(readFileSync(page, 'utf8').match(/[\w./{},*-]+\.test\.ts/g));
  const patterns = [...named].map((name) => new RegExp(`(?:^|/)${patternOf(name)}$`));
  const all = execFileSync('git', ['ls-files', '*.test.ts'], { cwd: repository, encoding: 'utf8' });
  return all
    .split('\n')
    .filter(
      (file) => rooms.some((room) => file.startsWith(`${room}/`)) && patterns.some((one) => one.test(file)),
    );
}

function patternOf(name: string): string {
  return name
    .replaceAll('.', '\\.')
    .replace(/\{([^}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(',', '|')})`)
    .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
}

function partSince(before: string, file: string): number {
  const then = git('show', `${before}:${file}`);
  const now = testsIn(readFileSync(join(repository, file), 'utf8'));
  return then.status === 0 ? Math.max(0, 1 - testsIn(then.stdout) / now) : 1;
}

function timesIn(log: string, files: readonly string[], before: string): Timed[] {
  const seconds = new Map(
    [...log.matchAll(LINE)].map(({ groups }) => [groups!.file!, Number(groups!.seconds)]),
  );
  return files.map((file) => {
    const took = seconds.get(file);
    if (took === undefined) throw new Error(`the log has no line of ${file}, or a test of it failed`);
    return { file, seconds: took, added: took * partSince(before, file) };
  });
}

/** The log of a run of these files alone, which ends as that of `make test` does. */
function logOf(files: readonly string[]): string {
  const began = performance.now();
  const args = ['jest', '--selectProjects', 'unit', 'real', '--ci', '--runTestsByPath', ...files];
  const { stdout } = spawnSync('npx', args, {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  return `${stdout}\ntook ${Math.round((performance.now() - began) / 1000)} s\n`;
}

function main([name = '', given]: readonly string[]): void {
  const work = WORKS[name];
  if (!work) throw new Error(`give a page: ${Object.keys(WORKS).join(' or ')}`);
  const page = join(repository, `docs/evidence/${name}.md`);
  const files = filesOf(page, work.rooms);
  const log = given === undefined ? logOf(files) : readFileSync(given, 'utf8');
  const times = timesIn(log, files, work.before);
  const sum = (of: (one: Timed) => number) => times.reduce((all, one) => all + of(one), 0);
  const took = Number(/^took (\d+) s$/m.exec(log)?.[1]);
  const ran = [...log.matchAll(LINE)].reduce((all, { groups }) => all + Number(groups!.seconds), 0);
  const slowest = [...times].sort((one, other) => other.added - one.added).slice(0, 8);
  const seconds = (value: number) => `${value.toFixed(0)} s`;
  const rooms = work.rooms.map((room) => `\`${room}/\``).join(', ');
  const lines = [
    `\`npx tsx evidence/tests-of-page.ts ${name}${given === undefined ? '' : ' LOG'}\`, ${cpus().length} cores, tools built before:`,
    '',
    '| what | |',
    '|---|---|',
    `| test files of ${rooms} that this page names | ${files.length} |`,
    `| their seconds, one after the other | ${seconds(sum(({ seconds: s }) => s))} |`,
    `| of these by tests that were added | ${seconds(sum(({ added }) => added))} |`,
    `| the whole run, of ${seconds(ran)} of test files | ${seconds(took)} |`,
    `| of the whole run, by tests that were added | ${seconds((sum(({ added }) => added) / ran) * took)} |`,
    '',
    `The longest: ${slowest.map(({ file, added }) => `\`${file}\` ${seconds(added)}`).join(', ')}.`,
  ];
  writeFileSync(page, withBlock(readFileSync(page, 'utf8'), 'cost', lines.join('\n')));
  console.log(lines.join('\n'));
}

main(process.argv.slice(2));
