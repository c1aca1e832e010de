import { setImmediate } from 'node:timers/promises';
import { Line } from './line';

const { signal: forEver } = new AbortController();

/** Work that is done when it is told to be. */
function work(done: string[], name: string) {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const run = async () => {
    done.push(`${name} begins`);
    await finished;
    done.push(`${name} ends`);
    return name;
  };
  return { run, finish };
}

test('one is let in at a time, in the order in which they came, and one that fails makes room', async () => {
  const line = new Line();
  const done: string[] = [];
  const [first, second] = [work(done, 'first'), work(done, 'second')];
  const waiting = [
    line.wait(forEver, first.run),
    line.wait(forEver, () => Promise.reject(new Error('fails'))),
    line.wait(forEver, second.run),
  ];
  const results = Promise.allSettled(waiting);
  await setImmediate();
  expect(done).toEqual(['first begins']);
  expect(line.isEmpty).toBe(false);
  first.finish();
  second.finish();
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(done).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  expect(line.isEmpty).toBe(true);
});

test('one who leaves is told so at once, while the first one still works, and lets nobody in before their turn', async () => {
  const line = new Line();
  const done: string[] = [];
  const [first, leaver, last] = [work(done, 'first'), work(done, 'leaver'), work(done, 'last')];
  const leaving = new AbortController();
  const one = line.wait(forEver, first.run);
  const gone = line.wait(leaving.signal, leaver.run);
  const other = line.wait(forEver, last.run);
  last.finish();
  leaving.abort(new Error('cancelled'));
  await expect(gone).rejects.toThrow('cancelled');
  await setImmediate();
  expect(done).toEqual(['first begins']);
  await expect(line.wait(leaving.signal, leaver.run)).rejects.toThrow('cancelled');
  first.finish();
  expect(await Promise.all([one, other])).toEqual(['first', 'last']);
  expect(done).toEqual(['first begins', 'first ends', 'last begins', 'last ends']);
});

test('one who leaves with work still to do lets the next one in, and once only', async () => {
  const line = new Line();
  const done: string[] = [];
  const [first, second, third] = [work(done, 'first'), work(done, 'second'), work(done, 'third')];
  const leavesEarly = (leave: () => void) => {
    leave();
    leave();
    return first.run();
  };
  const waiting = [
    line.wait(forEver, leavesEarly),
    line.wait(forEver, second.run),
    line.wait(forEver, third.run),
  ];
  await setImmediate();
  expect(done).toEqual(['first begins', 'second begins']);
  expect(line.isEmpty).toBe(false);
  first.finish();
  expect(await waiting[0]).toBe('first');
  expect(done).toEqual(['first begins', 'second begins', 'first ends']);
  second.finish();
  third.finish();
  await Promise.all(waiting);
  expect(line.isEmpty).toBe(true);
});
