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
          for (let index = 0; index < shifts; index += 1) expect(fifo.shift()).toBe(model.shift());
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
