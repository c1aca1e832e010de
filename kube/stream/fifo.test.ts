import { getHeapSpaceStatistics } from 'node:v8';
import fc from 'fast-check';
import { Fifo } from './fifo';

test('it is a queue, however pushes and shifts are mixed', () => {
  const step = fc.oneof(
    fc.constant('shift' as const),
    fc.nat(3_000).map((count) => ({ count })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.nat(5_000), (steps, shifts) => {
      const [fifo, model] = [new Fifo<number>(), [] as number[]];
      let next = 0;
      for (const one of steps) {
        if (one === 'shift')
          expect(Array.from({ length: shifts }, () => fifo.shift())).toEqual(
            Array.from({ length: shifts }, () => model.shift()),
          );
        else {
          for (let index = 0; index < one.count; index += 1) {
            fifo.push(next);
            model.push(next);
            next += 1;
          }
        }
        expect(fifo.length).toBe(model.length);
      }
    }),
    { numRuns: 20 },
  );
});

test('nothing is left after it was cleared', () => {
  const fifo = new Fifo<number>();
  fifo.push(1);
  fifo.clear();
  expect([fifo.length, fifo.shift()]).toEqual([0, undefined]);
});

/** What large arrays take, which no collection of small ones moves. */
function largeArrays(): number {
  const spaces = getHeapSpaceStatistics().filter(({ space_name: name }) => name.includes('large_object'));
  return spaces.reduce((sum, { space_used_size: used }) => sum + used, 0);
}

test('one that never runs empty holds no more than what waits in it', () => {
  const fifo = new Fifo<number>();
  for (let index = 0; index < 4_000; index += 1) fifo.push(0);
  const before = largeArrays();
  for (let index = 0; index < 1_000_000; index += 1) {
    fifo.push(1);
    fifo.shift();
  }
  expect(fifo.length).toBe(4_000);
  // All that went through it takes 8 MB.
  expect(largeArrays() - before).toBeLessThan(4 << 20);
});

/** How long it takes until nothing waits any more, at best. */
function drainMs(count: number): number {
  const times = Array.from({ length: 5 }, () => {
    const fifo = new Fifo<number>();
    for (let index = 0; index < count; index += 1) fifo.push(index);
    const began = performance.now();
    while (fifo.length > 0) fifo.shift();
    return performance.now() - began;
  });
  return Math.min(...times);
}

test('each that is taken costs the same, however many wait behind it', () => {
  drainMs(10_000);
  // One that walked through all that waits would take 64 times as long.
  expect(drainMs(80_000) / drainMs(10_000)).toBeLessThan(30);
});
