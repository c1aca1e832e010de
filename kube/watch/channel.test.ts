import { Channel } from './channel';

const over = { value: undefined, done: true };
const item = (value: number) => ({ value, done: false });

/** Whether a promise is still waiting after everything that can happen by now has happened. */
async function waits(work: Promise<unknown>): Promise<boolean> {
  let settled = false;
  work.finally(() => {
    settled = true;
  });
  await new Promise(setImmediate);
  return !settled;
}

test('items come in their order, to readers that were there before and to those that come later', async () => {
  const channel = new Channel<number>(10);
  const early = [channel.next(), channel.next()];
  for (const value of [1, 2, 3, 4]) expect(await channel.push(value)).toBe(true);
  expect(await Promise.all([...early, channel.next(), channel.next()])).toEqual([1, 2, 3, 4].map(item));
});

test('a full channel holds its producer until one item was read', async () => {
  const channel = new Channel<number>(2);
  expect(await waits(channel.push(1))).toBe(false);
  const second = channel.push(2);
  expect(await waits(second)).toBe(true);
  expect(await channel.next()).toEqual(item(1));
  expect(await second).toBe(true);
});

test('an item for a reader that waits never holds its producer', async () => {
  const channel = new Channel<number>(1);
  const reading = channel.next();
  expect(await waits(channel.push(1))).toBe(false);
  expect(await reading).toEqual(item(1));
});

test('what was pushed before a failure is still read; then the failure, once; then it is over', async () => {
  const channel = new Channel<number>(10);
  await channel.push(1);
  channel.fail(new Error('broken'));
  expect(await channel.next()).toEqual(item(1));
  await expect(channel.next()).rejects.toThrow('broken');
  expect([await channel.next(), await channel.next()]).toEqual([over, over]);
});

test('of several readers that wait the first hears the failure, and no later one hears it again', async () => {
  const channel = new Channel<number>(10);
  const [first, second] = [channel.next(), channel.next()];
  channel.fail(new Error('broken'));
  await expect(first).rejects.toThrow('broken');
  expect(await second).toEqual(over);
  expect(await channel.next()).toEqual(over);
});

test('after close() nothing is read, not even what was pushed, and readers that wait hear the end', async () => {
  const channel = new Channel<number>(10);
  await channel.push(1);
  channel.close();
  expect(await channel.next()).toEqual(over);
  const waiting = new Channel<number>(10);
  const readers = [waiting.next(), waiting.next()];
  waiting.close();
  expect(await Promise.all(readers)).toEqual([over, over]);
});

test('a producer hears that nobody reads any more: the one that waits, and the next', async () => {
  for (const end of [
    (one: Channel<number>) => one.close(),
    (one: Channel<number>) => one.fail(new Error('x')),
  ]) {
    const channel = new Channel<number>(1);
    const held = channel.push(1);
    end(channel);
    expect(await held).toBe(false);
    expect(await channel.push(2)).toBe(false);
  }
});

test('the first end counts', async () => {
  const closed = new Channel<number>(1);
  closed.close();
  closed.fail(new Error('too late'));
  expect(await closed.next()).toEqual(over);
  const failed = new Channel<number>(1);
  failed.fail(new Error('first'));
  failed.fail(new Error('second'));
  await expect(failed.next()).rejects.toThrow('first');
});
