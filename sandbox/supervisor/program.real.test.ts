import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { command, needs } from '../../test/support/needs';

jest.setTimeout(120_000);

const { test } = needs(command('go', 'install Go, which builds the supervisor too'));

async function go(program: string, ...argv: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, argv, {
    cwd: path.join(__dirname, 'program'),
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' },
  });
  return stdout;
}

test('the program is formatted, go vet has nothing to say, and its own tests pass', async () => {
  const [formatted, , tested] = await Promise.all([
    go('gofmt', '-l', '.'),
    go('go', 'vet', '.'),
    // Not vet a second time.
    go('go', 'test', '-vet=off', '-count=1', '.'),
  ]);
  expect(formatted).toBe('');
  expect(tested).toMatch(/^ok /);
});
