import { PassThrough, Writable } from 'node:stream';
import { Channel } from './channel';
import { CHUNK_BYTES, encodeFrame, fourBytes, fromPod, toPod, windowsOf } from './frames';
import { Outgoing } from './outgoing';
import { sendAll } from './send-all';
import { endOf } from './transport';

/** A stream that takes what it is given when the test says so. */
class Slow {
  readonly taken: Buffer[] = [];
  #done: (() => void) | undefined;
  readonly stream = new Writable({
    highWaterMark: 1 << 30,
    write: (chunk: Buffer, _encoding, done) => {
      this.taken.push(chunk);
      this.#done = done;
    },
  });
  take(): void {
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }
  get text(): string {
    return String(Buffer.concat(this.taken));
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('frames leave in their order, and a writer goes no faster than the connection', async () => {
  const slow = new Slow();
  const outgoing = new Outgoing(slow.stream);
  outgoing.send(Buffer.from('a'), Buffer.from('b'));
  let isTaken = false;
  const sent = outgoing.sent([Buffer.from('c')]).then(() => {
    isTaken = true;
  });
  const later = outgoing.sent([Buffer.from('d')]);
  for (let index = 0; index < 3; index += 1) {
    await turn();
    expect(isTaken).toBe(false);
    slow.take();
  }
  // Everything of one turn of the program is one write, of which the last piece says that it was taken.
  for (let index = 0; index < 3; index += 1) {
    await turn();
    slow.take();
  }
  await Promise.all([sent, later]);
  expect(slow.text).toBe('abcd');
});

test('what comes while a write is under way leaves after it', async () => {
  const slow = new Slow();
  const outgoing = new Outgoing(slow.stream);
  outgoing.send(Buffer.from('a'));
  await turn();
  outgoing.send(Buffer.from('b'));
  const last = outgoing.sent([Buffer.from('c')]);
  await turn();
  expect(slow.text).toBe('a');
  for (let index = 0; index < 4; index += 1) {
    slow.take();
    await turn();
  }
  await last;
  expect(slow.text).toBe('abc');
});

test('after close() nothing leaves, and nobody waits', async () => {
  const slow = new Slow();
  const outgoing = new Outgoing(slow.stream);
  const waiting = outgoing.sent([Buffer.from('a')]);
  outgoing.close();
  await waiting;
  await outgoing.sent([Buffer.from('b')]);
  outgoing.send(Buffer.from('c'));
  await turn();
  expect(slow.text).toBe('');
});

/** A channel of a write, and what it has sent. */
function channelThat(input: 'granted' | 'atOnce') {
  const written: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk);
      done();
    },
  });
  const over: unknown[] = [];
  const events = { over: (answer: unknown) => void over.push(answer) };
  const channel = new Channel(7, new Outgoing(stream), events, windowsOf('write', input));
  return { channel, over, sent: () => Buffer.concat(written) };
}

const grant = (channel: Channel, bytes: number) =>
  channel.receive({ type: fromPod.grant, channel: 7, payload: fourBytes(bytes) });

test('as many bytes are sent as there is credit for, in pieces of a frame, and the rest when more is granted', async () => {
  const { channel, sent } = channelThat('granted');
  const bytes = Buffer.alloc(CHUNK_BYTES + 10, 'x');
  const sending = sendAll(channel, bytes);
  await turn();
  expect(sent()).toHaveLength(0);
  grant(channel, 4);
  await turn();
  expect(sent()).toEqual(encodeFrame(toPod.data, 7, bytes.subarray(0, 4)));
  expect(channel.credit).toBe(0);
  grant(channel, 2 * CHUNK_BYTES);
  await sending;
  expect(channel.credit).toBe(2 * CHUNK_BYTES - CHUNK_BYTES - 6);
  expect(sent()).toEqual(
    Buffer.concat([
      encodeFrame(toPod.data, 7, bytes.subarray(0, 4)),
      encodeFrame(toPod.data, 7, bytes.subarray(4, 4 + CHUNK_BYTES)),
      encodeFrame(toPod.data, 7, bytes.subarray(4 + CHUNK_BYTES)),
    ]),
  );
});

test('a sender that waits for credit hears that the operation is over, and nothing is sent after it', async () => {
  const { channel, over, sent } = channelThat('granted');
  const sending = sendAll(channel, Buffer.from('x'));
  channel.finish({ result: 1 });
  channel.finish({ result: 2 });
  await sending;
  await sendAll(channel, Buffer.from('y'));
  await channel.send(Buffer.from('z'));
  channel.stop();
  channel.end('');
  await channel.creditCame();
  await turn();
  expect(sent()).toHaveLength(0);
  expect([over, channel.isOver]).toEqual([[{ result: 1 }], true]);
});

test('what is told on a channel: its end, a signal, a stop, and a stream that is not read', async () => {
  const { channel, sent } = channelThat('atOnce');
  expect([channel.takesInput, channel.credit]).toEqual([true, CHUNK_BYTES]);
  channel.end('bye');
  channel.signal('SIGINT');
  channel.stop();
  channel.mute(2);
  await turn();
  expect(sent()).toEqual(
    Buffer.concat([
      encodeFrame(toPod.end, 7, 'bye'),
      encodeFrame(toPod.signal, 7, 'SIGINT'),
      encodeFrame(toPod.stop, 7),
      encodeFrame(toPod.mute, 7, Buffer.of(2)),
    ]),
  );
});

test('credit for output is given back a quarter of the window at a time', async () => {
  const { channel, sent } = channelThat('atOnce');
  const quarter = windowsOf('write', 'atOnce').output[1] / 4;
  channel.grant(1, quarter - 1);
  await turn();
  expect(sent()).toHaveLength(0);
  channel.grant(1, 1);
  channel.grant(1, 1);
  await turn();
  expect(sent()).toEqual(encodeFrame(toPod.credit, 7, Buffer.concat([Buffer.of(1), fourBytes(quarter)])));
});

test.each(['end', 'close', 'error'])(
  'the end of a transport is told after the last byte that came: %s',
  async (how) => {
    const stdout = new PassThrough();
    stdout.on('error', () => {});
    let isTold = false;
    const telling = endOf({
      stdin: undefined,
      stdout,
      ended: Promise.resolve('over'),
      close: () => {},
    }).then((end) => {
      isTold = true;
      return end;
    });
    await turn();
    expect(isTold).toBe(false);
    if (how === 'end') stdout.resume().end();
    else stdout.destroy(how === 'error' ? new Error('x') : undefined);
    expect(await telling).toBe('over');
    // One whose output is closed already is told at once.
    expect(await endOf({ stdin: undefined, stdout, ended: Promise.resolve('again'), close: () => {} })).toBe(
      'again',
    );
  },
);
