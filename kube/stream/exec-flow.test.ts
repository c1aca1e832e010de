import type { Readable } from 'node:stream';
import WebSocket from 'ws';
import { frame, type Session, scriptedPod, success } from '../testing-only/scripted-pod';
import type { ScriptedServer } from '../testing-only/scripted-server';
import { type Exec, type ExecOptions, exec } from './exec';

/** Much output and input beside a slow reader: it waits where it comes from. */

jest.setTimeout(120_000);

let server: ScriptedServer;
afterEach(() => server.close());

async function start(session: Session, options: Partial<ExecOptions> = {}): Promise<Exec> {
  server = await scriptedPod(session);
  return exec(server.connect(), { pod: 'one', command: ['run'], ...options });
}

async function lengthOf(stream: Readable | undefined): Promise<number> {
  let length = 0;
  for await (const chunk of stream ?? []) length += (chunk as Buffer).length;
  return length;
}

const megabyte = Buffer.alloc(1 << 20, 'x');
const hundred = 100;
const allowedGrowth = 32 << 20;

function memory(): number {
  global.gc?.();
  const { rss } = process.memoryUsage();
  return rss;
}

test('100 MB of output for a slow reader wait in the pod, not here', async () => {
  let sent = 0;
  const run = await start((socket) => {
    const more = () => {
      if (sent === hundred) {
        socket.send(frame(3, success));
        socket.close(1000);
        return;
      }
      sent += 1;
      socket.send(frame(1, megabyte), more);
    };
    more();
  });
  let read = 0;
  const before = memory();
  let most = before;
  let ahead = 0;
  for await (const chunk of run.stdout!) {
    read += chunk.length;
    ahead = Math.max(ahead, (sent << 20) - read);
    most = Math.max(most, process.memoryUsage.rss());
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(read).toBe(hundred << 20);
  expect((await run.ended).type).toBe('exited');
  // What was sent and not read is in the kernel and in one megabyte here; without backpressure it is all of it.
  expect(ahead).toBeLessThan(allowedGrowth);
  expect(most - before).toBeLessThan(2 * allowedGrowth);
});

test('100 MB of input for a slow command wait with the writer', async () => {
  let received = 0;
  const run = await start(
    (socket) => {
      socket.on('message', (data: Buffer) => {
        if (data[0] === 255) {
          socket.send(frame(3, success));
          socket.close(1000);
          return;
        }
        received += data.length - 1;
        socket.pause();
        setTimeout(() => socket.resume(), received % (1 << 20) < 32 << 10 ? 2 : 0);
      });
    },
    { stdin: true },
  );
  let written = 0;
  let ahead = 0;
  for (let index = 0; index < hundred; index += 1) {
    written += megabyte.length;
    const full = !run.stdin!.write(megabyte);
    ahead = Math.max(ahead, written - received);
    if (full) await new Promise((resolve) => run.stdin!.once('drain', resolve));
  }
  run.stdin!.end();
  expect((await run.ended).type).toBe('exited');
  expect(received).toBe(hundred << 20);
  expect(ahead).toBeLessThan(allowedGrowth);
});

test('a command that reads nothing for longer than silence is allowed is not taken for dead', async () => {
  const run = await start(
    (socket) => {
      // Paused, it answers no pings: exactly like a server that waits for a slow pod.
      socket.pause();
      setTimeout(() => socket.resume(), 500);
      socket.on('message', (data: Buffer) => {
        if (data[0] !== 255) return;
        socket.send(frame(3, success));
        socket.close(1000);
      });
    },
    { stdin: true, liveness: { pingMs: 20, silenceMs: 100 } },
  );
  run.stdin!.end(megabyte);
  expect((await run.ended).type).toBe('exited');
});

test('a reader that pauses for longer than silence is allowed loses nothing', async () => {
  const run = await start(
    (socket) => {
      for (let index = 0; index < 8; index += 1) socket.send(frame(1, megabyte));
      socket.send(frame(3, success));
      socket.close(1000);
    },
    { liveness: { pingMs: 20, silenceMs: 100 } },
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await lengthOf(run.stdout)).toBe(8 << 20);
  expect(await run.ended).toEqual({ type: 'exited', exitCode: 0, outputComplete: true });
});

test('an abort while the reader holds up the stream ends it at once', async () => {
  const pause = jest.spyOn(WebSocket.prototype, 'pause');
  const abort = new AbortController();
  const run = await start(
    (socket) => {
      for (let index = 0; index < 8; index += 1) socket.send(frame(1, megabyte));
    },
    { signal: abort.signal },
  );
  run.stderr!.resume();
  run.stdout!.on('error', () => {});
  while (!(pause.mock.contexts as WebSocket[])[0]?.isPaused) await new Promise(setImmediate);
  pause.mockRestore();
  abort.abort();
  expect(await run.ended).toMatchObject({ type: 'unknown', error: { code: 'ABORTED' } });
}, 10_000);

test.each([
  ['pauses', 300, 0],
  ['is slow', 0, 3],
])('a reader that %s gets all that was sent before the server closed', async (_how, pauseMs, everyMs) => {
  const run = await start(
    (socket, raw) => {
      for (let index = 0; index < 8; index += 1) socket.send(frame(1, megabyte));
      socket.send(frame(3, success));
      socket.close(1000);
      // As an API server does: it does not wait for the other end, and its kernel sends what is left. A word that
      // reaches a socket which was closed so is answered by a reset, and the rest is gone.
      raw.destroySoon();
    },
    { liveness: { pingMs: 5 } },
  );
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  let length = 0;
  for await (const chunk of run.stdout!) {
    length += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  expect(length).toBe(8 << 20);
  expect(await run.ended).toEqual({ type: 'exited', exitCode: 0, outputComplete: true });
});

test('a slow reader after the status is waited for: only silence is a server that forgot to close', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
  const pause = jest.spyOn(WebSocket.prototype, 'pause');
  try {
    const run = await start((socket) => {
      socket.send(frame(3, success));
      for (let index = 0; index < 4; index += 1) socket.send(frame(1, megabyte));
      socket.close(1000);
    });
    run.stderr!.resume();
    const chunks = run.stdout![Symbol.asyncIterator]();
    let length = ((await chunks.next()).value as Buffer).length;
    // Once more has come than waits here, the connection is not read.
    const [socket] = pause.mock.contexts as WebSocket[];
    while (!socket!.isPaused) await new Promise(setImmediate);
    jest.advanceTimersByTime(25_000);
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) length += next.value.length;
    expect(length).toBe(4 << 20);
    expect(await run.ended).toEqual({ type: 'exited', exitCode: 0, outputComplete: true });
  } finally {
    pause.mockRestore();
    jest.useRealTimers();
  }
});
