import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { feed } from './input';

async function fed(from: string | Uint8Array | Readable) {
  const [input, broken] = [new PassThrough(), [] as Error[]];
  const got = text(input).catch(() => 'nothing whole');
  await feed(input, from, (error) => {
    broken.push(error);
    input.destroy();
  });
  return { got: await got, broken };
}

test.each<[string, () => string | Uint8Array | Readable]>([
  ['a text', () => 'abc'],
  ['bytes', () => Buffer.from('abc')],
  ['a stream', () => Readable.from(['a', 'bc'])],
])('%s is written whole, and its end is the end of the input', async (_what, from) => {
  expect(await fed(from())).toEqual({ got: 'abc', broken: [] });
});

test('a stream that fails is told once, with its error, and is no end of the input', async () => {
  const error = new Error('the disk is gone');
  const failing = new Readable({ read: () => {} });
  failing.push('some');
  setImmediate(() => failing.destroy(error));
  expect(await fed(failing)).toEqual({ got: 'nothing whole', broken: [error] });
});

test('one that breaks off without an error is told as that', async () => {
  const silent = new Readable({ read: () => {} });
  silent.push('some');
  setImmediate(() => silent.destroy());
  const { got, broken } = await fed(silent);
  expect(got).toBe('nothing whole');
  expect(broken).toEqual([
    expect.objectContaining({ code: 'ArgumentInvalid', found: expect.stringContaining('broke off') }),
  ]);
});

test('a command that reads no more is no failure of its caller', async () => {
  const [input, broken] = [new PassThrough(), [] as Error[]];
  const feeding = feed(input, Readable.from(['x'.repeat(1 << 20)]), (error) => broken.push(error));
  input.destroy();
  await feeding;
  expect(broken).toEqual([]);
});
