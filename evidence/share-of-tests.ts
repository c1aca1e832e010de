/**
 * Of the seconds that the files of a run of `make test` took, how many were taken by those that were there at a commit.
 * A file that has moved since is known by its name. With the number of tests that passed then, how much of the whole run
 * so many are, as they are today.
 *
 *     npx tsx evidence/share-of-tests.ts LOG COMMIT [TESTS]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const LINE = /^\[\d+\/\d+\] (?<file>\S+\.test\.ts) {2}(?<passed>\d+) passed.*?, (?<seconds>[\d.]+) s$/gm;

function main([log, commit, passed]: readonly string[]): void {
  if (!log || !commit) throw new Error('give the log of a run and a commit');
  const listed = spawnSync('git', ['ls-tree', '-r', '--name-only', commit], { encoding: 'utf8' });
  if (listed.status !== 0) throw new Error(`git does not list ${commit}: ${listed.stderr.trim()}`);
  const names = new Set(listed.stdout.split('\n').map((file) => basename(file)));
  const then = { files: 0, tests: 0, seconds: 0 };
  const all = { files: 0, tests: 0, seconds: 0 };
  const text = readFileSync(log, 'utf8');
  for (const { groups } of text.matchAll(LINE)) {
    for (const sum of names.has(basename(groups!.file!)) ? [then, all] : [all]) {
      sum.files += 1;
      sum.tests += Number(groups!.passed);
      sum.seconds += Number(groups!.seconds);
    }
  }
  if (all.files === 0) throw new Error(`${log} has no line of a test file`);
  for (const [whose, { files, tests, seconds }] of Object.entries({ [`at ${commit}`]: then, now: all }))
    console.log(`${whose}: ${files} files, ${tests} tests, ${Math.round(seconds)} s`);
  const took = Number(/^took (\d+) s$/m.exec(text)?.[1]);
  if (!passed || Number.isNaN(took)) return;
  const share = (then.seconds / all.seconds) * (Number(passed) / then.tests);
  console.log(
    `${passed} tests: ${(100 * share).toFixed(0)} % of a run of ${took} s, ${Math.round(share * took)} s`,
  );
}

main(process.argv.slice(2));
