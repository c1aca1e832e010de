import type { Readable } from 'node:stream';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { ApiError } from '../api-error';
import { KubeError } from '../errors';
import { expectFourFacts } from '../testing-only/failure';
import {
  exitStatus,
  frame,
  refusingPod,
  type Session,
  scriptedPod,
  success,
} from '../testing-only/scripted-pod';
import { type ScriptedServer, secretToken } from '../testing-only/scripted-server';
import { type Exec, type ExecOptions, exec } from './exec';

jest.setTimeout(120_000);

let server: ScriptedServer;
afterEach(() => server.close());

async function start(
  session: Session,
  options: Partial<ExecOptions> = {},
  protocols?: string[],
): Promise<Exec> {
  server = await scriptedPod(session, protocols);
  return exec(server.connect(), { pod: 'one', command: ['run', secretToken], ...options });
}

async function text(stream: Readable | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function failure(call: Promise<unknown>): Promise<KubeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KubeError);
  expect(inspect(error, { depth: 10 })).not.toContain(secretToken);
  return expectFourFacts(error as KubeError);
}

test('output, errors and exit code of a command', async () => {
  const run = await start((socket) => {
    socket.send(frame(1));
    socket.send(frame(1, 'out'));
    socket.send(frame(2, 'err'));
    socket.send(frame(3, exitStatus('3')));
    socket.send(frame(1, ' and more'));
    socket.close(1000);
  });
  expect(await text(run.stdout)).toBe('out and more');
  expect(await text(run.stderr)).toBe('err');
  expect(await run.ended).toEqual({ type: 'exited', exitCode: 3, outputComplete: true });
});

test.each([
  [401, 'Unauthorized', 'UNAUTHENTICATED'],
  [403, 'Forbidden', 'FORBIDDEN'],
  [404, 'NotFound', 'NOT_FOUND'],
  [429, 'TooManyRequests', 'TOO_MANY_REQUESTS'],
  [500, 'InternalError', 'SERVER_ERROR'],
])('a refused upgrade tells what the server said: %i', async (code, reason, expected) => {
  server = await refusingPod(code, reason, 'because of the moon');
  const error = (await failure(exec(server.connect(), { pod: 'one', command: ['x'] }))) as ApiError;
  expect(error).toMatchObject({ code: expected, statusCode: code, reason, retryAfterMs: 7000 });
  expect(error.message).toContain('because of the moon');
});

// What a connection can do to a command that is under way. None of it may look like an end of the command.
const losses: Record<string, Session> = {
  'a cut at once': (_socket, raw) => raw.resetAndDestroy(),
  'a cut inside the output': (socket, raw) => socket.send(frame(1, 'some'), () => raw.resetAndDestroy()),
  'a cut inside a frame': (socket, raw) => {
    socket.send(frame(1, 'some'));
    raw.write(Buffer.of(0x82, 0x7e, 0x10, 0x00, 1, 2, 3), () => raw.end());
  },
  'an orderly close without a status': (socket) => socket.close(1000),
  'a close with an error code': (socket) => socket.close(1011, 'oops'),
  'a status that is no JSON': (socket) => socket.send(frame(3, '{"status":"Succ'), () => socket.close(1000)),
  'a status that is no object': (socket) => socket.send(frame(3, 'null'), () => socket.close(1000)),
  'a status of another kind': (socket) =>
    socket.send(frame(3, '{"status":"Great"}'), () => socket.close(1000)),
  'a text frame': (socket) => socket.send('hello'),
  'an unknown channel': (socket) => socket.send(frame(9, 'x')),
  'output on the channel of the input': (socket) => socket.send(frame(0, 'x')),
  'an empty frame': (socket) => socket.send(Buffer.alloc(0)),
  'bytes that are no frame': (_socket, raw) => raw.write(Buffer.from('GET / HTTP/1.1\r\n\r\n')),
  'a frame too large': (_socket, raw) =>
    raw.write(Buffer.concat([Buffer.of(0x82, 0x7f), Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])])),
  'endless fragments': (_socket, raw) => {
    raw.write(Buffer.of(0x02, 0x01, 1));
    const fragments = Buffer.concat(Array.from({ length: 1000 }, () => Buffer.of(0x00, 0x01, 65)));
    const more = () => {
      if (raw.writable) raw.write(fragments, () => setImmediate(more));
    };
    more();
  },
  silence: () => {},
};

for (const [name, session] of Object.entries(losses)) {
  test(`${name} ends as unknown, and the output fails`, async () => {
    const run = await start(
      (socket, raw, request) => {
        // Silence means that pings are not answered either.
        if (name === 'silence') raw.pause();
        session(socket, raw, request);
      },
      { liveness: { pingMs: 20, silenceMs: 200, inputStallMs: 200 } },
    );
    const output = failure(text(run.stdout));
    const ended = await run.ended;
    expect(ended.type).toBe('unknown');
    expect(await output).toMatchObject({ effect: 'unknown' });
  });
}

test('what cannot be understood is told as that, and its peer is not waited for', async () => {
  const run = await start((_socket, raw) => raw.write(Buffer.from('GET / HTTP/1.1\r\n\r\n')));
  const output = failure(text(run.stdout));
  expect(await run.ended).toMatchObject({ type: 'unknown' });
  expect((await output).message).toMatch(/Invalid WebSocket frame/);
});

test('exit code 0 inside a failure is a failure', async () => {
  const run = await start((socket) => {
    socket.send(frame(3, exitStatus('0')));
    socket.close(1000);
  });
  expect((await run.ended).type).toBe('failed');
});

test('a command that could not start is failed, with the words of the server', async () => {
  const run = await start((socket) => {
    socket.send(frame(3, exitStatus('x', 'InternalError')));
    socket.close(1000);
  });
  expect(await run.ended).toMatchObject({ type: 'failed', error: { reason: 'InternalError' } });
});

test('a cut after the status keeps the exit code and says that output may be missing', async () => {
  const run = await start((socket, raw) => {
    socket.send(frame(1, 'some'));
    socket.send(frame(3, success), () => raw.resetAndDestroy());
  });
  expect(await run.ended).toEqual({ type: 'exited', exitCode: 0, outputComplete: false });
  expect((await failure(text(run.stdout))).code).toBe('CONNECTION_LOST');
});

test('output that came before a cut is still read', async () => {
  const run = await start((socket, raw) => {
    socket.send(frame(1, 'first '));
    socket.send(frame(1, 'second'), () => raw.resetAndDestroy());
  });
  await run.ended;
  const seen: string[] = [];
  const reading = async () => {
    for await (const chunk of run.stdout!) seen.push(String(chunk));
  };
  await failure(reading());
  expect(seen.join('')).toBe('first second');
});

test('answered pings keep a silent command alive', async () => {
  let pings = 0;
  const run = await start(
    (socket) => {
      socket.on('ping', () => {
        pings += 1;
        if (pings < 8) return;
        socket.send(frame(3, success));
        socket.close(1000);
      });
    },
    { liveness: { pingMs: 20, silenceMs: 100 } },
  );
  expect((await run.ended).type).toBe('exited');
});

test('a deadline and an abort let go, and say that the command may still run', async () => {
  const late = await start(() => {}, { deadlineMs: 50 });
  expect(await late.ended).toMatchObject({
    type: 'unknown',
    error: { code: 'DEADLINE_EXCEEDED', effect: 'unknown' },
  });
  const abort = new AbortController();
  const run = await exec(server.connect(), { pod: 'one', command: ['x'], signal: abort.signal });
  abort.abort();
  expect(await run.ended).toMatchObject({ type: 'unknown', error: { code: 'ABORTED', effect: 'unknown' } });
  const closed = await exec(server.connect(), { pod: 'one', command: ['x'] });
  closed.close();
  expect(await closed.ended).toMatchObject({ type: 'unknown', error: { code: 'CLOSED' } });
});

test('an upgrade that is never answered ends at its deadline', async () => {
  server = await refusingPod(500, 'x', 'x');
  server.server.removeAllListeners('upgrade');
  server.server.on('upgrade', () => {});
  const opening = exec(server.connect(), { pod: 'one', command: ['x'], openDeadlineMs: 50 });
  expect((await failure(opening)).code).toBe('DEADLINE_EXCEEDED');
});

test('nobody listening is UNREACHABLE', async () => {
  server = await scriptedPod(() => {});
  await server.close();
  const error = await failure(exec(server.connect(), { pod: 'one', command: ['x'] }));
  expect(error).toMatchObject({ code: 'UNREACHABLE', effect: 'none' });
});

test('input reaches the command with its end', async () => {
  const received: Buffer[] = [];
  const run = await start(
    (socket) => {
      socket.on('message', (data: Buffer) => {
        if (data[0] === 255) {
          socket.send(frame(1, `end of ${data[1]}`));
          socket.send(frame(3, success));
          socket.close(1000);
        } else received.push(data.subarray(1));
      });
    },
    { stdin: true },
  );
  const input = Buffer.from('x'.repeat(100_000));
  run.stdin!.end(input);
  expect(await text(run.stdout)).toBe('end of 0');
  expect(Buffer.concat(received).equals(input)).toBe(true);
});

test('a server that cannot end input is refused before the command starts', async () => {
  let sessions = 0;
  server = await scriptedPod(() => {
    sessions += 1;
  }, ['v4.channel.k8s.io']);
  const error = await failure(exec(server.connect(), { pod: 'one', command: ['cat'], stdin: true }));
  expect(error.code).toBe('BAD_REQUEST');
  expect(sessions).toBe(0);
});

test('a server of v4 runs commands, and tells at the end of input that it cannot', async () => {
  const run = await start(
    (socket) => {
      socket.on('message', (data: Buffer) => socket.send(frame(1, data.subarray(1))));
    },
    { stdin: true, stdinEnd: false },
    ['v4.channel.k8s.io'],
  );
  run.stdin!.write('hello');
  const [echo] = (await run.stdout![Symbol.asyncIterator]().next()).value.toString().split('\n');
  expect(echo).toBe('hello');
  const broken = new Promise((resolve) => run.stdin!.once('error', resolve));
  run.stdin!.end();
  expect(await broken).toMatchObject({ code: 'STDIN_END_UNSUPPORTED' });
});

test('a command that ends before it has read its input fails the input, not the outcome', async () => {
  const run = await start(
    (socket) => {
      socket.send(frame(3, success));
      socket.close(1000);
    },
    { stdin: true },
  );
  const end = run.ended;
  while (!run.stdin!.destroyed) {
    run.stdin!.write(Buffer.alloc(1000));
    await new Promise(setImmediate);
  }
  expect((await end).type).toBe('exited');
});

test('whatever frames come, an exec ends, and only a Success status is a success', async () => {
  let script: ReadonlyArray<readonly [kind: string, payload: Buffer]> = [];
  server = await scriptedPod((socket, raw) => {
    for (const [kind, payload] of script) {
      if (kind === 'binary') socket.send(payload);
      if (kind === 'text') socket.send(payload.toString('latin1'));
      if (kind === 'ping') socket.ping(payload.subarray(0, 100));
      if (kind === 'raw') raw.write(payload);
    }
    raw.end();
  });
  const connection = server.connect();
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(fc.nat(6), fc.uint8Array({ maxLength: 20 }))
      .map(([channel, rest]) => Uint8Array.of(channel, ...rest)),
    fc.constantFrom(...[success, exitStatus('1'), '{}', '[]', '"Success"'].map((status) => frame(3, status))),
  );
  const frames = fc.tuple(
    fc.constantFrom('binary', 'binary', 'binary', 'text', 'ping', 'raw'),
    payloads.map((payload) => Buffer.from(payload)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frames, { maxLength: 8 }), async (sent) => {
      script = sent;
      const run = await exec(connection, { pod: 'one', command: ['x'], deadlineMs: 5000 });
      const outputs = [run.stdout, run.stderr].map((output) => text(output).catch(() => undefined));
      const end = await run.ended;
      await Promise.all(outputs);
      const successes = sent.filter(
        ([kind, payload]) => kind === 'binary' && payload.equals(frame(3, success)),
      );
      if (end.type === 'exited' && end.exitCode === 0) expect(successes.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
});
