/**
 * Of the seconds that the files of a run of `make test` took, how many were taken by some of them: by those that were there
 * at a commit (a file that has moved since is known by its name), or by those whose path begins with what is given. With
 * the number of tests that passed then, how much of the whole run so many are, as they are today.
 *
 *     npx tsx evidence/share-of-tests.ts LOG COMMIT [TESTS]
 *     npx tsx evidence/share-of-tests.ts LOG --begins workloads/ --begins test/ci-fixer/ ...
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const LINE = /^\[\d+\/\d+\] (?<file>\S+\.test\.ts) {2}(?<passed>\d+) passed.*?, (?<seconds>[\d.]+) s$/gm;

interface Sum {
  files: number;
  tests: number;
  seconds: number;
}

function thereAt(commit: string): (file: string) => boolean {
  const listed = spawnSync('git', ['ls-tree', '-r', '--name-only', commit], { encoding: 'utf8' });
  if (listed.status !== 0) throw new Error(`git does not list ${commit}: ${listed.stderr.trim()}`);
  const names = new Set(listed.stdout.split('\n').map((file) => basename(file)));
  return (file) => names.has(basename(file));
}

function main(): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { begins: { type: 'string', multiple: true, default: [] as string[] } },
  });
  const [log, commit, passed] = positionals;
  const { begins } = values;
  if (!log || (commit === undefined) === (begins.length === 0))
    throw new Error('give the log of a run, and a commit or --begins');
  const isAsked =
    commit === undefined
      ? (file: string) => begins.some((beginning) => file.startsWith(beginning))
      : thereAt(commit);
  const asked: Sum = { files: 0, tests: 0, seconds: 0 };
  const all: Sum = { files: 0, tests: 0, seconds: 0 };
  const text = readFileSync(log, 'utf8');
  for (const { groups } of text.matchAll(LINE)) {
    for (const sum of isAsked(groups!.file!) ? [asked, all] : [all]) {
      sum.files += 1;
      sum.tests += Number(groups!.passed);
      sum.seconds += Number(groups!.seconds);
    }
  }
  if (all.files === 0) throw new Error(`${log} has no line of a test file`);
  for (const [whose, { files, tests, seconds }] of [
    [commit === undefined ? begins.join(' ') : `at ${commit}`, asked],
    ['all', all],
  ] as const)
    console.log(`${whose}: ${files} files, ${tests} tests, ${Math.round(seconds)} s`);
  const took = Number(/^took (\d+) s$/m.exec(text)?.[1]);
  if (Number.isNaN(took)) return;
  const share = asked.seconds / all.seconds;
  console.log(`${(100 * share).toFixed(0)} % of a run of ${took} s, ${Math.round(share * took)} s`);
  if (!passed) return;
  const ofThen = share * (Number(passed) / asked.tests);
  console.log(`${passed} tests: ${(100 * ofThen).toFixed(0)} %, ${Math.round(ofThen * took)} s`);
}

main();
