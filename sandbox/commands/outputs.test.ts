import fc from 'fast-check';
import type { StreamNumber } from '../supervisor';
import { Outputs } from './outputs';

interface Piece {
  readonly stream: StreamNumber;
  readonly bytes: Buffer;
}

const piece: fc.Arbitrary<Piece> = fc.record({
  stream: fc.constantFrom<StreamNumber>(1, 2),
  bytes: fc
    .oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.uint8Array({ minLength: 4000, maxLength: 9000 }),
    )
    .map((bytes) => Buffer.from(bytes)),
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

/** All that a reader of events gets now, by output. */
function drain(outputs: Outputs): Record<'stdout' | 'stderr', Buffer> {
  const got = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (let next = outputs.shift(); next; next = outputs.shift()) got[next.type].push(Buffer.from(next.bytes));
  return { stdout: Buffer.concat(got.stdout), stderr: Buffer.concat(got.stderr) };
}

test('a reader gets every byte of each output, the result too, and as much may come again', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const { outputs, taken } = make({}, true);
      for (const { stream, bytes } of pieces) outputs.push(stream, bytes);
      expect(taken).toEqual({ 1: 0, 2: 0 });
      expect(drain(outputs)).toEqual({ stdout: joined(pieces, 1), stderr: joined(pieces, 2) });
      expect(Buffer.from(outputs.stdout.bytes)).toEqual(joined(pieces, 1));
      expect(Buffer.from(outputs.stderr.bytes)).toEqual(joined(pieces, 2));
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
      expect(Buffer.concat(order)).toEqual(Buffer.concat(pieces.map(({ bytes }) => bytes)));
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
  expect(drain(outputs)).toEqual({ stdout: joined(pieces, 1), stderr: joined(pieces, 2) });
});

test('each callback hears its own output, and then nothing waits for a reader', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const heard: Record<StreamNumber, Buffer[]> = { 1: [], 2: [] };
      const onStdout = (bytes: Uint8Array) => void heard[1].push(Buffer.from(bytes));
      const onStderr = (bytes: Uint8Array) => void heard[2].push(Buffer.from(bytes));
      const { outputs, taken } = make({ onStdout, onStderr }, true);
      for (const { stream, bytes } of pieces) outputs.push(stream, bytes);
      expect(Buffer.concat(heard[1])).toEqual(joined(pieces, 1));
      expect(Buffer.concat(heard[2])).toEqual(joined(pieces, 2));
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
  expect(drain(outputs)).toEqual({ stdout: Buffer.from('out'), stderr: Buffer.alloc(0) });
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
        expect(Buffer.from(output.bytes)).toEqual(joined(pieces, stream).subarray(0, maxOutputBytes));
      }
      const isMore = ([1, 2] as const).some((stream) => joined(pieces, stream).length > maxOutputBytes);
      expect(outputs.isTruncated).toBe(isMore);
    }),
  );
});

test('an output is deaf when nobody will see more of it', () => {
  const { outputs } = make({ maxOutputBytes: 1 }, false);
  expect(outputs.isDeaf(1)).toBe(false);
  outputs.push(1, Buffer.from('ab'));
  expect([outputs.isDeaf(1), outputs.isDeaf(2)]).toEqual([true, false]);
  const listened = make({ maxOutputBytes: 1, onStdout: () => {} }, false).outputs;
  listened.push(1, Buffer.from('ab'));
  expect(listened.isDeaf(1)).toBe(false);
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
