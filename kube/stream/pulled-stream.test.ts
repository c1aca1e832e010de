import { PulledStream } from './pulled-stream';

async function readAll(stream: PulledStream): Promise<string> {
  let all = '';
  for await (const chunk of stream.readable) all += String(chunk);
  return all;
}

test('what was pushed is read in its order, and then the end', async () => {
  const stream = new PulledStream(() => {});
  for (const chunk of ['a', 'b', 'c']) stream.push(Buffer.from(chunk));
  stream.finish();
  stream.push(Buffer.from('too late'));
  expect(await readAll(stream)).toBe('abc');
});

test('it says how much waits, and tells each time that it became less', async () => {
  const waiting: number[] = [];
  const stream: PulledStream = new PulledStream(() => waiting.push(stream.bytes));
  stream.push(Buffer.alloc(5));
  stream.push(Buffer.alloc(0));
  stream.push(Buffer.alloc(7));
  expect([stream.bytes, waiting]).toEqual([12, []]);
  stream.finish();
  await readAll(stream);
  expect(waiting.slice(0, 2)).toEqual([7, 0]);
  expect(stream.bytes).toBe(0);
});

test('a reader that was there first gets what comes later', async () => {
  const stream = new PulledStream(() => {});
  const reading = readAll(stream);
  await new Promise(setImmediate);
  stream.push(Buffer.from('late'));
  await new Promise(setImmediate);
  stream.finish();
  expect(await reading).toBe('late');
});

test('a failure comes behind what was received before it, and the first end counts', async () => {
  const stream = new PulledStream(() => {});
  stream.push(Buffer.from('kept'));
  stream.finish(new Error('broken'));
  stream.finish();
  let read = '';
  const reading = (async () => {
    for await (const chunk of stream.readable) read += String(chunk);
  })();
  await expect(reading).rejects.toThrow('broken');
  expect(read).toBe('kept');
});

test('a reader that leaves frees what waited, says so, and gets nothing more', async () => {
  const told: number[] = [];
  const stream: PulledStream = new PulledStream(() => told.push(stream.bytes));
  stream.push(Buffer.alloc(5));
  stream.readable.destroy();
  await new Promise((resolve) => stream.readable.once('close', resolve));
  expect([stream.bytes, told]).toEqual([0, [0]]);
  stream.push(Buffer.alloc(5));
  expect(stream.bytes).toBe(0);
});

test('a failure that nobody listens to ends no process', async () => {
  const stream = new PulledStream(() => {});
  stream.readable.resume();
  stream.finish(new Error('broken'));
  await new Promise((resolve) => stream.readable.once('close', resolve));
  expect(stream.readable.errored?.message).toBe('broken');
});
