import fc from 'fast-check';
import type { StreamNumber } from '../supervisor';
import { Outputs } from './outputs';

interface Piece {
  readonly stream: StreamNumber;
  readonly bytes: Buffer;
}

/** Drawn by their number and first byte: bytes that are drawn one by one take most of the time of these tests. */
const piece: fc.Arbitrary<Piece> = fc.record({
  stream: fc.constantFrom<StreamNumber>(1, 2),
  bytes: fc
    .tuple(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 4000, max: 9000 })), fc.nat(255))
    .map(([length, first]) => Buffer.from(Array.from({ length }, (_, index) => (first + 7 * index) % 256))),
});

const joined = (pieces: readonly Piece[], stream: StreamNumber) =>
  Buffer.concat(pieces.filter((one) => one.stream === stream).map(({ bytes }) => bytes));

function make(options: ConstructorParameters<typeof Outputs>[0], hasHandle: boolean) {
  const taken: Record<StreamNumber, number> = { 1: 0, 2: 0 };
  const failed = jest.fn();
  const onTaken = (stream: StreamNumber, bytes: number) => {
    taken[stream] += bytes;
  };
  return { outputs: new Outputs(options, hasHandle, onTaken, failed), taken, failed };
}

/** Bytes as a text of as many characters, which jest compares at once. */
const shown = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** All that a reader of events gets now, by output. */
function drain(outputs: Outputs): Record<'stdout' | 'stderr', string> {
  const got = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (let next = outputs.shift(); next; next = outputs.shift()) got[next.type].push(Buffer.from(next.bytes));
  return { stdout: shown(Buffer.concat(got.stdout)), stderr: shown(Buffer.concat(got.stderr)) };
}

test('a reader gets every byte of each output, the result too, and as much may come again', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const { outputs, taken } = make({}, true);
      for (const { stream, bytes } of pieces) outputs.push(stream, bytes);
      expect(taken).toEqual({ 1: 0, 2: 0 });
      expect(drain(outputs)).toEqual({ stdout: shown(joined(pieces, 1)), stderr: shown(joined(pieces, 2)) });
      expect(shown(outputs.stdout.bytes)).toBe(shown(joined(pieces, 1)));
      expect(shown(outputs.stderr.bytes)).toBe(shown(joined(pieces, 2)));
      expect(taken).toEqual({ 1: joined(pieces, 1).length, 2: joined(pieces, 2).length });
    }),
  );
});

test('a reader gets the two outputs in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      const { outputs } = make({}, true);
      for (const { stream, bytes } of pieces) outputs.push(stream, bytes);
      const order: Buffer[] = [];
      for (let next = outputs.shift(); next; next = outputs.shift()) order.push(Buffer.from(next.bytes));
      expect(shown(Buffer.concat(order))).toBe(shown(Buffer.concat(pieces.map(({ bytes }) => bytes))));
    }),
  );
});

test('millions of crumbs in turn wait as some thousand pieces, so that no tick walks through millions', () => {
  const { outputs, taken } = make({ maxOutputBytes: 100 }, true);
  const crumb = Buffer.of(120);
  for (let index = 0; index < 2_000_000; index += 1) outputs.push(index % 2 === 0 ? 1 : 2, crumb);
  let pieces = 0;
  while (outputs.shift()) pieces += 1;
  expect(pieces).toBeLessThan(1_100);
  expect(taken).toEqual({ 1: 1_000_000, 2: 1_000_000 });
});

test('a flood loses no byte of either output', () => {
  const { outputs } = make({}, true);
  const pieces: Piece[] = Array.from({ length: 9_000 }, (_one, index) => ({
    stream: index % 2 === 0 ? 1 : 2,
    bytes: Buffer.from(`${index} `),
  }));
  for (const { stream, bytes } of pieces) outputs.push(stream, bytes);
  expect(drain(outputs)).toEqual({ stdout: shown(joined(pieces, 1)), stderr: shown(joined(pieces, 2)) });
});

test('a reader has whole lines and not crumbs: what comes in small pieces is read in pieces of up to 4096 bytes', () => {
  const { outputs } = make({}, true);
  for (let index = 0; index < 4097; index += 1) outputs.push(1, Buffer.of(index % 256));
  const [first, rest] = [outputs.shift(), outputs.shift()];
  expect([first?.type, first?.bytes.length]).toEqual(['stdout', 4096]);
  expect([rest?.type, rest?.bytes.length]).toEqual(['stdout', 1]);
  expect(outputs.shift()).toBeUndefined();
});

test('each piece is of one output, and a change between the two begins another', () => {
  const { outputs } = make({}, true);
  const come: readonly (readonly [StreamNumber, string])[] = [
    [1, 'a'],
    [1, 'b'],
    [2, 'c'],
    [1, 'd'],
  ];
  for (const [stream, text] of come) outputs.push(stream, Buffer.from(text));
  const pieces = [outputs.shift(), outputs.shift(), outputs.shift()];
  expect(pieces.map((one) => `${one?.type} ${one?.bytes}`)).toEqual(['stdout ab', 'stderr c', 'stdout d']);
});

test('a reader that reads in the middle of a flood loses nothing that comes after', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_500), { maxLength: 6 }), (reads) => {
      const { outputs, taken } = make({}, true);
      const got = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
      const pushed: Piece[] = [];
      const read = (most: number) => {
        for (let left = most; left > 0; left -= 1) {
          const next = outputs.shift();
          if (!next) return;
          got[next.type].push(Buffer.from(next.bytes));
        }
      };
      for (const most of [...reads, Number.POSITIVE_INFINITY]) {
        for (let index = 0; index < 1_200; index += 1) {
          const stream = index % 2 === 0 ? 1 : 2;
          const bytes = Buffer.from(`${pushed.length} `);
          pushed.push({ stream, bytes });
          outputs.push(stream, bytes);
        }
        read(most);
      }
      expect(String(Buffer.concat(got.stdout))).toBe(String(joined(pushed, 1)));
      expect(String(Buffer.concat(got.stderr))).toBe(String(joined(pushed, 2)));
      expect(taken).toEqual({ 1: joined(pushed, 1).length, 2: joined(pushed, 2).length });
    }),
    { numRuns: 20 },
  );
});

test('what comes for an output whose last piece was read while a flood of the other waits is read as well', () => {
  const { outputs } = make({}, true);
  outputs.push(1, Buffer.from('before'));
  for (let index = 0; index < 1_100; index += 1) outputs.push(2, Buffer.alloc(4096));
  expect(String(outputs.shift()?.bytes)).toBe('before');
  outputs.push(1, Buffer.from('after'));
  expect(drain(outputs).stdout).toBe('after');
});

test('who reads no events any more lets what waits, and all that comes, go by', async () => {
  const { outputs, taken } = make({}, true);
  expect(outputs.isHolding).toBe(false);
  outputs.push(1, Buffer.from('abc'));
  outputs.push(2, Buffer.from('de'));
  expect(outputs.isHolding).toBe(true);
  const waiting = outputs.changed();
  outputs.collect();
  await waiting;
  expect(outputs.isHolding).toBe(false);
  expect(taken).toEqual({ 1: 3, 2: 2 });
  outputs.push(1, Buffer.from('f'));
  expect(taken).toEqual({ 1: 4, 2: 2 });
  expect(outputs.isHolding).toBe(false);
  expect(outputs.stdout.text).toBe('abcf');
});

test('without a handle nothing waits for a reader', () => {
  const { outputs, taken } = make({}, false);
  outputs.push(2, Buffer.from('abc'));
  expect(outputs.isHolding).toBe(false);
  expect(outputs.shift()).toBeUndefined();
  expect(taken).toEqual({ 1: 0, 2: 3 });
});

test('each callback hears its own output, and then nothing waits for a reader', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const heard: Record<StreamNumber, Buffer[]> = { 1: [], 2: [] };
      const onStdout = (bytes: Uint8Array) => void heard[1].push(Buffer.from(bytes));
      const onStderr = (bytes: Uint8Array) => void heard[2].push(Buffer.from(bytes));
      const { outputs, taken } = make({ onStdout, onStderr }, true);
      for (const { stream, bytes } of pieces) outputs.push(stream, bytes);
      expect(shown(Buffer.concat(heard[1]))).toBe(shown(joined(pieces, 1)));
      expect(shown(Buffer.concat(heard[2]))).toBe(shown(joined(pieces, 2)));
      expect(taken).toEqual({ 1: joined(pieces, 1).length, 2: joined(pieces, 2).length });
      expect(outputs.shift()).toBeUndefined();
    }),
  );
});

test('a callback for one output leaves the events of the other', () => {
  const heard: Buffer[] = [];
  const { outputs, taken } = make({ onStderr: (bytes) => void heard.push(Buffer.from(bytes)) }, true);
  outputs.push(1, Buffer.from('out'));
  outputs.push(2, Buffer.from('err'));
  expect(String(Buffer.concat(heard))).toBe('err');
  expect(taken).toEqual({ 1: 0, 2: 3 });
  expect(drain(outputs)).toEqual({ stdout: 'out', stderr: '' });
});

test('a callback that throws is told once, ends the command, and is not called again', () => {
  const error = new Error('a full disk');
  const onStdout = jest.fn(() => {
    throw error;
  });
  const { outputs, failed } = make({ onStdout }, false);
  outputs.push(1, Buffer.from('a'));
  outputs.push(1, Buffer.from('b'));
  expect(onStdout).toHaveBeenCalledTimes(1);
  expect(failed).toHaveBeenCalledTimes(1);
  expect(outputs.failure).toEqual({ error });
  expect(outputs.stdout.text).toBe('ab');
});

test('what is kept is bounded, byte for byte, and says when there was more', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.nat(20_000), (pieces, maxOutputBytes) => {
      const { outputs } = make({ maxOutputBytes }, false);
      for (const { stream, bytes } of pieces) outputs.push(stream, bytes);
      for (const [stream, output] of [[1, outputs.stdout] as const, [2, outputs.stderr] as const]) {
        expect(shown(output.bytes)).toBe(shown(joined(pieces, stream).subarray(0, maxOutputBytes)));
      }
      const isMore = ([1, 2] as const).some((stream) => joined(pieces, stream).length > maxOutputBytes);
      expect(outputs.isTruncated).toBe(isMore);
    }),
  );
});

test('what is exactly as long as the bound is whole', () => {
  const { outputs } = make({ maxOutputBytes: 3 }, false);
  outputs.push(1, Buffer.from('ab'));
  outputs.push(1, Buffer.from('c'));
  expect([outputs.stdout.text, outputs.isTruncated]).toEqual(['abc', false]);
  outputs.push(2, Buffer.from('defg'));
  expect([outputs.stderr.text, outputs.isTruncated]).toEqual(['def', true]);
});

test('an output is deaf when nobody will see more of it', () => {
  const { outputs } = make({ maxOutputBytes: 1 }, false);
  expect(outputs.isDeaf(1)).toBe(false);
  outputs.push(1, Buffer.from('ab'));
  expect([outputs.isDeaf(1), outputs.isDeaf(2)]).toEqual([true, false]);
  const listened = make({ maxOutputBytes: 1, onStdout: () => {} }, false).outputs;
  listened.push(1, Buffer.from('ab'));
  expect(listened.isDeaf(1)).toBe(false);
  listened.push(2, Buffer.from('ab'));
  expect(listened.isDeaf(2)).toBe(true);
  const read = make({ maxOutputBytes: 1 }, true).outputs;
  read.push(1, Buffer.from('ab'));
  expect(read.isDeaf(1)).toBe(false);
  read.collect();
  expect(read.isDeaf(1)).toBe(true);
});

test('a reader that waits is woken by output, by the end, and every one of several', async () => {
  const { outputs } = make({}, true);
  const waiting = [outputs.changed(), outputs.changed()];
  outputs.push(1, Buffer.from('x'));
  await Promise.all(waiting);
  const last = outputs.changed();
  outputs.wake();
  await last;
});
