import { randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { Landing } from './landing';

const noise = (bytes: number) => randomFillSync(Buffer.alloc(bytes));

test('what is put is taken once and in its order, and stays whole until the next is taken', () => {
  const piece = (max: number) => fc.record({ bytes: fc.integer({ min: 1, max }) });
  const step = fc.oneof(
    { weight: 20, arbitrary: piece(30_000) },
    { weight: 1, arbitrary: piece(5 << 20) },
    { weight: 15, arbitrary: fc.constant('take' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20, size: 'max' }), (steps) => {
      const landing = new Landing();
      const put: Buffer[] = [];
      const taken: Buffer[] = [];
      let last = landing.take();
      const take = () => {
        // Read as late as it may be.
        taken.push(Buffer.from(last));
        last = landing.take();
      };
      for (const step of steps) {
        if (step === 'take') take();
        else {
          const bytes = noise(step.bytes);
          put.push(Buffer.from(bytes));
          landing.put(bytes);
          bytes.fill(0);
        }
      }
      do take();
      while (last.length > 0);
      expect(Buffer.concat(taken).equals(Buffer.concat(put))).toBe(true);
    }),
    { numRuns: 300 },
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

test('what a closed one leaves serves one other, and not two', () => {
  const piece = (letter: string) => Buffer.alloc(5 << 20, letter);
  const first = new Landing();
  first.put(piece('a'));
  while (first.take().length > 0);
  first.close();
  const [second, third] = [new Landing(), new Landing()];
  second.put(piece('b'));
  third.put(piece('c'));
  for (const [landing, letter] of [
    [second, 'b'],
    [third, 'c'],
  ] as const) {
    const bytes = Buffer.concat([Buffer.from(landing.take()), landing.take()]);
    expect(bytes.equals(piece(letter))).toBe(true);
  }
});
