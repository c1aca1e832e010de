import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expectFourFacts } from '../testing-only/failure';
import { lines } from './lines';

/** A response as far as its lines are read: it is a stream of bytes. */
const responseOf = (): PassThrough & IncomingMessage => new PassThrough() as PassThrough & IncomingMessage;

async function read(chunks: readonly string[]): Promise<string[]> {
  const response = responseOf();
  for (const chunk of chunks) response.write(chunk, 'latin1');
  response.end();
  const found: string[] = [];
  for await (const line of lines(response, 'WATCH /x', 1_000)) found.push(line);
  expect(response.destroyed).toBe(true);
  return found;
}

test.each<[chunks: string[], expected: string[]]>([
  [['a\nb\n'], ['a', 'b']],
  [
    ['a', 'b', 'c\nd\n'],
    ['abc', 'd'],
  ],
  [
    ['a\n', 'b\n'],
    ['a', 'b'],
  ],
  [
    ['a\nb', 'c\n'],
    ['a', 'bc'],
  ],
  [['\n\na\n'], ['', '', 'a']],
  // Cut: it may be the half of an object.
  [['a\nb'], ['a']],
  [[], []],
  // A letter of two bytes, cut between them.
  [['\u00c3', '\u00a4\n'], ['ä']],
])('%j are the lines %j', async (chunks, expected) => {
  expect(await read(chunks)).toEqual(expected);
});

test('silence is a lost connection, counted only while a line is waited for', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  try {
    const response = responseOf();
    const reading = lines(response, 'WATCH /x', 1_000);
    response.write('a\n');
    expect((await reading.next()).value).toBe('a');
    jest.advanceTimersByTime(5_000);
    response.write('b\n');
    expect((await reading.next()).value).toBe('b');
    const next = reading.next().catch((error: unknown) => error);
    jest.advanceTimersByTime(999);
    expect(response.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    const error = await next;
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', where: 'WATCH /x', found: 'silence for 1000 ms' });
    expectFourFacts(error as Parameters<typeof expectFourFacts>[0]);
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test('many lines may be longer together than one may be', async () => {
  const response = responseOf();
  const line = `${'x'.repeat(8 << 20)}\n`;
  for (let index = 0; index < 6; index += 1) response.write(line);
  response.end();
  let count = 0;
  for await (const text of lines(response, 'x', 1_000)) count += text.length === 8 << 20 ? 1 : 0;
  expect(count).toBe(6);
});

test('one line of more than 32 MiB is refused with its four facts', async () => {
  const response = responseOf();
  for (let index = 0; index < 5; index += 1) response.write('x'.repeat(8 << 20));
  const error = await lines(response, 'WATCH /x', 1_000)
    .next()
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'RESPONSE_TOO_LARGE', where: 'WATCH /x' });
  expect((error as Error).message).toContain(String(32 << 20));
  expectFourFacts(error as Parameters<typeof expectFourFacts>[0]);
  expect(response.destroyed).toBe(true);
});
