import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { command, needs } from '../../test/support/needs';

jest.setTimeout(120_000);

const { test } = needs(command('go', 'install Go, which builds the supervisor too'));

const go = (program: string, ...argv: string[]) =>
  execFileSync(program, argv, {
    cwd: path.join(__dirname, 'program'),
    encoding: 'utf8',
    env: { ...process.env, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' },
  });

test('the program is formatted, go vet has nothing to say, and its own tests pass', () => {
  expect(go('gofmt', '-l', '.')).toBe('');
  go('go', 'vet', '.');
  expect(go('go', 'test', '-count=1', '.')).toMatch(/^ok /);
});
