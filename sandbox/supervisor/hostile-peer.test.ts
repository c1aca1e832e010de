import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { SupervisedCommands } from '../commands';
import {
  CHUNK_BYTES,
  encodeFrame,
  type Frame,
  FrameBreach,
  FrameParser,
  fourBytes,
  fromPod,
  INPUT_PLACES,
  MAX_INCOMING,
  toPod,
  windowsOf,
} from './frames';
import { openSupervisor } from './open-supervisor';
import { supervisorProgram } from './program';
import { HostilePeer, onOpen } from './testing-only/hostile-peer';
import { WatchedHost } from './testing-only/local-supervisor';

jest.setTimeout(60_000);

const WINDOW = windowsOf('run').output[1];
const honestEnd = { result: { exitCode: 0 } };

async function commandAgainst(
  act: (peer: HostilePeer, channel: number) => void,
): Promise<{ outcome: string; peer: HostilePeer; stdout: number }> {
  const peer = await HostilePeer.open();
  onOpen(peer, (channel) => act(peer, channel));
  const result = await new SupervisedCommands(peer.supervisor).run(['true'], { maxOutputBytes: 10 });
  return { outcome: result.outcome, peer, stdout: result.stdout.length };
}

test('an honest peer is believed: the control of what follows', async () => {
  const { outcome, stdout, peer } = await commandAgainst((peer, channel) => {
    peer.send(fromPod.started, channel);
    peer.output(channel, 'out');
    peer.done(channel, honestEnd);
  });
  expect([outcome, stdout, peer.host.destroyed]).toEqual(['exited', 3, []]);
});

const breaches: Readonly<Record<string, (peer: HostilePeer, channel: number) => void>> = {
  'a frame that is too long': (peer) => peer.raw(Buffer.from([0xff, 0xff, 0xff, 0xff, 32, 0, 0, 0, 1])),
  'a frame that is too short': (peer) => peer.raw(Buffer.from([0, 0, 0, 4, 32, 0, 0, 0, 1])),
  'a type that does not exist': (peer, channel) => peer.send(99, channel),
  'a type that only the client sends': (peer, channel) => peer.send(toPod.open, channel, '{}'),
  'a second hello': (peer) => peer.send(fromPod.hello, 0, '{"version":1,"cwd":"/"}'),
  'a channel that was never opened': (peer, channel) => peer.output(channel + 1, 'x'),
  'the control channel': (peer) => peer.done(0, honestEnd),
  'an end of an operation that nobody began': (peer, channel) => peer.done(channel + 7, honestEnd),
  'a second start': (peer, channel) => {
    for (let times = 0; times < 2; times += 1) peer.send(fromPod.started, channel);
  },
  'output of no stream': (peer, channel) => peer.output(channel, 'x', 3),
  'empty output, which could go on for ever': (peer, channel) => peer.output(channel, ''),
  'output that was muted': (peer, channel) => {
    for (let sent = 0; sent <= 2 * WINDOW; sent += 60_000) peer.output(channel, Buffer.alloc(60_000));
  },
  'credit for input that was not sent': (peer, channel) =>
    peer.send(fromPod.grant, channel, Buffer.from([0, 0, 0, 1])),
  'credit of no bytes': (peer, channel) => peer.send(fromPod.grant, channel, Buffer.alloc(4)),
  'an answer that is not JSON': (peer, channel) => peer.send(fromPod.done, channel, '{'),
  'an answer that is null': (peer, channel) => peer.done(channel, null),
  'a problem without a code': (peer, channel) => peer.done(channel, { problem: { text: 'x' } }),
};

test.each(Object.entries(breaches))(
  '%s ends the connection and the sandbox, never as a success',
  async (_name, act) => {
    const { outcome, peer } = await commandAgainst((peer, channel) => {
      act(peer, channel);
      // What comes after a breach is not believed any more.
      peer.done(channel, honestEnd);
    });
    expect(outcome).toBe('connectionLost');
    expect(await peer.supervisor.ended).toMatchObject({
      why: 'breach',
      error: { code: 'SupervisorProtocol' },
    });
    expect(peer.host.destroyed).toHaveLength(1);
  },
);

test('output that nobody reads is held up to the window, and one byte more ends the connection', async () => {
  const peer = await HostilePeer.open();
  let channel = 0;
  onOpen(peer, (opened) => {
    channel = opened;
    peer.send(fromPod.started, channel);
  });
  const handle = await new SupervisedCommands(peer.supervisor).start(['true']);
  for (let sent = 0; sent < WINDOW; sent += WINDOW / 32) peer.output(channel, Buffer.alloc(WINDOW / 32));
  expect((await handle.events.next()).value).toMatchObject({ type: 'stdout' });
  expect(peer.host.destroyed).toEqual([]);
  peer.output(channel, Buffer.alloc(1));
  expect(await peer.supervisor.ended).toMatchObject({ why: 'breach' });
  await handle.events.return();
  expect(await handle.wait()).toMatchObject({ outcome: 'connectionLost' });
});

/** What each operation that is opened asks for, and a way to answer it. */
async function peerThatWaits(): Promise<{
  peer: HostilePeer;
  asked: { channel: number; place?: boolean }[];
  sent: () => number;
}> {
  const peer = await HostilePeer.open();
  const asked: { channel: number; place?: boolean }[] = [];
  let sent = 0;
  peer.onFrame = ({ type, channel, payload }) => {
    if (type === toPod.open) asked.push({ channel, place: JSON.parse(payload.toString('utf8')).place });
    if (type === toPod.data) sent += payload.length;
  };
  return { peer, asked, sent: () => sent };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

test('input that is not granted is not sent, beyond one piece for each of as many as have a place', async () => {
  const { peer, asked, sent } = await peerThatWaits();
  const commands = new SupervisedCommands(peer.supervisor);
  const stdin = Buffer.alloc(3 * CHUNK_BYTES);
  const running = Array.from({ length: INPUT_PLACES + 1 }, () => commands.run(['cat'], { stdin }));
  await settled();
  expect(asked.map(({ place }) => place)).toEqual([...Array(INPUT_PLACES).fill(true), undefined]);
  expect(sent()).toBe(INPUT_PLACES * CHUNK_BYTES);
  // A command without input takes none, and one that is over gives its place to the next.
  running.push(commands.run(['true']));
  for (const over of [0, 1]) peer.done(asked[over]!.channel, honestEnd);
  await Promise.all([running[0], running[1]]);
  running.push(commands.run(['cat'], { stdin }));
  await settled();
  expect(asked.at(-1)).toMatchObject({ place: true });
  peer.send(fromPod.grant, asked[INPUT_PLACES]!.channel, fourBytes(5));
  await settled();
  expect(sent()).toBe((INPUT_PLACES + 1) * CHUNK_BYTES + 5);
  peer.end();
  for (const { outcome } of (await Promise.all(running)).slice(2)) expect(outcome).toBe('connectionLost');
});

test.each([
  ['all of the window', 0, undefined],
  ['one byte more than the window', 1, 'breach'],
])('credit for %s of a command that reads', async (_name, more, why) => {
  const { peer, asked } = await peerThatWaits();
  const handle = new SupervisedCommands(peer.supervisor).run(['cat'], { stdin: Buffer.alloc(CHUNK_BYTES) });
  await settled();
  peer.send(fromPod.grant, asked[0]!.channel, fourBytes(windowsOf('run', 'atOnce').input + more));
  peer.done(asked[0]!.channel, honestEnd);
  expect((await handle).outcome).toBe(why ? 'connectionLost' : 'exited');
  if (why) expect(await peer.supervisor.ended).toMatchObject({ why });
});

const lies: Readonly<Record<string, unknown>> = {
  'no result': {},
  'a result without a code': { result: {} },
  'a code that is text': { result: { exitCode: '0' } },
  'a code out of range': { result: { exitCode: 256 } },
  'half a code': { result: { exitCode: 0.5 } },
  'a signal of no such form': { result: { exitCode: -1, signal: '\u001b[31m' } },
};

test.each(Object.entries(lies))(
  'an end that says nothing (%s) is no success, and costs the sandbox',
  async (_name, message) => {
    const { outcome, peer } = await commandAgainst((peer, channel) => {
      peer.send(fromPod.started, channel);
      peer.done(channel, message);
    });
    expect(outcome).toBe('podLost');
    expect(peer.host.destroyed).toHaveLength(1);
  },
);

test('a peer that says survivors, or that its reaper is gone, loses the sandbox', async () => {
  const survivors = await commandAgainst((peer, channel) =>
    peer.done(channel, { result: { exitCode: 0, reason: 'timeout', survivors: 2 } }),
  );
  expect([survivors.outcome, survivors.peer.host.destroyed.length]).toEqual(['timedOut', 1]);
  const reaper = await commandAgainst((peer, channel) =>
    peer.done(channel, { problem: { code: 'REAPER_LOST', text: 'x' } }),
  );
  expect([reaper.outcome, reaper.peer.host.destroyed.length]).toEqual(['podLost', 1]);
});

test('a peer that does not answer a stop loses the sandbox, and the abort is still one', async () => {
  const abort = new AbortController();
  const peer = await HostilePeer.open();
  onOpen(peer, (channel) => {
    peer.send(fromPod.started, channel);
    abort.abort();
  });
  const result = await new SupervisedCommands(peer.supervisor).run(['true'], { signal: abort.signal });
  expect(result).toMatchObject({ outcome: 'aborted' });
  expect(peer.host.destroyed).toEqual([expect.stringContaining('was to end and did not')]);
});

test('words of the pod do not reach a terminal as they are', async () => {
  const peer = await HostilePeer.open();
  onOpen(peer, (channel) =>
    peer.done(channel, { problem: { code: 'ENOENT', text: '\u001b]0;owned\u0007\n' } }),
  );
  const error = await new SupervisedCommands(peer.supervisor).run(['true']).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'CommandNotStarted' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f]/);
});

const openings: Readonly<Record<string, (Buffer | string)[]>> = {
  'no frame': ['Welcome to this shell\n'],
  'another version': [encodeFrame(fromPod.hello, 0, '{"version":1,"cwd":"/"}')],
  'a hello without a folder': [encodeFrame(fromPod.hello, 0, '{"version":2}')],
  'a hello on a channel': [encodeFrame(fromPod.hello, 1, '{"version":2,"cwd":"/"}')],
  'an answer before the hello': [encodeFrame(fromPod.done, 1, '{}')],
  'nothing at all': [],
};

test.each(Object.entries(openings))('a start with %s is no supervisor', async (_name, said) => {
  const { stdin, stdout, ended, end } = pipes();
  const opening = openSupervisor({ stdin, stdout, ended, close: end }, { host: new WatchedHost() });
  for (const bytes of said) stdout.write(bytes);
  if (said.length === 0) end();
  await expect(opening).rejects.toMatchObject({ code: 'SupervisorUnavailable' });
});

test.each([
  ['a machine that there is no program for', 'mips\n'],
  ['a machine named like a property', '__proto__\n'],
  ['a first line without an end', 'x'.repeat(100)],
  ['more than a line', 'x86_64\nand more'],
])('%s gets no program', async (_name, line) => {
  const { stdin, stdout, ended, end, written } = pipes();
  const options = { host: new WatchedHost(), program: supervisorProgram };
  const opening = openSupervisor({ stdin, stdout, ended, close: end }, options);
  stdout.write(line);
  await expect(opening).rejects.toMatchObject({ code: 'SupervisorUnavailable' });
  expect(written()).toBe(0);
});

function pipes() {
  let end!: () => void;
  let bytes = 0;
  const ended = new Promise<string>((resolve) => {
    end = () => {
      stdout.end();
      resolve('an end');
    };
  });
  const stdout = new PassThrough();
  const stdin = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      done();
    },
  });
  return { stdin, stdout, ended, end, written: () => bytes };
}

const frames = fc.array(
  fc.record({
    type: fc.oneof(fc.constantFrom(...Object.values(fromPod), ...Object.values(toPod)), fc.nat(255)),
    channel: fc.oneof(fc.constantFrom(0, 1, 2), fc.nat()),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.constantFrom(
        Buffer.from([1, 65]),
        Buffer.from([2, 66]),
        Buffer.from('{"result":{"exitCode":0}}'),
        Buffer.from('{"result":{"exitCode":-1,"signal":"SIGKILL"}}'),
        Buffer.from('{"problem":{"code":"ENOENT","text":""}}'),
      ),
    ),
  }),
  { maxLength: 12 },
);

test('whatever frames come, a command has one outcome, and success only from its own explicit end', async () => {
  await fc.assert(
    fc.asyncProperty(frames, fc.uint8Array({ maxLength: 40 }), async (said, garbage) => {
      const peer = await HostilePeer.open();
      let channel = 0;
      onOpen(peer, (opened) => {
        channel = opened;
        for (const { type, channel: told, payload } of said) peer.send(type, told, payload);
        peer.raw(garbage);
        peer.end();
      });
      const running = new SupervisedCommands(peer.supervisor).run(['true']);
      const outcome = await running.then(
        (result) => (result.ok ? 'success' : result.outcome),
        (error) => error.code,
      );
      const saidSo = said.some(
        ({ type, channel: told, payload }) =>
          (type === fromPod.done || type === fromPod.exit) &&
          told === channel &&
          Buffer.from(payload).toString().includes('"exitCode":0'),
      );
      if (outcome === 'success') expect(saidSo).toBe(true);
      await peer.supervisor.ended;
      expect(peer.host.destroyed).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

test('frames are the same, however they are cut', () => {
  const some = fc.array(
    fc.record({
      type: fc.oneof(fc.nat(255), fc.constant(fromPod.output)),
      channel: fc.nat(),
      payload: fc.uint8Array({ maxLength: 300 }),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(some, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sent, cuts) => {
      let bytes = Buffer.concat(
        sent.map(({ type, channel, payload }) => encodeFrame(type, channel, payload)),
      );
      const seen: Frame[] = [];
      // Output may come in parts.
      const take = ({ stream, ...frame }: Frame) => {
        const last = seen.at(-1);
        const missing = last ? (sent[seen.length - 1]?.payload.length ?? 0) - last.payload.length : 0;
        if (stream === undefined) seen.push(frame);
        else if (missing > 0) {
          seen[seen.length - 1] = {
            ...frame,
            payload: Buffer.concat([last?.payload ?? Buffer.of(), frame.payload]),
          };
        } else seen.push({ ...frame, payload: Buffer.concat([Buffer.of(stream), frame.payload]) });
      };
      const parser = new FrameParser();
      for (let index = 0; bytes.length > 0; index += 1) {
        const cut = cuts[index % cuts.length]!;
        parser.push(bytes.subarray(0, cut), take);
        bytes = bytes.subarray(cut);
      }
      expect(
        seen.map(({ type, channel, payload }) => ({ type, channel, payload: new Uint8Array(payload) })),
      ).toEqual(sent);
      expect(parser.isBetweenFrames).toBe(true);
    }),
  );
});

test('bytes that are no frames are refused before a payload is kept', () => {
  for (const length of [0, 4, MAX_INCOMING + 6, 0xffffffff]) {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(length);
    expect(() => new FrameParser().push(header, () => {})).toThrow(FrameBreach);
  }
});
