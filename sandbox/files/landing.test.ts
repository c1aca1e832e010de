import fc from 'fast-check';
import { Landing } from './landing';

test('what is put is taken once and in its order, and stays whole until the next is taken', () => {
  const step = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 300_000, size: 'max' }).map((bytes) => Buffer.from(bytes)),
    fc.constant('take' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const landing = new Landing();
      const put: Buffer[] = [];
      const taken: Buffer[] = [];
      let last = landing.take();
      for (const step of [...steps, 'take' as const, 'take' as const]) {
        if (step === 'take') {
          // Read as late as it may be.
          taken.push(Buffer.from(last));
          last = landing.take();
        } else {
          put.push(Buffer.from(step));
          landing.put(step);
          step.fill(0);
        }
      }
      expect(last.length).toBe(0);
      expect(Buffer.concat(taken).equals(Buffer.concat(put))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('many small pieces take no more than their bytes', () => {
  const landing = new Landing();
  const before = process.memoryUsage();
  for (let index = 0; index < 1 << 20; index += 1) landing.put(Buffer.from([1]));
  const { arrayBuffers } = process.memoryUsage();
  expect(landing.take().length).toBe(1 << 20);
  expect(arrayBuffers - before.arrayBuffers).toBeLessThan(64 << 20);
});
