import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {
  CHUNK_BYTES,
  encodeFrame,
  type Frame,
  FrameBreach,
  FrameParser,
  frameHeader,
  fromPod,
  MAX_INCOMING,
  PROTOCOL_VERSION,
  takesInput,
  windowsOf,
} from './frames';

type Sent = Pick<Frame, 'type' | 'channel' | 'payload'>;

const sent: fc.Arbitrary<Sent> = fc.record({
  type: fc.constantFrom(...Object.values(fromPod)),
  channel: fc.oneof(fc.nat(3), fc.constant(0xffffffff)),
  payload: fc.uint8Array({ minLength: 2, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
});

/** What a frame says, in order: output byte by byte, for it is handed on as it comes, everything else as a whole. */
function said({ type, channel, payload, stream }: Frame): string[] {
  if (type !== fromPod.output) return [`${type} of ${channel}: ${payload.toString('hex')}`];
  const [from, bytes] = stream === undefined ? [payload[0], payload.subarray(1)] : [stream, payload];
  return [...bytes].map((byte) => `output ${from} of ${channel}: ${byte}`);
}

test('frames are what was sent, wherever what comes is cut', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 8 }), cuts, (frames, sizes) => {
      const bytes = Buffer.concat(
        frames.map(({ type, channel, payload }) => encodeFrame(type, channel, payload)),
      );
      const [got, parser] = [[] as string[], new FrameParser()];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] as number;
        parser.push(bytes.subarray(at, at + size), (frame) => got.push(...said(frame)));
        at += size;
      }
      expect(got).toEqual(frames.flatMap(said));
      expect(parser.isBetweenFrames).toBe(true);
    }),
  );
});

test('output is handed on before all of its frame is there, and nothing else is', () => {
  const got: Frame[] = [];
  const push = (parser: FrameParser, bytes: Buffer) => parser.push(bytes, (frame) => got.push(frame));
  const output = new FrameParser();
  push(output, encodeFrame(fromPod.output, 7, Buffer.from('\x02abc')).subarray(0, -1));
  expect(got).toEqual([{ type: fromPod.output, channel: 7, stream: 2, payload: Buffer.from('ab') }]);
  expect(output.isBetweenFrames).toBe(false);
  push(output, Buffer.from('c'));
  expect(got[1]?.payload).toEqual(Buffer.from('c'));
  expect(output.isBetweenFrames).toBe(true);
  const done = new FrameParser();
  push(done, encodeFrame(fromPod.done, 7, 'abc').subarray(0, -1));
  expect([got.length, done.isBetweenFrames]).toEqual([2, false]);
  push(done, Buffer.from('c'));
  expect(got[2]).toEqual({ type: fromPod.done, channel: 7, payload: Buffer.from('abc') });
});

test('output without a byte is told as it came, for whom it is for to refuse it', () => {
  const got: Frame[] = [];
  new FrameParser().push(encodeFrame(fromPod.output, 1, Buffer.of(1)), (frame) => got.push(frame));
  expect(got).toEqual([{ type: fromPod.output, channel: 1, payload: Buffer.of(1) }]);
});

test.each([
  ['less than a header', 4, false],
  ['a header alone', 5, true],
  ['the longest', 5 + MAX_INCOMING, true],
  ['one byte more than the longest', 6 + MAX_INCOMING, false],
  ['all that the length can say', 0xffffffff, false],
])('a frame that says a length of %s is taken or refused by its length', (_what, length, isTaken) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  const push = () => new FrameParser().push(head, () => {});
  if (isTaken) expect(push).not.toThrow();
  else expect(push).toThrow(new FrameBreach(`a frame of ${length} bytes`));
});

test('a frame is its length, its type, its channel and its payload', () => {
  expect(encodeFrame(32, 258, 'ab').toString('hex')).toBe('00000007' + '20' + '00000102' + '6162');
  expect(frameHeader(1, 2, 3).toString('hex')).toBe('00000008' + '01' + '00000002');
  expect(encodeFrame(5, 1).length).toBe(9);
});

test('input is for what reads it: a command that asks for it, and files that are written', () => {
  expect(takesInput('run', { stdin: true })).toBe(true);
  expect(takesInput('run', { stdin: false })).toBe(false);
  expect(takesInput('run', {})).toBe(false);
  expect([takesInput('write', {}), takesInput('upload', {})]).toEqual([true, true]);
  expect([takesInput('read', {}), takesInput('download', {}), takesInput('list', {})]).toEqual([
    false,
    false,
    false,
  ]);
});

test('without input nothing may be sent; what waits for a grant sends nothing at first, what has a place one piece', () => {
  for (const operation of ['run', 'write']) {
    expect(windowsOf(operation)).toMatchObject({ input: 0, atFirst: 0 });
    const granted = windowsOf(operation, 'granted');
    expect(granted).toMatchObject({ atFirst: 0 });
    expect(windowsOf(operation, 'atOnce')).toEqual({ ...granted, atFirst: CHUNK_BYTES });
    expect(granted.input).toBeGreaterThanOrEqual(CHUNK_BYTES);
  }
  // A command has two outputs, everything else one.
  expect(windowsOf('run').output[2]).toBe(windowsOf('run').output[1]);
  expect(windowsOf('read').output[2]).toBe(0);
  // A file has more under way than a command, in both directions.
  expect(windowsOf('write', 'granted').input).toBeGreaterThan(windowsOf('run', 'granted').input);
  expect(windowsOf('read').output[1]).toBeGreaterThan(windowsOf('run').output[1]);
});

test.each(['sandbox/supervisor/program/serve.go', 'test/sandbox-runtime/hostile/program/lies.go'])(
  '%s speaks the version of the client',
  (file) => {
    const text = readFileSync(path.join(__dirname, '../..', file), 'utf8');
    expect(text).toContain(`const protocolVersion = ${PROTOCOL_VERSION}\n`);
  },
);
