import { clockOf, World } from '../testing-only/fake-clock';
import { PASSED_OVER } from './fair-lines';
import { WorkQueue } from './work-queue';

function queueOf() {
  const world = new World();
  const queue = new WorkQueue({ clock: clockOf(world), random: () => 0 });
  return { world, queue };
}

test('namespaces take turns, and what is in none is one of them', async () => {
  const { queue } = queueOf();
  for (const key of ['a/1', 'a/2', 'a/3', 'x', 'y', 'b/1']) queue.add(key);
  const taken: (string | undefined)[] = [];
  for (let turn = 0; turn < 6; turn += 1) taken.push(await queue.take());
  expect(taken).toEqual(['a/1', 'x', 'b/1', 'a/2', 'y', 'a/3']);
});

test('a rank that was passed over often enough is next', async () => {
  const { queue } = queueOf();
  queue.add('low', { priority: 'low' });
  for (let key = 0; key <= PASSED_OVER; key += 1) queue.add(`${key}`, { priority: 'high' });
  const taken: (string | undefined)[] = [];
  for (let turn = 0; turn <= PASSED_OVER; turn += 1) taken.push(await queue.take());
  expect(taken.indexOf('low')).toBe(PASSED_OVER);
});

test('who waits for a key hears the end of his own signal, and one that is over already takes nothing', async () => {
  const { queue } = queueOf();
  const signal = new AbortController();
  const waiting = queue.take(signal.signal);
  signal.abort();
  expect(await waiting).toBeUndefined();
  queue.add('a');
  expect(await queue.take(signal.signal)).toBeUndefined();
  expect(await queue.take()).toBe('a');
});

test('after its end nothing is taken, nothing waits and no timer is left', async () => {
  const { queue, world } = queueOf();
  for (const key of ['a', 'b', 'c']) queue.add(key);
  expect(await queue.take()).toBe('a');
  queue.retry('a');
  queue.add('later', { afterMs: 1_000 });
  queue.close();
  expect(queue.counts()).toEqual({ ready: 0, delayed: 0, workedOn: 1 });
  expect(world.isEmpty).toBe(true);
  queue.add('d');
  queue.add('e', { afterMs: 5 });
  expect(queue.retry('a')).toBeGreaterThan(0);
  expect([await queue.take(), world.isEmpty]).toEqual([undefined, true]);
  queue.done('a');
  await queue.idle();
  expect(queue.counts()).toEqual({ ready: 0, delayed: 0, workedOn: 0 });
});

test('of two times the earlier counts, and of two ranks the higher', async () => {
  const { queue, world } = queueOf();
  queue.add('a', { afterMs: 100, priority: 'high' });
  queue.add('a', { afterMs: 200 });
  queue.add('b', { afterMs: 100 });
  queue.add('b', { afterMs: 50, priority: 'low' });
  await world.goOn(49);
  expect(queue.counts()).toMatchObject({ ready: 0, delayed: 2 });
  await world.goOn(50);
  expect(queue.counts()).toMatchObject({ ready: 1, delayed: 1 });
  await world.goOn(100);
  expect([await queue.take(), await queue.take()]).toEqual(['a', 'b']);
  await world.goOn(1_000);
  expect(queue.counts()).toMatchObject({ ready: 0, delayed: 0 });
});

test('for the same time the higher of two ranks counts', async () => {
  const { queue, world } = queueOf();
  queue.add('other', { afterMs: 100 });
  queue.add('raised', { afterMs: 100, priority: 'low' });
  queue.add('raised', { afterMs: 100, priority: 'high' });
  await world.goOn(100);
  expect([await queue.take(), await queue.take()]).toEqual(['raised', 'other']);
});

test('what was looked at from time to time and has failed still goes after what has changed', async () => {
  const { queue, world } = queueOf();
  queue.add('seldom', { priority: 'low' });
  await queue.take();
  queue.retry('seldom');
  queue.done('seldom');
  await world.goOn(1_000);
  queue.add('changed');
  expect([await queue.take(), await queue.take()]).toEqual(['changed', 'seldom']);
});

test('a key whose failures no longer count is not tried again for them', async () => {
  const { queue, world } = queueOf();
  queue.add('a');
  await queue.take();
  queue.retry('a');
  queue.done('a');
  queue.forget('a');
  expect([queue.counts().delayed, queue.failuresOf('a'), world.isEmpty]).toEqual([0, 0, true]);
});

test('nothing is known any more of a key that is done, and of one that failed all is', async () => {
  const asked: string[] = [];
  const flowOf = (key: string) => {
    asked.push(key);
    return '';
  };
  const queue = new WorkQueue({ clock: clockOf(new World()), flowOf });
  for (const key of ['fine', 'failed', 'fine', 'failed']) {
    queue.add(key, { priority: 'high' });
    await queue.take();
    if (key === 'failed') queue.retry(key);
    else queue.forget(key);
    queue.done(key);
  }
  expect(asked).toEqual(['fine', 'failed', 'fine']);
  expect(queue.failuresOf('failed')).toBe(2);
});
