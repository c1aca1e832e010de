import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, missingEntries } from './complete-lock';

const readLock = (): Lock => JSON.parse(readFileSync(join(__dirname, '..', 'package-lock.json'), 'utf8'));

test('the lock names every optional binary, so that npm ci takes it (mend: npx tsx scripts/complete-lock.ts)', () => {
  expect(Object.keys(missingEntries(readLock()))).toEqual([]);
});

test('finds a binary that the lock leaves out, and says where it runs', () => {
  const lock = readLock();
  delete lock.packages['node_modules/@swc/core-linux-x64-musl'];
  delete lock.packages['node_modules/@biomejs/cli-darwin-arm64'];
  expect(missingEntries(lock)).toEqual({
    'node_modules/@swc/core-linux-x64-musl': {
      version: lock.packages['node_modules/@swc/core']!.version,
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
    'node_modules/@biomejs/cli-darwin-arm64': {
      version: lock.packages['node_modules/@biomejs/biome']!.version,
      cpu: ['arm64'],
      dev: true,
      optional: true,
      os: ['darwin'],
    },
  });
});

test('refuses an optional dependency whose name does not say its platform', () => {
  const lock: Lock = { packages: { 'node_modules/a': { optionalDependencies: { colours: '1.0.0' } } } };
  expect(() => missingEntries(lock)).toThrow(/lacks colours@1\.0\.0/);
});
