/**
 * What `make test` and `make quick` run: the checks that need no test runner, the tools that tests need, then jest.
 * Ends with what failed and one line, `N passed, N failed, N skipped`, also when a step before jest fails.
 *
 *     npx tsx scripts/test.ts            everything
 *     npx tsx scripts/test.ts --quick    formatter, linter, rooms, types, unit tests: nothing but Node
 *     npx tsx scripts/test.ts --coverage unit and real tests with coverage, no other checks
 */
import { type SpawnOptions, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Failure, failureList } from './failures';
import { longestFiles, measured, type Phase, type TestFile, timeTable } from './phases';

/** What test/support/reporter.js writes of a run of jest. */
interface Outcome {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
  readonly files: readonly TestFile[];
}

/** A command of this repository's own tools; it counts as one test. */
interface Check {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
}

const root = join(__dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const tsx = (script: string): Check['command'] => [join(bin, 'tsx'), script];

const checks: readonly Check[] = [
  { name: 'formatter and linter', command: [join(bin, 'biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'rooms', command: tsx('scripts/rooms.ts') },
  { name: 'types', command: [join(bin, 'tsc'), '--noEmit', '-p', '.'] },
  { name: 'types of workloads/', command: [join(bin, 'tsc'), '--noEmit', '-p', 'workloads'] },
  {
    name: 'types of its page',
    command: [join(bin, 'tsc'), '--noEmit', '-p', 'workloads/todo-frontend/page'],
  },
];

/** Debian packages and the pinned tools, built once into a cache outside the repository. */
const tools: Check = { name: 'tools', command: tsx('cluster/tools/setup.ts') };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const passedOnce: Outcome = { passed: 1, skipped: 0, failures: [], files: [] };
const failedOnce = (title: string, message = ''): Outcome => ({
  passed: 0,
  skipped: 0,
  failures: [{ title, message }],
  files: [],
});

/** What was done so far, for the table at the end. */
const phases: Phase[] = [];

async function inPhase<Result>(name: string, body: () => Promise<Result>): Promise<Result> {
  say(`== ${name}`);
  const { result, phase } = await measured(name, body);
  phases.push(phase);
  return result;
}

/** Runs a program to its end: its status, and what it said where that was not passed on. */
function ended(program: string, args: readonly string[], options: SpawnOptions) {
  return new Promise<{ readonly status: number | null; readonly said: string }>((resolve) => {
    const child = spawn(program, args, { cwd: root, ...options });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    // A program that is not there is a failure like any other: the counts must still come.
    child.on('error', (error) => resolve({ status: null, said: String(error) }));
    child.on('close', (status) => resolve({ status, said }));
  });
}

/** `stdio` says whether its words are passed on at once, or told when it has ended. */
async function outcomeOf({ name, command }: Check, stdio: 'inherit' | 'pipe'): Promise<Outcome> {
  const [program, ...args] = command;
  const started = Date.now();
  const { status, said } = await ended(program, args, { stdio });
  if (said !== '') say(said.trimEnd());
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  say(`== ${name}: ${status === 0 ? 'passed' : 'FAILED'} after ${seconds} s`);
  return status === 0 ? passedOnce : failedOnce(name, said);
}

/** Why the whole suite cannot run on this machine, as one sentence. */
function machineLacks(): string | undefined {
  if (process.platform !== 'linux') {
    return `make test needs a Linux kernel, this is ${process.platform}: run it in a Linux container, or run make quick`;
  }
  return process.getuid?.() === 0
    ? undefined
    : 'make test needs root, because it makes network namespaces and mounts: run it as root in a container of its own, or run make quick';
}

/** Runs jest once over some projects. Temporary files of the tests, and of what they start, end with it. */
async function runJest(name: string, args: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-test-'));
  // As /tmp is: some tests run programs as another user.
  chmodSync(folder, 0o1777);
  const countsFile = join(folder, 'counts.json');
  const options: SpawnOptions = {
    stdio: 'inherit',
    env: {
      ...process.env,
      TMPDIR: folder,
      // What test files make once for all of them.
      DRYDOCK_RUN_FOLDER: folder,
      DRYDOCK_COUNTS_FILE: countsFile,
      DRYDOCK_CLUSTER_PER_WORKER: '1',
    },
  };
  const { status } = await inPhase(name, () => ended(join(bin, 'jest'), ['--ci', ...args], options));
  try {
    const outcome = JSON.parse(readFileSync(countsFile, 'utf8')) as Outcome;
    // jest may refuse for a reason that is no test's, and that must not pass for green.
    if (status === 0 || outcome.failures.length > 0) return outcome;
    return { ...outcome, failures: [{ title: `${name}: jest ended with ${status}`, message: '' }] };
  } catch {
    return failedOnce(`${name}: jest ended before it counted`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Tests of the project `real` wait for pods much of the time: two files at once leave a third of two cores idle, so three
 * run, each on a cluster of its worker. Those that compare all processes, mounts and networks of the machine run when
 * nothing else does.
 */
async function runTests(options: {
  readonly quick: boolean;
  readonly coverage: boolean;
}): Promise<Outcome[]> {
  if (options.coverage) {
    return [await runJest('tests', ['--coverage', '--runInBand'])];
  }
  const unit = await runJest('unit tests', ['--selectProjects', 'unit', '--maxWorkers', '2']);
  if (options.quick) return [unit];
  // Three at once are a fifth quicker on two cores, and met two tests in two runs that a busy node misses.
  const real = await runJest('real tests', ['--selectProjects', 'real', '--maxWorkers', '2']);
  return [
    unit,
    real,
    await runJest('tests that want the machine alone', ['--selectProjects', 'alone', '--runInBand']),
  ];
}

async function main(options: readonly string[]): Promise<Outcome> {
  const quick = options.includes('--quick');
  const coverage = options.includes('--coverage');
  const lacks = quick ? undefined : machineLacks();
  if (lacks !== undefined) {
    return failedOnce(lacks);
  }
  const outcomes: Outcome[] = [];
  if (!coverage) {
    // Beside each other, because most of them use one core.
    const allChecks = () => Promise.all(checks.map((check) => outcomeOf(check, 'pipe')));
    outcomes.push(...(await inPhase('static checks', allChecks)));
  }
  const toolsReady = quick ? passedOnce : await inPhase(tools.name, () => outcomeOf(tools, 'inherit'));
  if (!quick) {
    outcomes.push(toolsReady);
  }
  if (toolsReady.failures.length === 0) {
    outcomes.push(...(await runTests({ quick, coverage })));
  }
  return outcomes.reduce((sum, each) => ({
    passed: sum.passed + each.passed,
    skipped: sum.skipped + each.skipped,
    failures: [...sum.failures, ...each.failures],
    files: [...sum.files, ...each.files],
  }));
}

async function wholeRun(): Promise<void> {
  const started = Date.now();
  const { passed, skipped, failures, files } = await main(process.argv.slice(2));
  timeTable(phases, cpus().length).forEach(say);
  longestFiles(files, 20).forEach(say);
  failureList(failures).forEach(say);
  say(`took ${Math.round((Date.now() - started) / 1000)} s`);
  say(`${passed} passed, ${failures.length} failed, ${skipped} skipped`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

void wholeRun();
