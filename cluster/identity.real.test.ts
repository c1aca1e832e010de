import { readFileSync } from 'node:fs';
import { isAlive } from './identity';

const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
const start = readFileSync('/proc/self/stat', 'utf8')
  .replace(/^.*\) /s, '')
  .split(' ')[19]!;
const self = { pid: process.pid, start, boot };

test('a process is told by its number, its start and the boot, all three', () => {
  expect(isAlive(self)).toBe(true);
  expect(isAlive({ ...self, pid: 1 })).toBe(false);
  expect(isAlive({ ...self, start: String(Number(start) - 1) })).toBe(false);
  expect(isAlive({ ...self, boot: 'another' })).toBe(false);
  // What an older version wrote.
  expect(isAlive({ pid: process.pid } as never)).toBe(false);
});
