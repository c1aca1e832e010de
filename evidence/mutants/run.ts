import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { MutatedRoom } from './rooms';

export type Verdict = 'killed' | 'survived' | 'no coverage' | 'timeout';

/** A change of the code, and what the tests said about it. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** The line it is in, without its indentation. */
  readonly within: string;
  readonly was: string;
  readonly becomes: string;
  readonly verdict: Verdict;
}

const repository = join(__dirname, '../..');

const VERDICTS: Readonly<Record<string, Verdict>> = {
  Killed: 'killed',
  Survived: 'survived',
  NoCoverage: 'no coverage',
  Timeout: 'timeout',
  // A test file that no longer loads has noticed the change.
  RuntimeError: 'killed',
};

/** What is changed, which tests run, and how many changes are tried. */
export interface Question extends Pick<MutatedRoom, 'mutated' | 'except' | 'tests' | 'laws'> {
  readonly seed: string;
  readonly sample: number;
  /** How many are tried at once. */
  readonly concurrency: number;
  /** How many of the sample were tried before, and are passed over. */
  readonly from?: number;
  /** These too; they are part of the sample, beside `from` others. */
  readonly only?: readonly Mutant[];
}

export interface Answer {
  readonly mutants: readonly Mutant[];
  /** Tests that failed before any change, because they read the text of the code itself. */
  readonly leftOut: readonly string[];
}

/** Laws of seconds, which find what is planted into their code in a few cases: a mutant has to be dead or alive soon. */
const FEWER_CASES = {
  ELECTION_LAW_RUNS: '150',
  QUEUE_LAW_RUNS: '300',
  CLAIM_LAW_RUNS: '6',
  POOL_LAW_RUNS: '40',
  FLEET_LAW_RUNS: '40',
};

/** Runs Stryker over a sample of mutants. */
export async function runMutants(question: Question): Promise<Answer> {
  const { seed, from = 0, sample, only, concurrency, tests, laws = [] } = question;
  const folder = mkdtempSync(join(tmpdir(), 'drydock-mutants-'));
  const facts = join(folder, 'first-run');
  mkdirSync(facts);
  // Read by jest.config.cjs and first-run.cjs in the process that runs the tests.
  process.env.DRYDOCK_MUTANTS_TESTS = JSON.stringify({ tests, laws });
  process.env.DRYDOCK_MUTANTS_TITLES = facts;
  // Property tests draw the same cases each time, so that a mutant has one fate.
  process.env.CI = 'true';
  Object.assign(process.env, FEWER_CASES);
  try {
    const { Stryker } = await import('@stryker-mutator/core');
    const options = {
      testRunner: 'jest',
      jest: { configFile: 'evidence/mutants/jest.config.cjs', enableFindRelatedTests: false },
      appendPlugins: ['sample-checker.mjs', 'told-at-once.mjs'].map((name) => join(__dirname, name)),
      checkers: ['sample'],
      mutants: { seed, from, sample, only: only?.map(nameOf) },
      // `mutants` is read by the checker alone.
      warnings: { unknownOptions: false, preprocessorErrors: true, unserializableOptions: true, slow: true },
      mutate: sourcesOf(question),
      ignorePatterns: ['dist', 'lib', 'examples/**/dist', 'sandbox/supervisor/bin/src'],
      coverageAnalysis: 'perTest' as const,
      ignoreStatic: true,
      timeoutMS: 4000,
      // The machine may be busier than in the first run: who is late then does not hang. What stands still is ended by its
      // own process (standstill.cjs), so that this is for what goes on for ever.
      timeoutFactor: laws.length > 0 ? 1.2 : 3,
      dryRunTimeoutMinutes: 20,
      concurrency,
      reporters: ['progress-append-only', 'told-at-once'],
      tempDirName: join(folder, 'copy'),
      cleanTempDir: 'always' as const,
      allowConsoleColors: false,
    };
    const results = await new Stryker(options).runMutationTest();
    const mutants = results.flatMap((result) => {
      const verdict = VERDICTS[result.status];
      return verdict ? [mutantOf(result, verdict)] : [];
    });
    const errors = results.filter(({ status }) => status === 'RuntimeError').length;
    // If most are that, the measurement is broken: nothing would ever survive.
    if (errors * 2 > mutants.length)
      throw new Error(`${errors} of ${mutants.length} runs of the tests failed as such`);
    return { mutants, leftOut: unfitTests(facts) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tells a change from all others of the code as it is. */
export function nameOf({ file, line, was, becomes }: Mutant): string {
  return [`${file}:${line}`, was, becomes].join(' ');
}

interface FirstRun {
  readonly titles: readonly string[];
  readonly unfit: readonly string[];
  /** What the unfit ones failed with. */
  readonly why: readonly string[];
}

/** A few read the text of the code. Where many fail it is the run that is broken, and it would find little covered. */
function unfitTests(folder: string): string[] {
  const files = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as FirstRun,
  );
  const unfit = files.flatMap((file) => file.unfit);
  const all = files.flatMap(({ titles }) => titles).length;
  if (unfit.length * 20 > all)
    throw new Error(
      `${unfit.length} of ${all} tests fail before any change, the first with:\n${files.flatMap(({ why }) => why)[0]}`,
    );
  return unfit.sort();
}

function sourcesOf({ mutated, except = [] }: Question): string[] {
  const files = execFileSync('git', ['ls-files', ...mutated], { cwd: repository, encoding: 'utf8' }).split(
    '\n',
  );
  const isBelow = (file: string) => except.some((folder) => file.startsWith(`${folder}/`));
  return files.filter(
    (file) =>
      file.endsWith('.ts') && !file.endsWith('.test.ts') && !/testing-only/.test(file) && !isBelow(file),
  );
}

interface Found {
  readonly fileName: string;
  readonly replacement?: string;
  readonly location: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

function mutantOf({ fileName, replacement = '', location: { start, end } }: Found, verdict: Verdict): Mutant {
  const lines = readFileSync(fileName, 'utf8').split('\n');
  const code = lines.slice(start.line - 1, end.line);
  code[code.length - 1] = code.at(-1)!.slice(0, end.column - 1);
  code[0] = code[0]!.slice(start.column - 1);
  return {
    file: relative(repository, fileName),
    line: start.line,
    within: lines[start.line - 1]!.trim(),
    was: code.join('\n'),
    becomes: replacement,
    verdict,
  };
}
