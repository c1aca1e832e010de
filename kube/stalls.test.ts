import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigMap } from '../imports/k8s';
import { Connection } from './connection';
import { KubeError } from './errors';
import { get } from './get';
import { list } from './list';
import { resource } from './resource';
import { exec } from './stream/exec';
import { followLog } from './stream/log';
import { type Handler, type ScriptedServer, scriptedServer, sendJson } from './testing-only/scripted-server';
import { watch } from './watch/watch';

const configMaps = resource<ConfigMap>('v1', 'ConfigMap');

let folder: string;
const open: Array<{ close(): unknown }> = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kube-stalls-'));
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  rmSync(folder, { recursive: true });
});

interface Parts {
  readonly server: string;
  readonly user?: object;
  readonly proxy?: string;
}

function connect({ server, user = {}, proxy }: Parts, maxCalls?: number): Connection {
  const kubeconfig = join(folder, `config-${open.length}`);
  const cluster = { server, 'insecure-skip-tls-verify': true, 'proxy-url': proxy };
  const config = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const connection = new Connection({ kubeconfig, maxCalls, allowExecPlugin: true });
  open.push(connection);
  return connection;
}

async function scripted(handler: Handler): Promise<ScriptedServer> {
  const server = await scriptedServer(handler);
  open.push(server);
  return server;
}

/** Takes connections and never says a word. */
async function silence(): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Every step that a call waits for, made to take for ever: a connection on which it does. */
const stalledSteps: Record<string, () => Promise<Connection>> = {
  'a turn among the calls in flight': async () => {
    const server = await scripted(() => {});
    const connection = connect({ server: server.url }, 1);
    get(connection, configMaps, { name: 'first' }).catch(() => {});
    while (server.seen.length < 1) await new Promise(setImmediate);
    return connection;
  },
  'the program that gives credentials': async () => {
    const command = join(folder, 'plugin');
    writeFileSync(command, '#!/bin/sh\nexec sleep 2\n');
    chmodSync(command, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command };
    return connect({ server: `https://${await silence()}`, user: { exec } });
  },
  'the TLS handshake': async () => connect({ server: `https://${await silence()}` }),
  'the answer of a proxy': async () =>
    connect({ server: 'https://127.0.0.1:1', proxy: `http://${await silence()}` }),
  'the answer of a proxy, over plain http': async () =>
    connect({ server: 'http://127.0.0.1:1', proxy: `http://${await silence()}` }),
  'the head of the answer': async () => connect({ server: (await scripted(() => {})).url }),
  'the body of the answer': async () => {
    const server = await scripted((_seen, response) => {
      response.writeHead(200);
      response.write('{');
    });
    return connect({ server: server.url });
  },
  'the body of a refusal': async () => {
    const server = await scripted((_seen, response) => {
      response.writeHead(500);
      response.write('{');
    });
    return connect({ server: server.url });
  },
  'the pause that the server asks for': async () => {
    const server = await scripted((_seen, response) => sendJson(response, 429, {}, { 'retry-after': '9' }));
    return connect({ server: server.url });
  },
};

/** Everything of this room that waits for a server, until it ends. */
const verbs: Record<string, (connection: Connection, limits: Limits) => Promise<unknown>> = {
  get: (connection, limits) => get(connection, configMaps, { name: 'x' }, limits),
  list: (connection, limits) => list(connection, configMaps, limits),
  exec: (connection, { signal, deadlineMs }) =>
    exec(connection, { pod: 'p', command: ['x'], signal, openDeadlineMs: deadlineMs }),
  'follow a log': (connection, { signal, deadlineMs }) =>
    followLog(connection, { pod: 'p', signal, openDeadlineMs: deadlineMs }),
};

interface Limits {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

/** Streams have no turn, and end with a refusal where a call would read on. */
const notOf: Record<string, readonly string[]> = {
  exec: ['a turn among the calls in flight', 'the body of the answer', 'the pause that the server asks for'],
  'follow a log': [
    'a turn among the calls in flight',
    'the body of the answer',
    'the pause that the server asks for',
  ],
};

const cases = Object.keys(stalledSteps).flatMap((step) =>
  Object.keys(verbs)
    .filter((verb) => !notOf[verb]?.includes(step))
    .map((verb) => [verb, step] as const),
);

async function ended(work: Promise<unknown>): Promise<KubeError> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve('still waiting after 5 s'), 5_000);
  });
  const end = await Promise.race([work.catch((error: unknown) => error), late]);
  clearTimeout(timer);
  expect(end).toBeInstanceOf(KubeError);
  return end as KubeError;
}

test.each(cases)('%s ends at its deadline although %s never comes', async (verb, step) => {
  const connection = await stalledSteps[step]!();
  const error = await ended(verbs[verb]!(connection, { deadlineMs: 100 }));
  // A pause that is longer than the deadline is not begun: then the refusal itself is told, if it came in time.
  const refused = step === 'the pause that the server asks for' ? ['TOO_MANY_REQUESTS'] : [];
  expect(['DEADLINE_EXCEEDED', ...refused]).toContain(error.code);
});

test.each(cases)('%s ends when it is aborted although %s never comes', async (verb, step) => {
  const connection = await stalledSteps[step]!();
  const abort = new AbortController();
  const call = ended(verbs[verb]!(connection, { signal: abort.signal }));
  setTimeout(() => abort.abort(), 50);
  expect((await call).code).toBe('ABORTED');
});

test.each(Object.keys(stalledSteps))('a watch is closed at once although %s never comes', async (step) => {
  const connection = await stalledSteps[step]!();
  const watching = watch(connection, configMaps);
  const next = watching.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  watching.close();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('a call behind many slow ones ends at its own deadline, and did nothing', async () => {
  const server = await scripted(() => {});
  const connection = connect({ server: server.url });
  const slow = Array.from({ length: 64 }, () => get(connection, configMaps, { name: 'slow' }));
  for (const call of slow) call.catch(() => {});
  while (server.seen.length < 64) await new Promise(setImmediate);
  const error = await ended(get(connection, configMaps, { name: 'late' }, { deadlineMs: 50 }));
  expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', effect: 'none' });
  expect(server.seen).toHaveLength(64);
});
