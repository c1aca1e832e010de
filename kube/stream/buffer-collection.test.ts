import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { collectWhatWasRead } from './buffer-collection';

const chunkBytes = 16 << 10;

function mostHeld(how: 'told' | 'untold'): number {
  const program = path.join(__dirname, 'testing-only', 'most-held.ts');
  return Number(execFileSync(process.execPath, ['--import', 'tsx', program, how], { encoding: 'utf8' }));
}

test('buffers that were read and dropped do not pile up, as they do otherwise', () => {
  expect(mostHeld('untold')).toBeGreaterThan(16 << 20);
  expect(mostHeld('told')).toBeLessThan(8 << 20);
});

test('what is still in use stays', () => {
  const kept = Array.from({ length: 1000 }, (_, index) => Buffer.alloc(chunkBytes, index % 251));
  for (const { length } of kept) collectWhatWasRead(length);
  expect(kept.every((buffer, index) => buffer.every((byte) => byte === index % 251))).toBe(true);
});

test('two megabytes that were read are one collection of the young, however they came', () => {
  const collections: unknown[] = [];
  const before = globalThis.gc;
  globalThis.gc = ((options: unknown) => collections.push(options)) as unknown as typeof gc;
  try {
    jest.isolateModules(() => {
      const told: typeof collectWhatWasRead = require('./buffer-collection').collectWhatWasRead;
      const after = (...pieces: readonly number[]) => {
        for (const bytes of pieces) told(bytes);
        return collections.length;
      };
      const megabyte = 1 << 20;
      expect(after(megabyte, megabyte - 1)).toBe(0);
      expect(after(1)).toBe(1);
      expect(after(megabyte)).toBe(1);
      expect(after(megabyte)).toBe(2);
    });
  } finally {
    globalThis.gc = before;
  }
  expect(collections).toEqual([{ type: 'minor' }, { type: 'minor' }]);
});
