import { collectWhatWasRead } from './buffer-collection';

const chunkBytes = 16 << 10;

/** The most memory that lay in buffers while 100 MB of them were made and dropped. */
function mostHeld(afterEach: (bytes: number) => void): number {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let made = 0; made < 100 << 20; made += chunkBytes) {
    Buffer.allocUnsafeSlow(chunkBytes);
    afterEach(chunkBytes);
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  return most;
}

test('buffers that were read and dropped do not pile up, as they do otherwise', () => {
  expect(mostHeld(() => {})).toBeGreaterThan(16 << 20);
  expect(mostHeld(collectWhatWasRead)).toBeLessThan(8 << 20);
});

test('what is still in use stays', () => {
  const kept = Array.from({ length: 1000 }, (_, index) => Buffer.alloc(chunkBytes, index % 251));
  for (const { length } of kept) collectWhatWasRead(length);
  expect(kept.every((buffer, index) => buffer.every((byte) => byte === index % 251))).toBe(true);
});
