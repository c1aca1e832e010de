import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { makeCertificates } from '../../../kube/testing-only/certificates';
import { type ScriptedServer, scriptedServer } from '../../../kube/testing-only/scripted-server';
import { FaultyWay } from './way';

const EXEC = '/api/v1/namespaces/boxes/pods/cold-1-abcde/exec?container=sandbox';

let server: ScriptedServer;
let way: FaultyWay;

beforeAll(async () => {
  const { good } = await makeCertificates();
  server = await scriptedServer((seen, response) => {
    response.write(`{"asked":"${seen.path}"}\n`);
    setImmediate(() => response.end('{"last":true}\n'));
  }, good);
  server.server.on('upgrade', (incoming: IncomingMessage, socket: Socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.write(`${incoming.headers['sec-websocket-protocol']}\n`);
    socket.on('data', (bytes: Buffer) => socket.write(bytes));
  });
  way = await FaultyWay.to(server.url, good.ca);
});
afterEach(() => way.follow(() => undefined));
afterAll(async () => {
  way.close();
  await server.close();
});

async function ask(path: string): Promise<string> {
  const asked = httpsRequest(way.url + path, { ca: way.ca }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return `${answer.statusCode} ${await text(answer)}`;
}

async function enter(): Promise<Socket> {
  const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Protocol': 'v5, v4' };
  const asked = httpsRequest(way.url + EXEC, { ca: way.ca, headers }).end();
  const [, socket] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket];
  socket.on('error', () => {});
  return socket;
}

const heard = async (socket: Socket) => String((await once(socket, 'data'))[0]);

test('without a rule all passes as it is', async () => {
  expect(await ask('/api/v1/pods')).toBe('200 {"asked":"/api/v1/pods"}\n{"last":true}\n');
  const socket = await enter();
  expect(await heard(socket)).toBe('v5, v4\n');
  socket.write('hello');
  expect(await heard(socket)).toBe('hello');
  socket.destroy();
});

test('requests are reset, answered, or told twice, each kind by itself', async () => {
  way.follow(({ kind }) => {
    if (kind === 'call') return { do: 'reset' };
    if (kind === 'log') return { do: 'answer', status: 410, reason: 'Expired' };
    return kind === 'watch' ? { do: 'repeat' } : { do: 'speak', protocols: ['v4'] };
  });
  await expect(ask('/api/v1/pods')).rejects.toThrow();
  expect(await ask('/api/v1/pods/a/log?follow=true')).toMatch(/^410 .*"reason":"Expired"/);
  expect(await ask('/api/v1/pods?watch=true')).toMatch(/^200 (\{"asked.*\n)\1(\{"last.*\n)\2$/);
  const socket = await enter();
  expect(await heard(socket)).toBe('v4\n');
  socket.destroy();
});

test('a stream is found by its pod, is silent when it is held, and ends when it is cut', async () => {
  const socket = await enter();
  await heard(socket);
  expect(way.streams('/pods/other-')).toEqual([]);
  const [stream] = way.streams('/pods/cold-1-');
  stream!.hold();
  let late = '';
  socket.on('data', (bytes) => {
    late += String(bytes);
  });
  socket.write('lost');
  // Had it passed, it would be there and back by the time of another request's answer.
  await ask('/api/v1/pods');
  expect(late).toBe('');
  const closed = once(socket, 'close');
  stream!.cut();
  await closed;
});
