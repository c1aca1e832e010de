import fc from 'fast-check';
import { type Priority, Turns } from './turns';

const never = new AbortController().signal;
const why = () => new Error('over');

test('as many go at once as there are places, and the next one goes when one is given back', async () => {
  const turns = new Turns(2);
  const first = await turns.take('normal', '', never, why);
  await turns.take('normal', '', never, why);
  let third = false;
  const waiting = turns.take('normal', '', never, why).then(() => {
    third = true;
  });
  await Promise.resolve();
  expect(third).toBe(false);
  first();
  await waiting;
  expect(third).toBe(true);
});

/** Fills every place, lets all of `asked` wait, then gives places back one at a time and tells who goes. */
async function order(
  asked: ReadonlyArray<readonly [rank: Priority, flow: string]>,
  places = 1,
): Promise<string[]> {
  const turns = new Turns(places);
  const backs: Array<() => void> = [];
  for (let place = 0; place < places; place += 1) backs.push(await turns.take('normal', '', never, why));
  const gone: string[] = [];
  const all = asked.map(async ([rank, flow]) => {
    backs.push(await turns.take(rank, flow, never, why));
    gone.push(`${rank} ${flow}`);
  });
  backs.shift()!();
  for (let step = 0; step < asked.length; step += 1) {
    await new Promise(setImmediate);
    backs.shift()?.();
  }
  await Promise.all(all);
  return gone;
}

test('a thousand of one flow do not hold up the first of another', async () => {
  const many = Array.from({ length: 50 }, () => ['normal', 'many'] as const);
  const gone = await order([...many, ['normal', 'few']]);
  expect(gone.indexOf('normal few')).toBe(1);
});

test('within a flow the first that came is the first that goes', async () => {
  const turns = new Turns(1);
  let back = await turns.take('normal', '', never, why);
  const gone: number[] = [];
  const all = [0, 1, 2, 3].map((index) =>
    turns.take('normal', '', never, why).then((next) => {
      gone.push(index);
      back = next;
    }),
  );
  for (const one of all) {
    back();
    await one;
  }
  expect(gone).toEqual([0, 1, 2, 3]);
});

test('a higher rank goes first, and a lower one is not starved by it', async () => {
  const many = Array.from({ length: 60 }, () => ['normal', ''] as const);
  const gone = await order([['low', ''], ...many]);
  expect(gone[0]).toBe('normal ');
  expect(gone.indexOf('low ')).toBe(16);
});

test('a lease has a place also while all others are taken by slow calls', async () => {
  const turns = new Turns(4);
  for (let place = 0; place < 4; place += 1) await turns.take('normal', '', never, why);
  const back = await turns.take('high', 'lease', never, why);
  back();
  await turns.take('high', 'lease', never, why);
});

test('a place that is given back twice is one place', async () => {
  const turns = new Turns(1);
  const back = await turns.take('normal', '', never, why);
  back();
  back();
  await turns.take('normal', '', never, why);
  const late = await Promise.race([turns.take('normal', '', never, why), Promise.resolve('waits')]);
  expect(late).toBe('waits');
});

test('whoever comes, leaves or goes: never more than there are places, and none of them is lost', async () => {
  const rank = fc.constantFrom<Priority>('high', 'normal', 'low');
  const step = fc.oneof(
    fc.record({ do: fc.constant('take' as const), rank, flow: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ do: fc.constant('leave' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('give back' as const), which: fc.nat() }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { maxLength: 60 }),
      async (places, steps) => {
        const turns = new Turns(places);
        const inside: Array<{ rank: Priority; back: () => void }> = [];
        const waiting: AbortController[] = [];
        let asked = 0;
        let left = 0;
        for (const one of steps) {
          if (one.do === 'take') {
            const abort = new AbortController();
            asked += 1;
            waiting.push(abort);
            turns.take(one.rank, one.flow, abort.signal, why).then(
              (back) => {
                waiting.splice(waiting.indexOf(abort), 1);
                inside.push({ rank: one.rank, back });
              },
              () => {
                left += 1;
              },
            );
          } else if (one.do === 'leave' && waiting.length > 0) {
            waiting.splice(one.which % waiting.length, 1)[0]!.abort();
          } else if (one.do === 'give back' && inside.length > 0) {
            inside.splice(one.which % inside.length, 1)[0]!.back();
          }
          await new Promise(setImmediate);
          expect(inside.length).toBeLessThanOrEqual(places + 1);
          // A place is free only when no call waits for it.
          if (waiting.length > 0) expect(inside.length).toBeGreaterThanOrEqual(places);
        }
        let gone = 0;
        while (inside.length > 0) {
          inside.shift()!.back();
          gone += 1;
          await new Promise(setImmediate);
        }
        expect(waiting).toHaveLength(0);
        const given = steps.filter((one) => one.do === 'give back').length;
        expect(gone + left).toBeGreaterThanOrEqual(asked - given);
      },
    ),
    { numRuns: 200 },
  );
});
