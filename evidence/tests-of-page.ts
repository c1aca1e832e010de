/**
 * What the tests cost that a page of docs/evidence names, in the rooms that it is about. Of a file that was there before
 * the work that the page tells of, its part is that of its tests that came since: of their time where the files are run
 * for it, of their number where they are read from the log of a run of `make test`, which tells no more. The page tells
 * the answer.
 *
 *     npx tsx evidence/tests-of-page.ts runtime-review|language [LOG]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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
const TITLES = /^\s*(?:test|it|concurrent)(?:\.\w+)*[(<`]/gm;

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

/** Each test of a file with its milliseconds, as jest tells them. */
type Tests = ReadonlyMap<string, readonly { readonly title: string; readonly duration?: number | null }[]>;

function partSince(before: string, file: string, tests: Tests): number {
  const then = git('show', `${before}:${file}`);
  if (then.status !== 0) return 1;
  const ran = tests.get(file);
  if (!ran)
    return Math.max(0, 1 - testsIn(then.stdout) / testsIn(readFileSync(join(repository, file), 'utf8')));
  const known = titlesIn(then.stdout);
  const time = (of: typeof ran) => of.reduce((sum, { duration }) => sum + (duration ?? 0), 0);
  const isNew = ({ title }: { readonly title: string }) => !known.some((one) => one.test(title));
  return time(ran.filter(isNew)) / Math.max(1, time(ran));
}

/** What the titles of a file look like when jest tells them: one of many cases has something filled in. */
function titlesIn(text: string): RegExp[] {
  const literals = text.matchAll(/(?:\)|test|it|concurrent)\(\s*(['"`])((?:(?!\1)[^\\]|\\.)+)\1/g);
  return [...literals].map(([, , title = '']) => {
    const parts = title.replace(/\\(.)/g, '$1').split(/%[a-z#]|\$\{[^}]*\}|\$\w+/);
    const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${escaped.join('.*')}$`, 's');
  });
}

function timesIn(log: string, files: readonly string[], before: string, tests: Tests): Timed[] {
  const seconds = new Map(
    [...log.matchAll(LINE)].map(({ groups }) => [groups!.file!, Number(groups!.seconds)]),
  );
  return files.map((file) => {
    const took = seconds.get(file);
    if (took === undefined) throw new Error(`the log has no line of ${file}, or a test of it failed`);
    return { file, seconds: took, added: took * partSince(before, file, tests) };
  });
}

/** The log of a run of these files alone, which ends as that of `make test` does, and what jest says of each test. */
function runOf(files: readonly string[]): { readonly log: string; readonly tests: Tests } {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-tests-'));
  const json = join(folder, 'tests.json');
  try {
    const began = performance.now();
    const args = ['jest', '--selectProjects', 'unit', 'real', '--ci', '--json', `--outputFile=${json}`];
    const { stdout } = spawnSync('npx', [...args, '--runTestsByPath', ...files], {
      cwd: repository,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 28,
    });
    const { testResults } = JSON.parse(readFileSync(json, 'utf8'));
    const tests = testResults.map(
      ({ name, assertionResults }: { name: string; assertionResults: unknown }) => [
        relative(repository, name),
        assertionResults,
      ],
    );
    const log = `${stdout}\ntook ${Math.round((performance.now() - began) / 1000)} s\n`;
    return { log, tests: new Map(tests) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main([name = '', given]: readonly string[]): void {
  const work = WORKS[name];
  if (!work) throw new Error(`give a page: ${Object.keys(WORKS).join(' or ')}`);
  const page = join(repository, `docs/evidence/${name}.md`);
  const files = filesOf(page, work.rooms);
  const { log, tests } =
    given === undefined ? runOf(files) : { log: readFileSync(given, 'utf8'), tests: new Map() };
  const times = timesIn(log, files, work.before, tests);
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
