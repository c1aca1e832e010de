import type { Readable } from 'node:stream';
import type { WebSocket } from 'ws';
import { Connection } from '../connection';
import { KubeError } from '../errors';
import type { KubeEvent } from '../hooks';
import type { KubeConfigLike } from '../kube-config';
import { expectFourFacts, failureOf } from '../testing-only/failure';
import {
  exitStatus,
  frame,
  refusingPod,
  type Session,
  scriptedPod,
  success,
} from '../testing-only/scripted-pod';
import { configTo, type ScriptedServer, scriptedServer } from '../testing-only/scripted-server';
import { type Exec, type ExecOptions, exec } from './exec';
import { parseExecStatus } from './exec-status';

/** What an exec asks the server for, and how it goes from its start to its end. */

let server: ScriptedServer;
afterEach(() => server?.close());

/** The query and the subprotocols of the last upgrade. */
let asked: { readonly path: string; readonly query: URLSearchParams; readonly protocols: string | undefined };

async function start(session: Session, options: Partial<ExecOptions> = {}): Promise<Exec> {
  server = await scriptedPod((socket, raw, request) => {
    const url = new URL(request.url!, 'http://server');
    const { 'sec-websocket-protocol': protocols } = request.headers;
    asked = { path: url.pathname, query: url.searchParams, protocols };
    session(socket, raw, request);
  });
  return exec(server.connect(), { pod: 'one', command: ['run', '-x'], ...options });
}

const succeed = (socket: WebSocket) => {
  socket.send(frame(3, success));
  socket.close(1000);
};

async function text(stream: Readable): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

test.each<[options: Partial<ExecOptions>, query: object, protocols: string]>([
  [
    {},
    { stdin: 'false', stdout: 'true', stderr: 'true', tty: 'false' },
    'v5.channel.k8s.io,v4.channel.k8s.io',
  ],
  [
    { tty: true, container: 'c' },
    { container: 'c', stdin: 'false', stdout: 'true', stderr: 'false', tty: 'true' },
    'v5.channel.k8s.io,v4.channel.k8s.io',
  ],
  [
    { stdin: true, stdout: false },
    { stdin: 'true', stdout: 'false', stderr: 'true', tty: 'false' },
    'v5.channel.k8s.io',
  ],
  [
    { stdin: true, stdinEnd: false, stderr: false },
    { stdin: 'true', stdout: 'true', stderr: 'false', tty: 'false' },
    'v5.channel.k8s.io,v4.channel.k8s.io',
  ],
])('an exec with %j asks for exactly that', async (options, query, protocols) => {
  const run = await start(succeed, { namespace: 'other', ...options });
  expect((await run.ended).type).toBe('exited');
  expect(asked.path).toBe('/api/v1/namespaces/other/pods/one/exec');
  expect(asked.query.getAll('command')).toEqual(['run', '-x']);
  asked.query.delete('command');
  expect(Object.fromEntries(asked.query)).toEqual(query);
  expect(asked.protocols?.replace(/\s/g, '')).toBe(protocols);
  expect([run.stdin, run.stdout, run.stderr].map((stream) => stream !== undefined)).toEqual(
    ['stdin', 'stdout', 'stderr'].map((name) => (query as Record<string, string>)[name] === 'true'),
  );
});

test('the size of the terminal goes to the server as it expects it', async () => {
  const run = await start(
    (socket) => {
      socket.on('message', (data: Buffer) => {
        socket.send(frame(1, `${data[0]} ${data.subarray(1)}`));
        succeed(socket);
      });
    },
    { tty: true },
  );
  run.resize(80, 24);
  expect(await text(run.stdout!)).toBe('4 {"Width":80,"Height":24}');
});

test('an output that the server closes ends, and the other goes on', async () => {
  let more = () => {};
  const run = await start((socket) => {
    socket.send(frame(1, 'out'));
    socket.send(frame(255, Buffer.of(1)));
    more = () => {
      socket.send(frame(2, 'later'));
      succeed(socket);
    };
  });
  expect(await text(run.stdout!)).toBe('out');
  more();
  expect(await text(run.stderr!)).toBe('later');
  expect(await run.ended).toEqual({ type: 'exited', exitCode: 0, outputComplete: true });
});

test('frames on a channel that nobody asked for are a breach, with what it was', async () => {
  const run = await start((socket) => socket.send(frame(2, 'x')), { stderr: false });
  const end = await run.ended;
  if (end.type !== 'unknown') throw new Error(`it ended as ${end.type}`);
  expect(expectFourFacts(end.error)).toMatchObject({
    code: 'STREAM_PROTOCOL',
    effect: 'unknown',
    where: 'EXEC /api/v1/namespaces/here/pods/one/exec',
    found: 'a frame on channel 2',
  });
});

test.each<[what: string, session: (socket: WebSocket) => void]>([
  ['a text', (socket) => socket.send('\u0001hello')],
  ['nothing', (socket) => socket.send(Buffer.alloc(0))],
])('%s is a frame without a channel', async (_what, session) => {
  const run = await start(session);
  expect(await run.ended).toMatchObject({
    type: 'unknown',
    error: { code: 'STREAM_PROTOCOL', found: 'a frame without a channel' },
  });
});

test('the first status counts', async () => {
  const run = await start((socket) => {
    socket.send(frame(3, exitStatus('7')));
    succeed(socket);
  });
  expect(await run.ended).toMatchObject({ type: 'exited', exitCode: 7 });
});

test('an end without a status says with which code, and what to do', async () => {
  const run = await start((socket) => socket.close(1000));
  const end = await run.ended;
  if (end.type !== 'unknown') throw new Error(`it ended as ${end.type}`);
  expect(expectFourFacts(end.error)).toMatchObject({
    code: 'CONNECTION_LOST',
    effect: 'unknown',
    found: 'an end of the connection (code 1000) without a status',
  });
  expect(end.error.remedy).toContain('may still run');
});

test('close() without a reason is CLOSED, and with one it is that', async () => {
  const closed = await start(() => {});
  closed.close();
  const end = await closed.ended;
  if (end.type !== 'unknown') throw new Error(`it ended as ${end.type}`);
  expect(expectFourFacts(end.error)).toMatchObject({ code: 'CLOSED', effect: 'unknown', found: 'close()' });
  const reason = new KubeError('ABORTED', { where: 'a', found: 'b', expected: 'c', remedy: 'd' });
  const other = await exec(server.connect(), { pod: 'one', command: ['x'] });
  other.close(reason);
  const told = await other.ended;
  expect(told).toMatchObject({ type: 'unknown' });
  expect(told.type === 'unknown' && told.error).toBe(reason);
});

test('a server without v5 tells at the end of the input that it cannot be told, and what would', async () => {
  server = await scriptedPod(() => {}, ['v4.channel.k8s.io']);
  const run = await exec(server.connect(), { pod: 'one', command: ['x'], stdin: true, stdinEnd: false });
  const broken = new Promise((_resolve, reject) => run.stdin!.once('error', reject));
  run.stdin!.end();
  expect(await failureOf(() => broken)).toMatchObject({
    code: 'STDIN_END_UNSUPPORTED',
    effect: 'unknown',
    found: 'a server that speaks v4.channel.k8s.io',
    expected: expect.stringContaining('v5.channel.k8s.io'),
  });
});

test('input for a connection that was let go fails as lost, and a resize is as if it were not said', async () => {
  const run = await start(() => {}, { stdin: true, tty: true });
  const broken = new Promise((_resolve, reject) => run.stdin!.once('error', reject));
  run.close();
  run.stdin!.write('x');
  run.resize(80, 24);
  expect(await failureOf(() => broken)).toMatchObject({
    code: 'CONNECTION_LOST',
    effect: 'unknown',
    found: 'an end of the connection while input was sent',
    cause: expect.any(Error),
  });
});

test('silence is told with how long it was', async () => {
  const run = await start((_socket, raw) => raw.pause(), { liveness: { pingMs: 10, silenceMs: 30 } });
  const end = await run.ended;
  if (end.type !== 'unknown') throw new Error(`it ended as ${end.type}`);
  expect(end.error.found).toMatch(/^silence for \d+ ms, pings unanswered$/);
});

test('the input of a connection that is gone is over', async () => {
  const run = await start((_socket, raw) => setImmediate(() => raw.destroy()), { stdin: true });
  await run.ended;
  expect(run.stdin!.destroyed).toBe(true);
});

test('a server that forgets to close after the status is not waited for; while it sends it is', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
  try {
    let socket: WebSocket | undefined;
    const run = await start((one) => {
      socket = one;
      one.send(frame(3, success));
    });
    const read: string[] = [];
    run.stdout!.on('data', (chunk) => read.push(String(chunk)));
    run.stderr!.resume();
    const shown = async (count: number) => {
      while (read.length < count) await new Promise(setImmediate);
    };
    socket!.send(frame(1, 'a'));
    await shown(1);
    jest.advanceTimersByTime(9_000);
    socket!.send(frame(1, 'b'));
    await shown(2);
    jest.advanceTimersByTime(9_000);
    socket!.send(frame(1, 'c'));
    await shown(3);
    jest.advanceTimersByTime(10_000);
    expect(await run.ended).toMatchObject({ type: 'exited', exitCode: 0 });
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

test('hooks hear of a stream when it opens and when it ends, with why and for how long', async () => {
  const events: KubeEvent[] = [];
  server = await scriptedPod(succeed);
  const connection = server.connect({ hooks: { onEvent: (event) => events.push(event) } });
  await (await exec(connection, { pod: 'one', command: ['x'] })).ended;
  const lost = await exec(connection, { pod: 'one', command: ['x'] });
  lost.close();
  await lost.ended;
  const stream = {
    type: 'stream',
    resource: 'pods/exec',
    path: '/api/v1/namespaces/here/pods/one/exec',
    durationMs: expect.any(Number),
  };
  expect(events).toEqual([
    { ...stream, what: 'opened', error: undefined },
    { ...stream, what: 'closed', error: undefined },
    { ...stream, what: 'opened', error: undefined },
    { ...stream, what: 'closed', error: 'CLOSED' },
  ]);
  for (const event of events) expect(event.type === 'stream' && event.durationMs).toBeLessThan(600_000);
});

test('a server that speaks none of the protocols is told as that, and not as a lost connection', async () => {
  server = await scriptedPod(succeed);
  server.server.removeAllListeners('upgrade');
  server.server.on('upgrade', (request, socket) => {
    const { createHash } = require('node:crypto') as typeof import('node:crypto');
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
  });
  const opening = () => exec(server.connect(), { pod: 'one', command: ['x'] });
  expect(await failureOf(opening)).toMatchObject({
    code: 'STREAM_PROTOCOL',
    effect: 'unknown',
    where: 'GET /api/v1/namespaces/here/pods/one/exec',
    found: 'Server sent no subprotocol',
    expected: 'a server that speaks v5.channel.k8s.io or v4.channel.k8s.io',
  });
});

test('after a 401 an exec is opened once more, with newer credentials if there are any', async () => {
  const tokens: Array<string | undefined> = [];
  server = await scriptedPod((socket, _raw, request) => {
    tokens.push(request.headers.authorization);
    succeed(socket);
  });
  const [accept] = server.server.listeners('upgrade') as Array<(...given: unknown[]) => void>;
  server.server.removeAllListeners('upgrade');
  server.server.on('upgrade', (request, socket, head) => {
    if (request.headers.authorization === 'Bearer new') return accept!(request, socket, head);
    tokens.push(request.headers.authorization);
    socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  });
  const own = configTo(server.url);
  let token = 'old';
  const config: KubeConfigLike = Object.create(own, {
    applyToHTTPSOptions: {
      value: async (options: { headers?: object }) => {
        Object.assign(options, { headers: { Authorization: `Bearer ${token}` } });
      },
    },
  });
  const connection = new Connection({ kubeconfig: config });
  const run = () => exec(connection, { pod: 'one', command: ['x'] });
  expect(await failureOf(run)).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(tokens).toEqual(['Bearer old']);
  token = 'new';
  expect((await (await run()).ended).type).toBe('exited');
  expect(tokens).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
  connection.close();
});

test('another refusal is not asked about twice', async () => {
  server = await refusingPod(403, 'Forbidden', 'no');
  let upgrades = 0;
  server.server.on('upgrade', () => {
    upgrades += 1;
  });
  await failureOf(() => exec(server.connect(), { pod: 'one', command: ['x'] }));
  expect(upgrades).toBe(1);
});

test.each<[options: Partial<ExecOptions>, found: string]>([
  [{ command: [] }, 'an empty command'],
  [{ command: 'ls' as unknown as string[] }, 'a text, "ls"'],
  [{ command: ['ls', 5] as string[] }, 'a list, ["ls",5]'],
  [{ openDeadlineMs: 0 }, 'a number, 0'],
  [{ deadlineMs: -1 }, 'a number, -1'],
])('an exec with %j is refused, and nothing is opened', async (options, found) => {
  server = await scriptedServer((_seen, response) => response.destroy());
  const run = () => exec(server.connect(), { pod: 'one', command: ['x'], ...options });
  expect(await failureOf(run)).toMatchObject({
    code: 'ARGUMENT_INVALID',
    found,
    where: expect.stringMatching(/^EXEC \/api\/v1\/namespaces\/here\/pods\/one\/exec/),
  });
  expect(server.opened()).toBe(0);
});

const status = (value: unknown) => parseExecStatus(Buffer.from(JSON.stringify(value)), 'EXEC /x');
const nonZero = (causes: unknown) => ({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes } });

test.each<[given: unknown, exitCode: number]>([
  [{ status: 'Success' }, 0],
  [nonZero([{ reason: 'ExitCode', message: '1' }]), 1],
  [
    nonZero([
      { reason: 'Other', message: '9' },
      { reason: 'ExitCode', message: '137' },
    ]),
    137,
  ],
  [nonZero([{ reason: 'ExitCode', message: '2147483647' }]), 2_147_483_647],
])('%j is an exit with code %i', (given, exitCode) => {
  expect(status(given)).toEqual({ type: 'exited', exitCode, outputComplete: true });
});

test.each<[given: unknown, code: string]>([
  [nonZero(undefined), 'SERVER_ERROR'],
  [nonZero([]), 'SERVER_ERROR'],
  [nonZero([{ reason: 'Other', message: '1' }]), 'SERVER_ERROR'],
  [nonZero([{ reason: 'ExitCode' }]), 'SERVER_ERROR'],
  ...['0', '', '1x', 'x1', '01', '-1', '12345678901'].map((message): [unknown, string] => [
    nonZero([{ reason: 'ExitCode', message }]),
    'SERVER_ERROR',
  ]),
  [{ ...nonZero([{ reason: 'ExitCode', message: '1' }]), reason: 'InternalError' }, 'SERVER_ERROR'],
  [{ status: 'Failure', code: 404, reason: 'NotFound', message: 'no container' }, 'NOT_FOUND'],
])('%j is a command that did not run', (given, code) => {
  const end = status(given);
  if (end.type !== 'failed') throw new Error(`it is ${end.type}`);
  expect(expectFourFacts(end.error)).toMatchObject({ code, where: 'EXEC /x' });
  expect(end.error.remedy).toContain('the program exists in the image');
});

test.each([[null], ['Success'], [['Success']], [{}], [{ status: 'success' }], [{ status: 5 }]])(
  '%j is no status',
  (given) => {
    const end = status(given);
    if (end.type !== 'unknown') throw new Error(`it is ${end.type}`);
    const bytes = JSON.stringify(given).length;
    expect(expectFourFacts(end.error)).toMatchObject({
      code: 'STREAM_PROTOCOL',
      effect: 'unknown',
      found: `a status of ${bytes} bytes that says neither Success nor Failure`,
    });
  },
);
