import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const repository = join(__dirname, '../..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-asked-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** jest as Stryker runs it, over two small files. */
function runJest(env: NodeJS.ProcessEnv, ...args: string[]): { status: number | null; stderr: string } {
  const tests = ['kube/backoff.test.ts', 'kube/amounts.test.ts'];
  const jest = join(repository, 'node_modules/.bin/jest');
  return spawnSync(jest, ['-c', 'evidence/mutants/jest.config.cjs', '-i', ...args], {
    cwd: repository,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...env,
      DRYDOCK_MUTANTS_TESTS: JSON.stringify({ tests, laws: [] }),
      DRYDOCK_MUTANTS_TITLES: folder,
    },
  });
}

test('for a mutant only files run of which a test is asked, and the others are no error', () => {
  const first = runJest({});
  expect(first.stderr).toContain('Test Suites: 2 passed');
  const mutant = runJest({ __STRYKER_ACTIVE_MUTANT__: '7' }, '-t', 'no wait stays none');
  // A broken file would count as a killed mutant, and nothing would ever survive.
  expect([mutant.status, mutant.stderr]).toEqual([
    0,
    expect.stringContaining('1 skipped, 1 passed, 1 of 2 total'),
  ]);
}, 60_000);
