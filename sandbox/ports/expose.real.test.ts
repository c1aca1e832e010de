import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer as createHttp, request as httpRequest } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type LocalSupervisor, localSupervisor } from '../supervisor/testing-only/local-supervisor';
import { ExposedPort } from './exposed-port';
import { Gateway } from './gateway';

// The real program; what listens in its sandbox is a server of this process.

jest.setTimeout(180_000);

const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'drydock-expose-')));
let local: LocalSupervisor;
const servers: Server[] = [];

beforeEach(async () => {
  local = await localSupervisor(folder);
});
afterEach(async () => {
  await local.supervisor.close();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const expose = (port: number, options = {}) => ExposedPort.open(local.supervisor, port, options, 'local');

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A server for connections that each test handles itself. */
const raw = (handle: (socket: Socket) => void) =>
  listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {});
      handle(socket);
    }),
  );

async function allOf(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of socket.iterator({ destroyOnReturn: false })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** A connection that may be cut. */
function connected({ localPort }: ExposedPort): Socket {
  return connect(localPort, '127.0.0.1').on('error', () => {});
}

/** Whether in order or by an error. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    socket.once('close', () => resolve());
  });
}

test('a server of the sandbox answers here, many at once', async () => {
  const port = await listening(
    createHttp((request, response) => response.end(`you asked for ${request.url}`)),
  );
  const exposed = await expose(port);
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => (await fetch(`${exposed.url}/${index}`)).text()),
  );
  expect(answers).toEqual(answers.map((_, index) => `you asked for /${index}`));
  await exposed.close();
  await expect(fetch(exposed.url)).rejects.toThrow();
});

test('bytes are carried whole in both directions, and one that has sent all still hears the other', async () => {
  const sent = randomBytes(20 << 20);
  const port = await raw(async (socket) => {
    // Answers only when it has heard the end.
    socket.end(
      createHash('sha256')
        .update(await allOf(socket))
        .digest('hex') + '!'.repeat(3_000_000),
    );
  });
  const exposed = await expose(port);
  const socket = connect({ port: exposed.localPort, host: '127.0.0.1', allowHalfOpen: true });
  socket.end(sent);
  const answer = (await allOf(socket)).toString();
  expect(answer.slice(0, 64)).toBe(createHash('sha256').update(sent).digest('hex'));
  expect(answer.length).toBe(64 + 3_000_000);
  await exposed.close();
});

test('a reader here that stops holds up its own connection and no other', async () => {
  const port = await raw((socket) => {
    socket.resume();
    const more = () => {
      while (socket.write(Buffer.alloc(1 << 20)));
    };
    socket.on('drain', more);
    more();
  });
  const exposed = await expose(port);
  const stopped = connected(exposed);
  await once(stopped, 'connect');
  const reading = connected(exposed);
  let read = 0;
  for await (const part of reading) {
    read += (part as Buffer).length;
    if (read > 40 << 20) break;
  }
  stopped.destroy();
  await exposed.close();
  expect((await local.supervisor.ask('stat', { path: '.' }))?.problem).toBeUndefined();
});

test('a connection that is dropped on one side is dropped on the other', async () => {
  let heard: Promise<unknown> | undefined;
  const port = await raw((socket) => {
    heard = closed(socket);
    socket.resume();
    socket.on('end', () => socket.end());
    socket.write('hello');
  });
  const exposed = await expose(port);
  const leaving = connected(exposed);
  await once(leaving, 'data');
  leaving.destroy();
  await heard;
  const staying = connected(exposed);
  await once(staying, 'data');
  await local.supervisor.close();
  await closed(staying);
});

test('a port that is waited for is there when its server is, and one that nothing listens on is told', async () => {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  const refused = expose(port, { withinMs: 150 });
  await expect(refused).rejects.toMatchObject({
    code: 'PortRefused',
    retryable: true,
    found: 'connection refused',
  });
  const waiting = expose(port, { withinMs: 30_000 });
  const late = createServer((socket) => socket.end('at last'));
  servers.push(late);
  late.listen(port, '127.0.0.1');
  const exposed = await waiting;
  expect((await allOf(connect(exposed.localPort, '127.0.0.1'))).toString()).toBe('at last');
  await exposed.close();
});

test('what is no port is refused, one that is taken here too, and without a supervisor there is none', async () => {
  const port = await raw((socket) => socket.end());
  for (const wrong of [0, 65_536, 1.5, '80' as never])
    await expect(expose(wrong)).rejects.toMatchObject({ code: 'ArgumentInvalid' });
  await expect(expose(port, { withinMs: 0 })).rejects.toMatchObject({ code: 'ArgumentInvalid' });
  await expect(expose(port, { localPort: port })).rejects.toMatchObject({
    code: 'ArgumentInvalid',
    found: expect.stringContaining('EADDRINUSE'),
  });
  await expect(ExposedPort.open(undefined, 80, {}, 'local')).rejects.toMatchObject({ code: 'Unsupported' });
});

test('behind a gateway it has an address with a token, which ends with the sandbox', async () => {
  const port = await listening(createHttp((request, response) => response.end(`asked for ${request.url}`)));
  const gateway = await Gateway.open({ url: 'http://{id}.localhost' });
  try {
    const exposed = await expose(port, { gateway });
    const { host } = new URL(exposed.url);
    const ask = (authorization: string) =>
      new Promise<string>((resolve, reject) => {
        const headers = { host, authorization };
        httpRequest({ port: gateway.port, path: '/a?b', headers, agent: false }, (response) => {
          response.setEncoding('utf8').on('error', reject);
          response.once('data', (text) =>
            response.once('end', () => resolve(`${response.statusCode} ${text}`)),
          );
        })
          .on('error', reject)
          .end();
      });
    expect(await ask(`Bearer ${exposed.token}`)).toBe('200 asked for /a?b');
    expect(await ask('Bearer another')).toMatch(/^401 /);
    await local.supervisor.close();
    expect(await ask(`Bearer ${exposed.token}`)).toMatch(/^404 /);
  } finally {
    await gateway.close();
  }
  await expect(expose(port, { gateway: {} })).rejects.toMatchObject({ code: 'ArgumentInvalid' });
});
