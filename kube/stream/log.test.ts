import type { Readable } from 'node:stream';
import { expectFourFacts, failureOf } from '../testing-only/failure';
import { type Session, scriptedPod } from '../testing-only/scripted-pod';
import { type ScriptedServer, scriptedServer, statusBody } from '../testing-only/scripted-server';
import { followLog, readLog } from './log';

let server: ScriptedServer;
afterEach(() => server.close());

const selection = {
  pod: 'one',
  container: 'c',
  previous: true,
  timestamps: true,
  tailLines: 5,
  sinceTime: '2026-01-01T00:00:00Z',
  limitBytes: 100,
};
const asQuery = {
  container: 'c',
  previous: 'true',
  timestamps: 'true',
  tailLines: '5',
  sinceTime: '2026-01-01T00:00:00Z',
  limitBytes: '100',
};

async function text(stream: Readable): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

test('a log is read as its bytes, with what was selected of it', async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x0a]);
  server = await scriptedServer((_seen, response) => response.end(bytes));
  expect(await readLog(server.connect(), selection)).toEqual(bytes);
  await readLog(server.connect(), { pod: 'one', namespace: 'other' });
  expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /api/v1/namespaces/here/pods/one/log',
    'GET /api/v1/namespaces/other/pods/one/log',
  ]);
  expect(server.seen.map(({ query }) => Object.fromEntries(query))).toEqual([asQuery, {}]);
});

test('a log whose answer was lost is read again, and a refusal is the server`s', async () => {
  server = await scriptedServer((_seen, response, index) => {
    if (index === 0) return response.destroy();
    response.writeHead(index === 1 ? 200 : 404);
    return response.end(index === 1 ? 'lines' : JSON.stringify(statusBody(404, 'NotFound')));
  });
  const connection = server.connect();
  expect(String(await readLog(connection, { pod: 'one' }))).toBe('lines');
  expect(await failureOf(() => readLog(connection, { pod: 'one' }))).toMatchObject({ code: 'NOT_FOUND' });
});

let asked: URL;
let protocols: string | undefined;
async function follow(session: Session, options: object = {}) {
  server = await scriptedPod((socket, raw, request) => {
    asked = new URL(request.url!, 'http://server');
    protocols = request.headers['sec-websocket-protocol'];
    session(socket, raw, request);
  });
  return followLog(server.connect(), { pod: 'one', ...options });
}

test('a log is followed over a WebSocket of bytes until the server ends it in good order', async () => {
  const log = await follow((socket) => {
    socket.send(Buffer.from('one\n'));
    socket.send(Buffer.from('two\n'));
    socket.close(1000);
  }, selection);
  expect(await text(log.output)).toBe('one\ntwo\n');
  expect(await log.ended).toEqual({ type: 'complete' });
  expect(asked.pathname).toBe('/api/v1/namespaces/here/pods/one/log');
  expect(Object.fromEntries(asked.searchParams)).toEqual({ ...asQuery, follow: 'true' });
  expect(protocols).toBe('binary.k8s.io');
});

test.each<[what: string, session: Session, found: RegExp]>([
  ['a cut', (socket, raw) => socket.send(Buffer.from('one\n'), () => raw.destroy()), /code 1006/],
  [
    'an error of the server',
    (socket) => socket.send(Buffer.from('one\n'), () => socket.close(1011)),
    /code 1011/,
  ],
])(
  '%s leaves the end unknown: what came before is read, and what to do is said',
  async (_what, session, found) => {
    const log = await follow(session);
    const end = await log.ended;
    if (end.type !== 'unknown') throw new Error(`it ended as ${end.type}`);
    expect(expectFourFacts(end.error)).toMatchObject({ code: 'CONNECTION_LOST' });
    expect(end.error.found).toMatch(found);
    expect(end.error.where).toBe('LOG /api/v1/namespaces/here/pods/one/log');
    expect(end.error.remedy).toContain('sinceTime');
    let read = '';
    const reading = async () => {
      for await (const chunk of log.output) read += String(chunk);
    };
    expect(await failureOf(reading)).toBe(end.error);
    expect(read).toBe('one\n');
  },
);

test('close() and an abort end it, and say which it was', async () => {
  const log = await follow(() => {});
  log.close();
  const end = await log.ended;
  if (end.type !== 'unknown') throw new Error(`it ended as ${end.type}`);
  expect(expectFourFacts(end.error)).toMatchObject({ code: 'CLOSED', found: 'close()', effect: 'none' });
  const abort = new AbortController();
  const other = await followLog(server.connect(), { pod: 'one', signal: abort.signal });
  abort.abort();
  expect(await other.ended).toMatchObject({ type: 'unknown', error: { code: 'ABORTED' } });
});

test('a log of no pod is refused', async () => {
  server = await scriptedServer(() => {});
  const connection = server.connect();
  for (const call of [
    () => readLog(connection, undefined as unknown as typeof selection),
    () => followLog(connection, null as unknown as typeof selection),
    () => readLog(connection, { pod: '' }),
  ])
    expect(await failureOf(call)).toMatchObject({ code: 'ARGUMENT_INVALID' });
  expect(server.opened()).toBe(0);
});
