import { type AddressInfo, createServer, type Socket } from 'node:net';
import { create } from './create';
import { remove } from './delete';
import { get } from './get';
import { patch } from './patch';
import { resource } from './resource';
import {
  connectTo,
  type ScriptedServer,
  scriptedServer,
  sendJson,
  statusBody,
} from './testing-only/scripted-server';

/** `mayWrite`: asked for each request that changes something, at the last moment, and for no other. */

const configMaps = resource('v1', 'ConfigMap');
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'here' } };
let server: ScriptedServer;
afterEach(() => server.close());

const answering = () => scriptedServer((_seen, response) => sendJson(response, 200, object));

test('who may not write sends nothing, whichever verb it is, and hears why; reading goes on', async () => {
  server = await answering();
  const because = new Error('the term is over');
  const connection = server.connect({
    mayWrite: () => {
      throw because;
    },
  });
  const writes = [
    () => create(connection, configMaps, object),
    () => patch(connection, configMaps, { name: 'a' }, { merge: {} }),
    () => remove(connection, configMaps, { name: 'a' }, { uid: 'u' }),
  ];
  for (const write of writes) {
    const error = await write().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'FENCED', effect: 'none', cause: because });
    expect((error as Error).message).toContain('the term is over');
  }
  expect(server.seen).toEqual([]);
  expect(await get(connection, configMaps, { name: 'a' })).toMatchObject({ metadata: { name: 'a' } });
});

test('who may write sends what it would have sent', async () => {
  server = await answering();
  let asked = 0;
  const connection = server.connect({
    mayWrite: () => {
      asked += 1;
    },
  });
  for (let time = 0; time < 2; time += 1) await create(connection, configMaps, object);
  expect(asked).toBe(2);
  expect(server.seen.map(({ method, body }) => [method, JSON.parse(body)])).toEqual(
    Array(2).fill(['POST', object]),
  );
});

test('each try is asked for anew: a call that has to be repeated is not, once it may not write', async () => {
  server = await scriptedServer((_seen, response) =>
    sendJson(response, 429, statusBody(429, 'TooManyRequests'), { 'retry-after': '0' }),
  );
  let asked = 0;
  const connection = server.connect({
    mayWrite: () => {
      asked += 1;
      if (asked > 1) throw new Error('over');
    },
  });
  await expect(create(connection, configMaps, object)).rejects.toMatchObject({ code: 'FENCED' });
  expect([asked, server.seen.length]).toEqual([2, 1]);
});

test('it is asked when the connection is there, so that a slow handshake is over by then', async () => {
  const sockets: Socket[] = [];
  const accepting = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
  });
  await new Promise<void>((resolve) => accepting.listen(0, '127.0.0.1', resolve));
  server = await answering();
  let asked = 0;
  // It takes the connection, and never says a word of TLS.
  const url = `https://127.0.0.1:${(accepting.address() as AddressInfo).port}`;
  const connection = connectTo(url, {
    mayWrite: () => {
      asked += 1;
    },
  });
  const call = create(connection, configMaps, object, { deadlineMs: 300 });
  await expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', effect: 'none' });
  expect(asked).toBe(0);
  connection.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => accepting.close(resolve));
});
