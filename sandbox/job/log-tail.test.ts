import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { refuseUpgrade, scriptedPod } from '../../kube/testing-only/scripted-pod';
import { type ScriptedServer, scriptedServer } from '../../kube/testing-only/scripted-server';
import { refusal } from '../testing-only/scripted-runtime';
import { LogTail } from './log-tail';

const unknownToItsNode = {
  kind: 'Status',
  status: 'Failure',
  reason: 'NotFound',
  code: 404,
  message: 'the server could not find the requested resource ( pods/log one)',
};

let server: ScriptedServer;
afterEach(() => server.close());

function answer(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(unknownToItsNode));
}

function open(isOver: () => boolean): Promise<LogTail | undefined> {
  const change = async (withinMs: number) => void (await sleep(withinMs));
  const connection = server.connect();
  return LogTail.open({ connection, namespace: 'any', pod: 'one', container: 'main', isOver, change });
}

test('a node that does not know its pod yet has no log yet', async () => {
  server = await scriptedServer((_, response) => answer(response));
  expect(await open(() => false)).toBeUndefined();
});

test('a pod that has ended and is not there is an error', async () => {
  server = await scriptedServer((_, response) => answer(response));
  await expect(open(() => true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a log that may not be read is an error, and not one that is not there yet', async () => {
  server = await scriptedServer((_, response) => answer(response));
  server.server.on('upgrade', (_request, socket) => refuseUpgrade(socket as never, 403, 'Forbidden', 'no'));
  await expect(open(() => false)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

/** A node that serves its log as the test says, try by try: a stream, or a refusal. */
type Try = ((socket: WebSocket) => void) | { readonly code: number; readonly reason: string };

let asked: URLSearchParams[];

/** The log of a pod that has ended, unless the test says otherwise. */
async function tailOf(tries: readonly Try[], isOver = () => true): Promise<LogTail> {
  asked = [];
  let index = 0;
  const next = () => tries[Math.min(index++, tries.length - 1)]!;
  let now: Try = next();
  server = await scriptedPod((socket) => {
    if (typeof now === 'function') now(socket);
    now = next();
  });
  const [upgrade] = server.server.listeners('upgrade') as ((...args: unknown[]) => void)[];
  server.server.removeAllListeners('upgrade');
  server.server.on('upgrade', (request: IncomingMessage, socket, head) => {
    asked.push(new URL(request.url!, 'http://server').searchParams);
    if (typeof now === 'function') upgrade!(request, socket, head);
    else {
      refuseUpgrade(socket as never, now.code, now.reason, 'so it is');
      now = next();
    }
  });
  return (await open(isOver))!;
}

const says =
  (...lines: readonly string[]) =>
  (socket: WebSocket) => {
    for (const line of lines) socket.send(Buffer.from(`${line}\n`));
    socket.close(1000);
  };
const breaks = (line: string) => (socket: WebSocket) => {
  socket.send(Buffer.from(`${line}\n`), () => socket.terminate());
};

async function text(stream: Readable): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

test('a log is followed with its times, which its reader does not see, until its container has ended', async () => {
  const tail = await tailOf([says('2026-01-01T00:00:05Z one', '2026-01-01T00:00:06Z two')]);
  expect(await text(tail.output)).toBe('one\ntwo\n');
  expect(asked.map((query) => Object.fromEntries(query))).toEqual([
    { container: 'main', follow: 'true', timestamps: 'true' },
  ]);
});

test.each<[string, Try]>([
  ['broke', breaks('2026-01-01T00:00:05Z one')],
  ['ended in good order while its container runs', says('2026-01-01T00:00:05Z one')],
])('a log that %s is followed again from the last seconds, and every line comes once', async (how, first) => {
  let tries = 0;
  const isOver = () => {
    tries += 1;
    return how === 'broke' || tries > 3;
  };
  const again = says('2026-01-01T00:00:05Z one', '2026-01-01T00:00:06Z two');
  const tail = await tailOf([first, again], isOver);
  expect(await text(tail.output)).toBe('one\ntwo\n');
  expect(asked.at(-1)?.get('sinceTime')).toBe('2026-01-01T00:00:04.000Z');
});

test.each([
  [403, 'Forbidden', 'FORBIDDEN'],
  [401, 'Unauthorized', 'UNAUTHENTICATED'],
  [404, 'NotFound', 'NOT_FOUND'],
])('a refusal with %i is not tried again', async (code, reason, found) => {
  const tail = await tailOf([breaks('2026-01-01T00:00:05Z one'), { code, reason }]);
  expect(await refusal(text(tail.output))).toMatchObject({
    code: 'ApiFailed',
    where: 'log of pod one',
    found: expect.stringContaining(found),
  });
  expect(asked).toHaveLength(2);
});

test('one that a server cannot give just now is asked for again', async () => {
  const busy = { code: 500, reason: 'InternalError' };
  const tail = await tailOf([
    breaks('2026-01-01T00:00:05Z one'),
    busy,
    busy,
    says('2026-01-01T00:00:06Z two'),
  ]);
  expect(await text(tail.output)).toBe('one\ntwo\n');
});

test.each<[string, Try, string]>([
  ['refuses it', { code: 500, reason: 'InternalError' }, 'so it is'],
  ['has none any more', { code: 400, reason: 'BadRequest' }, 'no more of it after the end of its container'],
])('a node that %s for a quarter of a minute after the end is not waited for', async (_, later, found) => {
  const startedAt = Date.now();
  let looks = 0;
  // The clock goes on by a second at each look.
  jest.spyOn(Date, 'now').mockImplementation(() => startedAt + 1_000 * looks++);
  try {
    const tail = await tailOf([breaks('2026-01-01T00:00:05Z one'), later]);
    expect(await refusal(text(tail.output))).toMatchObject({
      code: 'ApiFailed',
      found: expect.stringContaining(found),
    });
  } finally {
    jest.restoreAllMocks();
  }
});

test('a reader that turns away ends the following', async () => {
  let isClosed = false;
  const tail = await tailOf([
    (socket) => {
      socket.send(Buffer.from('2026-01-01T00:00:05Z one\n'));
      socket.on('close', () => {
        isClosed = true;
      });
    },
  ]);
  for await (const chunk of tail.output) {
    expect(String(chunk)).toBe('one\n');
    break;
  }
  while (!isClosed) await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
});

test('one that is closed while it waits for another try asks for nothing more', async () => {
  const tail = await tailOf([breaks('2026-01-01T00:00:05Z one'), says('2026-01-01T00:00:06Z two')]);
  await once(tail.output, 'data');
  // By then it has heard of the break, and waits.
  await sleep(150);
  tail.close();
  // Longer than between two tries.
  await sleep(600);
  expect(asked).toHaveLength(1);
});
