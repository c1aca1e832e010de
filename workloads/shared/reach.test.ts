import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { reach } from './reach';
import { freePort } from './testing/free-port';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** The first requests meet what `first` says, the next ones are answered with how many there were. */
async function server(first: 'reset' | 'silence', times = 1): Promise<string> {
  let count = 0;
  const made = createServer((request, answer) => {
    count += 1;
    if (count > times) answer.end(String(count));
    else if (first === 'reset') request.socket.destroy();
  });
  servers.push(made);
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

const quick = { patienceMs: 50, pausesMs: [1, 1] };
/** For what has an answer, or a reset: a busy machine may be late with both. */
const patient = { ...quick, patienceMs: 20_000 };

test.each(['GET', 'HEAD', undefined])('%s is asked again where the connection broke', async (method) => {
  const answer = await reach(await server('reset', 2), { ...(method && { method }) }, patient);
  expect([answer.status, await answer.text()]).toEqual([200, method === 'HEAD' ? '' : '3']);
});

test('a try without an answer ends, and the last one has all the time', async () => {
  const answer = await reach(await server('silence', 2), {}, { ...quick, patienceMs: 1_000 });
  expect(await answer.text()).toBe('3');
});

test('a third try that breaks is told', async () => {
  await expect(reach(await server('reset', 3), {}, patient)).rejects.toThrow('fetch failed');
});

test('what may have changed something is not asked again, and what was never sent is', async () => {
  await expect(reach(await server('reset'), { method: 'POST', body: 'x' }, quick)).rejects.toThrow();
  const port = await freePort();
  const late = createServer((_request, answer) => answer.end('here'));
  servers.push(late);
  const asked = reach(`http://localhost:${port}`, { method: 'POST', body: 'x' }, { pausesMs: [1, 500] });
  setTimeout(() => late.listen(port), 100);
  expect(await (await asked).text()).toBe('here');
});

test('what changes something meets no connection that the other end has given up', async () => {
  // As a server whose time for a connection is over at the moment that the next request comes.
  const asked = new WeakSet<Socket>();
  const made = createServer((request, answer) => {
    if (asked.has(request.socket)) request.socket.destroy();
    asked.add(request.socket);
    request.resume().on('end', () => answer.end(request.headers['x-of'] as string));
  });
  servers.push(made);
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  for (const headers of [
    { 'x-of': '1' },
    new Headers({ 'x-of': '2' }),
    [['x-of', '3']] as [string, string][],
  ]) {
    const answer = await reach(url, { method: 'POST', body: 'x', headers }, quick);
    expect(Number(await answer.text())).toBeGreaterThan(0);
  }
});

test('a body may take longer than the patience', async () => {
  const slow = createServer((_request, answer) => {
    answer.write('a');
    setTimeout(() => answer.end('b'), 150);
  });
  servers.push(slow);
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  const answer = await reach(`http://127.0.0.1:${(slow.address() as AddressInfo).port}`, {}, quick);
  expect(await answer.text()).toBe('ab');
});

test('who does not want it any more ends it at once', async () => {
  const url = await server('silence', 5);
  const stop = new AbortController();
  const asked = reach(url, { signal: stop.signal }, { patienceMs: 60_000 });
  stop.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
});
