import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOfJob } from './job-files';

test('a command without files is run as it is', () => {
  const command = ['make', 'a b'];
  expect(commandOfJob(command, undefined)).toEqual(command);
  expect(commandOfJob(command, undefined)).not.toBe(command);
});

test('one with files waits in a shell, and gets its words as they are', () => {
  const [shell, option, , ...rest] = commandOfJob(['printf', '%s', 'a "b" $c'], {});
  expect([shell, option]).toEqual(['sh', '-c']);
  expect(rest.slice(1)).toEqual(['printf', '%s', 'a "b" $c']);
});

test('a shell reads the lines that wait', () => {
  const [, , script] = commandOfJob(['true'], {}) as [string, string, string];
  expect(spawnSync('sh', ['-n', '-c', script]).status).toBe(0);
});

test('a command that has waited makes its files as one that has not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-gate-'));
  try {
    const gate = join(folder, 'gate');
    const [shell, option, script, , ...command] = commandOfJob(['sh', '-c', 'umask'], {});
    const around = `umask 027; "$@" & until [ -p ${gate} ]; do sleep 0.01; done; echo go >${gate}; wait`;
    const words = [shell, option, script, gate, ...command].map(String);
    const { stdout } = spawnSync('sh', ['-c', around, 'sh', ...words], { encoding: 'utf8', timeout: 20_000 });
    expect(stdout).toBe('0027\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each<[string, unknown]>([
  ['nothing', []],
  ['an empty program', ['']],
  ['a text', 'make'],
  ['a word that is no text', ['make', 3]],
  ['no list', undefined],
])('%s is no command, with files and without', (_what, command) => {
  for (const files of [undefined, { a: 'x' }])
    expect(() => commandOfJob(command as string[], files)).toThrow(
      expect.objectContaining({ code: 'ArgumentInvalid', where: 'job' }),
    );
});
