import { createHmac } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { SmallServer } from '../../controller/serve/small-server';
import { markOf } from '../source/mark';
import { MOST_BYTES, MOST_HELD_BYTES, startPushServer } from './push-server';

const SECRET = 'correct-horse-battery';
const URL = 'https://git.example.com/team/shop.git';
const message = (more: object = {}) =>
  JSON.stringify({ ref: 'refs/heads/main', repository: { clone_url: URL }, ...more });

let server: SmallServer;
let pushed: string[];
let trouble: Error | undefined;
let secrets = [SECRET];
beforeEach(async () => {
  [pushed, trouble, secrets] = [[], undefined, [SECRET]];
  server = await startPushServer({
    ...{ port: 0, host: '127.0.0.1', secrets: () => secrets },
    onPush: async (marks) => {
      if (trouble) throw trouble;
      pushed.push(...marks);
    },
  });
});
afterEach(() => server.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const signed = (body: string, secret = SECRET) => ({
  ...JSON_TYPE,
  'x-github-event': 'push',
  'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
});

async function post(body: string, headers: Readonly<Record<string, string>> = signed(body), path = '/push') {
  const { status } = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', body, headers });
  return status;
}

const withTrouble = (ask: () => Promise<number>) => {
  trouble = new Error('no right');
  return ask();
};
const withoutSecret = (ask: () => Promise<number>) => {
  secrets = [];
  return ask();
};

test('a push is noted, once for each time that it is told', async () => {
  expect(await post(message())).toBe(202);
  expect(await post(message())).toBe(202);
  expect(pushed).toEqual([markOf(URL, 'main'), markOf(URL, 'main')]);
});

test.each<[string, number, () => Promise<number>]>([
  ['no signature', 401, () => post(message(), JSON_TYPE)],
  ['a signature with another secret', 401, () => post(message(), signed(message(), 'wrong-horse-battery'))],
  ['the signature of another body', 401, () => post(message(), signed(message({ x: 1 })))],
  ['no secret on this side', 401, () => withoutSecret(() => post(message()))],
  ['another path', 404, () => post(message(), undefined, '/')],
  [
    'a form',
    415,
    () => post(message(), { ...signed(message()), 'content-type': 'application/x-www-form-urlencoded' }),
  ],
  ['a body that is no message', 400, () => post('{', signed('{'))],
  ['a body that is too large', 413, () => post('x'.repeat(MOST_BYTES + 1), signed('x'))],
  ['what could not be noted', 503, () => withTrouble(() => post(message()))],
])('%s is refused, and the same without it is taken', async (_what, status, ask) => {
  expect(await ask()).toBe(status);
  expect(pushed).toEqual([]);
  [trouble, secrets] = [undefined, [SECRET]];
  expect(await post(message())).toBe(202);
  expect(pushed).toHaveLength(1);
});

test('a body that is as large as may be is taken', async () => {
  const body = message({ commits: 'x'.repeat(MOST_BYTES - message({ commits: '' }).length) });
  expect([Buffer.byteLength(body), await post(body)]).toEqual([MOST_BYTES, 202]);
});

test('another event, and a tag, are nothing to do', async () => {
  expect(await post(message(), { ...signed(message()), 'x-github-event': 'ping' })).toBe(200);
  const tag = message({ ref: 'refs/tags/v1' });
  expect(await post(tag)).toBe(200);
  expect(pushed).toEqual([]);
});

test('only POST is taken', async () => {
  expect((await fetch(`http://127.0.0.1:${server.port}/push`)).status).toBe(405);
});

test('a flood of wrong signatures notes nothing, and keeps no right one out', async () => {
  const wrong = signed(message(), 'wrong-horse-battery');
  const answers: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const flood = Array.from({ length: 20 }, () => post(message(), wrong));
    const right = round === 10 ? [post(message())] : [];
    answers.push(...(await Promise.all([...right, ...flood])));
  }
  expect(answers.filter((status) => status !== 401)).toEqual([202]);
  expect(pushed).toHaveLength(1);
}, 60_000);

/** Writes raw bytes, and answers with what comes back until the end. */
async function raw(first: string): Promise<{ readonly socket: Socket; readonly ended: Promise<string> }> {
  const socket = connect(server.port, '127.0.0.1');
  let said = '';
  socket.on('data', (part) => (said += part));
  socket.on('error', () => {});
  const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(said)));
  await new Promise<void>((resolve) => socket.write(first, () => resolve()));
  return { socket, ended };
}
const head = (more: string) =>
  `POST /push HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;

test('a body without a length is read no further than may be', async () => {
  const { socket, ended } = await raw(head('Transfer-Encoding: chunked'));
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  let written = 0;
  // As long as somebody reads, up to ten times of what may be.
  while (!socket.destroyed && written < 10 * MOST_BYTES) {
    written += chunk.length;
    if (!socket.write(chunk))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), ended]);
  }
  expect(await ended).toMatch(/^HTTP\/1.1 413 |^$/);
  expect(written).toBeLessThan(10 * MOST_BYTES);
  expect(await post(message())).toBe(202);
});

test('many that send most of a large body and stop do not take more than may be held, and leave the place to others', async () => {
  const most = MOST_BYTES - 1;
  const count = MOST_HELD_BYTES / MOST_BYTES + 2;
  const slow = await Promise.all(
    Array.from({ length: count }, () => raw(head(`Content-Length: ${MOST_BYTES}`))),
  );
  for (const { socket } of slow) socket.write('x'.repeat(most));
  const said = await Promise.race(slow.map(({ ended }) => ended));
  expect(said).toMatch(/^HTTP\/1.1 503 /);
  for (const { socket } of slow) socket.destroy();
  await Promise.all(slow.map(({ ended }) => ended));
  expect(await post(message())).toBe(202);
}, 60_000);

test('who says nothing on all connections is sent away, and then a right one is taken', async () => {
  const silent = await Promise.all(Array.from({ length: 80 }, () => raw('POST /push HTTP/1.1\r\n')));
  await Promise.all(silent.map(({ ended }) => ended));
  expect(await post(message())).toBe(202);
}, 60_000);
